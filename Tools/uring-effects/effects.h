/*
 * Makes requests by io_uring and shows what came of each, as the kernel tells by other means: getsockopt(2), fcntl(2),
 * fstat(2), getpeername(2). Test-only, and not installed.
 *
 * One line a request: what was asked, "=", the result (an error negated), and what came to be, all of it numbers and
 * words between single spaces.
 */
#ifndef EFFECTS_H
#define EFFECTS_H

#define _GNU_SOURCE
#include <liburing.h>
#include <stdint.h>

/* A ring that goes on behind a request that was refused. */
extern struct io_uring ring;

/* The next entry, all zeros. */
struct io_uring_sqe *entry(uint8_t opcode);
/* Submits the one entry that was filled in, and waits: its result. */
int result_of_one(void);
/* Ends the process because something failed that no jail has a say in. */
_Noreturn void broken(const char *what);

/* sockets [TYPE-FLAGS]: every family, type and protocol. "socket FAMILY TYPE PROTOCOL = RESULT [FAMILY TYPE PROTOCOL]";
 * PROTOCOL is "*" where every one ends with the same error. */
void make_sockets(char **arguments);
/* opens FOLDER: every access, with flags, modes and resolve flags; see opens.c. */
void make_opens(char **arguments);
/* peers: connections from bound sockets to every form of address; see peers.c. */
void make_connections(char **arguments);
/* in-network -- COMMAND: in a network of its own, with more addresses than one. */
_Noreturn void enter_network(char **arguments);

#endif
