/* What the programs of this bench share. */
#ifndef TOOLS_H
#define TOOLS_H

#include <stdint.h>

/* Microseconds of the clock that is never set. */
uint64_t clock_us(void);

/* Says on stderr what is wrong and ends the program with status 1. */
void fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* A TCP connection to 127.0.0.1 without Nagle's delay; never returns a failure. */
int connect_to(int port);

/* Makes reads and writes return at once. */
void set_nonblocking(int descriptor);

#endif
