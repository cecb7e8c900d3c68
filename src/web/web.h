/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_WEB_H
#define COMITY_WEB_H
/* Turns HTTP requests of officers into desk actions, and views into pages.
 *
 * It never sees the desk: it gets a hook that asks one question and is told the answer once. So the
 * same pages work with the desk in this process and over a link. One thread, on the loop given. */

#include "base/base.h"
#include "codec/codec.h"
#include "net/net.h"

/* One question to the desk, answered once. */
struct web_ask {
    struct turn t;                   /* arena of the request; a fault is recorded here */
    struct str action;               /* the word of desk/action.def */
    struct str session;              /* what the browser holds; empty: nobody signed in */
    const struct tree *args;         /* a map */
    struct str unless;               /* a stamp of before; empty: none */
    err result;                      /* filled before `done`, with ... */
    const struct tree *view;         /* ... what to show; may be there beside a fault */
    struct str stamp;                /* ... of which this is the stamp; empty: none is given */
    bool unchanged;                  /* the view under `unless` still stands, and is not repeated */
    void (*done)(struct web_ask *a); /* may be called from inside `ask` */
    void *own;                       /* the asker's */
};
struct web_desk {
    void (*ask)(void *ctx, struct web_ask *a);
    void *ctx;
};

/* One letter to print, answered once: a document of paper.h in, a PDF out. */
struct web_print {
    struct turn t;             /* arena of the request; a fault is recorded here */
    const struct tree *letter; /* a document of paper.h; there until `done` */
    err result;                /* filled before `done`: ERR_BUSY where too many are waiting, ... */
    struct bytes pdf;          /* ... and this, in the arena */
    void (*done)(struct web_print *p); /* may be called from inside `print` */
    void *own;                         /* the asker's */
};
struct web_press {
    void (*print)(void *ctx, struct web_print *p); /* NULL: no letters as PDF */
    void *ctx;
};

/* A letter as an e-mail, for the desk to keep until the mail server takes it. */
struct web_mail {
    /* Makes the message of what LETTER answered, with its page as PDF; with certificates (PEM) it
     * is sealed to them. ERR_REJECTED where there is no address, or one is not for mail. */
    err (*make)(void *ctx, struct turn *t, const struct tree *letter, struct bytes pdf,
                const struct str *to_pem, size_t n, struct bytes *message_out);
    void *ctx;        /* `make` NULL: no mail leaves this node */
    const char *from; /* its mailbox, for an authority that the tables give none */
};

struct web_options {
    struct net_loop *loop;
    struct web_desk desk;
    struct web_press press;
    struct web_mail mail;
    const struct clock *clock;
    const struct chance *chance;
    struct zones zones;  /* where none is known, UTC is shown */
    struct str zone;     /* the zone of this node's people; empty: UTC */
    const char *address; /* literal; plain HTTP is for loopback alone */
    uint16_t port;       /* 0: any free one */
    int listens;         /* above 0: of net_listen, instead of address and port */
    const char *name;    /* the host people write, "norland.localhost" */
    const char *node;    /* word of the node, in the name of its cookie: [a-z0-9-] */
    /* As net_server_options has them; all NULL: plain HTTP. */
    const char *tls_key_pem, *tls_cert_pem;
    const struct net_signer *tls_signer;
};
struct web;

enum {
    WEB_BODY_MAX = 24 << 20,        /* bytes of a body with its files */
    WEB_BODY_BARE_MAX = 64 << 10,   /* of a program's that shows no session; of one that is small */
    WEB_BODY_CARRIED_MAX = 1 << 20, /* of one that enters with a form that was typed before */
    WEB_BODIES_MAX = 32,            /* large bodies under way at once */
    WEB_BODIES_BYTES_MAX = 96 << 20,     /* and what those of known sessions announce together */
    WEB_BODIES_NEW_MAX = 4,              /* of sessions that the desk has not answered yet, */
    WEB_BODIES_NEW_BYTES_MAX = 32 << 20, /* beside those */
    WEB_STREAMS_MAX = 256,               /* browsers that listen for changes at once */
    WEB_CONNECTIONS_MAX = 1024           /* of browsers */
};

/* Listens. Everything is copied but the loop and the hooks. ERR_USAGE for plain HTTP on an address
 * that is not loopback or a name that is none; ERR_BUSY when the port is taken. */
MUST err web_start(struct turn *t, const struct web_options *o, struct web **out);
uint16_t web_port(const struct web *w);
/* Breaks off what is under way. No question may be open. NULL is allowed. */
void web_stop(struct web *w);
/* Questions asked and not yet answered. */
size_t web_asking(const struct web *w);

#endif
