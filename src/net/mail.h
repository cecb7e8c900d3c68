/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_NET_MAIL_H
#define COMITY_NET_MAIL_H
/* Part of net/net.h: mail out by SMTP (RFC 5321), and in from a folder that a mail server fills
 * (Maildir). Whole messages as bytes: what is in them is codec's to say. */

#include "base/base.h"

/* ---- out ------------------------------------------------------------------------------------- */

enum { NET_MAIL_TO_MAX = 64, NET_MAIL_MAX = 32 << 20, NET_MAIL_SAID_MAX = 512 };

struct net_client;
/* One message to one server, which takes it for all receivers or for none. */
struct net_mail {
    const char *url;    /* "smtp://host:25", or "smtps://host:465": TLS from the start */
    bool tls;           /* with smtp: STARTTLS (RFC 3207), or the mail is not sent      */
    const char *ca_pem; /* the certificates the server's must lead to; NULL: the system's */
    const char *user, *password; /* NULL: none; only over TLS                                    */
    const char *helo;            /* our name in EHLO; NULL: what libcurl takes                    */
    const char *from;            /* bare addresses, also for bounces                             */
    const char *const *to;
    size_t to_n;
    struct bytes message; /* as it is sent, lines ending in CR LF; borrowed until `done` */
    int64_t timeout_ms;
    /* Told once, never from inside net_mail_start. `code` and `said` are the server's last answer:
     * ERR_OK it took the message (250), and how it names it; ERR_REJECTED it will not (5yz):
     * sending again is useless; ERR_BUSY not now (4yz); ERR_PEER no answer that counts: no
     * connection, no TLS as asked for, broken off, too slow. After ERR_PEER the server may have
     * taken the message: one that is sent again keeps its Message-ID. `said` is printable. */
    void (*done)(void *ctx, err e, int code, const char *said);
    void *ctx;
};
/* Starts sending; texts are copied, the message is borrowed. ERR_USAGE for what cannot be: another
 * url, a password without TLS, no receivers or too many, an address with a line end or bracket;
 * ERR_TOO_LARGE; ERR_BUSY beyond NET_CALLS_MAX. */
MUST err net_mail_start(struct turn *t, struct net_client *c, const struct net_mail *mail);

/* ---- in -------------------------------------------------------------------------------------- */

/* A Maildir: a server puts whole messages into new/, and what was taken stands in cur/. A message
 * is moved only by net_maildir_taken, when it is safe elsewhere; one that is asked for again was
 * not. Files of any other kind are left alone. */
struct net_maildir_entry {
    struct str name; /* of the file, within new/ */
    size_t size;
};
/* Messages waiting, the oldest name first, at most `max`. Makes new/, cur/ and tmp/ where they are
 * missing. ERR_NONE_SUCH when the folder itself is not there; ERR_INTERNAL. */
MUST err net_maildir_list(struct turn *t, const char *folder, size_t max,
                          struct net_maildir_entry **out, size_t *n_out);
/* The bytes of one; ERR_TOO_LARGE beyond `limit`, and it stays where it is; ERR_NONE_SUCH when it
 * is gone. */
MUST err net_maildir_read(struct turn *t, const char *folder, struct str name, size_t limit,
                          struct bytes *out);
/* Moves it to cur/ as seen, and syncs both folders. Doing it twice is no error. */
MUST err net_maildir_taken(struct turn *t, const char *folder, struct str name);

#endif
