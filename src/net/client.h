/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_NET_CLIENT_H
#define COMITY_NET_CLIENT_H
/* What client.c (sockets, timers, connections), call.c (one call) and mail.c (one mail) share. */

#include "net/loop.h"

#include <curl/curl.h>

struct net_client {
    struct arena *arena;
    struct net_loop *loop;
    CURLM *multi;
    uint64_t timer;             /* libcurl's next; 0 when it wants none */
    struct curl_blob key, cert; /* NULL data: none */
    bool (*tls_use)(void *ctx, void *tls_context);
    void *tls_ctx;
    unsigned calls;
    bool closing; /* takes no more calls */
    struct way *first;
};

/* What is under way: a call or a mail begins with one. */
struct way {
    struct net_client *client;
    struct way *next, **at; /* in the client's list; `at` points to what points here */
    struct arena *arena;    /* all of it lives there */
    CURL *easy;
    /* Tells `done` and frees it all. `why` is set when libcurl was not asked to the end. */
    void (*end)(struct way *w, CURLcode result, const char *why);
};
/* Puts it into the client's list and starts it; without success it is out of it again. */
MUST err way_start(struct turn *t, struct net_client *c, struct way *w, const char *url);
/* Takes it out of the list and closes it, but for the arena. */
void way_close(struct way *w);

/* libcurl refuses an option only when it was built without it, or has no memory. */
#define must_set(k, option, value)                                                                 \
    do {                                                                                           \
        CURLcode must_set_ = curl_easy_setopt((k)->way.easy, option, value);                       \
        assert(must_set_ == CURLE_OK);                                                             \
    } while (0)

/* One call under way. */
struct call {
    struct way way;
    struct net_call what;
    struct curl_slist *headers;
    struct buf reply;
    bool too_long;
    char error[CURL_ERROR_SIZE];
};

#endif
