/* What no filter can hold: files and packets that a request does not name. For the tests of what SECURITY.md says. */
#include "escapes.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <net/ethernet.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netpacket/packet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* splice-input: the output is a registered file, as IOSQE_FIXED_FILE says; the input is any file that is open. */
static void splice_input(char **arguments) {
  (void)arguments;
  struct ring ring;
  int ends[2], input = open(forbidden_path, O_RDONLY | O_CLOEXEC);
  if (input < 0 || pipe(ends) < 0) broken("open");
  ring_need(&ring, 0);
  step("register", ring_register(ring.fd, IORING_REGISTER_FILES, &ends[1], 1));
  for (int fixed = 0; fixed < 2; fixed++) {
    struct io_uring_sqe *entry = ring_entry(&ring, IORING_OP_SPLICE);
    entry->fd = fixed ? 0 : ends[1];
    entry->flags = fixed ? IOSQE_FIXED_FILE : 0;
    entry->off = (uint64_t)-1;
    entry->splice_off_in = 0;
    entry->splice_fd_in = input;
    entry->len = 16;
    int result = ring_do(&ring);
    if (fixed) attempt("splice from a file that is not registered", result);
    else step("splice to a file that is not registered", result);
  }
}

/* --- Packets that go by way of another address than the one that their socket is connected to */

enum { WATCHER = 9, PORT = 7777 };

/* watch: has the command inherit a socket that sees every packet on the loopback device. */
static void watch(char **arguments) {
  char **command = command_of(arguments);
  int packets = socket(AF_PACKET, SOCK_DGRAM, htons(ETH_P_ALL));
  if (packets < 0 || dup2(packets, WATCHER) < 0) broken("packet socket");
  become(command);
}

/* True if a packet went to an address since the last call. */
static bool was_sent_to(int family, const void *wanted) {
  unsigned char packet[2048];
  bool found = false;
  for (ssize_t size; (size = recv(WATCHER, packet, sizeof packet, MSG_DONTWAIT)) > 0;) {
    const void *to = family == AF_INET ? (void *)&((struct ip *)packet)->ip_dst : &((struct ip6_hdr *)packet)->ip6_dst;
    size_t length = family == AF_INET ? 4 : 16;
    if (packet[0] >> 4 == (family == AF_INET ? 4 : 6) && memcmp(to, wanted, length) == 0) found = true;
  }
  return found;
}

static int send_by(struct ring *ring, int family, const void *peer, socklen_t size, int level, int option,
                   const void *route, socklen_t length, const void *detour) {
  int sender = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (sender < 0) broken("socket");
  step("setsockopt", setsockopt(sender, level, option, route, length) < 0 ? -errno : 0);
  struct io_uring_sqe *entry = ring_entry(ring, IORING_OP_CONNECT);
  entry->fd = sender;
  entry->addr = (uintptr_t)peer;
  entry->off = size;
  step("connect", ring_do(ring));
  struct sockaddr_storage named = {0};
  socklen_t name_size = sizeof named;
  bool is_peer = getpeername(sender, (struct sockaddr *)&named, &name_size) == 0 && memcmp(&named, peer, 8) == 0;
  if (!is_peer || send(sender, "x", 1, 0) < 0) return -ENOTCONN;
  close(sender);
  return was_sent_to(family, detour) ? 0 : -ENOENT;
}

/* source-route: connected to loopback, with packets that go to 10.77.0.1 and fd00:77::1 (uring-effects in-network). */
static void source_route(char **arguments) {
  (void)arguments;
  struct ring ring;
  ring_need(&ring, 0);
  struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(PORT), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(PORT), .sin6_addr = in6addr_loopback};
  /* IPOPT_LSRR, and a routing header of type 4 with two segments, of which the second is visited first. */
  unsigned char loose[8] = {131, 7, 4, 10, 77, 0, 1, 0}, header[40] = {0, 4, 4, 1, 1};
  inet_pton(AF_INET6, "fd00:77::1", header + 24);
  attempt("packet to 10.77.0.1",
          send_by(&ring, AF_INET, &v4, sizeof v4, IPPROTO_IP, IP_OPTIONS, loose, sizeof loose, loose + 3));
  attempt("packet to fd00:77::1",
          send_by(&ring, AF_INET6, &v6, sizeof v6, IPPROTO_IPV6, IPV6_RTHDR, header, sizeof header, header + 24));
}

const struct trick detour_tricks[] = {
    {"splice-input", splice_input},
    {"watch", watch},
    {"source-route", source_route},
    {NULL, NULL},
};
