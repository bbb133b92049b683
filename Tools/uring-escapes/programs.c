/*
 * A ring that a BPF program drives: struct_ops of type io_uring_bpf_ops, from Linux 7.1 on (CONFIG_IO_URING_BPF_OPS).
 * While it is attached, io_uring_enter(2) submits nothing by itself and calls the program, which submits what is queued.
 *
 * Everything is written out: the program is five instructions, and the types that the kernel wants to be named are
 * looked up in its own description of them, /sys/kernel/btf/vmlinux (BTF: include/uapi/linux/btf.h).
 */
#include "escapes.h"

#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/btf.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* --- What the kernel says of its types */

struct types {
  char *bytes;
  const struct btf_header *header;
  const char *names;
};

static const char vmlinux[] = "/sys/kernel/btf/vmlinux";

/* False where the kernel has no description. */
static bool read_types(struct types *types) {
  size_t size = 0, room = 64 << 20;
  int file = open(vmlinux, O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  types->bytes = malloc(room);
  for (ssize_t count; types->bytes && (count = read(file, types->bytes + size, room - size)) > 0;) size += (size_t)count;
  close(file);
  if (!types->bytes || size < sizeof *types->header || size == room) broken(vmlinux);
  types->header = (const struct btf_header *)types->bytes;
  types->names = types->bytes + types->header->hdr_len + types->header->str_off;
  return true;
}

/* Bytes behind a type that belong to it. */
static size_t size_behind(const struct btf_type *type) {
  unsigned count = BTF_INFO_VLEN(type->info);
  switch (BTF_INFO_KIND(type->info)) {
    case BTF_KIND_INT: case BTF_KIND_VAR: case BTF_KIND_DECL_TAG: return 4;
    case BTF_KIND_ARRAY: return sizeof(struct btf_array);
    case BTF_KIND_STRUCT: case BTF_KIND_UNION: return count * sizeof(struct btf_member);
    case BTF_KIND_ENUM: return count * sizeof(struct btf_enum);
    case BTF_KIND_FUNC_PROTO: return count * sizeof(struct btf_param);
    case BTF_KIND_DATASEC: return count * sizeof(struct btf_var_secinfo);
    case BTF_KIND_ENUM64: return count * 12;
    default: return 0;
  }
}

/* The number of a type by its kind and name, and where it is described; 0 if there is none. */
static unsigned find_type(const struct types *types, unsigned kind, const char *name, const struct btf_type **found) {
  const char *at = types->bytes + types->header->hdr_len + types->header->type_off, *end = at + types->header->type_len;
  for (unsigned number = 1; at < end; number++) {
    const struct btf_type *type = (const struct btf_type *)at;
    if (BTF_INFO_KIND(type->info) == kind && strcmp(types->names + type->name_off, name) == 0) {
      if (found) *found = type;
      return number;
    }
    at += sizeof *type + size_behind(type);
  }
  return 0;
}

/* The place of a member in a structure: its index, and its offset in bytes. */
static int find_member(const struct types *types, const struct btf_type *type, const char *name, unsigned *offset) {
  const struct btf_member *members = (const struct btf_member *)(type + 1);
  for (unsigned index = 0; index < BTF_INFO_VLEN(type->info); index++) {
    if (strcmp(types->names + members[index].name_off, name)) continue;
    *offset = (BTF_INFO_KFLAG(type->info) ? BTF_MEMBER_BIT_OFFSET(members[index].offset) : members[index].offset) / 8;
    return (int)index;
  }
  errno = ENOENT;
  broken(name);
}

/* --- The program, and how it gets onto a ring */

static int call_bpf(int command, union bpf_attr *arguments) {
  long result = syscall(SYS_bpf, command, arguments, sizeof *arguments);
  return result < 0 ? -errno : (int)result;
}

/* Submits one entry and ends the loop (IOU_LOOP_STOP). */
static int load_program(unsigned operations, unsigned member, unsigned submit) {
  struct bpf_insn program[] = {
      {.code = BPF_LDX | BPF_MEM | BPF_DW, .dst_reg = BPF_REG_1, .src_reg = BPF_REG_1}, /* struct io_ring_ctx * */
      {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_2, .imm = 1},
      {.code = BPF_JMP | BPF_CALL, .src_reg = BPF_PSEUDO_KFUNC_CALL, .imm = (int)submit},
      {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 1},
      {.code = BPF_JMP | BPF_EXIT},
  };
  union bpf_attr arguments;
  memset(&arguments, 0, sizeof arguments); /* all of the union */
  arguments.prog_type = BPF_PROG_TYPE_STRUCT_OPS;
  arguments.insns = (uintptr_t)program;
  arguments.insn_cnt = sizeof program / sizeof *program;
  arguments.license = (uintptr_t)"GPL";
  arguments.prog_flags = BPF_F_SLEEPABLE;
  arguments.attach_btf_id = operations;
  arguments.expected_attach_type = member;
  return call_bpf(BPF_PROG_LOAD, &arguments);
}

/* A map of this kind wants types of its own, and uses none: one integer. */
static int load_own_types(void) {
  static const struct {
    struct btf_header header;
    struct btf_type type;
    uint32_t integer;
    char names[5];
  } own = {
      .header = {.magic = BTF_MAGIC, .version = BTF_VERSION, .hdr_len = sizeof own.header,
                 .type_len = sizeof own.type + sizeof own.integer, .str_off = sizeof own.type + sizeof own.integer,
                 .str_len = sizeof own.names},
      .type = {.name_off = 1, .info = BTF_KIND_INT << 24, .size = 4},
      .integer = BTF_INT_SIGNED << 24 | 32,
      .names = "\0int",
  };
  union bpf_attr arguments;
  memset(&arguments, 0, sizeof arguments);
  arguments.btf = (uintptr_t)&own;
  arguments.btf_size = offsetof(__typeof__(own), names) + sizeof own.names;
  return call_bpf(BPF_BTF_LOAD, &arguments);
}

/* Loads the program and attaches it to a ring: 0, or what went wrong, which is a step. */
static int drive(const struct ring *ring) {
  struct types types;
  const struct btf_type *value_type, *type;
  unsigned data, callback, descriptor;
  unsigned operations = 0, value = 0, submit = 0;
  if (read_types(&types)) {
    operations = find_type(&types, BTF_KIND_STRUCT, "io_uring_bpf_ops", &type);
    value = find_type(&types, BTF_KIND_STRUCT, "bpf_struct_ops_io_uring_bpf_ops", &value_type);
    submit = find_type(&types, BTF_KIND_FUNC, "bpf_io_uring_submit_sqes", NULL);
  }
  step("io_uring_bpf_ops", operations && value && submit ? 0 : -ENOENT);
  if (!operations || !value || !submit) return -ENOENT;
  find_member(&types, value_type, "data", &data);
  find_member(&types, type, "ring_fd", &descriptor);
  int member = find_member(&types, type, "loop_step", &callback);

  int program = load_program(operations, (unsigned)member, submit);
  step("BPF_PROG_LOAD", program < 0 ? program : 0);
  if (program < 0) return program;

  int own_types = load_own_types();
  step("BPF_BTF_LOAD", own_types < 0 ? own_types : 0);
  if (own_types < 0) return own_types;

  union bpf_attr arguments;
  memset(&arguments, 0, sizeof arguments);
  arguments.btf_fd = (uint32_t)own_types;
  arguments.map_type = BPF_MAP_TYPE_STRUCT_OPS;
  arguments.key_size = sizeof(unsigned);
  arguments.value_size = value_type->size;
  arguments.max_entries = 1;
  arguments.btf_vmlinux_value_type_id = value;
  int map = call_bpf(BPF_MAP_CREATE, &arguments);
  step("BPF_MAP_CREATE", map < 0 ? map : 0);
  if (map < 0) return map;

  char *content = calloc(1, value_type->size);
  unsigned key = 0;
  if (!content) broken("calloc");
  uint64_t pointer = (uint64_t)program;
  uint32_t number = (uint32_t)ring->fd;
  memcpy(content + data + callback, &pointer, sizeof pointer);
  memcpy(content + data + descriptor, &number, sizeof number);
  memset(&arguments, 0, sizeof arguments);
  arguments.map_fd = (uint32_t)map;
  arguments.key = (uintptr_t)&key;
  arguments.value = (uintptr_t)content;
  int result = call_bpf(BPF_MAP_UPDATE_ELEM, &arguments);
  step("BPF_MAP_UPDATE_ELEM", result);
  return result;
}

/* bpf-driven-ring: what the program submits is submitted by nobody else. */
static void bpf_driven_ring(char **arguments) {
  (void)arguments;
  struct ring ring;
  ring_need(&ring, SETUP_SINGLE_ISSUER | SETUP_DEFER_TASKRUN);
  if (drive(&ring) < 0) {
    attempt("drive", -ENOENT);
    return;
  }
  /* It completes at once; what takes longer would need a program that waits. */
  struct io_uring_sqe *request = ring_entry(&ring, IORING_OP_SOCKET);
  request->fd = AF_UNIX;
  request->off = SOCK_STREAM;
  __atomic_store_n(ring.sq_tail, *ring.sq_tail + ring.queued, __ATOMIC_SEQ_CST);
  ring.queued = 0;
  step("io_uring_enter", ring_enter(ring.fd, 0, 0, IORING_ENTER_GETEVENTS));
  step("submitted", (int)__atomic_load_n(ring.sq_head, __ATOMIC_ACQUIRE));
  attempt("socket", ring_next(&ring, NULL));
}

/* without-bpf -- COMMAND: with a filter of system calls that denies bpf(2). */
static void without_bpf(char **arguments) {
  char **command = command_of(arguments);
  struct sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_bpf, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EACCES),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
    broken("seccomp");
  become(command);
}

const struct trick program_tricks[] = {{"bpf-driven-ring", bpf_driven_ring}, {"without-bpf", without_bpf}, {NULL, NULL}};
