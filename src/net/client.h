/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_NET_CLIENT_H
#define COMITY_NET_CLIENT_H
/* What client.c (sockets, timers, connections) and call.c (one call) share. */

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
    struct call *first;
};

/* One call under way; lives in its own arena. */
struct call {
    struct net_client *client;
    struct call *next, **at; /* in the client's list; `at` points to what points here */
    struct arena *arena;
    struct net_call what;
    CURL *easy;
    struct curl_slist *headers;
    struct buf reply;
    bool too_long;
    char error[CURL_ERROR_SIZE];
};

/* Ends a call: tells `done` and frees it. */
void call_end(struct call *k, CURLcode result);
/* The same without a result of libcurl. */
void call_abandon(struct call *k, const char *why);

#endif
