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
#include <sys/socket.h>

static ssize_t pull(gnutls_transport_ptr_t line, void *p, size_t n);
static ssize_t push(gnutls_transport_ptr_t line, const void *p, size_t n);

void tls_attach(struct tls_line *line, gnutls_session_t session, int fd, uint64_t *moved, bool ask)
{
    *line = (struct tls_line){session, fd, moved};
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
