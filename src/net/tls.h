/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_NET_TLS_H
#define COMITY_NET_TLS_H
/* The server's side of one TLS connection. */

#include "base/base.h"

#include <gnutls/gnutls.h>

/* What GnuTLS reads and writes through. */
struct tls_line {
    gnutls_session_t session; /* NULL: a plain connection */
    int fd;
    uint64_t *moved; /* counts every read and write that got somewhere */
};

/* Puts `line` between the session and its socket, before the handshake. `ask`: ask for a
 * certificate of the client. */
void tls_attach(struct tls_line *line, gnutls_session_t session, int fd, uint64_t *moved, bool ask);
/* Whether bytes were decrypted that nobody has taken yet. */
bool tls_is_pending(const struct tls_line *line);
/* The certificate the client showed, and its SHA-256; empty and untouched when it showed none. */
struct bytes tls_client(const struct tls_line *line, struct hash *hash_out);

#endif
