/*
 * Opens by every access, with flags, modes and resolve flags, in a scene that is the same before each request:
 *
 *   FOLDER/in/file      "content", mode 0600        FOLDER/in/link      -> file
 *   FOLDER/in/new       does not exist              FOLDER/in/folder    a directory
 *   FOLDER/out          "content", mode 0600        FOLDER/in/leave     -> ../out
 *
 * "open OPERATION FLAGS MODE RESOLVE PATH = RESULT CREATED TRUNCATED [STATUS-FLAGS FILE-MODE LINKS INSIDE]":
 * CREATED is 1 where `new` exists afterwards and TRUNCATED where a file lost its content, whatever the result;
 * STATUS-FLAGS are those of F_GETFL, LINKS is 0 for a file without a name, and INSIDE is 1 for what is below FOLDER/in.
 */
#include "effects.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* As the kernel has them, not as the C library names them. */
enum { TMPFILE_BIT = 020000000, LARGEFILE = 0100000 };
static const uint64_t flags[] = {O_CREAT, O_TRUNC, O_APPEND, O_DIRECTORY, TMPFILE_BIT, O_NOFOLLOW, O_PATH};
enum { FLAGS = sizeof flags / sizeof *flags };

static char inside[4096];
static int base = -1;

static void write_file(const char *name) {
  int file = openat(base, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0 || write(file, "content", 7) != 7 || fchmod(file, 0600) < 0) broken(name);
  close(file);
}

static void prepare(const char *folder) {
  char real[PATH_MAX];
  if (!realpath(folder, real)) broken(folder);
  if ((size_t)snprintf(inside, sizeof inside, "%s/in", real) >= sizeof inside) broken("FOLDER");
  if (mkdir(inside, 0700) < 0 || (base = open(inside, O_PATH | O_DIRECTORY | O_CLOEXEC)) < 0) broken(inside);
  if (mkdirat(base, "folder", 0700) < 0 || symlinkat("file", base, "link") < 0 || symlinkat("../out", base, "leave") < 0)
    broken(inside);
  write_file("file");
  write_file("../out");
  umask(0);
}

static int is_empty(const char *name) {
  struct stat status;
  if (fstatat(base, name, &status, 0) < 0) broken(name);
  return status.st_size == 0;
}

static void show_descriptor(int made) {
  struct stat status;
  char name[64], path[4096];
  snprintf(name, sizeof name, "/proc/self/fd/%d", made);
  ssize_t length = readlink(name, path, sizeof path - 1);
  if (length < 0 || fstat(made, &status) < 0) broken(name);
  path[length] = 0;
  size_t prefix = strlen(inside);
  int is_inside = strncmp(path, inside, prefix) == 0 && (path[prefix] == 0 || path[prefix] == '/');
  printf(" %d %u %u %d", fcntl(made, F_GETFL), status.st_mode, (unsigned)status.st_nlink, is_inside);
  close(made);
}

static void try_open(int openat2, uint64_t how_flags, uint64_t mode, uint64_t resolve, const char *path) {
  struct open_how how = {how_flags, mode, resolve};
  struct io_uring_sqe *request = entry(openat2 ? IORING_OP_OPENAT2 : IORING_OP_OPENAT);
  request->fd = base;
  request->addr = (uintptr_t)path;
  if (openat2) {
    request->len = sizeof how;
    request->off = (uintptr_t)&how;
  } else {
    request->len = (uint32_t)mode;
    request->open_flags = (uint32_t)how_flags;
  }
  int made = result_of_one();
  int created = faccessat(base, "new", F_OK, AT_SYMLINK_NOFOLLOW) == 0;
  int emptied = is_empty("file") || is_empty("../out");
  printf("open %s %llu %llu %llu %s = %d %d %d", openat2 ? "openat2" : "openat", (unsigned long long)how_flags,
         (unsigned long long)mode, (unsigned long long)resolve, path, made < 0 ? made : 0, created, emptied);
  if (made >= 0) show_descriptor(made);
  putchar('\n');
  if (created) unlinkat(base, "new", 0);
  if (emptied) {
    write_file("file");
    write_file("../out");
  }
}

static uint64_t flags_of(unsigned subset) {
  uint64_t chosen = O_CLOEXEC;
  for (unsigned bit = 0; bit < FLAGS; bit++) chosen |= subset >> bit & 1 ? flags[bit] : 0;
  return chosen;
}

void make_opens(char **arguments) {
  static const char *const paths[] = {"file", "new", "link", "folder"};
  static const char *const ways[] = {"file", "new", "link", "leave", "../out", "folder/../file", "folder/../../out"};
  static const uint64_t resolves[] = {RESOLVE_NO_XDEV,  RESOLVE_NO_MAGICLINKS, RESOLVE_NO_SYMLINKS, RESOLVE_BENEATH,
                                      RESOLVE_IN_ROOT,  RESOLVE_CACHED,        RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS,
                                      RESOLVE_NO_XDEV | RESOLVE_IN_ROOT};
  static const uint64_t few[] = {0, O_CREAT, O_TRUNC, O_PATH, O_DIRECTORY, O_CREAT | O_TRUNC};
  if (!arguments[0]) broken("FOLDER is missing");
  prepare(arguments[0]);
  for (int second = 0; second < 2; second++) {
    for (uint64_t access = 0; access < 4; access++) {
      for (unsigned subset = 0; subset < 1u << FLAGS; subset++) {
        uint64_t chosen = access | flags_of(subset);
        int creates = (chosen & (O_CREAT | TMPFILE_BIT)) != 0;
        for (size_t path = 0; path < sizeof paths / sizeof *paths; path++) {
          /* openat2 refuses a mode where nothing is created. */
          try_open(second, chosen, creates ? 0640 : 0, 0, paths[path]);
          if (creates) try_open(second, chosen, 06751, 0, paths[path]);
        }
      }
    }
  }
  for (uint64_t access = 0; access < 4; access++) {
    for (size_t index = 0; index < sizeof few / sizeof *few; index++) {
      for (size_t resolve = 0; resolve < sizeof resolves / sizeof *resolves; resolve++) {
        for (size_t way = 0; way < sizeof ways / sizeof *ways; way++) {
          uint64_t mode = few[index] & O_CREAT ? 0640 : 0;
          try_open(1, access | few[index] | O_CLOEXEC, mode, resolves[resolve], ways[way]);
        }
      }
    }
  }
}
