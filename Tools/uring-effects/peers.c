/*
 * Connects new sockets of every kind, unbound and bound to each address of the network that enter_network() makes, to
 * every form of address.
 *
 * "connect KIND BOUND ADDRESS LENGTH PORT = RESULT [FAMILY ADDRESS PORT]": BOUND is an address or "-"; ADDRESS is as
 * inet_pton(3) reads it, that of AF_UNSPEC has "unspec:" in front and that of an AF_INET address for an IPv6 socket
 * "inet:"; what follows the result is what getpeername(2) says, or "-" if it knows no peer.
 */
#include "effects.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { FIRST_PORT = 7777, SECOND_PORT = 7778 };
static const char unix_name[] = "uring-effects";

/* --- The network: 127.0.0.0/8, ::1, 10.77.0.1 and fd00:77::1, all on the loopback device. */

struct inet6_request {
  struct in6_addr address;
  uint32_t prefix;
  int device;
};

static void add_address(const char *label, const char *text) {
  int socket4 = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  struct ifreq request = {0};
  struct sockaddr_in *address = (struct sockaddr_in *)&request.ifr_addr;
  strncpy(request.ifr_name, label, sizeof request.ifr_name - 1);
  address->sin_family = AF_INET;
  inet_pton(AF_INET, text, &address->sin_addr);
  if (socket4 < 0 || ioctl(socket4, SIOCSIFADDR, &request) < 0) broken(label);
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  if (ioctl(socket4, SIOCSIFFLAGS, &request) < 0) broken(label);
  close(socket4);
}

void enter_network(char **arguments) {
  if (!arguments[0] || strcmp(arguments[0], "--") || !arguments[1]) broken("in-network needs -- COMMAND");
  if (unshare(CLONE_NEWNET) < 0) broken("unshare");
  add_address("lo", "127.0.0.1");
  add_address("lo:77", "10.77.0.1");
  int socket6 = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  struct inet6_request request = {.prefix = 128, .device = (int)if_nametoindex("lo")};
  inet_pton(AF_INET6, "fd00:77::1", &request.address);
  if (socket6 < 0 || ioctl(socket6, SIOCSIFADDR, &request) < 0) broken("fd00:77::1");
  close(socket6);
  execvp(arguments[1], arguments + 1);
  broken(arguments[1]);
}

/* --- Addresses */

union address {
  struct sockaddr any;
  struct sockaddr_in v4;
  struct sockaddr_in6 v6;
  struct sockaddr_un un;
};

/* Reads "127.0.0.1", "::1", "unspec:127.0.0.1" or "inet:127.0.0.1": the length, or the end of the process. */
static socklen_t read_address(const char *text, in_port_t port, union address *address) {
  const char *colon = strncmp(text, "unspec:", 7) == 0 ? text + 7 : strncmp(text, "inet:", 5) == 0 ? text + 5 : text;
  memset(address, 0, sizeof *address);
  if (inet_pton(AF_INET, colon, &address->v4.sin_addr) == 1) {
    address->v4.sin_family = text[0] == 'u' ? AF_UNSPEC : AF_INET;
    address->v4.sin_port = htons(port);
    return sizeof address->v4;
  }
  if (inet_pton(AF_INET6, colon, &address->v6.sin6_addr) == 1) {
    address->v6.sin6_family = text[0] == 'u' ? AF_UNSPEC : AF_INET6;
    address->v6.sin6_port = htons(port);
    return sizeof address->v6;
  }
  errno = EINVAL;
  broken(text);
}

static socklen_t unix_address(union address *address) {
  memset(address, 0, sizeof *address);
  address->un.sun_family = AF_UNIX;
  memcpy(address->un.sun_path + 1, unix_name, sizeof unix_name - 1); /* abstract */
  return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + sizeof unix_name);
}

static void listen_on(int family, int type, in_port_t port) {
  union address address;
  int no = 0, yes = 1, listener = socket(family, type | SOCK_CLOEXEC, 0);
  socklen_t length = family == AF_UNIX ? unix_address(&address) : read_address("::", port, &address);
  if (listener < 0) broken("socket");
  if (family == AF_INET6) {
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    setsockopt(listener, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no);
  }
  if (bind(listener, &address.any, length) < 0) broken("bind");
  if (type == SOCK_STREAM && listen(listener, 4096) < 0) broken("listen");
}

static void show_peer(int made) {
  union address peer = {0};
  socklen_t length = sizeof peer;
  char text[INET6_ADDRSTRLEN] = "-";
  if (getpeername(made, &peer.any, &length) < 0) {
    printf(" -");
    return;
  }
  in_port_t port = 0;
  if (peer.any.sa_family == AF_INET) {
    inet_ntop(AF_INET, &peer.v4.sin_addr, text, sizeof text);
    port = ntohs(peer.v4.sin_port);
  } else if (peer.any.sa_family == AF_INET6) {
    inet_ntop(AF_INET6, &peer.v6.sin6_addr, text, sizeof text);
    port = ntohs(peer.v6.sin6_port);
  }
  printf(" %d %s %u", peer.any.sa_family, text, port);
}

/* --- Requests */

struct kind {
  const char *name;
  int family, type;
};

static void connect_one(const struct kind *kind, const char *bound, const char *text, socklen_t length, in_port_t port) {
  union address address;
  int made = socket(kind->family, kind->type | SOCK_CLOEXEC, 0);
  if (made < 0) broken("socket");
  if (bound) {
    socklen_t size = read_address(bound, 0, &address);
    if (bind(made, &address.any, size) < 0) broken(bound);
  }
  socklen_t whole = kind->family == AF_UNIX ? unix_address(&address) : read_address(text, port, &address);
  struct io_uring_sqe *request = entry(IORING_OP_CONNECT);
  request->fd = made;
  request->addr = (uintptr_t)&address;
  request->off = length ? length : whole;
  int result = result_of_one();
  printf("connect %s %s %s %u %u = %d", kind->name, bound ? bound : "-", text, length ? length : whole, port, result);
  if (result >= 0) show_peer(made);
  putchar('\n');
  close(made);
}

void make_connections(char **arguments) {
  (void)arguments;
  static const struct kind kinds4[] = {{"tcp4", AF_INET, SOCK_STREAM}, {"udp4", AF_INET, SOCK_DGRAM}};
  static const struct kind kinds6[] = {{"tcp6", AF_INET6, SOCK_STREAM}, {"udp6", AF_INET6, SOCK_DGRAM}};
  static const struct kind local = {"unix", AF_UNIX, SOCK_STREAM};
  static const char *const bounds4[] = {NULL, "0.0.0.0", "127.0.0.1", "127.0.0.2", "10.77.0.1"};
  static const char *const bounds6[] = {NULL, "::", "::1", "fd00:77::1", "::ffff:127.0.0.1", "::ffff:127.0.0.2",
                                        "::ffff:10.77.0.1"};
  static const char *const targets4[] = {"127.0.0.1", "127.0.0.2", "127.1.2.3", "127.255.255.254", "0.0.0.0", "10.77.0.1",
                                         "unspec:0.0.0.0", "unspec:127.0.0.2", "unspec:10.77.0.1"};
  static const char *const targets6[] = {"::1", "::", "fd00:77::1", "::ffff:0.0.0.0", "::ffff:127.0.0.1",
                                         "::ffff:127.0.0.2", "::ffff:10.77.0.1", "::127.0.0.1", "unspec:::1",
                                         "inet:127.0.0.1", "inet:0.0.0.0", "inet:10.77.0.1"};
  static const in_port_t ports[] = {FIRST_PORT, SECOND_PORT, 0};
  for (size_t port = 0; port < 2; port++) {
    listen_on(AF_INET6, SOCK_STREAM, ports[port]);
    listen_on(AF_INET6, SOCK_DGRAM, ports[port]);
  }
  listen_on(AF_UNIX, SOCK_STREAM, 0);
  for (size_t kind = 0; kind < 2; kind++) {
    for (size_t port = 0; port < 3; port++) {
      for (size_t bound = 0; bound < sizeof bounds4 / sizeof *bounds4; bound++)
        for (size_t target = 0; target < sizeof targets4 / sizeof *targets4; target++)
          connect_one(&kinds4[kind], bounds4[bound], targets4[target], 0, ports[port]);
      for (size_t bound = 0; bound < sizeof bounds6 / sizeof *bounds6; bound++) {
        for (size_t target = 0; target < sizeof targets6 / sizeof *targets6; target++)
          connect_one(&kinds6[kind], bounds6[bound], targets6[target], 0, ports[port]);
        /* Without sin6_scope_id, an address has 24 bytes. */
        for (size_t target = 0; target < 7; target++)
          connect_one(&kinds6[kind], bounds6[bound], targets6[target], 24, ports[port]);
      }
    }
  }
  connect_one(&local, NULL, "-", 0, 0);
}
