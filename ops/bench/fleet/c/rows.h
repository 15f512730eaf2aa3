/* Rows of a ledger made from one that the coordinator wrote: the same but for the numbers in it. */
#ifndef ROWS_H
#define ROWS_H

#include <sqlite3.h>
#include <stdint.h>

/* What stands for the seed's numbers, dates and names in a row. */
struct numbers {
    int64_t study, part, medium, order, worker, grant;
    /* Ten digits each, as in the seed's texts. */
    int64_t study_text, medium_text;
    /* A study's day, YYYYMMDD, as a negative number: the newest are leased first. */
    int64_t work_order;
    /* Of a row of the chain. */
    int64_t sequence;
};

/* The seed's own, in its texts (seed.py). */
#define SEED_STUDY "1000000001"
#define SEED_MEDIUM "2000000001"
#define SEED_DAY "20000103"
#define SEED_WORKER "\"gateway0\""

/* One row of the seed, and the statement that inserts its like. */
struct row;

/* The row of `table` that `condition` finds; ends the program when there is none. */
struct row *row_of_seed(sqlite3 *ledger, const char *table, const char *condition);

/* Inserts the row with these numbers. */
void row_insert(struct row *row, const struct numbers *numbers);

/* `text` with these numbers; returns the length. The result is valid until the next call with the same `place`. */
int renumbered(const char *text, int length, const struct numbers *numbers, char *place);

enum { TEXT_ROOM = 65536 };

/* Runs statements; ends the program when they fail. */
void execute(sqlite3 *ledger, const char *sql);

#endif
