#include "effects.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* Families beyond the last that a kernel has, and every number that the low four bits of a type can be. */
enum { FAMILIES = 49, TYPES = 16 };

/* All numbers below this, by which families count their protocols or name themselves, and some more: those of IP that
 * mean something, MPTCP (262) among them; protocols of Ethernet as packet sockets name them, in network byte order; and
 * edges. */
enum { SMALL = 50 };
static const uint32_t larger[] = {50,    58,    89,    92,    103,   108,   115,   132,        136,       137,
                                  143,   254,   255,   256,   257,   258,   261,   262,        263,       512,
                                  768,   1544,  34525, 56710, 65535, 65536, 65542, 0x10300,    0x7fffffff, 0x80000006,
                                  0xffffffff};
enum { PROTOCOLS = SMALL + sizeof larger / sizeof *larger };

static int option(int socket, int name) {
  int value = -1;
  socklen_t size = sizeof value;
  if (getsockopt(socket, SOL_SOCKET, name, &value, &size) < 0) return -errno;
  return value;
}

/* What a packet socket receives is told by /proc alone, whatever its type: the fourth column, beside the inode in the
 * ninth. */
static unsigned packet_protocol(int socket) {
  char line[256];
  struct stat status;
  unsigned protocol, inode, found = 0;
  FILE *list = fopen("/proc/net/packet", "re");
  if (!list || fstat(socket, &status) < 0) broken("/proc/net/packet");
  while (fgets(line, sizeof line, list)) {
    if (sscanf(line, "%*s %*u %*u %x %*u %*u %*u %*u %u", &protocol, &inode) == 2 && inode == status.st_ino) {
      found = 1;
      break;
    }
  }
  fclose(list);
  errno = ENOENT;
  if (!found) broken("/proc/net/packet");
  return htons((uint16_t)protocol); /* as the program passed it */
}

static unsigned protocol_of(int socket, int family) {
  return family == AF_PACKET ? packet_protocol(socket) : (unsigned)option(socket, SO_PROTOCOL);
}

/* Prints what came of a request with a family, a type and a protocol ("*": with every protocol). */
static void show(uint32_t family, uint32_t type, const char *protocol, int result) {
  printf("socket %u %u %s = %d", family, type, protocol, result < 0 ? result : 0);
  if (result >= 0) {
    int made = option(result, SO_DOMAIN);
    printf(" %d %d %u", made, option(result, SO_TYPE), protocol_of(result, made));
    close(result);
  }
  putchar('\n');
}

/* Asks for a family and a type with every protocol. */
static void ask(uint32_t family, uint32_t type, uint32_t flags) {
  int results[PROTOCOLS], differ = 0;
  for (uint32_t index = 0; index < PROTOCOLS; index++) {
    struct io_uring_sqe *request = entry(IORING_OP_SOCKET);
    request->fd = (int)family;
    request->off = type | flags;
    request->len = index < SMALL ? index : larger[index - SMALL];
    request->user_data = index;
  }
  io_uring_submit(&ring);
  for (uint32_t left = PROTOCOLS; left; left--) {
    struct io_uring_cqe *completion;
    int result = io_uring_wait_cqe(&ring, &completion);
    if (result < 0) {
      errno = -result;
      broken("io_uring_enter");
    }
    results[completion->user_data] = completion->res;
    io_uring_cqe_seen(&ring, completion);
  }
  for (uint32_t index = 0; index < PROTOCOLS; index++) differ |= results[index] >= 0 || results[index] != results[0];
  if (!differ) {
    show(family, type, "*", results[0]);
    return;
  }
  for (uint32_t index = 0; index < PROTOCOLS; index++) {
    char protocol[16];
    snprintf(protocol, sizeof protocol, "%u", index < SMALL ? index : larger[index - SMALL]);
    show(family, type, protocol, results[index]);
  }
}

void make_sockets(char **arguments) {
  uint32_t flags = arguments[0] ? (uint32_t)strtoul(arguments[0], NULL, 0) : 0;
  for (uint32_t family = 0; family < FAMILIES; family++)
    for (uint32_t type = 0; type < TYPES; type++) ask(family, type, flags);
}
