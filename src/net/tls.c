/* SPDX-License-Identifier: Apache-2.0 */
/* The server's side of one TLS connection.
 *
 * GnuTLS reads and writes through here so that progress can be counted. libmicrohttpd (0.9.75)
 * takes a connection whose handshake waits for the client as ready, and asks to be run again at
 * once, for as long as the client is silent: without the count one such client would keep the
 * processor busy. Certificates are not judged here; who shows one has proven to hold its key (RFC
 * 8446 4.4.3). */

#include "net/tls.h"

#include <assert.h>
#include <gnutls/crypto.h>
#include <string.h>
#include <sys/socket.h>

static ssize_t pull(gnutls_transport_ptr_t line, void *p, size_t n);
static ssize_t push(gnutls_transport_ptr_t line, const void *p, size_t n);

void tls_attach(struct tls_line *line, gnutls_session_t session, int fd, uint64_t *moved, bool ask)
{
    *line = (struct tls_line){session, fd, moved, NULL};
    gnutls_transport_set_ptr(session, line);
    gnutls_transport_set_pull_function(session, pull);
    gnutls_transport_set_push_function(session, push);
    /* Asked, not required, and without a list of welcome issuers: peers are known by their key. */
    if (ask) gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUEST);
}

bool tls_is_pending(const struct tls_line *line)
{
    return line->session && gnutls_record_check_pending(line->session) > 0;
}

struct bytes tls_client(const struct tls_line *line, struct hash *hash_out)
{
    unsigned n = 0;
    if (!line->session) return (struct bytes){0};
    const gnutls_datum_t *shown = gnutls_certificate_get_peers(line->session, &n);
    if (!shown || n == 0) return (struct bytes){0};
    int e = gnutls_hash_fast(GNUTLS_DIG_SHA256, shown[0].data, shown[0].size, hash_out->b);
    assert(e == 0);
    return (struct bytes){shown[0].data, shown[0].size};
}

static ssize_t pull(gnutls_transport_ptr_t line, void *p, size_t n)
{
    const struct tls_line *l = line;
    ssize_t got = recv(l->fd, p, n, 0);
    if (got >= 0) ++*l->moved;
    return got;
}

static ssize_t push(gnutls_transport_ptr_t line, const void *p, size_t n)
{
    const struct tls_line *l = line;
    ssize_t sent = send(l->fd, p, n, MSG_NOSIGNAL);
    if (sent >= 0) ++*l->moved;
    return sent;
}

/* ---- a key in another process ---------------------------------------------------------------- */

static int sign_digest(const struct tls_identity *i, const struct hash *digest,
                       gnutls_datum_t *signature)
{
    uint8_t made[NET_SIGNATURE_MAX];
    size_t n = 0;
    if (!i->signer.sign(i->signer.ctx, digest, made, &n)) return GNUTLS_E_PK_SIGN_FAILED;
    assert(n > 0 && n <= sizeof made);
    signature->data = gnutls_malloc(n); /* freed by the library */
    if (!signature->data) return GNUTLS_E_MEMORY_ERROR;
    memcpy(signature->data, made, n);
    signature->size = (unsigned)n;
    return 0;
}

static bool is_ours(gnutls_sign_algorithm_t a)
{
    return a == GNUTLS_SIGN_ECDSA_SHA256 || a == GNUTLS_SIGN_ECDSA_SECP256R1_SHA256;
}

static int sign_data(gnutls_privkey_t key, gnutls_sign_algorithm_t algorithm, void *ctx,
                     unsigned flags, const gnutls_datum_t *data, gnutls_datum_t *signature)
{
    (void)key, (void)flags;
    struct hash digest;
    if (!is_ours(algorithm)) return GNUTLS_E_UNSUPPORTED_SIGNATURE_ALGORITHM;
    int e = gnutls_hash_fast(GNUTLS_DIG_SHA256, data->data, data->size, digest.b);
    return e < 0 ? e : sign_digest(ctx, &digest, signature);
}

static int sign_hash(gnutls_privkey_t key, gnutls_sign_algorithm_t algorithm, void *ctx,
                     unsigned flags, const gnutls_datum_t *hash, gnutls_datum_t *signature)
{
    (void)key, (void)flags;
    struct hash digest;
    if (!is_ours(algorithm) || hash->size != sizeof digest.b)
        return GNUTLS_E_UNSUPPORTED_SIGNATURE_ALGORITHM;
    memcpy(digest.b, hash->data, sizeof digest.b);
    return sign_digest(ctx, &digest, signature);
}

static int about_key(gnutls_privkey_t key, unsigned flags, void *ctx)
{
    enum { BITS = 256 };
    (void)key, (void)ctx;
    if (flags & GNUTLS_PRIVKEY_INFO_PK_ALGO) return GNUTLS_PK_ECDSA;
    if (flags & GNUTLS_PRIVKEY_INFO_PK_ALGO_BITS) return BITS;
    if (flags & GNUTLS_PRIVKEY_INFO_HAVE_SIGN_ALGO)
        return is_ours(GNUTLS_FLAGS_TO_SIGN_ALGO(flags));
    if (flags & GNUTLS_PRIVKEY_INFO_SIGN_ALGO) return GNUTLS_SIGN_ECDSA_SHA256;
    return -1;
}

err tls_identity_open(struct turn *t, const char *cert_pem, const struct net_signer *signer,
                      struct tls_identity *out)
{
    gnutls_datum_t pem = {(unsigned char *)(uintptr_t)cert_pem, (unsigned)strlen(cert_pem)};
    out->signer = *signer;
    if (gnutls_pcert_import_x509_raw(&out->cert, &pem, GNUTLS_X509_FMT_PEM, 0) < 0)
        return turn_fail(t, ERR_USAGE, "net-server", NULL, "the TLS certificate does not read");
    int e = gnutls_privkey_init(&out->key);
    if (e == 0) {
        e = gnutls_privkey_import_ext4(out->key, out, sign_data, sign_hash, NULL, NULL, about_key,
                                       0);
        if (e < 0) gnutls_privkey_deinit(out->key);
    }
    out->opened = e >= 0;
    if (out->opened) return ERR_OK;
    gnutls_pcert_deinit(&out->cert);
    return turn_fail(t, ERR_INTERNAL, "net-server", NULL, "the TLS library takes no key: %s",
                     gnutls_strerror(e));
}

void tls_identity_close(struct tls_identity *i)
{
    if (!i->opened) return;
    gnutls_privkey_deinit(i->key);
    gnutls_pcert_deinit(&i->cert);
    i->opened = false;
}

int tls_identity_give(gnutls_session_t session, const gnutls_datum_t *issuers, int issuers_n,
                      const gnutls_pk_algorithm_t *algorithms, int algorithms_n,
                      gnutls_pcert_st **certs_out, unsigned *certs_n_out, gnutls_privkey_t *key_out)
{
    (void)issuers, (void)issuers_n, (void)algorithms, (void)algorithms_n;
    const struct tls_line *line = gnutls_transport_get_ptr(session);
    *certs_out = &line->identity->cert;
    *certs_n_out = 1;
    *key_out = line->identity->key;
    return 0;
}
