/* Arguments that look like others: addresses, types of sockets, numbers of operations. */
#include "escapes.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { port = 4242 };

/* Listens on loopback, port 4242. */
static void listen_on(int family) {
  int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
  struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_addr = in6addr_loopback};
  void *address = family == AF_INET ? (void *)&v4 : (void *)&v6;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (fd < 0 || bind(fd, address, family == AF_INET ? sizeof v4 : sizeof v6) < 0 || listen(fd, 8) < 0) broken("listen");
}

static void attempt_connect(struct ring *ring, const char *what, int family, void *address, uint64_t length) {
  int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) broken("socket");
  struct io_uring_sqe *entry = ring_entry(ring, IORING_OP_CONNECT);
  entry->fd = fd;
  entry->addr = (uintptr_t)address;
  entry->off = length;
  attempt(what, ring_do(ring));
  close(fd);
}

/* short-sockaddr-in6: 24 bytes, of which 7.2.0 to 7.2.10 show a filter none (H4). */
static void short_address(char **arguments) {
  (void)arguments;
  struct ring ring;
  struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_addr = in6addr_loopback};
  listen_on(AF_INET6);
  ring_need(&ring, 0);
  attempt_connect(&ring, "connect with 24 bytes", AF_INET6, &address, 24);
  attempt_connect(&ring, "connect with 28 bytes", AF_INET6, &address, 28);
}

/* mapped-address: an IPv4 peer by its IPv6 names, and by the address that means this host. */
static void mapped_address(char **arguments) {
  (void)arguments;
  struct ring ring;
  struct sockaddr_in6 mapped = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
  struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons(port)};
  listen_on(AF_INET);
  ring_need(&ring, 0);
  inet_pton(AF_INET6, "::ffff:127.0.0.1", &mapped.sin6_addr);
  attempt_connect(&ring, "connect to ::ffff:127.0.0.1", AF_INET6, &mapped, sizeof mapped);
  inet_pton(AF_INET6, "::ffff:0.0.0.0", &mapped.sin6_addr);
  attempt_connect(&ring, "connect to ::ffff:0.0.0.0", AF_INET6, &mapped, sizeof mapped);
  attempt_connect(&ring, "connect to 0.0.0.0", AF_INET, &any, sizeof any);
}

/* socket-type-bits: the type with flags beside it (H5). */
static void socket_type_bits(char **arguments) {
  (void)arguments;
  struct ring ring;
  ring_need(&ring, 0);
  const struct {
    const char *what;
    unsigned type;
  } types[] = {
      {"raw", SOCK_RAW},
      {"raw, close-on-exec", SOCK_RAW | SOCK_CLOEXEC},
      {"raw, non-blocking", SOCK_RAW | SOCK_NONBLOCK},
      {"raw, both", SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK},
  };
  for (size_t index = 0; index < sizeof types / sizeof *types; index++) {
    struct io_uring_sqe *entry = ring_entry(&ring, IORING_OP_SOCKET);
    entry->fd = AF_INET;
    entry->off = types[index].type;
    entry->len = IPPROTO_ICMP;
    attempt(types[index].what, ring_do(&ring));
  }
}

/* unknown-opcodes: all that no kernel of 7.0 to 7.3 has, on rings with small and large entries. */
static void unknown_opcodes(char **arguments) {
  (void)arguments;
  char what[16];
  for (int large = 0; large < 2; large++) {
    struct ring ring;
    ring_need(&ring, large ? IORING_SETUP_SQE128 : 0);
    for (int opcode = 65; opcode < 256; opcode++) {
      snprintf(what, sizeof what, "%d", opcode);
      ring_entry(&ring, (uint8_t)opcode);
      attempt(what, ring_do(&ring));
    }
  }
}

/* send-elsewhere: a message by UDP names a peer that connect may not have. */
static void send_elsewhere(char **arguments) {
  (void)arguments;
  struct ring ring;
  ring_need(&ring, 0);
  struct sockaddr_in peer = {.sin_family = AF_INET, .sin_port = htons(9), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  struct iovec text = {"x", 1};
  struct msghdr message = {.msg_name = &peer, .msg_namelen = sizeof peer, .msg_iov = &text, .msg_iovlen = 1};
  int sender = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (sender < 0) broken("socket");
  struct io_uring_sqe *entry = ring_entry(&ring, IORING_OP_CONNECT);
  entry->fd = sender;
  entry->addr = (uintptr_t)&peer;
  entry->off = sizeof peer;
  step("connect", ring_do(&ring));
  entry = ring_entry(&ring, IORING_OP_SENDMSG);
  entry->fd = sender;
  entry->addr = (uintptr_t)&message;
  entry->len = 1;
  attempt("sendmsg", ring_do(&ring));
}

const struct trick argument_tricks[] = {
    {"short-sockaddr-in6", short_address},
    {"mapped-address", mapped_address},
    {"socket-type-bits", socket_type_bits},
    {"unknown-opcodes", unknown_opcodes},
    {"send-elsewhere", send_elsewhere},
    {NULL, NULL},
};
