/* io_uring_register(2): rules of one's own, and calls that `[register]` shall hold. */
#include "escapes.h"

#include <linux/filter.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* struct io_uring_bpf of include/uapi/linux/io_uring/bpf_filter.h (7.0). */
struct filter_argument {
  uint16_t command, command_flags;
  uint32_t reserved;
  uint32_t opcode, flags, length;
  uint8_t data_size, reserved1[3];
  uint64_t program, reserved2[5];
};

static int allow_all(uint32_t opcode, uint32_t flags) {
  struct sock_filter program[] = {{BPF_RET | BPF_K, 0, 0, 1}};
  struct filter_argument argument = {
      .command = 1, .opcode = opcode, .flags = flags, .length = 1, .program = (uintptr_t)program};
  return ring_register(-1, REGISTER_BPF_FILTER, &argument, 1);
}

static int allow_all_restrictions(int fd) {
  /* One entry for each operation, as a task or a ring would allow itself all. */
  struct {
    uint16_t flags, count;
    uint32_t reserved[3];
    struct io_uring_restriction entries[66];
  } argument = {.count = 66};
  for (int index = 0; index < 65; index++) {
    argument.entries[index].opcode = IORING_RESTRICTION_SQE_OP;
    argument.entries[index].sqe_op = (uint8_t)index;
  }
  argument.entries[65].opcode = IORING_RESTRICTION_SQE_FLAGS_ALLOWED;
  argument.entries[65].sqe_flags = 0xFF;
  if (fd < 0) return ring_register(-1, IORING_REGISTER_RESTRICTIONS, &argument, 1);
  return ring_register(fd, IORING_REGISTER_RESTRICTIONS, argument.entries, 66);
}

static int openat_under_own_filter(void) {
  struct ring ring;
  allow_all(IORING_OP_OPENAT, 0);
  ring_need(&ring, 0);
  forbidden(&ring);
  return ring_do(&ring);
}

/* looser-filter: rules of one's own that allow what is forbidden, in the task and in its child. */
static void looser_filter(char **arguments) {
  (void)arguments;
  step("no_new_privs", prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
  step("restrictions that allow all", allow_all_restrictions(-1));
  step("filter that allows openat", allow_all(IORING_OP_OPENAT, 0));
  step("filter that allows nop and denies the rest", allow_all(IORING_OP_NOP, 1));
  attempt_anew("openat");
  attempt("openat of a child", in_child(openat_under_own_filter));
}

/* disabled-ring: a ring that may still be restricted gives itself everything, and is enabled. */
static void disabled_ring(char **arguments) {
  (void)arguments;
  struct ring ring;
  ring_need(&ring, IORING_SETUP_R_DISABLED);
  step("restrictions of the ring", allow_all_restrictions(ring.fd));
  step("enable", ring_register(ring.fd, IORING_REGISTER_ENABLE_RINGS, NULL, 0));
  attempt_on(&ring, "openat");
}

static void register_on(int fd, const char *where) {
  static char probe[16 + 256 * 8];
  char what[64];
  int event = eventfd(0, EFD_CLOEXEC);
  memset(probe, 0, sizeof probe);
  snprintf(what, sizeof what, "probe%s", where);
  attempt(what, ring_register(fd, IORING_REGISTER_PROBE, probe, 256));
  snprintf(what, sizeof what, "personality%s", where);
  attempt(what, ring_register(fd, IORING_REGISTER_PERSONALITY, NULL, 0));
  snprintf(what, sizeof what, "eventfd%s", where);
  attempt(what, ring_register(fd, IORING_REGISTER_EVENTFD, &event, 1));
}

static void registered(char **arguments) {
  (void)arguments;
  struct ring ring;
  ring_need(&ring, 0);
  register_on(ring.fd, "");
}

/* disabled-register: register calls on a ring that is not enabled yet (H2). */
static void disabled_register(char **arguments) {
  (void)arguments;
  struct ring ring;
  ring_need(&ring, IORING_SETUP_R_DISABLED);
  register_on(ring.fd, " on a disabled ring");
}

/* registered-ring-register: by the number of a registered ring, with bit 31 of the opcode. */
static void registered_ring_register(char **arguments) {
  (void)arguments;
  struct ring ring;
  ring_need(&ring, 0);
  struct io_uring_rsrc_update update = {.offset = ~0U, .data = (uint64_t)ring.fd};
  step("register ring_fds", ring_register(ring.fd, IORING_REGISTER_RING_FDS, &update, 1));
  attempt("personality by a registered ring",
          ring_register((int)update.offset, IORING_REGISTER_PERSONALITY | REGISTER_USE_REGISTERED_RING, NULL, 0));
}

/* blind-register: without a ring (H3); the message does what a denied msg_ring would. */
static void blind_register(char **arguments) {
  (void)arguments;
  struct ring ring;
  ring_need(&ring, 0);
  struct io_uring_sqe message = {.opcode = IORING_OP_MSG_RING, .fd = ring.fd, .off = 7};
  attempt("send_msg_ring", ring_register(-1, REGISTER_SEND_MSG_RING, &message, 1));
  struct {
    uint32_t counts[2];
    uint64_t words[5];
  } answer = {0};
  struct {
    uint64_t next, data;
    uint32_t kind, size;
    int32_t result;
    uint32_t reserved[3];
  } query = {.data = (uintptr_t)&answer, .size = sizeof answer};
  attempt("query", ring_register(-1, REGISTER_QUERY, &query, 0));
}

#ifdef __x86_64__
static int personality_by_gate(void) {
  struct ring ring;
  int result;
  ring_need(&ring, IORING_SETUP_R_DISABLED);
  __asm__ volatile("int $0x80"
                   : "=a"(result)
                   : "a"(427), "b"(ring.fd), "c"(IORING_REGISTER_PERSONALITY), "d"(0), "S"(0)
                   : "memory", "r8", "r9", "r10", "r11");
  return result;
}

/* other-abi: the same system call by the numbers of 32-bit programs, and of x32. */
static void other_abi(char **arguments) {
  (void)arguments;
  struct ring ring;
  ring_need(&ring, IORING_SETUP_R_DISABLED);
  long result = syscall(0x40000000 | 427, ring.fd, IORING_REGISTER_PERSONALITY, NULL, 0);
  attempt("personality by x32", result < 0 ? -errno : (int)result);
  /* A kernel without 32-bit programs ends the process. */
  attempt("personality by int 0x80", in_child(personality_by_gate));
}
#else
static void other_abi(char **arguments) {
  (void)arguments;
  attempt("this architecture has one ABI", -ENOSYS);
}
#endif

/* register-opcodes: which opcodes reach their own code, each without an argument on a ring of its own. */
static void register_opcodes(char **arguments) {
  (void)arguments;
  char what[16];
  for (unsigned opcode = 0; opcode < REGISTER_LAST; opcode++) {
    struct ring ring;
    ring_need(&ring, 0);
    snprintf(what, sizeof what, "%u", opcode);
    step(what, ring_register(ring.fd, opcode, NULL, 0));
    close(ring.fd);
  }
}

const struct trick register_tricks[] = {
    {"looser-filter", looser_filter},
    {"disabled-ring", disabled_ring},
    {"register", registered},
    {"disabled-register", disabled_register},
    {"registered-ring-register", registered_ring_register},
    {"blind-register", blind_register},
    {"other-abi", other_abi},
    {"register-opcodes", register_opcodes},
    {NULL, NULL},
};
