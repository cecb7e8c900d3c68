/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_POST_MAIL_H
#define COMITY_POST_MAIL_H
/* Part of post/post.h: mail of a State's desk, both ways. What the desk has built leaves by SMTP
 * and what a mail server put into a Maildir is handed to the desk, which registers it and believes
 * nothing of it. Where the desk, the network and the reader of hostile bytes are is an argument, so
 * this may stand in any process. */

#include "desk/desk.h"

enum {
    POST_MAIL_FLIGHT_MAX = 4,         /* mails on their way at once                      */
    POST_MAIL_LOOK_MS = 5000,         /* how often desk and folder are looked at         */
    POST_MAIL_RETRY_FIRST_MS = 30000, /* doubled each time, of that a random part waited */
    POST_MAIL_RETRY_MAX_MS = 60 * 60 * 1000,
    POST_MAIL_TIMEOUT_MS = 5 * 60 * 1000, /* RFC 5321 4.5.3.2, all commands together       */
};

/* Makes the message for MAIL_OUT of what LETTER answered: its mail, with the letter as PDF (made of
 * view.letter by comity-paper) and its documents attached. `from` is the node's mailbox, for an
 * authority that the tables give none. With certificates (PEM) it is sealed to them. ERR_REJECTED
 * where there is no address, or a certificate is not for mail today. */
MUST err post_letter_mail(struct turn *t, const struct tree *view, struct str from,
                          struct bytes pdf, const struct str *to_pem, size_t n,
                          struct bytes *message_out);

/* Brings one message to the mail server, and tells `done` once, not from inside the call: ERR_OK,
 * ERR_REJECTED (useless to try again), ERR_BUSY or ERR_PEER, with the server's code and words, as
 * net_mail does. The message stays until then. */
struct post_mail_wire {
    err (*send)(void *ctx, struct turn *t, struct str to, struct bytes message,
                void (*done)(void *job, err e, int code, const char *said), void *job);
    void *ctx;
};
/* Reads one message, for a process that is made for hostile bytes. `done` is told once, also from
 * inside the call; what it is given lives in `a`, which is there until then, as is `raw`. */
struct post_mail_reader {
    void (*read)(void *ctx, struct arena *a, struct bytes raw,
                 void (*done)(void *job, const struct fault *f, const struct mail *m), void *job);
    void *ctx;
};
struct post_mail_options {
    /* Asks the desk, as desk_submit does: MAIL_JOBS, MAIL_DONE and MAIL_IN. */
    void (*ask)(void *ctx, struct desk_turn *dt, void (*done)(struct desk_turn *dt));
    void *ask_ctx;
    struct post_mail_wire wire;     /* send NULL: nothing leaves         */
    struct post_mail_reader reader; /* read NULL: mail_read in this process */
    const char *maildir;            /* NULL: nothing comes in            */
    const struct clock *clock;
    const struct chance *chance;
};
struct post_mail;
struct post_mail *post_mail_open(const struct post_mail_options *o);
/* Begins nothing more: what is under way is told, and post_mail_work tells the desk. */
void post_mail_stop(struct post_mail *p);
/* After desk, wire and reader have told all they were given. NULL is allowed. */
void post_mail_close(struct post_mail *p);
/* Whether something was given to desk or wire and is not told yet. */
bool post_mail_is_busy(const struct post_mail *p);
/* Looks at what is due; call in each round of the loop. */
void post_mail_work(struct post_mail *p);
/* When post_mail_work has something to look at next, by the wall clock. */
int64_t post_mail_next_ms(const struct post_mail *p);

/* The wire over SMTP, as comity.yaml says it: `mail: {from, smtp, tls, user, password_file, ca,
 * helo}`. Texts are kept as they are. */
struct net_client;
struct post_smtp {
    struct net_client *client;
    const char *url, *from;      /* "smtps://mail.example:465"; the envelope's sender */
    bool tls;                    /* STARTTLS, with smtp://; false only towards this machine */
    const char *ca_pem, *helo;   /* NULL: the system's; none                          */
    const char *user, *password; /* NULL: none                                        */
};
struct post_mail_wire post_smtp_wire(struct arena *a, const struct post_smtp *s);

#endif
