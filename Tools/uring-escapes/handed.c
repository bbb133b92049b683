/* Rings that somebody outside the jail created, and that reach the jailed program as descriptors. */
#include "escapes.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void use(int fd) {
  struct ring ring;
  int result = ring_adopt(&ring, fd);
  step("mmap", result);
  if (result < 0) {
    attempt("openat", result);
    return;
  }
  attempt_on(&ring, "openat");
}

static struct ring outside;
static void make_outside(void) {
  int result = ring_open(&outside, 4, 0);
  if (result < 0) broken("io_uring_setup");
}

/* hand-over N -- COMMAND: becomes COMMAND with a ring as descriptor N. */
static void hand_over(char **arguments) {
  make_outside();
  int wanted = arguments[0] ? atoi(arguments[0]) : 9;
  if (dup2(outside.fd, wanted) < 0 || fcntl(wanted, F_SETFD, 0) < 0) broken("dup2");
  become(command_of(arguments));
}

/* use N: makes the forbidden request on descriptor N. */
static void use_descriptor(char **arguments) { use(arguments[0] ? atoi(arguments[0]) : 9); }

/* hold -- COMMAND: starts COMMAND, and keeps a ring that it may try to take. */
static void hold(char **arguments) {
  make_outside();
  prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
  char text[32];
  snprintf(text, sizeof text, "%d", outside.fd);
  setenv("HELD_RING", text, 1);
  snprintf(text, sizeof text, "%d", (int)getpid());
  setenv("HOLDER", text, 1);
  pid_t child = fork();
  if (child == 0) become(command_of(arguments));
  int status;
  if (child < 0 || waitpid(child, &status, 0) < 0) broken("fork");
  _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 2);
}

/* take: takes the ring out of the process that holds it. */
static void take(char **arguments) {
  (void)arguments;
  const char *holder = getenv("HOLDER"), *held = getenv("HELD_RING");
  if (!holder || !held) broken("nobody holds a ring");
  long process = syscall(SYS_pidfd_open, atoi(holder), 0);
  step("pidfd_open", process < 0 ? -errno : 0);
  if (process < 0) broken("pidfd_open");
  long fd = syscall(SYS_pidfd_getfd, process, atoi(held), 0);
  if (fd < 0) {
    attempt("pidfd_getfd", -errno);
    return;
  }
  use((int)fd);
}

static int send_descriptor(int socket, int fd) {
  char byte = 'x', control[CMSG_SPACE(sizeof fd)];
  memset(control, 0, sizeof control);
  struct iovec data = {&byte, 1};
  struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1};
  if (fd >= 0) {
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof fd);
    memcpy(CMSG_DATA(header), &fd, sizeof fd);
  }
  return sendmsg(socket, &message, 0) < 0 ? -errno : 0;
}

/* send ring|file -- COMMAND: starts COMMAND with a socket as standard input, and sends a descriptor over it. */
static void send_over(char **arguments) {
  int sockets[2], status;
  make_outside();
  bool ring = arguments[0] && strcmp(arguments[0], "ring") == 0;
  int fd = ring ? outside.fd : open(forbidden_path, O_RDONLY | O_CLOEXEC);
  if (fd < 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) < 0) broken("socketpair");
  pid_t child = fork();
  if (child == 0) {
    if (dup2(sockets[1], 0) < 0) broken("dup2");
    become(command_of(arguments));
  }
  int result = send_descriptor(sockets[0], fd);
  if (result < 0) {
    fprintf(stderr, "sendmsg %d\n", result);
    if (send_descriptor(sockets[0], -1) < 0) broken("sendmsg");
  }
  if (child < 0 || waitpid(child, &status, 0) < 0) broken("fork");
  _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 2);
}

/* receive: takes a descriptor from the socket that is standard input. */
static void receive(char **arguments) {
  char byte, control[CMSG_SPACE(sizeof(int))];
  struct iovec data = {&byte, 1};
  struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  if (recvmsg(0, &message, 0) != 1) broken("recvmsg");
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  if (!header) {
    attempt("received", -ENOENT);
    return;
  }
  int fd;
  memcpy(&fd, CMSG_DATA(header), sizeof fd);
  if (arguments[0] && strcmp(arguments[0], "file") == 0)
    attempt("received", fd);
  else
    use(fd);
}

enum { late = 50 };

static int late_helper(void *stack) {
  (void)stack;
  prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  usleep(1500000);
  if (ring_open(&outside, 4, 0) < 0 || dup2(outside.fd, late) < 0) _exit(3);
  usleep(4000000);
  _exit(0);
}

/* shared-table [-- COMMAND]: a helper shares the table of descriptors, and puts a ring into it later. */
static void shared_table(char **arguments) {
  size_t size = 1 << 16;
  char *stack = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (stack == MAP_FAILED || clone(late_helper, stack + size, CLONE_FILES | SIGCHLD, NULL) < 0) broken("clone");
  if (*arguments) become(command_of(arguments));
  usleep(3000000);
  use(late);
}

/* use-late: makes the forbidden request on the ring that a helper may have put into this table. */
static void use_late(char **arguments) {
  (void)arguments;
  usleep(3000000);
  use(late);
}

const struct trick handed_tricks[] = {
    {"hand-over", hand_over}, {"use", use_descriptor},          {"hold", hold},         {"take", take},
    {"send", send_over},      {"receive", receive},             {"shared-table", shared_table},
    {"use-late", use_late},   {NULL, NULL},
};
