/* Rows of a ledger made from one that the coordinator wrote: the same but for the numbers in it. */
#ifndef ROWS_H
#define ROWS_H

#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>

/* What stands for the seed's numbers, dates and names in a row. */
struct numbers {
    int64_t study, part, medium, order, worker;
    /* The grants of the medium and of the part. */
    int64_t grant, part_grant;
    /* Ten digits each, as in the seed's texts. */
    int64_t study_text, medium_text;
    /* A study's day, YYYYMMDD, as a negative number: the newest are leased first. */
    int64_t work_order;
    /* Of a row of the chain. */
    int64_t sequence;
};

/* The seed's first ones, in its texts; of all its numbers the last digit alone differs (seed.py). */
#define SEED_STUDY 1000000001
#define SEED_MEDIUM 2000000001

/* One row of the seed, and the statement that inserts its like. */
struct row;

/* The row of `table` that `condition` finds; ends the program when there is none. `part_grant` is the seed's one grant of a part: all others are of
 * media. */
struct row *row_of_seed(sqlite3 *ledger, const char *table, const char *condition, int64_t part_grant);

/* Inserts the row with these numbers. */
void row_insert(struct row *row, const struct numbers *numbers);

enum { DIGEST = 32 };

/* SHA-256, without the search for the method that OpenSSL's own SHA256 does each time. */
void sha256(const void *bytes, size_t length, unsigned char digest[DIGEST]);

/* Runs statements; ends the program when they fail. */
void execute(sqlite3 *ledger, const char *sql);

#endif
