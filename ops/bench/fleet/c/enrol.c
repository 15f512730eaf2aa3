#include "enrol.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools.h"

enum { LINE = 65536, PATH = 4096 };

static const char *name_file(char *path, const char *folder, int number, const char *kind) {
    snprintf(path, PATH, "%s/%d.%s", folder, number, kind);
    return path;
}

SSL_CTX *client_context(const char *folder, int number) {
    char path[PATH];
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    snprintf(path, sizeof path, "%s/authority.pem", folder);
    if (!context || !SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) || !SSL_CTX_load_verify_locations(context, path, NULL))
        fail("no TLS context with the authority of %s", path);
    // One read of the socket for all that is there, instead of one for a record's head and one for the rest.
    SSL_CTX_set_read_ahead(context, 1);
    // Chain only: host names do not matter (docs/protocol.md, Lines).
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    if (number < 0) return context;
    if (SSL_CTX_use_certificate_file(context, name_file(path, folder, number, "pem"), SSL_FILETYPE_PEM) != 1)
        fail("%s is no certificate", path);
    if (SSL_CTX_use_PrivateKey_file(context, name_file(path, folder, number, "key"), SSL_FILETYPE_PEM) != 1) fail("%s is no key", path);
    return context;
}

/* A new key, written to its file, and a certificate signing request for it in PEM. The caller frees the text. */
static char *request_certificate(const char *folder, int number) {
    char path[PATH];
    EVP_PKEY *key = EVP_EC_gen("P-256");
    FILE *file = fopen(name_file(path, folder, number, "key"), "w");
    if (!key || !file || !PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL)) fail("%s cannot be written", path);
    fclose(file);
    X509_REQ *request = X509_REQ_new();
    BIO *memory = BIO_new(BIO_s_mem());
    X509_REQ_set_version(request, 0);
    X509_REQ_set_pubkey(request, key);
    if (!X509_REQ_sign(request, key, EVP_sha256()) || !PEM_write_bio_X509_REQ(memory, request)) fail("no signing request can be made");
    char *begin, *text = malloc(LINE);
    long length = BIO_get_mem_data(memory, &begin);
    memcpy(text, begin, (size_t)length);
    text[length] = 0;
    BIO_free(memory);
    X509_REQ_free(request);
    EVP_PKEY_free(key);
    return text;
}

/* Writes `text` as the inside of a JSON string: of what PEM has only its line ends need it. */
static size_t escape(char *to, const char *text) {
    char *at = to;
    for (; *text; text++)
        if (*text == '\n') *at++ = '\\', *at++ = 'n';
        else *at++ = *text;
    *at = 0;
    return (size_t)(at - to);
}

/* Writes the JSON string after `key` in `line` to the worker's file. */
static void keep_certificate(const char *folder, int number, const char *line) {
    char path[PATH];
    const char *at = strstr(line, "\"certificate\":\"");
    if (!at) fail("worker %d does not enrol: %.200s", number, line);
    FILE *file = fopen(name_file(path, folder, number, "pem"), "w");
    if (!file) fail("%s cannot be written", path);
    for (at += 15; *at && *at != '"'; at++) {
        if (*at == '\\') at++;
        fputc(at[-1] == '\\' && *at == 'n' ? '\n' : *at, file);
    }
    fclose(file);
}

void enrol(const char *folder, int port, int number, const char *secret) {
    char *line = malloc(LINE), *request = request_certificate(folder, number);
    size_t length = (size_t)snprintf(line, LINE, "ENROL {\"secret\":\"%s\",\"signingRequest\":\"", secret);
    length += escape(line + length, request);
    length += (size_t)snprintf(line + length, LINE - length, "\"}\n");
    SSL_CTX *context = client_context(folder, -1);
    SSL *tls = SSL_new(context);
    int descriptor = connect_to(port);
    SSL_set_fd(tls, descriptor);
    if (SSL_connect(tls) != 1) fail("no TLS to enrol: %s", ERR_error_string(ERR_get_error(), NULL));
    if (SSL_write(tls, line, (int)length) != (int)length) fail("the coordinator does not take ENROL");
    size_t held = 0;
    while (!held || line[held - 1] != '\n') {
        int got = SSL_read(tls, line + held, (int)(LINE - 1 - held));
        if (got <= 0) fail("the coordinator closed the connection of an enrolment");
        held += (size_t)got;
    }
    line[held] = 0;
    keep_certificate(folder, number, line);
    SSL_free(tls);
    SSL_CTX_free(context);
    close(descriptor);
    free(request);
    free(line);
}
