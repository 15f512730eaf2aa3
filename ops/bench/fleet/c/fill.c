/* fill LEDGER FLEET WORKERS STUDIES PER-MEDIUM: multiplies a seed's one study to so many.
 *
 * LEDGER is a ledger that the coordinator made, with one medium, one study and one part (seed.py). What is added is what the same lines would
 * have left behind for other media, patients, orders and studies: rows, manifests, instance keys and the chain of events, whose hashes follow
 * from each other. The media are the workers' in turn. FLEET/N.custody gets the grants of worker N's media. */
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rows.h"
#include "tools.h"

/* The seed's instances (seed.py). */
enum { INSTANCES = 2, FIRST_YEAR = 1990, YEARS = 20 };

struct key {
    int64_t key, study;
};

struct templates {
    struct row *medium, *grant, *granted, *read, *order, *study, *part, *manifest, *added, *matched;
};

static struct templates templates;
static struct key *keys;
static int64_t key_count;

static int64_t single(sqlite3 *ledger, const char *sql) {
    sqlite3_stmt *query;
    if (sqlite3_prepare_v2(ledger, sql, -1, &query, NULL) || sqlite3_step(query) != SQLITE_ROW) fail("%s: %s", sql, sqlite3_errmsg(ledger));
    int64_t value = sqlite3_column_int64(query, 0);
    sqlite3_finalize(query);
    return value;
}

static void read_templates(sqlite3 *ledger) {
    templates = (struct templates){
        .medium = row_of_seed(ledger, "medium", "id = 1"),
        .grant = row_of_seed(ledger, "lease_grant", "number = 1"),
        .granted = row_of_seed(ledger, "event", "code = 'medium-granted'"),
        .read = row_of_seed(ledger, "event", "code = 'medium-read'"),
        .order = row_of_seed(ledger, "hospital_order", "id = 1"),
        .study = row_of_seed(ledger, "study", "id = 1"),
        .part = row_of_seed(ledger, "part", "id = 1"),
        .manifest = row_of_seed(ledger, "manifest", "part = 1"),
        .added = row_of_seed(ledger, "event", "code = 'instances-added'"),
        .matched = row_of_seed(ledger, "event", "code = 'matched'"),
    };
}

/* The first 64 bits of the SHA-256 of each SOP Instance UID. */
static void note_keys(const struct numbers *numbers) {
    for (int instance = 1; instance <= INSTANCES; instance++) {
        char uid[80];
        unsigned char digest[SHA256_DIGEST_LENGTH];
        int length = snprintf(uid, sizeof uid, "1.2.826.0.1.3680043.10.%010lld.1.%d", (long long)numbers->study_text, instance);
        SHA256((unsigned char *)uid, (size_t)length, digest);
        uint64_t key = 0;
        for (int byte = 0; byte < 8; byte++) key = key << 8 | digest[byte];
        keys[key_count++] = (struct key){(int64_t)key, numbers->study};
    }
}

static void insert_medium(struct numbers *numbers) {
    row_insert(templates.medium, numbers);
    row_insert(templates.grant, numbers);
    numbers->sequence++;
    row_insert(templates.granted, numbers);
}

static void insert_study(struct numbers *numbers) {
    numbers->study++, numbers->part++, numbers->order++, numbers->study_text++;
    row_insert(templates.order, numbers);
    row_insert(templates.study, numbers);
    row_insert(templates.part, numbers);
    row_insert(templates.manifest, numbers);
    numbers->sequence++;
    row_insert(templates.added, numbers);
    numbers->sequence++;
    row_insert(templates.matched, numbers);
    note_keys(numbers);
}

static int compare(const void *left, const void *right) {
    const struct key *a = left, *b = right;
    return a->key != b->key ? (a->key < b->key ? -1 : 1) : (a->study > b->study) - (a->study < b->study);
}

/* In the order of the keys, so that each page is written once. */
static void insert_keys(sqlite3 *ledger) {
    sqlite3_stmt *insertion;
    execute(ledger, "CREATE TEMP TABLE seed_key AS SELECT * FROM instance_key; DELETE FROM instance_key");
    if (sqlite3_prepare_v2(ledger, "INSERT INTO instance_key(key, study) VALUES (?, ?)", -1, &insertion, NULL)) fail("instance_key: %s", sqlite3_errmsg(ledger));
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

static void fill(sqlite3 *ledger, FILE **custodies, int workers, int64_t studies, int64_t per_medium) {
    struct numbers numbers = {.study = 1, .part = 1, .order = 1, .medium = 1, .grant = 1, .study_text = 1000000001, .medium_text = 2000000001};
    numbers.sequence = single(ledger, "SELECT max(seq) FROM event");
    for (int64_t begun = 1; begun < studies; begun += per_medium) {
        numbers.medium++, numbers.grant++, numbers.medium_text++;
        numbers.worker = numbers.medium % workers + 1;
        numbers.work_order = -day_of(numbers.medium);
        insert_medium(&numbers);
        for (int64_t study = begun; study < begun + per_medium && study < studies; study++) insert_study(&numbers);
        numbers.sequence++;
        row_insert(templates.read, &numbers);
        fprintf(custodies[numbers.worker - 1], ",%lld", (long long)numbers.grant);
        if (numbers.medium % 25000 == 0) fprintf(stderr, "%lld studies\n", (long long)numbers.study);
    }
    char sql[128];
    snprintf(sql, sizeof sql, "UPDATE counter SET value = %lld WHERE name = 'grant'", (long long)numbers.grant);
    execute(ledger, sql);
}

int main(int count, char **words) {
    if (count != 6) fail("usage: fill LEDGER FLEET WORKERS STUDIES PER-MEDIUM");
    int workers = atoi(words[3]);
    int64_t studies = atoll(words[4]), per_medium = atoll(words[5]);
    sqlite3 *ledger;
    if (sqlite3_open_v2(words[1], &ledger, SQLITE_OPEN_READWRITE, NULL)) fail("%s: %s", words[1], sqlite3_errmsg(ledger));
    FILE **custodies = calloc((size_t)workers, sizeof *custodies);
    for (int worker = 0; worker < workers; worker++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%d.custody", words[2], worker);
        if (!(custodies[worker] = fopen(path, "w"))) fail("%s cannot be written", path);
        // Worker 0 has the seed's medium; nobody's grant has the number 0.
        fputs(worker ? "0" : "1", custodies[worker]);
    }
    keys = malloc((size_t)studies * INSTANCES * sizeof *keys);
    if (!keys) fail("no memory for %lld instance keys", (long long)studies * INSTANCES);
    // A filled ledger that was not finished is thrown away, so nothing of it needs to be safe.
    execute(ledger, "PRAGMA journal_mode = DELETE; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;"
                    "PRAGMA cache_size = -1000000; PRAGMA foreign_keys = OFF; BEGIN");
    read_templates(ledger);
    fill(ledger, custodies, workers, studies, per_medium);
    insert_keys(ledger);
    execute(ledger, "COMMIT; PRAGMA journal_mode = WAL");
    for (int worker = 0; worker < workers; worker++) fclose(custodies[worker]);
    return 0;
}
