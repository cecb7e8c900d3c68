/* SPDX-License-Identifier: Apache-2.0 */
/* The node itself: making it, running it, checking and repairing it, and whom it knows. */

#include "cli/inner.h"

#include "net/net.h"

#include <unistd.h>

enum { PORT_MAX = 65535, PROFILE_REPLY_MAX = 4 << 20, FETCH_MS = 20000 };

err cli_do_INIT(struct cli *c)
{
    struct cli_init o = {.state = cli_value(&c->args, OPT_STATE),
                         .address = cli_value(&c->args, OPT_ADDRESS),
                         .url = cli_value(&c->args, OPT_URL),
                         .pages = cli_value(&c->args, OPT_PAGES),
                         .training = cli_has(&c->args, OPT_TRAINING),
                         .database = cli_value(&c->args, OPT_DATABASE)};
    struct str port = cli_value(&c->args, OPT_PORT);
    if (!o.state.n)
        return turn_fail_at(&c->t, ERR_USAGE, "state-missing", NULL, STR("state"),
                            "Name the State whose node this is: --state XN.");
    if (port.n && (!str_to_int(port, &o.port) || o.port < 1 || o.port > PORT_MAX))
        return turn_fail_at(&c->t, ERR_USAGE, "port", NULL, STR("port"),
                            "A port is a number from 1 to %d.", PORT_MAX);
    return c->node->init(&c->t, c->dir, &o, &c->view);
}

static void serving(void *ctx, uint16_t port)
{
    struct cli *c = ctx;
    struct tree *v = tree_map(c->t.arena);
    tree_add_bool(c->t.arena, v, "serving", true);
    tree_add_str(c->t.arena, v, "dir", str_of(c->dir));
    tree_add_int(c->t.arena, v, "port", port);
    struct str s = c->json ? cli_document(c->t.arena, v, NULL, CLI_WRITES)
                           : str_printf(c->t.arena,
                                        "Serving %s: other nodes on port %u, commands with "
                                        "comity -C %s. An interrupt ends it.\n",
                                        c->dir, port, c->dir);
    if (c->json || !c->quiet) (void)fwrite(s.p, 1, s.n, stdout);
    (void)fflush(stdout);
}

err cli_do_SERVE(struct cli *c)
{
    return c->node->serve(&c->t, c->dir, cli_has(&c->args, OPT_SINGLE), serving, c);
}

err cli_do_CARRY(struct cli *c)
{
    return c->node->carry(&c->t, c->dir, str_c(c->t.arena, c->args.word[0]), &c->view);
}

err cli_do_TAKE_OVER(struct cli *c) { return c->node->take_over(&c->t, c->dir, &c->view); }
/* One line on a terminal, that the next takes the place of. */
static void progress_say(void *ctx, const char *what, uint64_t done, uint64_t all)
{
    (void)ctx, (void)all;
    if (done)
        fprintf(stderr, "\r\033[K%s: %llu", what, (unsigned long long)done);
    else
        fprintf(stderr, "\r\033[K%s", what);
    (void)fflush(stderr);
}

static err progressing(struct cli *c, bool puts_back)
{
    const char *what = str_c(c->t.arena, c->args.word[0]);
    struct str given = cli_value(&c->args, OPT_KEYS);
    const char *keys = given.n ? str_c(c->t.arena, given) : NULL;
    bool watched = !c->quiet && !c->json && isatty(2);
    struct cli_progress p = {watched ? progress_say : NULL, c};
    err e = puts_back ? c->node->restore(&c->t, what, c->dir, keys, &p, &c->view)
                      : c->node->backup(&c->t, c->dir, what, keys, &p, &c->view);
    if (watched) fprintf(stderr, "\r\033[K");
    return e;
}

err cli_do_BACKUP(struct cli *c) { return progressing(c, false); }
err cli_do_RESTORE(struct cli *c) { return progressing(c, true); }

err cli_do_FSCK(struct cli *c) { return cli_do(c, DESK_FSCK, cli_arguments(c)); }

err cli_do_REBUILD(struct cli *c) { return cli_do(c, DESK_REBUILD, cli_arguments(c)); }

/* ---- peers ----------------------------------------------------------------------------------- */

struct fetch {
    struct turn *t;
    bool done;
    err e;
    struct bytes reply, shown;
};

static void fetched(void *ctx, err e, int status, struct bytes reply, int64_t retry_after_s,
                    struct bytes server_der, const char *why)
{
    struct fetch *f = ctx;
    (void)retry_after_s;
    f->done = true;
    f->e = e;
    if (e == ERR_OK && status != 200)
        f->e = turn_fail(f->t, ERR_PEER, "profile-status", NULL,
                         "The node answered with status %d instead of its profile.", status);
    else if (e != ERR_OK)
        f->e =
            turn_fail(f->t, ERR_PEER, "profile-fetch", NULL, "The node was not reached: %s", why);
    f->reply = bytes_dup(f->t->arena, reply);
    f->shown = bytes_dup(f->t->arena, server_der);
}

static err fetch_run(struct turn *t, struct net_loop *loop, const char *url, struct fetch *f)
{
    struct net_client *client;
    struct net_client_options none = {0};
    try(net_client_new(t, loop, &none, &client));
    struct net_call call = {.method = "GET",
                            .url = url,
                            .reply_max = PROFILE_REPLY_MAX,
                            .timeout_ms = FETCH_MS,
                            .done = fetched,
                            .ctx = f};
    err e = net_call_start(t, client, &call);
    while (e == ERR_OK && !f->done) e = net_loop_turn(t, loop, -1);
    net_client_free(client);
    return e == ERR_OK ? f->e : e;
}

/* Who answers must be the node the profile speaks of: its certificate stands there. */
static err shown_check(struct turn *t, const struct tree *document, struct bytes shown)
{
    struct bytes cms, root;
    struct profile p;
    if (!base64_read(t->arena, tree_str(document, "profile"), &cms) ||
        !base64_read(t->arena, tree_str(document, "root"), &root))
        return turn_fail(t, ERR_REJECTED, "profile-form", "RFC 4648 4",
                         "A profile and its root are given in base64.");
    try(profile_read(t, &suite_1, cms, root, &p));
    if (bytes_eq(p.tls_der, shown)) return ERR_OK;
    return turn_fail(t, ERR_INTEGRITY, "profile-tls", "comity profile 1",
                     "Whoever answered is not the node its profile names: the certificates "
                     "differ.");
}

err cli_profile_fetch(struct cli *c, struct str url, struct tree **out)
{
    struct turn *t = &c->t;
    while (str_ends(url, "/")) url.n--;
    struct str whole = str_printf(t->arena, STR_FMT "/comity/1/profile", STR_ARG(url));
    struct fetch f = {.t = t};
    struct net_loop *loop;
    try(net_loop_new(t, t->clock, &loop));
    err e = fetch_run(t, loop, str_c(t->arena, whole), &f);
    net_loop_free(loop);
    try(e);
    try(json_read(t, f.reply, &codec_limits, out));
    return shown_check(t, *out, f.shown);
}

err cli_peer_add(struct cli *c, const char *dir, const struct tree *document, struct str words,
                 const struct tree **view_out)
{
    struct arena *a = c->t.arena;
    struct tree *args = cli_arguments(c);
    tree_add_str(a, args, "profile", tree_str(document, "profile"));
    tree_add_str(a, args, "root", tree_str(document, "root"));
    struct buf heard = buf_in(a);
    for (size_t k = 0; k < words.n; k++) {
        char l = words.p[k];
        buf_byte(&heard, (uint8_t)(l == '-' ? ' ' : l >= 'A' && l <= 'Z' ? l - 'A' + 'a' : l));
    }
    if (words.n) tree_add_str(a, args, "words", buf_as_str(&heard));
    if (cli_has(&c->args, OPT_REPLACE)) tree_add_bool(a, args, "replace", true);
    return cli_ask(c, dir, DESK_PEER_ADD, args, view_out);
}

static struct str dashed(struct arena *a, struct str words)
{
    struct buf b = buf_in(a);
    for (size_t k = 0; k < words.n; k++)
        buf_byte(&b, (uint8_t)(words.p[k] == ' ' ? '-' : words.p[k]));
    return buf_as_str(&b);
}

static err peer_add(struct cli *c, struct str where)
{
    struct arena *a = c->t.arena;
    struct tree *document;
    if (str_starts(where, "https://"))
        try(cli_profile_fetch(c, where, &document));
    else
        try(cli_tree_read(c, where, &document));
    const struct tree *view = NULL;
    try(cli_peer_add(c, c->dir, document, cli_value(&c->args, OPT_WORDS), &view));
    struct tree *v = tree_map(a);
    for (const struct tree *m = view->child; m; m = m->next) tree_set(a, v, m->key, m);
    struct str words = dashed(a, tree_str(view, "words"));
    if (words.n) tree_set(a, v, STR("words"), tree_add_str(a, tree_list(a), NULL, words));
    if (str_is(tree_str(view, "stage"), "proposed"))
        tree_add_str(a, v, "next",
                     str_printf(a,
                                "Call the authority on a number you knew before. Read your five "
                                "words to them, write down the five they read to you, and type "
                                "those: comity -C %s peer add " STR_FMT " --words (as heard)",
                                c->dir, STR_ARG(where)));
    else if (!cli_value(&c->args, OPT_WORDS).n)
        tree_add_str(a, v, "next",
                     STR("It is pinned already, with this root: there is nothing to do."));
    c->view = v;
    return ERR_OK;
}

err cli_do_PEER(struct cli *c)
{
    struct str what = c->args.word[0];
    bool whole = c->args.words == 2;
    if (str_is(what, "list") && !whole) return cli_do(c, DESK_PEERS, cli_arguments(c));
    if (str_is(what, "add") && whole) return peer_add(c, c->args.word[1]);
    if (str_is(what, "remove") && whole) {
        struct tree *args = cli_arguments(c);
        tree_add_str(c->t.arena, args, "address", c->args.word[1]);
        return cli_do(c, DESK_PEER_REMOVE, args);
    }
    return turn_fail(&c->t, ERR_USAGE, "arguments", NULL,
                     "It is: comity peer add URL|FILE, "
                     "comity peer remove ADDRESS|STATE, or comity peer list.");
}
