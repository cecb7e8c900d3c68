/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_POST_MAILBOX_H
#define COMITY_POST_MAILBOX_H
/* Part of post/post.h: what is carried (post_carriage), brought by ordinary mail. A parcel in
 * `folder`/out is mailed to the peer's mailbox, again and again until its receipt is here; a
 * receipt or problem once. The attachment of a mail that came, named as a file that is carried, is
 * put into `folder`/new. A sealed parcel is an S/MIME object by itself (RFC 8551 3.4,
 * application/pkcs7-mime); a mail of anything else is left where it is. */

#include "post/mail.h"

enum {
    POST_MAILBOX_LOOK_MS = 1000,       /* how often both folders are looked at */
    POST_MAILBOX_AWAY_MAX = 4,         /* mails on their way at once */
    POST_MAILBOX_AGAIN_MS = 600 * 1000 /* a parcel is mailed again; doubled each time */
};
struct post_mailbox {
    const struct str *peers;     /* addresses of authorities, all of them carried */
    const struct str *mailboxes; /* theirs, one for each */
    size_t peers_n;              /* 0: nothing is mailed */
    struct str from;             /* our own mailbox */
    const char *maildir;         /* what comes to it; a Maildir with its three parts */
    int64_t again_ms;            /* 0: POST_MAILBOX_AGAIN_MS */
    struct post_mail_wire wire;
    struct post_mail_reader reader; /* read NULL: mail_read in this process */
};

#endif
