/* One worker's connection to the coordinator: TLS 1.3 with its certificate, and the lines of docs/protocol.md. */
#ifndef GATEWAY_H
#define GATEWAY_H

#include <openssl/ssl.h>
#include <stdint.h>

#include "histogram.h"

/* The items of a LEASE or RESULT, and the bytes of a line (docs/protocol.md). */
enum { ITEMS = 16, LINE = 65536 };

/* A leased part, with the positions as the coordinator wrote them. */
struct lease {
    int64_t grant;
    char positions[64];
};

enum awaited { NOTHING, HELLO_REPLY, LEASE_REPLY, RESULT_REPLY, BEAT_REPLY };

struct gateway {
    int number, descriptor;
    SSL *tls;
    enum awaited awaited;
    struct lease leases[ITEMS];
    int leased;
    /* When the line that is awaited was due, and when the next ones are; microseconds. */
    uint64_t due, next_beat, idle_until;
    /* LEASE lines that are due and not sent. */
    int owed;
    uint64_t owed_since;
    char *in;
    size_t held;
    char *out;
    size_t unsent;
};

/* What all connections came to. */
struct tally {
    struct histogram lease, result;
    uint64_t granted, recorded, stale, empty, errors, beats;
    char last_error[256];
    /* One after the other: granted numbers, and numbers of recorded results. */
    int64_t *grants, *results;
    size_t grants_room, results_room;
};

struct load {
    int port, workers, count;
    /* Results say that nothing was tried, so that the part is there to be leased again. */
    int interrupts;
    const char *folder;
    struct tally tally;
};

/* Opens the connection of worker `number`, with the key and certificate in the load's folder; not yet HELLO. */
void gateway_open(struct gateway *gateway, struct load *load, int number);

/* From now on the worker beats: the first one comes at this worker's share of the interval. */
void gateway_begin(struct gateway *gateway, const struct load *load);

/* Says HELLO with what the folder's file says of the worker's custody. */
void gateway_hello(struct gateway *gateway, struct load *load);

/* Says LEASE; its latency counts from `due`. */
void gateway_lease(struct gateway *gateway, struct load *load, uint64_t due);

/* Says BEAT with the live grants. */
void gateway_beat(struct gateway *gateway);

/* Reads and writes what can be; answers a lease with its result at once. Returns 0 when the coordinator closed the connection. */
int gateway_turn(struct gateway *gateway, struct load *load);

#endif
