/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_NET_TLS_H
#define COMITY_NET_TLS_H
/* The server's side of one TLS connection. */

#include "net/net.h"

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>

/* A certificate whose key is in another process. */
struct tls_identity {
    bool opened;
    gnutls_pcert_st cert;
    gnutls_privkey_t key;
    struct net_signer signer;
};
/* Stays where it is until closed. ERR_USAGE for a certificate that does not read. */
MUST err tls_identity_open(struct turn *t, const char *cert_pem, const struct net_signer *signer,
                           struct tls_identity *out);
void tls_identity_close(struct tls_identity *i);
/* For libmicrohttpd: gives the identity of the line that is attached to the session. */
int tls_identity_give(gnutls_session_t session, const gnutls_datum_t *issuers, int issuers_n,
                      const gnutls_pk_algorithm_t *algorithms, int algorithms_n,
                      gnutls_pcert_st **certs_out, unsigned *certs_n_out,
                      gnutls_privkey_t *key_out);

/* What GnuTLS reads and writes through. */
struct tls_line {
    gnutls_session_t session; /* NULL: a plain connection */
    int fd;
    uint64_t *moved;               /* counts every read and write that got somewhere */
    struct tls_identity *identity; /* NULL: the library has the key */
};

/* Puts `line` between the session and its socket, before the handshake. `ask`: ask for a
 * certificate of the client. */
void tls_attach(struct tls_line *line, gnutls_session_t session, int fd, uint64_t *moved, bool ask);
/* Whether bytes were decrypted that nobody has taken yet. */
bool tls_is_pending(const struct tls_line *line);
/* The certificate the client showed, and its SHA-256; empty and untouched when it showed none. */
struct bytes tls_client(const struct tls_line *line, struct hash *hash_out);

#endif
