/* queue PORT CONNECTIONS JOBS PIPELINED: beanstalkd's reserve + delete, over plain TCP.
 *
 * Puts JOBS jobs beforehand, then every connection reserves and deletes until all are gone. With PIPELINED 1 a connection sends the next
 * reserve together with the delete, which spares it a round trip. Prints the cycles a second. */
#include "tools.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* About what a lease's line says of one study. */
enum { BODY = 256, CONNECTIONS = 1024, BUFFER = 4096, PUTS_AHEAD = 64 };

struct consumer {
    char buffer[BUFFER];
    size_t held;
};

static struct pollfd descriptors[CONNECTIONS];
static struct consumer consumers[CONNECTIONS];
static long deleted, jobs;
static int pipelined;

static void say(int descriptor, const char *bytes, size_t length) {
    while (length > 0) {
        ssize_t sent = write(descriptor, bytes, length);
        if (sent < 0 && errno != EINTR) fail("beanstalkd does not take what is sent: %s", strerror(errno));
        if (sent > 0) bytes += sent, length -= (size_t)sent;
    }
}

static void put_all(int port) {
    char job[BODY + 64], reply[BUFFER];
    size_t length = (size_t)snprintf(job, sizeof job, "put 0 0 600 %d\r\n", BODY);
    memset(job + length, 'x', BODY);
    memcpy(job + length + BODY, "\r\n", 2);
    length += BODY + 2;
    int descriptor = connect_to(port);
    long sent = 0, inserted = 0;
    while (inserted < jobs) {
        while (sent < jobs && sent - inserted < PUTS_AHEAD) say(descriptor, job, length), sent++;
        ssize_t got = read(descriptor, reply, sizeof reply);
        if (got <= 0) fail("beanstalkd closed the connection");
        for (ssize_t index = 0; index < got; index++) inserted += reply[index] == '\n';
    }
    close(descriptor);
}

/* One whole reply at the buffer's begin; returns its length, 0 when more must be read. */
static size_t take_reply(int descriptor, const char *text, size_t held) {
    const char *end = memchr(text, '\n', held);
    if (!end) return 0;
    size_t length = (size_t)(end - text) + 1;
    long number, bytes;
    if (sscanf(text, "RESERVED %ld %ld", &number, &bytes) == 2) {
        length += (size_t)bytes + 2;
        if (held < length) return 0;
        char words[96];
        int said = snprintf(words, sizeof words, pipelined ? "delete %ld\r\nreserve\r\n" : "delete %ld\r\n", number);
        say(descriptor, words, (size_t)said);
    } else if (!strncmp(text, "DELETED", 7)) {
        deleted++;
        if (!pipelined) say(descriptor, "reserve\r\n", 9);
    } else {
        fail("beanstalkd says: %.60s", text);
    }
    return length;
}

static void hear(int index) {
    struct consumer *consumer = &consumers[index];
    int descriptor = descriptors[index].fd;
    ssize_t got = read(descriptor, consumer->buffer + consumer->held, BUFFER - 1 - consumer->held);
    if (got <= 0) fail("beanstalkd closed the connection");
    consumer->held += (size_t)got;
    size_t taken = 0, length;
    while ((length = take_reply(descriptor, consumer->buffer + taken, consumer->held - taken)) > 0) taken += length;
    consumer->held -= taken;
    memmove(consumer->buffer, consumer->buffer + taken, consumer->held);
    consumer->buffer[consumer->held] = 0;
}

int main(int count, char **words) {
    if (count != 5) fail("usage: queue PORT CONNECTIONS JOBS PIPELINED");
    int port = atoi(words[1]), connections = atoi(words[2]);
    jobs = atol(words[3]);
    pipelined = atoi(words[4]);
    if (connections < 1 || connections > CONNECTIONS) fail("1 to %d connections", CONNECTIONS);
    put_all(port);
    for (int index = 0; index < connections; index++) descriptors[index] = (struct pollfd){.fd = connect_to(port), .events = POLLIN};
    uint64_t begin = clock_us();
    for (int index = 0; index < connections; index++) say(descriptors[index].fd, "reserve\r\n", 9);
    while (deleted < jobs) {
        poll(descriptors, (nfds_t)connections, -1);
        for (int index = 0; index < connections; index++)
            if (descriptors[index].revents) hear(index);
    }
    printf("%.1f\n", (double)jobs * 1e6 / (double)(clock_us() - begin));
    return 0;
}
