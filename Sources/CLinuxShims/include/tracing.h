/*
 * What following other processes needs beside files: signals, time and waiting. As in CLinuxShims.h, every function
 * returns its result or the negated errno.
 */
#ifndef CLINUXSHIMS_TRACING_H
#define CLINUXSHIMS_TRACING_H

#include <stddef.h>
#include <stdint.h>

/* include/uapi/linux/magic.h: that of tracefs. */
#define UJ_TRACEFS_MAGIC 0x74726163

/* rmdir(2): 0, or the negated errno. */
int uj_remove_directory(const char *path);

/* open(2) for writing behind the end of what is there, close-on-exec: a descriptor, or the negated errno. */
int uj_open_append(const char *path);

/* pipe2(2) with O_CLOEXEC, the reading end first: 0, or the negated errno. */
int uj_pipe(int ends[2]);

/*
 * poll(2) until one of the descriptors can be read or the time is over: how many can be read, or the negated errno.
 * At most UJ_MOST_POLLED descriptors are looked at.
 */
#define UJ_MOST_POLLED 1024
int uj_poll_readable(const int *descriptors, size_t count, int milliseconds);

/*
 * signalfd(2) for SIGINT, SIGTERM and SIGHUP, which are blocked from now on; close-on-exec and without waiting: a
 * descriptor, or the negated errno.
 */
int uj_catch_endings(void);

/*
 * The next signal from such a descriptor, 0 if there is none, or the negated errno. UJ_SIGNAL_FROM_PROCESS is added for
 * one that a process has sent, and not a terminal.
 */
#define UJ_SIGNAL_FROM_PROCESS 0x100
int uj_next_signal(int descriptor);

/*
 * waitpid(2) without waiting, also for children that send no signal: 1 and the exit status, or 128 plus the signal, by
 * the pointer, if the child has ended; 0 if it has not; or the negated errno.
 */
int uj_wait_briefly(int pid, int *status);

/* kill(2): 0, or the negated errno. */
int uj_kill(int pid, int signal);

/* clock_gettime(2) of CLOCK_MONOTONIC and CLOCK_REALTIME, in nanoseconds. */
uint64_t uj_monotonic_time(void);
uint64_t uj_real_time(void);

/* localtime_r(3): the time of day of a number of seconds since 1970, in seconds. */
int uj_local_time_of_day(int64_t seconds);

#endif
