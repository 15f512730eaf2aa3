/* Latencies in microseconds, in buckets that are exact to 1 part in 32. */
#ifndef HISTOGRAM_H
#define HISTOGRAM_H

#include <stdint.h>

/* 32 buckets for each power of two up to 2^31 us: more than half an hour. */
enum { HISTOGRAM_FINE = 32, HISTOGRAM_BUCKETS = 28 * HISTOGRAM_FINE };

struct histogram {
    uint64_t count;
    uint64_t highest;
    uint64_t buckets[HISTOGRAM_BUCKETS];
};

/* Counts one latency. */
void histogram_add(struct histogram *histogram, uint64_t microseconds);

/* The latency that `share` (0 to 1) of all do not exceed, at most one bucket too high; 0 when there are none. */
uint64_t histogram_quantile(const struct histogram *histogram, double share);

#endif
