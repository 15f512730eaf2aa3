#include "histogram.h"

/* Below 32 us each microsecond has its bucket; above, the five bits after the highest one choose it. */
static unsigned bucket_of(uint64_t value) {
    if (value < HISTOGRAM_FINE) return (unsigned)value;
    unsigned shift = 63 - (unsigned)__builtin_clzll(value) - 5;
    unsigned bucket = (shift + 1) * HISTOGRAM_FINE + (unsigned)((value >> shift) & (HISTOGRAM_FINE - 1));
    return bucket < HISTOGRAM_BUCKETS ? bucket : HISTOGRAM_BUCKETS - 1;
}

static uint64_t end_of(unsigned bucket) {
    if (bucket < HISTOGRAM_FINE) return bucket;
    unsigned shift = bucket / HISTOGRAM_FINE - 1;
    return ((uint64_t)(HISTOGRAM_FINE + bucket % HISTOGRAM_FINE) << shift) + ((uint64_t)1 << shift) - 1;
}

void histogram_add(struct histogram *histogram, uint64_t microseconds) {
    histogram->buckets[bucket_of(microseconds)]++;
    histogram->count++;
    if (microseconds > histogram->highest) histogram->highest = microseconds;
}

uint64_t histogram_quantile(const struct histogram *histogram, double share) {
    uint64_t wanted = (uint64_t)((double)histogram->count * share), seen = 0;
    for (unsigned bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++) {
        seen += histogram->buckets[bucket];
        if (seen > wanted) return end_of(bucket) < histogram->highest ? end_of(bucket) : histogram->highest;
    }
    return histogram->highest;
}
