#include "CTestSockets.h"

#include <errno.h>
#include <linux/filter.h>
#include <sys/socket.h>
#include <unistd.h>

int ts_open(int pair[2]) {
  return socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, pair) < 0 ? -errno : 0;
}

void ts_close(const int pair[2]) {
  close(pair[0]);
  close(pair[1]);
}

int ts_attach(const int pair[2], const void *instructions, uint16_t count) {
  struct sock_fprog program = {.len = count, .filter = (struct sock_filter *)instructions};
  return setsockopt(pair[1], SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) < 0 ? -errno : 0;
}

int ts_pass(const int pair[2], const void *packets, size_t size, size_t count, int32_t *lengths) {
  char received[256];
  for (size_t i = 0; i < count; i++) {
    /* The filter runs inside send(2); a dropped packet counts as sent (net/unix/af_unix.c). */
    if (send(pair[0], (const char *)packets + i * size, size, 0) < 0) return -errno;
    ssize_t length = recv(pair[1], received, sizeof received, MSG_DONTWAIT);
    if (length < 0 && errno != EAGAIN) return -errno;
    lengths[i] = (int32_t)length;
  }
  return 0;
}
