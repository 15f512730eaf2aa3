#include "gateway.h"

#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "enrol.h"
#include "tools.h"

/* A third of the standard term. */
static const uint64_t BEAT_US = 10 * 1000000;

static void send_line(struct gateway *gateway, size_t length) {
    gateway->unsent = length;
}

void gateway_open(struct gateway *gateway, struct load *load, int number) {
    *gateway = (struct gateway){.number = number, .in = malloc(LINE), .out = malloc(LINE)};
    SSL_CTX *context = client_context(load->folder, number);
    gateway->descriptor = connect_to(load->port);
    gateway->tls = SSL_new(context);
    SSL_CTX_free(context);
    SSL_set_fd(gateway->tls, gateway->descriptor);
    if (SSL_connect(gateway->tls) != 1) fail("worker %d: no TLS: %s", number, ERR_error_string(ERR_get_error(), NULL));
    set_nonblocking(gateway->descriptor);
}

void gateway_begin(struct gateway *gateway, const struct load *load) {
    gateway->next_beat = clock_us() + BEAT_US / (uint64_t)load->workers * (uint64_t)(gateway->number + 1);
}

void gateway_hello(struct gateway *gateway, struct load *load) {
    char path[4096], custody[LINE / 2] = "";
    snprintf(path, sizeof path, "%s/%d.custody", load->folder, gateway->number);
    FILE *file = fopen(path, "r");
    if (!file || !fgets(custody, sizeof custody, file)) fail("%s cannot be read", path);
    fclose(file);
    custody[strcspn(custody, "\n")] = 0;
    int length = snprintf(gateway->out, LINE,
        "HELLO {\"versions\":[1],\"program\":\"fleet bench\",\"spool\":\"00000000-0000-4000-8000-%012d\",\"custody\":[%s]}\n",
        gateway->number, custody);
    gateway->awaited = HELLO_REPLY;
    send_line(gateway, (size_t)length);
}

void gateway_lease(struct gateway *gateway, struct load *load, uint64_t due) {
    gateway->due = due;
    gateway->awaited = LEASE_REPLY;
    send_line(gateway, (size_t)snprintf(gateway->out, LINE, "LEASE {\"count\":%d}\n", load->count));
}

void gateway_beat(struct gateway *gateway) {
    size_t length = (size_t)snprintf(gateway->out, LINE, "BEAT {\"grants\":[");
    for (int index = 0; index < gateway->leased; index++)
        length += (size_t)snprintf(gateway->out + length, LINE - length, "%s{\"grant\":%lld,\"items\":0,\"bytes\":0}", index ? "," : "",
            (long long)gateway->leases[index].grant);
    length += (size_t)snprintf(gateway->out + length, LINE - length, "],\"drives\":[],\"spoolBytes\":1000000,\"spoolLimit\":8000000000}\n");
    gateway->next_beat += BEAT_US;
    gateway->awaited = BEAT_REPLY;
    send_line(gateway, length);
}

static void say_result(struct gateway *gateway, const struct load *load) {
    size_t length = (size_t)snprintf(gateway->out, LINE, "RESULT {\"items\":[");
    for (int index = 0; index < gateway->leased; index++) {
        const struct lease *lease = &gateway->leases[index];
        length += (size_t)snprintf(gateway->out + length, LINE - length, "%s{\"grant\":%lld,\"verdicts\":[", index ? "," : "", (long long)lease->grant);
        if (!load->interrupts)
            length += (size_t)snprintf(
                gateway->out + length, LINE - length, "{\"instances\":%s,\"verdict\":\"verified\"}", lease->positions);
        length += (size_t)snprintf(gateway->out + length, LINE - length, "],\"beyond\":[],\"changed\":[]}");
    }
    length += (size_t)snprintf(gateway->out + length, LINE - length, "]}\n");
    gateway->due = clock_us();
    gateway->awaited = RESULT_REPLY;
    send_line(gateway, length);
}

static void note(int64_t **list, size_t *room, uint64_t count, int64_t number) {
    if (count >= *room) {
        *room = *room ? *room * 2 : 1 << 16;
        *list = realloc(*list, *room * sizeof **list);
        if (!*list) fail("no memory for what was acknowledged");
    }
    (*list)[count] = number;
}

static void take_leases(struct gateway *gateway, struct load *load, const char *line) {
    struct tally *tally = &load->tally;
    histogram_add(&tally->lease, clock_us() - gateway->due);
    gateway->leased = 0;
    for (const char *at = line; gateway->leased < ITEMS && (at = strstr(at, "\"grant\":")); gateway->leased++) {
        struct lease *lease = &gateway->leases[gateway->leased];
        lease->grant = strtoll(at + 8, NULL, 10);
        const char *begin = strstr(at, "\"instances\":");
        const char *end = begin ? strstr(begin, "]]") : NULL;
        if (!end || (size_t)(end - begin) >= sizeof lease->positions) fail("a lease without positions: %.200s", at);
        begin += 12, end += 2;
        memcpy(lease->positions, begin, (size_t)(end - begin));
        lease->positions[end - begin] = 0;
        note(&tally->grants, &tally->grants_room, tally->granted++, lease->grant);
        at = end;
    }
    tally->empty += gateway->leased == 0;
}

static void take_words(struct gateway *gateway, struct load *load, const char *line) {
    struct tally *tally = &load->tally;
    histogram_add(&tally->result, clock_us() - gateway->due);
    for (const char *at = line; (at = strstr(at, "\"grant\":")); at += 8) {
        const char *word = strstr(at, "\"word\":\"");
        if (word && !strncmp(word + 8, "OK", 2))
            note(&tally->results, &tally->results_room, tally->recorded++, strtoll(at + 8, NULL, 10));
        else
            tally->stale++;
    }
    gateway->leased = 0;
}

/* One reply; the next line is sent when it follows from this one. */
static void take_line(struct gateway *gateway, struct load *load, const char *line) {
    enum awaited awaited = gateway->awaited;
    gateway->awaited = NOTHING;
    if (strncmp(line, "OK ", 3)) {
        load->tally.errors++;
        snprintf(load->tally.last_error, sizeof load->tally.last_error, "%.250s", line);
        gateway->leased = 0;
        gateway->idle_until = clock_us() + 100000;
        return;
    }
    switch (awaited) {
    case HELLO_REPLY: case NOTHING: break;
    case BEAT_REPLY: load->tally.beats++; break;
    case LEASE_REPLY:
        take_leases(gateway, load, line);
        if (gateway->leased) say_result(gateway, load);
        else gateway->idle_until = clock_us() + 1000000;
        break;
    case RESULT_REPLY: take_words(gateway, load, line); break;
    }
}

/* Whether OpenSSL only waits for the socket. */
static int is_waiting(SSL *tls, int status) {
    int reason = SSL_get_error(tls, status);
    return reason == SSL_ERROR_WANT_READ || reason == SSL_ERROR_WANT_WRITE;
}

static int write_out(struct gateway *gateway) {
    if (!gateway->unsent) return 1;
    // Partial writes are off: OpenSSL takes the whole line, or none of it, and is then given the same line again.
    int written = SSL_write(gateway->tls, gateway->out, (int)gateway->unsent);
    if (written <= 0) return is_waiting(gateway->tls, written);
    gateway->unsent = 0;
    return 1;
}

int gateway_turn(struct gateway *gateway, struct load *load) {
    for (;;) {
        if (!write_out(gateway)) return 0;
        if (gateway->held == LINE) fail("worker %d: a reply of more than %d bytes", gateway->number, LINE);
        int got = SSL_read(gateway->tls, gateway->in + gateway->held, (int)(LINE - gateway->held));
        if (got <= 0) return is_waiting(gateway->tls, got);
        gateway->held += (size_t)got;
        char *end;
        while ((end = memchr(gateway->in, '\n', gateway->held))) {
            *end = 0;
            take_line(gateway, load, gateway->in);
            gateway->held -= (size_t)(end + 1 - gateway->in);
            memmove(gateway->in, end + 1, gateway->held);
        }
    }
}
