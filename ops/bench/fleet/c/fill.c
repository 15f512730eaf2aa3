/* fill LEDGER FLEET WORKERS STUDIES PER-MEDIUM: multiplies a seed's studies to so many.
 *
 * LEDGER is a ledger that the coordinator made, with two media (seed.py): a drained one, its study verified, and one in custody, with a study that is
 * ready and one that is held. What is added is what the same lines would have left behind for other media, patients, orders and studies: rows,
 * manifests, instance keys and the chain of events, whose hashes follow from each other. The media are the workers' in turn: each worker's first
 * three of ten are in custody, the others drained. FLEET/N.custody gets the grants of the media in worker N's custody. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rows.h"
#include "tools.h"

/* The seed's instances and studies (seed.py), and bounds of this program. */
enum { INSTANCES = 2, VERIFIED = 1, READY = 2, HELD = 3, SEED_STUDIES = 3, DRAINED = 1, KEPT = 2, SEED_MEDIA = 2, EVENTS = 16, STUDIES = 64 };
/* Days of media; of ten media in turn those in custody; of so many studies in custody one is held; studies from one word of progress to the next. */
enum { FIRST_YEAR = 1990, YEARS = 20, MEDIA_IN_TURN = 10, MEDIA_KEPT = 3, HELD_EACH = 20, PROGRESS = 500000 };

struct key {
    int64_t key, study;
};

/* The rows of one of the seed's studies; no order for the held one, a grant for the verified one. */
struct study_rows {
    struct row *order, *study, *part, *manifest, *grant;
};

/* The rows of one of the seed's media, and the events about it and its studies in the order of the chain. */
struct medium_rows {
    struct row *medium, *grant, *events[EVENTS];
    /* Which of the seed's studies an event is about; 0: the medium alone. */
    int64_t subjects[EVENTS];
    int event_count;
};

static struct study_rows study_rows[SEED_STUDIES + 1];
static struct medium_rows medium_rows[SEED_MEDIA + 1];
static struct key *keys;
static int64_t key_count;

static sqlite3_stmt *prepare(sqlite3 *ledger, const char *sql) {
    sqlite3_stmt *query;
    if (sqlite3_prepare_v2(ledger, sql, -1, &query, NULL)) fail("%s: %s", sql, sqlite3_errmsg(ledger));
    return query;
}

static int64_t single(sqlite3 *ledger, const char *sql) {
    sqlite3_stmt *query = prepare(ledger, sql);
    if (sqlite3_step(query) != SQLITE_ROW) fail("%s: no row", sql);
    int64_t value = sqlite3_column_int64(query, 0);
    sqlite3_finalize(query);
    return value;
}

static struct row *row(sqlite3 *ledger, const char *table, const char *column, int64_t number, int64_t part_grant) {
    char condition[64];
    snprintf(condition, sizeof condition, "%s = %lld", column, (long long)number);
    return row_of_seed(ledger, table, condition, part_grant);
}

static void read_study(sqlite3 *ledger, int study, int64_t part_grant) {
    // Each study has one part, with the study's number; the order's is the study's as well.
    study_rows[study] = (struct study_rows){
        .order = study == HELD ? NULL : row(ledger, "hospital_order", "id", study, part_grant),
        .study = row(ledger, "study", "id", study, part_grant),
        .part = row(ledger, "part", "id", study, part_grant),
        .manifest = row(ledger, "manifest", "part", study, part_grant),
        .grant = study == VERIFIED ? row(ledger, "lease_grant", "part", study, part_grant) : NULL,
    };
}

static void read_medium(sqlite3 *ledger, int medium, int64_t part_grant) {
    struct medium_rows *rows = &medium_rows[medium];
    char sql[256];
    rows->medium = row(ledger, "medium", "id", medium, part_grant);
    rows->grant = row(ledger, "lease_grant", "medium", medium, part_grant);
    snprintf(sql, sizeof sql, "SELECT seq, study FROM event WHERE medium = %d OR study IN (SELECT study FROM part WHERE medium = %d) ORDER BY seq",
        medium, medium);
    sqlite3_stmt *query = prepare(ledger, sql);
    while (sqlite3_step(query) == SQLITE_ROW) {
        if (rows->event_count == EVENTS) fail("more than %d events of medium %d", EVENTS, medium);
        rows->events[rows->event_count] = row(ledger, "event", "seq", sqlite3_column_int64(query, 0), part_grant);
        rows->subjects[rows->event_count++] = sqlite3_column_int64(query, 1);
    }
    sqlite3_finalize(query);
}

/* The first 64 bits of the SHA-256 of each SOP Instance UID. */
static void note_keys(const struct numbers *numbers) {
    for (int instance = 1; instance <= INSTANCES; instance++) {
        char uid[80];
        unsigned char digest[DIGEST];
        int length = snprintf(uid, sizeof uid, "1.2.826.0.1.3680043.10.%010lld.1.%d", (long long)numbers->study_text, instance);
        sha256(uid, (size_t)length, digest);
        uint64_t key = 0;
        for (int byte = 0; byte < 8; byte++) key = key << 8 | digest[byte];
        keys[key_count++] = (struct key){(int64_t)key, numbers->study};
    }
}

static void insert_study(const struct study_rows *rows, struct numbers *numbers) {
    numbers->study++, numbers->part++, numbers->study_text++;
    if (rows->order) {
        numbers->order++;
        row_insert(rows->order, numbers);
    }
    row_insert(rows->study, numbers);
    row_insert(rows->part, numbers);
    row_insert(rows->manifest, numbers);
    if (rows->grant) {
        numbers->part_grant++;
        row_insert(rows->grant, numbers);
    }
    note_keys(numbers);
}

/* The chain as the engine writes it: events about the medium once, those about its studies for each of them. */
static void insert_events(const struct medium_rows *rows, struct numbers *studies, const int *kinds, int count, int64_t *sequence) {
    for (int begin = 0, end; begin < rows->event_count; begin = end) {
        int is_of_medium = rows->subjects[begin] == 0;
        for (end = begin + 1; end < rows->event_count && (rows->subjects[end] == 0) == is_of_medium; end++) continue;
        for (int study = 0; study < (is_of_medium ? 1 : count); study++)
            for (int event = begin; event < end; event++) {
                if (!is_of_medium && rows->subjects[event] != kinds[study]) continue;
                studies[study].sequence = ++*sequence;
                row_insert(rows->events[event], &studies[study]);
            }
    }
}

/* One medium with `count` studies; `numbers` are the last ones given out, before and after. */
static void insert_medium(int is_kept, int count, struct numbers *numbers) {
    const struct medium_rows *rows = &medium_rows[is_kept ? KEPT : DRAINED];
    struct numbers studies[STUDIES];
    int kinds[STUDIES];
    int64_t sequence = numbers->sequence;
    numbers->medium++, numbers->medium_text++;
    numbers->grant = ++numbers->part_grant;
    row_insert(rows->medium, numbers);
    row_insert(rows->grant, numbers);
    for (int study = 0; study < count; study++) {
        kinds[study] = !is_kept ? VERIFIED : study % HELD_EACH == HELD_EACH - 1 ? HELD : READY;
        insert_study(&study_rows[kinds[study]], numbers);
        studies[study] = *numbers;
    }
    insert_events(rows, studies, kinds, count, &sequence);
    numbers->sequence = sequence;
}

static int compare(const void *left, const void *right) {
    const struct key *a = left, *b = right;
    return a->key != b->key ? (a->key < b->key ? -1 : 1) : (a->study > b->study) - (a->study < b->study);
}

/* In the order of the keys, so that each page is written once. */
static void insert_keys(sqlite3 *ledger) {
    execute(ledger, "CREATE TEMP TABLE seed_key AS SELECT * FROM instance_key; DELETE FROM instance_key");
    sqlite3_stmt *insertion = prepare(ledger, "INSERT INTO instance_key(key, study) VALUES (?, ?)");
    qsort(keys, (size_t)key_count, sizeof *keys, compare);
    for (int64_t index = 0; index < key_count; index++) {
        sqlite3_bind_int64(insertion, 1, keys[index].key);
        sqlite3_bind_int64(insertion, 2, keys[index].study);
        if (sqlite3_step(insertion) != SQLITE_DONE) fail("instance_key: %s", sqlite3_errmsg(ledger));
        sqlite3_reset(insertion);
    }
    sqlite3_finalize(insertion);
    execute(ledger, "INSERT INTO instance_key SELECT * FROM seed_key");
}

/* A disc is of one day; days follow in no order. */
static int64_t day_of(int64_t medium) {
    unsigned number = (unsigned)medium * 2654435761u;
    return (int64_t)(FIRST_YEAR + number % YEARS) * 10000 + (int)(1 + number / YEARS % 12) * 100 + (int)(1 + number / 300 % 28);
}

static void fill(sqlite3 *ledger, FILE **custodies, int workers, int64_t studies, int per_medium) {
    struct numbers numbers = {.study = SEED_STUDIES, .part = SEED_STUDIES, .medium = SEED_MEDIA,
        .study_text = SEED_STUDY + SEED_STUDIES - 1, .medium_text = SEED_MEDIUM + SEED_MEDIA - 1};
    numbers.order = single(ledger, "SELECT max(id) FROM hospital_order");
    numbers.part_grant = single(ledger, "SELECT max(number) FROM lease_grant");
    numbers.sequence = single(ledger, "SELECT max(seq) FROM event");
    for (int64_t turn = 0, next = PROGRESS; numbers.study < studies; turn++) {
        int is_kept = turn / workers % MEDIA_IN_TURN < MEDIA_KEPT;
        int64_t left = studies - numbers.study;
        numbers.worker = turn % workers + 1;
        numbers.work_order = -day_of(turn);
        insert_medium(is_kept, left < per_medium ? (int)left : per_medium, &numbers);
        if (is_kept) fprintf(custodies[numbers.worker - 1], ",%lld", (long long)numbers.grant);
        if (numbers.study < next) continue;
        printf("%lld studies\n", (long long)numbers.study);
        fflush(stdout);
        next += PROGRESS;
    }
    char sql[128];
    snprintf(sql, sizeof sql, "UPDATE counter SET value = %lld WHERE name = 'grant'", (long long)numbers.part_grant);
    execute(ledger, sql);
}

/* Indexes that begin with the worker would be written all over: they are dropped, and made again at the end. Returns the statements for that. */
static char *drop_scattered_indexes(sqlite3 *ledger) {
    const char *which = "FROM sqlite_master WHERE type = 'index' AND sql LIKE '%(worker,%'";
    char sql[256], *statements[2];
    const char *shapes[2] = {"'DROP INDEX ' || name", "sql"};
    for (int shape = 0; shape < 2; shape++) {
        snprintf(sql, sizeof sql, "SELECT group_concat(%s, ';') %s", shapes[shape], which);
        sqlite3_stmt *query = prepare(ledger, sql);
        if (sqlite3_step(query) != SQLITE_ROW || !sqlite3_column_text(query, 0)) fail("no index begins with the worker");
        statements[shape] = strdup((const char *)sqlite3_column_text(query, 0));
        sqlite3_finalize(query);
    }
    execute(ledger, statements[0]);
    free(statements[0]);
    return statements[1];
}

static FILE **open_custodies(const char *folder, int workers, int64_t seed_grant) {
    FILE **custodies = calloc((size_t)workers, sizeof *custodies);
    for (int worker = 0; worker < workers; worker++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%d.custody", folder, worker);
        if (!(custodies[worker] = fopen(path, "w"))) fail("%s cannot be written", path);
        // Worker 0 has the seed's medium; nobody's grant has the number 0.
        fprintf(custodies[worker], "%lld", worker ? 0 : (long long)seed_grant);
    }
    return custodies;
}

int main(int count, char **words) {
    if (count != 6) fail("usage: fill LEDGER FLEET WORKERS STUDIES PER-MEDIUM");
    int workers = atoi(words[3]), per_medium = atoi(words[5]);
    int64_t studies = atoll(words[4]);
    if (per_medium < 1 || per_medium > STUDIES) fail("1 to %d studies a medium", STUDIES);
    sqlite3 *ledger;
    if (sqlite3_open_v2(words[1], &ledger, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL)) fail("%s: %s", words[1], sqlite3_errmsg(ledger));
    keys = malloc((size_t)studies * INSTANCES * sizeof *keys);
    if (!keys) fail("no memory for %lld instance keys", (long long)studies * INSTANCES);
    // A filled ledger that was not finished is thrown away, so nothing of it needs to be safe.
    execute(ledger, "PRAGMA journal_mode = DELETE; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;"
                    "PRAGMA cache_size = -1000000; PRAGMA foreign_keys = OFF; BEGIN");
    int64_t part_grant = single(ledger, "SELECT number FROM lease_grant WHERE part IS NOT NULL");
    FILE **custodies = open_custodies(words[2], workers, single(ledger, "SELECT max(number) FROM lease_grant"));
    char *indexes = drop_scattered_indexes(ledger);
    for (int study = 1; study <= SEED_STUDIES; study++) read_study(ledger, study, part_grant);
    for (int medium = 1; medium <= SEED_MEDIA; medium++) read_medium(ledger, medium, part_grant);
    fill(ledger, custodies, workers, studies, per_medium);
    insert_keys(ledger);
    execute(ledger, indexes);
    execute(ledger, "COMMIT; PRAGMA journal_mode = WAL");
    for (int worker = 0; worker < workers; worker++) fclose(custodies[worker]);
    return 0;
}
