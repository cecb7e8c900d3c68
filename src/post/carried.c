/* SPDX-License-Identifier: Apache-2.0 */
/* Parcels and receipts that people carry, as files. Out: a parcel is put into the folder and lies
 * there until its receipt comes back. In: what was brought is taken as if it had come over the
 * wire, and the answer is put beside what leaves; a file is moved only when that is durable.
 *
 * Nothing is believed because of a name: a parcel is signed by whom it is from and sealed to whom
 * it is for, and a receipt is signed for that very parcel. */

#include "net/net.h"
#include "post/post_internal.h"

#include <string.h>
#include <unistd.h>

enum { NAME_MAX_BYTES = 200, BROUGHT_MAX = 64, STATUS_REJECTED = 400 };

bool post_is_carried(const struct post *p, struct str peer)
{
    for (size_t k = 0; p->o.carried.folder && k < p->o.carried.peers_n; k++)
        if (str_eq(p->o.carried.peers[k], peer)) return true;
    return false;
}

/* ---- names ----------------------------------------------------------------------------------- */

static struct str swapped(struct arena *a, struct str s, char from, char to)
{
    struct str out = str_dup(a, s);
    for (size_t k = 0; k < out.n; k++)
        if (out.p[k] == from) ((char *)(uintptr_t)out.p)[k] = to;
    return out;
}

static const char *out_path(const struct post *p, struct arena *a, struct str from, struct str to,
                            const struct id *act, const char *sort)
{
    return str_c(a,
                 str_printf(a, "%s/out/" STR_FMT "~" STR_FMT "~" STR_FMT ".%s", p->o.carried.folder,
                            STR_ARG(swapped(a, from, '/', '_')), STR_ARG(swapped(a, to, '/', '_')),
                            STR_ARG(hex(a, id_bytes(act))), sort));
}

bool post_carried_name(struct arena *a, struct str name, struct carried *out, struct str *sort_out)
{
    struct str from, to, act, rest;
    if (name.n > NAME_MAX_BYTES) return false;
    str_split(name, '~', &from, &rest);
    str_split(rest, '~', &to, &rest);
    str_split(rest, '.', &act, sort_out);
    out->from = swapped(a, from, '_', '/');
    out->to = swapped(a, to, '_', '/');
    bool sort =
        str_is(*sort_out, "parcel") || str_is(*sort_out, "receipt") || str_is(*sort_out, "problem");
    return from.n && to.n && sort && id_read(act, &out->act);
}

/* ---- out ------------------------------------------------------------------------------------- */

err post_carried_put(const struct post *p, struct turn *t, const struct desk_job *job)
{
    const char *path = out_path(p, t->arena, job->from, job->peer, &job->act, "parcel");
    return access(path, F_OK) == 0 ? ERR_OK : file_write(t, path, job->sealed, 0600);
}

void post_carried_over(const struct post *p, const struct desk_job *job)
{
    auto_arena scratch = arena_new();
    if (!p->o.carried.folder) return;
    (void)unlink(out_path(p, scratch, job->from, job->peer, &job->act, "parcel"));
}

/* ---- in -------------------------------------------------------------------------------------- */

/* It is safe elsewhere, or useless: nothing is thrown away. */
static void taken(struct carried *c)
{
    struct turn t = post_turn(c->post, c->arena);
    if (net_maildir_taken(&t, c->post->o.carried.folder, c->file) != ERR_OK)
        log_event(post_now_ms(c->post), "error", "carried", "file", str_c(c->arena, c->file),
                  "sentence", t.fault.sentence, NULL);
}

static void over(struct carried *c)
{
    arena_free(c->arena);
    *c = (struct carried){0};
}

static void on_answer(void *ctx, int status, const char *type, struct bytes body,
                      int64_t retry_after_s)
{
    struct carried *c = ctx;
    struct turn t = post_turn(c->post, c->arena);
    bool held = status == err_http_status(ERR_OK);
    (void)type;
    if (held || retry_after_s < 0) {
        const char *path =
            out_path(c->post, c->arena, c->to, c->from, &c->act, held ? "receipt" : "problem");
        if (file_write(&t, path, body, 0600) == ERR_OK) taken(c);
    }
    c->post->carried_ms = 0;
    over(c);
}

static void useless(struct carried *c, const char *why)
{
    log_event(post_now_ms(c->post), "warning", "carried", "file", str_c(c->arena, c->file),
              "sentence", why, NULL);
    taken(c);
    over(c);
}

static void parcel_begin(struct carried *c, struct bytes sealed)
{
    const struct desk_peer *peer = desk_peer(c->post->o.desk, c->from);
    if (!peer) {
        useless(c, "Nobody is pinned by the address that the file names as its sender.");
        return;
    }
    post_brought(c->post, &peer->tls, sealed, true, (struct post_answer){on_answer, c});
}

static void answer_begin(struct carried *c, struct bytes answer, int status)
{
    err e = post_answered(c->post, &c->act, status, answer);
    if (e == ERR_NONE_SUCH) {
        useless(c, "No parcel waits for this answer.");
        return;
    }
    if (e == ERR_OK) taken(c);
    over(c);
}

static void brought(struct post *p, const struct net_maildir_entry *entry)
{
    struct carried *c = &p->carried;
    *c = (struct carried){.arena = arena_new(), .post = p};
    struct turn t = post_turn(p, c->arena);
    struct bytes data;
    struct str sort;
    c->file = str_dup(c->arena, entry->name);
    bool read = post_carried_name(c->arena, c->file, c, &sort);
    err e = net_maildir_read(&t, p->o.carried.folder, c->file, POST_PARCEL_MAX, &data);
    if (!read)
        useless(c, "A file that is carried is named FROM~TO~ACT.parcel, .receipt or .problem.");
    else if (e != ERR_OK)
        useless(c, t.fault.sentence);
    else if (str_is(sort, "parcel"))
        parcel_begin(c, data);
    else if (str_is(sort, "receipt") && data.n <= POST_REPLY_MAX)
        answer_begin(c, data, err_http_status(ERR_OK));
    else if (str_is(sort, "problem") && data.n <= POST_REPLY_MAX)
        answer_begin(c, data, STATUS_REJECTED);
    else
        useless(c, "It is no parcel, no receipt and no problem, or too large for one.");
}

void post_carried_work(struct post *p)
{
    int64_t now_ms = post_now_ms(p);
    bool early = now_ms < p->carried_ms && p->carried_ms <= now_ms + POST_CARRIED_LOOK_MS;
    if (!p->o.carried.folder || p->carried.arena || early) return;
    p->carried_ms = now_ms + POST_CARRIED_LOOK_MS;
    auto_arena scratch = arena_new();
    struct turn t = post_turn(p, scratch);
    struct net_maildir_entry *entries;
    size_t n;
    if (net_maildir_list(&t, p->o.carried.folder, BROUGHT_MAX, &entries, &n) != ERR_OK) {
        log_event(now_ms, "error", "carried", "sentence", t.fault.sentence, NULL);
        return;
    }
    for (size_t k = 0; k < n && !p->carried.arena; k++) brought(p, &entries[k]);
}

int64_t post_carried_next_ms(const struct post *p)
{
    return p->o.carried.folder && !p->carried.arena ? p->carried_ms : INT64_MAX;
}
