/* Keys and certificates of the fleet, in one folder: authority.pem, and N.key and N.pem of worker N. */
#ifndef ENROL_H
#define ENROL_H

#include <openssl/ssl.h>

/* A context of TLS 1.3 that trusts the folder's authority, with worker `number`'s certificate; -1: with none. The caller frees it. */
SSL_CTX *client_context(const char *folder, int number);

/* Redeems the invitation `secret` as worker `number`: ENROL with a P-256 key made here. Writes N.key and N.pem. */
void enrol(const char *folder, int port, int number, const char *secret);

#endif
