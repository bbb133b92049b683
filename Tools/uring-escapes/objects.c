/* What rings keep: tables of files, buffers, credentials, registered rings; and messages between rings. */
#include "escapes.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

static void sparse_table(struct ring *ring) {
  int files[4] = {-1, -1, -1, -1};
  step("register files", ring_register(ring->fd, IORING_REGISTER_FILES, files, 4));
}

static int open_forbidden(void) {
  int fd = open(forbidden_path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) broken("open");
  return fd;
}

static void fixed_file(char **arguments) {
  (void)arguments;
  struct ring ring;
  static char buffer[16];
  int fd = open_forbidden();
  ring_need(&ring, 0);
  step("register files", ring_register(ring.fd, IORING_REGISTER_FILES, &fd, 1));
  struct io_uring_sqe *entry = ring_entry(&ring, IORING_OP_READ);
  entry->flags = IOSQE_FIXED_FILE;
  entry->addr = (uintptr_t)buffer;
  entry->len = sizeof buffer;
  attempt("read", ring_do(&ring));
}

static void direct_descriptor(char **arguments) {
  (void)arguments;
  struct ring ring;
  ring_need(&ring, 0);
  sparse_table(&ring);
  struct io_uring_sqe *entry = forbidden(&ring);
  entry->open_flags = O_RDONLY; /* O_CLOEXEC means nothing to a table */
  entry->file_index = 1;
  attempt("openat", ring_do(&ring));
  entry = ring_entry(&ring, IORING_OP_SOCKET);
  entry->fd = AF_INET;
  entry->off = SOCK_STREAM;
  entry->file_index = 2;
  attempt("socket", ring_do(&ring));
}

static void files_update(char **arguments) {
  (void)arguments;
  struct ring ring;
  int fd = open_forbidden();
  ring_need(&ring, 0);
  sparse_table(&ring);
  struct io_uring_sqe *entry = ring_entry(&ring, IORING_OP_FILES_UPDATE);
  entry->addr = (uintptr_t)&fd;
  entry->len = 1;
  attempt("files_update", ring_do(&ring));
}

static void fixed_fd_install(char **arguments) {
  (void)arguments;
  struct ring ring;
  int fd = open_forbidden();
  ring_need(&ring, 0);
  step("register files", ring_register(ring.fd, IORING_REGISTER_FILES, &fd, 1));
  struct io_uring_sqe *entry = ring_entry(&ring, OP_FIXED_FD_INSTALL);
  entry->flags = IOSQE_FIXED_FILE;
  attempt("fixed_fd_install", ring_do(&ring));
}

static void uring_cmd(char **arguments) {
  (void)arguments;
  struct ring ring;
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) broken("socket");
  ring_need(&ring, 0);
  struct io_uring_sqe *entry = ring_entry(&ring, OP_URING_CMD);
  entry->fd = fd;
  entry->off = 0; /* cmd_op: SOCKET_URING_OP_SIOCINQ */
  attempt("uring_cmd", ring_do(&ring));
}

static void msg_ring(char **arguments) {
  (void)arguments;
  struct ring from, to;
  int fd = open_forbidden();
  ring_need(&from, 0);
  ring_need(&to, 0);
  step("register files", ring_register(from.fd, IORING_REGISTER_FILES, &fd, 1));
  sparse_table(&to);
  struct io_uring_sqe *entry = ring_entry(&from, IORING_OP_MSG_RING);
  entry->fd = to.fd;
  entry->off = 7;
  attempt("msg_ring with data", ring_do(&from));
  entry = ring_entry(&from, IORING_OP_MSG_RING);
  entry->fd = to.fd;
  entry->addr = 1;       /* IORING_MSG_SEND_FD */
  entry->file_index = 2; /* slot 1 of the other ring's table */
  attempt("msg_ring with a file", ring_do(&from));
}

/* An entry that a ring without restrictions of its own would take from a message: none is. */
static void buffers_cloned(char **arguments) {
  (void)arguments;
  static char memory[4096];
  struct ring from, to;
  ring_need(&from, 0);
  ring_need(&to, 0);
  struct iovec buffer = {memory, sizeof memory};
  step("register buffers", ring_register(from.fd, IORING_REGISTER_BUFFERS, &buffer, 1));
  struct {
    uint32_t source, flags, source_offset, offset, count, padding[3];
  } argument = {.source = (uint32_t)from.fd};
  attempt("clone_buffers", ring_register(to.fd, REGISTER_CLONE_BUFFERS, &argument, 1));
}

static void personality(char **arguments) {
  (void)arguments;
  struct ring ring;
  ring_need(&ring, 0);
  int id = ring_register(ring.fd, IORING_REGISTER_PERSONALITY, NULL, 0);
  step("register personality", id);
  if (setresgid(65534, 65534, 65534) < 0 || setresuid(65534, 65534, 65534) < 0) broken("setresuid");
  struct io_uring_sqe *entry = forbidden(&ring);
  entry->addr = (uintptr_t) "/etc/shadow";
  if (id > 0) entry->personality = (uint16_t)id;
  attempt("openat of root's file", ring_do(&ring));
}

static void registered_ring(char **arguments) {
  (void)arguments;
  struct ring ring;
  ring_need(&ring, 0);
  struct io_uring_rsrc_update update = {.offset = ~0U, .data = (uint64_t)ring.fd};
  step("register ring_fds", ring_register(ring.fd, IORING_REGISTER_RING_FDS, &update, 1));
  forbidden(&ring);
  __atomic_store_n(ring.sq_tail, *ring.sq_tail + 1, __ATOMIC_SEQ_CST);
  step("enter", ring_enter((int)update.offset, 1, 0, ENTER_REGISTERED_RING));
  attempt("openat", ring_next(&ring, NULL));
}

static void resized_ring(char **arguments) {
  (void)arguments;
  struct ring ring;
  ring_need(&ring, SETUP_SINGLE_ISSUER | SETUP_DEFER_TASKRUN);
  struct io_uring_params wanted = {.sq_entries = 16, .cq_entries = 32};
  int result = ring_register(ring.fd, REGISTER_RESIZE_RINGS, &wanted, 1);
  step("resize_rings", result);
  if (result == 0) {
    ring.params = wanted;
    step("mmap", ring_map(&ring));
  }
  attempt_on(&ring, "openat");
}

const struct trick object_tricks[] = {
    {"fixed-file", fixed_file},
    {"direct-descriptor", direct_descriptor},
    {"files-update", files_update},
    {"fixed-fd-install", fixed_fd_install},
    {"uring-cmd", uring_cmd},
    {"msg-ring", msg_ring},
    {"clone-buffers", buffers_cloned},
    {"personality", personality},
    {"registered-ring", registered_ring},
    {"resized-ring", resized_ring},
    {NULL, NULL},
};
