/*
 * Socket filters for the tests: any kernel runs the programs that filters are made of on packets.
 */
#ifndef CTESTSOCKETS_H
#define CTESTSOCKETS_H

#include <stddef.h>
#include <stdint.h>

/* A connected pair of datagram sockets: 0, or the negated errno. */
int ts_open(int pair[2]);

void ts_close(const int pair[2]);

/* Makes every packet for the second socket pass the program of `count` instructions, 8 bytes each, in place of the
 * program before it: 0, or the negated errno. */
int ts_attach(const int pair[2], const void *instructions, uint16_t count);

/* Sends `count` packets of `size` bytes each, one after the other, and writes how many bytes of each the filter let
 * through, -1 for a packet that it dropped. 0, or the negated errno of what failed. */
int ts_pass(const int pair[2], const void *packets, size_t size, size_t count, int32_t *lengths);

#endif
