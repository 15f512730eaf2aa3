/* A fleet in one process: every worker has a TLS connection and a certificate of its own, leases, reports and beats.
 *
 * load enrol FOLDER PORT                        redeems the secrets of FOLDER/invitations, one a line, as workers 0, 1, 2 ...
 * load run FOLDER PORT WORKERS COUNT SECONDS RATE INTERRUPTS
 *     Each worker says LEASE for COUNT parts and at once RESULT for what it got. RATE 0: as fast as answers come. Otherwise RATE cycles a
 *     second over all workers, on a schedule: a line's latency counts from when it was due, whether or not the worker was still busy.
 *     INTERRUPTS 1: results say that nothing was tried, so that the parts come back. SECONDS 0: until the coordinator goes, and a
 *     line that says when all workers are connected; otherwise each worker ends with the result of what it has leased, so that no lease is left to
 *     run out during the next load.
 *     Prints one JSON object; FOLDER/granted and FOLDER/recorded get the numbers that the coordinator acknowledged, one a line. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "enrol.h"
#include "gateway.h"
#include "tools.h"

/* A line of the schedule waits for its moment no longer than NAP_MS, a beat or the next try of one who got nothing no longer than LOOK_MS; what is under
 * way at the end is waited for as long as DRAIN_SECONDS. */
enum { EVENTS = 256, NAP_MS = 1, LOOK_MS = 10, DRAIN_SECONDS = 120 };

static struct load load;
static struct gateway *gateways;
/* Microseconds from a worker's line to its next on a schedule. */
static uint64_t interval;
static int queue;

static void enrol_all(const char *folder, int port) {
    char path[4096], secret[256];
    snprintf(path, sizeof path, "%s/invitations", folder);
    FILE *file = fopen(path, "r");
    if (!file) fail("%s cannot be read", path);
    for (int number = 0; fgets(secret, sizeof secret, file); number++) {
        secret[strcspn(secret, "\n")] = 0;
        enrol(folder, port, number, secret);
    }
    fclose(file);
}

/* Whether the worker does nothing now. */
static int is_free(const struct gateway *gateway, uint64_t now) {
    return gateway->awaited == NOTHING && !gateway->unsent && now >= gateway->idle_until;
}

/* Lets a worker that is free say what is due. Returns 0 when the coordinator is gone. */
static int say_what_is_due(struct gateway *gateway, uint64_t now, double rate) {
    if (!is_free(gateway, now)) return 1;
    if (now >= gateway->next_beat) {
        gateway_beat(gateway);
    } else if (rate == 0) {
        gateway_lease(gateway, &load, now);
    } else if (gateway->owed) {
        gateway_lease(gateway, &load, gateway->owed_since);
        gateway->owed--;
        gateway->owed_since += interval;
    } else {
        return 1;
    }
    return gateway_turn(gateway, &load);
}

/* Looks at every worker: for beats, and for who waits by himself. Returns 0 when the coordinator is gone. */
static int look_at_all(uint64_t now, double rate) {
    for (int number = 0; number < load.workers; number++)
        if (!say_what_is_due(&gateways[number], now, rate)) return 0;
    return 1;
}

/* Waits for the sockets, `patience` ms at most, and lets the connections go on; who is free then says what is due, if `says`. Returns 0 when the
 * coordinator is gone. */
static int turn(int patience, int says, double rate) {
    struct epoll_event events[EVENTS];
    int count = epoll_wait(queue, events, EVENTS, patience);
    for (int index = 0; index < count; index++) {
        struct gateway *gateway = events[index].data.ptr;
        if (!gateway_turn(gateway, &load) || (says && !say_what_is_due(gateway, clock_us(), rate))) return 0;
    }
    return 1;
}

/* Waits for the reply to what a worker has just said. */
static void await(struct gateway *gateway) {
    while (gateway->awaited != NOTHING)
        if (!gateway_turn(gateway, &load) || !turn(NAP_MS, 0, 0)) fail("the coordinator closed the connection of worker %d", gateway->number);
    if (load.tally.errors) fail("worker %d: %s", gateway->number, load.tally.last_error);
}

/* Connects all workers. With its first beat each is told again what it may erase of the media that it still has: that is part of arriving, not of the
 * load. Beats are then spread over their interval, as those of workers that started at different times are. */
static void open_all(void) {
    queue = epoll_create1(0);
    gateways = calloc((size_t)load.workers, sizeof *gateways);
    for (int number = 0; number < load.workers; number++) {
        struct gateway *gateway = &gateways[number];
        gateway_open(gateway, &load, number);
        struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = gateway};
        epoll_ctl(queue, EPOLL_CTL_ADD, gateway->descriptor, &event);
        gateway_hello(gateway, &load);
        await(gateway);
        gateway_beat(gateway);
        await(gateway);
    }
    load.tally.beats = 0;
    for (int number = 0; number < load.workers; number++) gateway_begin(&gateways[number], &load);
}

/* The lines that the schedule holds up to now, to the workers in turn. Returns 0 when the coordinator is gone. */
static int schedule(uint64_t begin, uint64_t now, uint64_t *scheduled, double rate) {
    double lines = rate / load.count;
    uint64_t wanted = (uint64_t)((double)(now - begin) / 1e6 * lines);
    for (; *scheduled < wanted; ++*scheduled) {
        struct gateway *gateway = &gateways[*scheduled % (uint64_t)load.workers];
        if (!gateway->owed++) gateway->owed_since = begin + (uint64_t)((double)(*scheduled + 1) / lines * 1e6);
        if (!say_what_is_due(gateway, now, rate)) return 0;
    }
    return 1;
}

/* Waits until every worker has its replies, and has reported what it leased. */
static void drain(void) {
    uint64_t end = clock_us() + DRAIN_SECONDS * 1000000ull;
    for (int busy = 1; busy;) {
        if (clock_us() > end) fail("replies are missing %d s after the end", DRAIN_SECONDS);
        if (!turn(NAP_MS, 0, 0)) fail("the coordinator went");
        busy = 0;
        for (int number = 0; number < load.workers; number++) busy |= gateways[number].awaited != NOTHING;
    }
}

/* Until `seconds` are over or, with 0, the coordinator goes. Returns how long it ran, in microseconds. */
static uint64_t run(double seconds, double rate) {
    uint64_t begin = clock_us(), scheduled = 0, now = begin, next_look = begin;
    uint64_t end = seconds > 0 ? begin + (uint64_t)(seconds * 1e6) : UINT64_MAX;
    if (rate > 0) interval = (uint64_t)((double)load.workers * load.count / rate * 1e6);
    for (int goes = 1; now < end; now = clock_us()) {
        if (rate > 0) goes = schedule(begin, now, &scheduled, rate);
        if (goes && now >= next_look) {
            goes = look_at_all(now, rate);
            next_look = now + LOOK_MS * 1000;
        }
        if (!goes || !turn(rate > 0 ? NAP_MS : LOOK_MS, 1, rate)) {
            if (seconds > 0) fail("the coordinator went");
            break;
        }
    }
    return clock_us() - begin;
}

static void write_numbers(const char *name, const int64_t *numbers, uint64_t count) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", load.folder, name);
    FILE *file = fopen(path, "w");
    if (!file) fail("%s cannot be written", path);
    for (uint64_t index = 0; index < count; index++) fprintf(file, "%lld\n", (long long)numbers[index]);
    if (fclose(file)) fail("%s cannot be written: %s", path, strerror(errno));
}

static void print_latencies(const char *name, const struct histogram *histogram) {
    printf("\"%s\":{\"lines\":%llu,\"p50\":%llu,\"p99\":%llu,\"highest\":%llu}", name, (unsigned long long)histogram->count,
        (unsigned long long)histogram_quantile(histogram, 0.5), (unsigned long long)histogram_quantile(histogram, 0.99),
        (unsigned long long)histogram->highest);
}

static void report(uint64_t duration) {
    const struct tally *tally = &load.tally;
    write_numbers("granted", tally->grants, tally->granted);
    write_numbers("recorded", tally->results, tally->recorded);
    printf("{\"seconds\":%.3f,\"granted\":%llu,\"recorded\":%llu,\"stale\":%llu,\"empty\":%llu,\"errors\":%llu,\"beats\":%llu,",
        (double)duration / 1e6, (unsigned long long)tally->granted, (unsigned long long)tally->recorded, (unsigned long long)tally->stale,
        (unsigned long long)tally->empty, (unsigned long long)tally->errors, (unsigned long long)tally->beats);
    print_latencies("lease", &tally->lease);
    putchar(',');
    print_latencies("result", &tally->result);
    puts("}");
    if (tally->errors) fprintf(stderr, "the last error: %s\n", tally->last_error);
}

int main(int count, char **words) {
    signal(SIGPIPE, SIG_IGN);
    if (count == 4 && !strcmp(words[1], "enrol")) {
        enrol_all(words[2], atoi(words[3]));
        return 0;
    }
    if (count != 9 || strcmp(words[1], "run")) fail("usage: load enrol FOLDER PORT | load run FOLDER PORT WORKERS COUNT SECONDS RATE INTERRUPTS");
    load = (struct load){.folder = words[2], .port = atoi(words[3]), .workers = atoi(words[4]), .count = atoi(words[5]), .interrupts = atoi(words[8])};
    if (load.workers < 1 || load.count < 1 || load.count > ITEMS) fail("at least one worker, and 1 to %d parts a line", ITEMS);
    open_all();
    double seconds = atof(words[6]);
    if (seconds == 0) {
        puts("connected");
        fflush(stdout);
    }
    // What is answered after the end does not count.
    report(run(seconds, atof(words[7])));
    if (seconds == 0) return 0;
    uint64_t faults = load.tally.errors + load.tally.stale;
    drain();
    if (load.tally.errors + load.tally.stale > faults) fail("after the end: %s", load.tally.errors ? load.tally.last_error : "a result was stale");
    return 0;
}
