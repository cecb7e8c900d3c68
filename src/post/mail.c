/* SPDX-License-Identifier: Apache-2.0 */
/* Mail of a State's desk, both ways.
 *
 * Out: the desk says what is due, the wire brings it to the server, the desk is told what the
 * server said. A mail that was taken is never sent again by this process, even when the desk could
 * not be told at once; after a kill between the two it may be, under the same Message-ID.
 * In: a message is handed over whole, and moves in its folder only when the desk's answer says it
 * is durable. One that cannot be read is registered all the same, by its bytes. */

#include "net/net.h"
#include "post/post.h"

#include <assert.h>
#include <string.h>

enum { RETRY_DOUBLINGS_MAX = 20, TOLD_REST_MS = 5000, WAITING_MAX = 64, ANSWER_MAX = 400 };

enum stage { STAGE_FREE, STAGE_AWAY, STAGE_TELL, STAGE_TELLING };

/* One mail on its way, until the desk knows how it ended. */
struct mailing {
    struct post_mail *p;
    struct arena *arena;
    enum stage stage;
    struct str mail; /* its id */
    struct bytes message;
    int64_t tries, tell_ms;
    struct tree *told; /* what the desk is to be told */
    struct desk_turn dt;
};
struct post_mail {
    struct arena *arena;
    struct post_mail_options o;
    struct mailing mailings[POST_MAIL_FLIGHT_MAX];
    bool stopped;
    struct arena *asking, *taking; /* of the turn under way; NULL: none */
    struct bytes raw;              /* the message being taken */
    struct desk_turn ask, take;
    struct net_maildir_entry *waiting; /* of this look, in an arena of its own */
    struct arena *waiting_arena;
    size_t waiting_n, waiting_at;
    int64_t look_ms;
};

static void jobs_ask(struct post_mail *p);
static void mailings_tell(struct post_mail *p, int64_t now_ms);
static void folder_look(struct post_mail *p);
static void next_take(struct post_mail *p);

static struct turn turn_of(const struct post_mail *p, struct arena *a)
{
    return (struct turn){.arena = a, .clock = p->o.clock, .chance = p->o.chance};
}

static int64_t now_of(const struct post_mail *p) { return p->o.clock->wall_ms(p->o.clock->ctx); }

static void complain(const struct post_mail *p, const char *event, const struct turn *t)
{
    log_event(now_of(p), "error", event, "code", t->fault.code, "sentence", t->fault.sentence,
              NULL);
}

struct post_mail *post_mail_open(const struct post_mail_options *o)
{
    struct arena *a = arena_new();
    struct post_mail *p = arena_take(a, sizeof *p);
    p->arena = a;
    p->o = *o;
    p->waiting_arena = arena_new();
    for (size_t i = 0; i < POST_MAIL_FLIGHT_MAX; i++) p->mailings[i].p = p;
    return p;
}

bool post_mail_is_busy(const struct post_mail *p)
{
    bool busy = p->asking || p->taking;
    for (size_t i = 0; i < POST_MAIL_FLIGHT_MAX; i++)
        busy |= p->mailings[i].stage == STAGE_AWAY || p->mailings[i].stage == STAGE_TELLING;
    return busy;
}

void post_mail_stop(struct post_mail *p) { p->stopped = true; }

void post_mail_close(struct post_mail *p)
{
    if (!p) return;
    assert(!post_mail_is_busy(p));
    for (size_t i = 0; i < POST_MAIL_FLIGHT_MAX; i++) arena_free(p->mailings[i].arena);
    arena_free(p->waiting_arena);
    arena_free(p->arena);
}

void post_mail_work(struct post_mail *p)
{
    int64_t now_ms = now_of(p);
    mailings_tell(p, now_ms);
    if (p->stopped) return;
    if (now_ms < p->look_ms && p->look_ms <= now_ms + POST_MAIL_LOOK_MS) return;
    p->look_ms = now_ms + POST_MAIL_LOOK_MS;
    if (p->o.wire.send && !p->asking) jobs_ask(p);
    if (p->o.maildir && !p->taking) folder_look(p);
}

int64_t post_mail_next_ms(const struct post_mail *p)
{
    int64_t next_ms = p->look_ms;
    for (size_t i = 0; i < POST_MAIL_FLIGHT_MAX; i++) {
        const struct mailing *m = &p->mailings[i];
        if (m->stage == STAGE_TELL && m->tell_ms < next_ms) next_ms = m->tell_ms;
    }
    return next_ms;
}

/* ---- out ------------------------------------------------------------------------------------- */

static void mailing_start(struct post_mail *p, const struct tree *job);
static void mailing_told(struct mailing *m, err e, int code, const char *said);

static void on_jobs(struct desk_turn *dt)
{
    struct post_mail *p = dt->own;
    if (dt->result != ERR_OK) complain(p, "mail-jobs-unread", &dt->t);
    const struct tree *list =
        dt->result == ERR_OK && !p->stopped ? tree_get(dt->view, "mails") : NULL;
    for (const struct tree *job = list ? list->child : NULL; job; job = job->next)
        mailing_start(p, job);
    arena_free(p->asking);
    p->asking = NULL;
}

static void jobs_ask(struct post_mail *p)
{
    p->asking = arena_new();
    struct tree *args = tree_map(p->asking);
    tree_add_int(p->asking, args, "limit", POST_MAIL_FLIGHT_MAX);
    p->ask = (struct desk_turn){
        .t = turn_of(p, p->asking), .action = DESK_MAIL_JOBS, .uid = -1, .args = args, .own = p};
    p->o.ask(p->o.ask_ctx, &p->ask, on_jobs);
}

static void on_sent(void *job, err e, int code, const char *said)
{
    mailing_told(job, e, code, said);
}

static void mailing_start(struct post_mail *p, const struct tree *job)
{
    struct mailing *free_one = NULL;
    for (size_t i = 0; i < POST_MAIL_FLIGHT_MAX; i++) {
        struct mailing *m = &p->mailings[i];
        if (m->stage == STAGE_FREE)
            free_one = m;
        else if (str_eq(m->mail, tree_str(job, "mail")))
            return; /* on its way, or taken and not told yet */
    }
    if (!free_one) return;
    struct arena *a = arena_new();
    struct mailing *m = free_one;
    *m = (struct mailing){.p = p,
                          .arena = a,
                          .stage = STAGE_AWAY,
                          .mail = str_dup(a, tree_str(job, "mail")),
                          .tries = tree_int(job, "tries", 0)};
    struct turn t = turn_of(p, a);
    err e = base64_read(a, tree_str(job, "message"), &m->message)
                ? p->o.wire.send(p->o.wire.ctx, &t, str_dup(a, tree_str(job, "to")), m->message,
                                 on_sent, m)
                : turn_fail(&t, ERR_INTERNAL, "mail-job", NULL, "The mail is not base64.");
    /* What could not even be begun is told like an answer. */
    if (e != ERR_OK) mailing_told(m, e == ERR_BUSY ? e : ERR_REJECTED, 0, t.fault.sentence);
}

/* A random part of the pause, so that many nodes do not come back at once. */
static int64_t pause_ms(const struct post_mail *p, int64_t tries)
{
    int64_t max = POST_MAIL_RETRY_FIRST_MS;
    for (int64_t i = 0; i < tries && i < RETRY_DOUBLINGS_MAX && max < POST_MAIL_RETRY_MAX_MS; i++)
        max *= 2;
    if (max > POST_MAIL_RETRY_MAX_MS) max = POST_MAIL_RETRY_MAX_MS;
    uint32_t dice;
    p->o.chance->fill(p->o.chance->ctx, &dice, sizeof dice);
    return max / 4 + (int64_t)(dice % (uint64_t)(max - max / 4));
}

/* How the server names what it took: the last word of its answer, where there is one beside the
 * codes. No standard says how; it is kept as a clue for a person. */
static struct str queue_id(struct str said)
{
    size_t at = said.n;
    while (at && said.p[at - 1] != ' ') at--;
    return at ? (struct str){said.p + at, said.n - at} : (struct str){0};
}

static void mailing_told(struct mailing *m, err e, int code, const char *said)
{
    struct arena *a = m->arena;
    (void)code; /* stands in the server's words too */
    struct str answer = str_dup(a, str_of(said));
    if (answer.n > ANSWER_MAX) answer.n = ANSWER_MAX;
    m->told = tree_map(a);
    tree_add_str(a, m->told, "mail", m->mail);
    tree_add_str(a, m->told, "answer", str_printable(a, answer));
    tree_add_bool(a, m->told, "ok", e == ERR_OK);
    if (e == ERR_OK) tree_add_str(a, m->told, "queue_id", queue_id(answer));
    if (e == ERR_REJECTED) tree_add_bool(a, m->told, "permanent", true);
    if (e != ERR_OK) tree_add_int(a, m->told, "next_ms", now_of(m->p) + pause_ms(m->p, m->tries));
    m->stage = STAGE_TELL;
    m->tell_ms = 0;
    /* The desk is told in the next round: this may be inside a call of its own. */
}

static void on_told(struct desk_turn *dt)
{
    struct mailing *m = dt->own;
    struct post_mail *p = m->p;
    arena_free(dt->t.arena);
    if (dt->result == ERR_OK) {
        arena_free(m->arena);
        *m = (struct mailing){.p = p};
        return;
    }
    log_event(now_of(p), "error", "mail-end-untold", "code", dt->t.fault.code, "sentence",
              dt->t.fault.sentence, NULL);
    m->stage = STAGE_TELL;
    m->tell_ms = now_of(p) + TOLD_REST_MS;
}

static void mailings_tell(struct post_mail *p, int64_t now_ms)
{
    for (size_t i = 0; i < POST_MAIL_FLIGHT_MAX; i++) {
        struct mailing *m = &p->mailings[i];
        bool later = m->tell_ms > now_ms && m->tell_ms <= now_ms + TOLD_REST_MS;
        if (m->stage != STAGE_TELL || later) continue;
        m->stage = STAGE_TELLING;
        m->dt = (struct desk_turn){.t = turn_of(p, arena_new()),
                                   .action = DESK_MAIL_DONE,
                                   .uid = -1,
                                   .args = m->told,
                                   .own = m};
        p->o.ask(p->o.ask_ctx, &m->dt, on_told);
    }
}

/* ---- in -------------------------------------------------------------------------------------- */

static void folder_look(struct post_mail *p)
{
    arena_reset(p->waiting_arena);
    p->waiting_at = p->waiting_n = 0;
    struct turn t = turn_of(p, p->waiting_arena);
    if (net_maildir_list(&t, p->o.maildir, WAITING_MAX, &p->waiting, &p->waiting_n) != ERR_OK) {
        complain(p, "mail-folder-unread", &t);
        return;
    }
    next_take(p);
}

static struct str id_of(struct arena *a, const struct mail *m, struct bytes raw)
{
    if (m->message_id.n) return str_printf(a, "<" STR_FMT ">", STR_ARG(m->message_id));
    /* One without a name is known by its bytes. */
    struct hash h = seal_sha256_of(raw);
    return str_printf(a, "<" STR_FMT "@sha256.invalid>", STR_ARG(hex(a, hash_bytes(&h))));
}

static struct str from_of(struct arena *a, const struct mail_person *p)
{
    if (!p->name.n) return p->address;
    return str_printf(a, STR_FMT " <" STR_FMT ">", STR_ARG(p->name), STR_ARG(p->address));
}

/* What the desk is told of a message; `m` is all empty for one that could not be read. */
static struct tree *arguments(struct arena *a, const struct mail *m, struct bytes raw)
{
    struct tree *args = tree_map(a);
    tree_add_str(a, args, "message_id", id_of(a, m, raw));
    tree_add_str(a, args, "from", from_of(a, &m->from));
    struct tree *to = tree_add_list(a, args, "to");
    for (size_t i = 0; i < m->to_n; i++) tree_add_str(a, to, NULL, m->to[i].address);
    if (m->date_ms) tree_add_str(a, args, "date", time_text(a, m->date_ms));
    tree_add_str(a, args, "subject", m->subject);
    tree_add_str(a, args, "text", m->text);
    tree_add_bool(a, args, "automatic", m->automatic);
    struct tree *references = tree_add_list(a, args, "references");
    if (m->in_reply_to.n) tree_add_str(a, references, NULL, m->in_reply_to);
    for (size_t i = 0; i < m->references_n; i++)
        tree_add_str(a, references, NULL, m->references[i]);
    struct tree *files = tree_add_list(a, args, "attachments");
    for (size_t i = 0; i < m->files_n; i++) {
        struct tree *f = tree_add_map(a, files, NULL);
        tree_add_str(a, f, "name", m->files[i].name);
        tree_add_str(a, f, "type", m->files[i].type);
        tree_add_str(a, f, "data", base64(a, m->files[i].data));
    }
    tree_add_str(a, args, "original", base64(a, raw));
    return args;
}

static void on_taken(struct desk_turn *dt)
{
    struct post_mail *p = dt->own;
    if (dt->result == ERR_OK) {
        struct turn t = turn_of(p, p->taking);
        struct str name = p->waiting[p->waiting_at - 1].name;
        if (net_maildir_taken(&t, p->o.maildir, name) != ERR_OK)
            complain(p, "mail-not-moved", &t); /* it comes again, and the desk knows it */
    } else {
        complain(p, "mail-not-taken", &dt->t); /* it stays, and is tried at the next look */
    }
    arena_free(p->taking);
    p->taking = NULL;
    next_take(p);
}

static void on_read(void *job, const struct fault *f, const struct mail *m)
{
    struct post_mail *p = job;
    struct mail unread = {0};
    if (f) unread.text = str_dup(p->taking, str_of(f->sentence));
    p->take = (struct desk_turn){.t = turn_of(p, p->taking),
                                 .action = DESK_MAIL_IN,
                                 .uid = -1,
                                 .args = arguments(p->taking, f ? &unread : m, p->raw),
                                 .own = p};
    p->o.ask(p->o.ask_ctx, &p->take, on_taken);
}

static void read_here(void *ctx, struct arena *a, struct bytes raw,
                      void (*done)(void *job, const struct fault *f, const struct mail *m),
                      void *job)
{
    struct turn t = turn_of(ctx, a);
    struct mail m;
    err e = mail_read(&t, raw, &m);
    done(job, e == ERR_OK ? NULL : &t.fault, &m);
}

/* Hands the next message over, and goes by those that cannot be had. */
static void next_take(struct post_mail *p)
{
    while (p->waiting_at < p->waiting_n && !p->stopped) {
        struct arena *a = arena_new();
        struct turn t = turn_of(p, a);
        struct str name = p->waiting[p->waiting_at++].name;
        if (net_maildir_read(&t, p->o.maildir, name, MAIL_MAX, &p->raw) != ERR_OK) {
            complain(p, "mail-unread", &t);
            arena_free(a);
            continue;
        }
        p->taking = a;
        if (p->o.reader.read)
            p->o.reader.read(p->o.reader.ctx, a, p->raw, on_read, p);
        else
            read_here(p, a, p->raw, on_read, p);
        return;
    }
}

/* ---- the wire over SMTP ---------------------------------------------------------------------- */

static err smtp_send(void *ctx, struct turn *t, struct str to, struct bytes message,
                     void (*done)(void *job, err e, int code, const char *said), void *job)
{
    const struct post_smtp *s = ctx;
    const char *one = str_c(t->arena, to);
    return net_mail_start(t, s->client,
                          &(struct net_mail){.url = s->url,
                                             .tls = s->tls,
                                             .ca_pem = s->ca_pem,
                                             .user = s->user,
                                             .password = s->password,
                                             .helo = s->helo,
                                             .from = s->from,
                                             .to = &one,
                                             .to_n = 1,
                                             .message = message,
                                             .timeout_ms = POST_MAIL_TIMEOUT_MS,
                                             .done = done,
                                             .ctx = job});
}

struct post_mail_wire post_smtp_wire(struct arena *a, const struct post_smtp *s)
{
    struct post_smtp *kept = arena_take(a, sizeof *kept);
    *kept = *s;
    return (struct post_mail_wire){.send = smtp_send, .ctx = kept};
}
