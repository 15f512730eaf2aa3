#include "rows.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "tools.h"

enum { COLUMNS = 40, HEADER = 4, TEXT_ROOM = 65536 };
/* Of a manifest's deflation: room for two instances, and little to be made ready for each. */
enum { WINDOW_BITS = 12, MEMORY_LEVEL = 5 };
/* The seed's numbers, but for the last of their ten digits, its day and its worker, as they stand in texts. */
enum { PREFIX = 9, DIGITS = PREFIX + 1, DAY_DIGITS = 8 };
static const char STUDY_PREFIX[] = "100000000", MEDIUM_PREFIX[] = "200000000", SEED_DAY[] = "20000103", SEED_WORKER[] = "\"gateway0\"";

struct row {
    sqlite3 *ledger;
    sqlite3_stmt *insertion;
    int count, is_event, is_manifest;
    /* The columns of an event, in the order in which the chain's entry names them. */
    int arguments, at, code, grant, medium, seq, study, worker, previous, hash;
    char table[32];
    char *names[COLUMNS];
    sqlite3_value *values[COLUMNS];
    /* What the column's integers refer to: a member's place in struct numbers, or none. */
    int references[COLUMNS];
};

static const int NO_REFERENCE = -1;

/* The hash of the last event, as Sources/LedgerSQLite chains them. */
static unsigned char chained[DIGEST];

void sha256(const void *bytes, size_t length, unsigned char digest[DIGEST]) {
    static EVP_MD *method;
    static EVP_MD_CTX *context;
    if (!context) method = EVP_MD_fetch(NULL, "SHA256", NULL), context = EVP_MD_CTX_new();
    if (!EVP_DigestInit_ex2(context, method, NULL) || !EVP_DigestUpdate(context, bytes, length) || !EVP_DigestFinal_ex(context, digest, NULL))
        fail("OpenSSL makes no SHA-256");
}

void execute(sqlite3 *ledger, const char *sql) {
    char *message = NULL;
    if (sqlite3_exec(ledger, sql, NULL, NULL, &message)) fail("%s: %s", sql, message);
}

static sqlite3_stmt *prepare(sqlite3 *ledger, const char *sql) {
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(ledger, sql, -1, &statement, NULL)) fail("%s: %s", sql, sqlite3_errmsg(ledger));
    return statement;
}

/* By the column's name; what is no reference is the seed's number in every row. */
static int reference_of(const char *table, const char *name) {
    if (!strcmp(name, "id")) name = !strcmp(table, "hospital_order") ? "order_id" : table;
    if (!strcmp(name, "study")) return offsetof(struct numbers, study);
    if (!strcmp(name, "part")) return offsetof(struct numbers, part);
    if (!strcmp(name, "medium")) return offsetof(struct numbers, medium);
    if (!strcmp(name, "worker")) return offsetof(struct numbers, worker);
    if (!strcmp(name, "order_id")) return offsetof(struct numbers, order);
    if (!strcmp(name, "work_order")) return offsetof(struct numbers, work_order);
    if (!strcmp(name, "seq")) return offsetof(struct numbers, sequence);
    if (!strcmp(name, "medium_grant") || !strcmp(name, "closed_grant") || !strcmp(name, "grant_number")) return offsetof(struct numbers, grant);
    if (!strcmp(table, "lease_grant") && !strcmp(name, "number")) return offsetof(struct numbers, grant);
    return NO_REFERENCE;
}

static int find(const struct row *row, const char *name) {
    for (int column = 0; column < row->count; column++)
        if (!strcmp(row->names[column], name)) return column;
    fail("%s has no column %s", row->table, name);
}

static void find_columns(struct row *row) {
    row->arguments = find(row, "arguments"), row->at = find(row, "at"), row->code = find(row, "code"), row->grant = find(row, "grant_number");
    row->medium = find(row, "medium"), row->seq = find(row, "seq"), row->study = find(row, "study"), row->worker = find(row, "worker");
    row->previous = find(row, "previous"), row->hash = find(row, "hash");
}

struct row *row_of_seed(sqlite3 *ledger, const char *table, const char *condition, int64_t part_grant) {
    char sql[2048], places[4 * COLUMNS] = "";
    snprintf(sql, sizeof sql, "SELECT * FROM %s WHERE %s", table, condition);
    sqlite3_stmt *query = prepare(ledger, sql);
    if (sqlite3_step(query) != SQLITE_ROW) fail("the seed has no row: %s", sql);
    struct row *row = calloc(1, sizeof *row);
    row->ledger = ledger;
    row->is_event = !strcmp(table, "event");
    row->is_manifest = !strcmp(table, "manifest");
    snprintf(row->table, sizeof row->table, "%s", table);
    row->count = sqlite3_column_count(query);
    if (row->count > COLUMNS) fail("%s has more than %d columns", table, COLUMNS);
    for (int column = 0; column < row->count; column++) {
        row->names[column] = strdup(sqlite3_column_name(query, column));
        row->references[column] = reference_of(table, row->names[column]);
        row->values[column] = sqlite3_value_dup(sqlite3_column_value(query, column));
        if (row->references[column] == offsetof(struct numbers, grant) && sqlite3_column_int64(query, column) == part_grant)
            row->references[column] = offsetof(struct numbers, part_grant);
        strcat(places, column ? ",?" : "?");
    }
    sqlite3_finalize(query);
    if (row->is_event) {
        find_columns(row);
        query = prepare(ledger, "SELECT hash FROM event ORDER BY seq DESC LIMIT 1");
        if (sqlite3_step(query) == SQLITE_ROW) memcpy(chained, sqlite3_column_blob(query, 0), sizeof chained);
        sqlite3_finalize(query);
    }
    snprintf(sql, sizeof sql, "INSERT INTO %s VALUES(%s)", table, places);
    row->insertion = prepare(ledger, sql);
    return row;
}

/* Writes `number` with `digits` digits. */
static char *write_digits(char *to, int64_t number, int digits) {
    for (int place = digits - 1; place >= 0; place--, number /= 10) to[place] = (char)('0' + number % 10);
    return to + digits;
}

/* `text` with these numbers, written to `place`; returns the length. */
static int renumbered(const char *text, int length, const struct numbers *numbers, char *place) {
    char *to = place;
    const char *end = text + length;
    while (text < end) {
        long left = end - text;
        if (*text == '1' && left >= DIGITS && !memcmp(text, STUDY_PREFIX, PREFIX)) {
            to = write_digits(to, numbers->study_text, DIGITS), text += DIGITS;
        } else if (*text == '2' && left >= DIGITS && !memcmp(text, MEDIUM_PREFIX, PREFIX)) {
            to = write_digits(to, numbers->medium_text, DIGITS), text += DIGITS;
        } else if (*text == '2' && left >= DAY_DIGITS && !memcmp(text, SEED_DAY, DAY_DIGITS)) {
            to = write_digits(to, -numbers->work_order, DAY_DIGITS), text += DAY_DIGITS;
        } else if (*text == '"' && left >= (long)strlen(SEED_WORKER) && !memcmp(text, SEED_WORKER, strlen(SEED_WORKER))) {
            to += sprintf(to, "\"gateway%lld\"", (long long)numbers->worker - 1), text += strlen(SEED_WORKER);
        } else {
            *to++ = *text++;
        }
    }
    return (int)(to - place);
}

static int64_t number_of(const struct row *row, int column, const struct numbers *numbers) {
    if (row->references[column] == NO_REFERENCE) return sqlite3_value_int64(row->values[column]);
    return *(const int64_t *)((const char *)numbers + row->references[column]);
}

/* A manifest with other numbers: four bytes of expanded length, the lowest first, and a zlib stream. */
static int renumbered_manifest(sqlite3_value *seed, const struct numbers *numbers, unsigned char *place) {
    static unsigned char expanded[TEXT_ROOM], changed[TEXT_ROOM];
    static uLongf size;
    // One stream for all, and fixed codes: making either costs more than compressing a few hundred bytes.
    static z_stream stream;
    if (!size) {
        size = sizeof expanded;
        const unsigned char *bytes = sqlite3_value_blob(seed);
        if (uncompress(expanded, &size, bytes + HEADER, (uLong)(sqlite3_value_bytes(seed) - HEADER)) != Z_OK ||
            deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, WINDOW_BITS, MEMORY_LEVEL, Z_FIXED) != Z_OK)
            fail("the seed's manifest cannot be expanded");
    }
    int count = renumbered((char *)expanded, (int)size, numbers, (char *)changed);
    for (int byte = 0; byte < HEADER; byte++) place[byte] = (unsigned char)(count >> (8 * byte));
    deflateReset(&stream);
    stream.next_in = changed, stream.avail_in = (uInt)count;
    stream.next_out = place + HEADER, stream.avail_out = TEXT_ROOM - HEADER;
    if (deflate(&stream, Z_FINISH) != Z_STREAM_END) fail("a manifest cannot be compressed");
    return (int)(stream.next_out - place);
}

static char *append_number(char *to, const char *key, const struct row *row, int column, const struct numbers *numbers) {
    if (sqlite3_value_type(row->values[column]) == SQLITE_NULL) return to;
    return to + sprintf(to, ",\"%s\":%lld", key, (long long)number_of(row, column, numbers));
}

/* Hashes the event onto the chain: SHA-256 over the hash before and the entry as JSON with sorted keys. */
static void chain(const struct row *row, const struct numbers *numbers) {
    static char entry[2 * TEXT_ROOM], arguments[TEXT_ROOM];
    const char *text = (const char *)sqlite3_value_text(row->values[row->arguments]);
    int length = renumbered(text, (int)strlen(text), numbers, arguments);
    memcpy(entry, chained, sizeof chained);
    char *to = entry + sizeof chained;
    to += sprintf(to, "{\"arguments\":\"");
    for (int index = 0; index < length; index++) {
        if (arguments[index] == '"' || arguments[index] == '\\') *to++ = '\\';
        *to++ = arguments[index];
    }
    to += sprintf(to, "\",\"at\":%lld,\"code\":\"%s\"", (long long)sqlite3_value_int64(row->values[row->at]),
        sqlite3_value_text(row->values[row->code]));
    to = append_number(to, "grant", row, row->grant, numbers);
    to = append_number(to, "medium", row, row->medium, numbers);
    to = append_number(to, "seq", row, row->seq, numbers);
    to = append_number(to, "study", row, row->study, numbers);
    to = append_number(to, "worker", row, row->worker, numbers);
    *to++ = '}';
    sha256(entry, (size_t)(to - entry), chained);
}

static void bind(struct row *row, int column, const struct numbers *numbers) {
    static unsigned char manifest[TEXT_ROOM];
    // Bound texts must stay until the row is inserted, so each column has a place of its own.
    static char texts[COLUMNS][TEXT_ROOM];
    sqlite3_value *value = row->values[column];
    sqlite3_stmt *statement = row->insertion;
    int place = column + 1, length = sqlite3_value_bytes(value);
    switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER: sqlite3_bind_int64(statement, place, number_of(row, column, numbers)); break;
    case SQLITE_TEXT:
        length = renumbered((const char *)sqlite3_value_text(value), length, numbers, texts[column]);
        sqlite3_bind_text(statement, place, texts[column], length, SQLITE_STATIC);
        break;
    case SQLITE_BLOB:
        if (row->is_manifest) {
            length = renumbered_manifest(value, numbers, manifest);
            sqlite3_bind_blob(statement, place, manifest, length, SQLITE_STATIC);
        } else {
            sqlite3_bind_value(statement, place, value);
        }
        break;
    default: sqlite3_bind_null(statement, place);
    }
}

void row_insert(struct row *row, const struct numbers *numbers) {
    for (int column = 0; column < row->count; column++) bind(row, column, numbers);
    if (row->is_event) {
        sqlite3_bind_blob(row->insertion, row->previous + 1, chained, sizeof chained, SQLITE_TRANSIENT);
        chain(row, numbers);
        sqlite3_bind_blob(row->insertion, row->hash + 1, chained, sizeof chained, SQLITE_TRANSIENT);
    }
    if (sqlite3_step(row->insertion) != SQLITE_DONE) fail("%s: %s", row->table, sqlite3_errmsg(row->ledger));
    sqlite3_reset(row->insertion);
}
