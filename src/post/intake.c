/* SPDX-License-Identifier: Apache-2.0 */
/* The way in: sealed bytes are read, given to the desk, and answered once what became of them is
 * durable. What is refused is answered with the clause, and noted as an incident.
 *
 * Noting costs disk, so others may not bring about as much of it as they like: repeats are one row,
 * a stranger's refusals one row a day, and each peer has so many a day, the last of which says that
 * more are not noted. One that uses up its own takes nothing from the others. */

#include "post/post_internal.h"

#include <string.h>

/* One parcel that came in, until it is answered. */
struct intake {
    struct post *post;
    struct arena *arena;
    struct hash tls;
    struct bytes sealed;
    struct post_answer answer;
    struct desk_parcel parcel;
    struct desk_turn dt;
    struct str peer;
    bool by_people;
};

/* ---- problems -------------------------------------------------------------------------------- */

/* `receipt`: what was refused under our seal, or empty. */
static struct str problem_with(struct arena *a, const struct fault *f, struct str receipt)
{
    struct tree *m = tree_map(a);
    bool ours = f->err == ERR_INTERNAL || f->err == ERR_UNKNOWN;
    tree_add_str(a, m, "type", STR("about:blank"));
    tree_add_str(a, m, "title", str_of(err_word(f->err)));
    tree_add_int(a, m, "status", err_http_status(f->err));
    tree_add_str(a, m, "code", ours ? STR("internal") : str_of(f->code));
    if (!ours) tree_add_str(a, m, "article", str_of(f->article));
    if (!ours) tree_add_str(a, m, "particular", str_of(f->particular));
    tree_add_str(a, m, "detail",
                 ours ? STR("This node could not do it; nothing was taken. Try again later.")
                      : str_of(f->sentence));
    if (receipt.n) tree_add_str(a, m, "receipt", receipt);
    return json_write(a, m);
}

struct str post_problem(struct arena *a, const struct fault *f)
{
    return problem_with(a, f, (struct str){0});
}

/* ---- incidents ------------------------------------------------------------------------------- */

struct note {
    struct post *post;
    struct arena *arena;
    struct hash key;
    struct desk_turn dt;
    struct desk_parcel aside;
    void (*done)(void *ctx, struct str receipt);
    void *ctx;
};

static struct hash incident_key(const struct post *p, struct arena *a, const struct incident *i)
{
    struct str day = day_text(a, day_of_ms(post_now_ms(p)));
    struct str code = str_of(i->fault->code);
    struct hash key;
    struct bytes parts[] = {hash_bytes(i->tls), str_bytes(code), str_bytes(STR("\n")),
                            i->what.n ? i->what : str_bytes(day)};
    seal_sha256(parts, sizeof parts / sizeof *parts, &key);
    return key;
}

static struct budget *budget_of(struct post *p, const struct incident *i)
{
    struct hash none = {{0}};
    const struct hash *tls = i->peer.n ? i->tls : &none;
    int64_t day = day_of_ms(post_now_ms(p));
    if (day != p->incidents_day) {
        p->incidents_day = day;
        memset(p->budgets, 0, sizeof p->budgets);
    }
    for (size_t k = 0; k < POST_BUDGETS; k++) {
        struct budget *b = &p->budgets[k];
        if (b->n == 0) b->tls = *tls;
        if (hash_eq(&b->tls, tls)) return b;
    }
    return &p->budgets[POST_BUDGETS - 1]; /* more peers than States: they share the last */
}

enum worth { WORTH_NOTHING, WORTH_RECEIPT, WORTH_ROW, WORTH_LAST };

/* What it is worth: nothing more than the receipt once more when it was noted of late, and nothing
 * at all when the day's share is used up. */
static enum worth incident_worth(struct post *p, const struct hash *key, const struct incident *i)
{
    for (size_t k = 0; k < POST_RECENT; k++)
        if (hash_eq(&p->recent[k], key)) return i->refusal ? WORTH_RECEIPT : WORTH_NOTHING;
    struct budget *b = budget_of(p, i);
    int64_t most = i->peer.n ? POST_INCIDENTS_PEER_MAX : POST_INCIDENTS_DAY_MAX;
    if (b->n >= most) return WORTH_NOTHING;
    b->n++;
    p->recent[p->recent_next] = *key;
    p->recent_next = (p->recent_next + 1) % POST_RECENT;
    return b->n == most ? WORTH_LAST : WORTH_ROW;
}

static void on_noted(struct desk_turn *dt)
{
    struct note *n = dt->own;
    for (size_t k = 0; dt->result != ERR_OK && k < POST_RECENT; k++)
        if (hash_eq(&n->post->recent[k], &n->key)) n->post->recent[k] = (struct hash){{0}};
    if (n->done) n->done(n->ctx, dt->result == ERR_OK ? dt->answer : (struct str){0});
    arena_free(n->arena);
}

static void incident_write(struct post *p, struct arena *a, const struct hash *key,
                           const struct incident *i)
{
    struct note *n = arena_take(a, sizeof *n);
    struct tree *args = tree_map(a);
    tree_add_str(a, args, "key", hex(a, hash_bytes(key)));
    tree_add_str(a, args, "peer", i->peer.n ? str_dup(a, i->peer) : hex(a, hash_bytes(i->tls)));
    tree_add_str(a, args, "ours", str_dup(a, i->ours));
    tree_add_str(a, args, "code", str_dup(a, str_of(i->fault->code)));
    tree_add_str(a, args, "article", str_dup(a, str_of(i->fault->article)));
    tree_add_str(a, args, "sentence", str_dup(a, str_of(i->fault->sentence)));
    if (i->refusal) tree_add_copy(a, args, "refusal", i->refusal);
    *n = (struct note){.post = p, .arena = a, .key = *key, .done = i->done, .ctx = i->ctx};
    n->aside.container = bytes_dup(a, i->aside);
    n->dt = (struct desk_turn){
        .t = post_turn(p, a), .action = DESK_INCIDENT, .uid = -1, .args = args, .own = n};
    if (i->aside.n) n->dt.parcel = &n->aside;
    desk_submit(p->o.desk, &n->dt, on_noted);
}

bool post_incident(struct post *p, const struct incident *i)
{
    struct arena *a = arena_new();
    struct hash key = incident_key(p, a, i);
    enum worth worth = incident_worth(p, &key, i);
    if (worth == WORTH_NOTHING) {
        arena_free(a);
        return false;
    }
    if (worth == WORTH_RECEIPT) {
        incident_write(p, a, &key, i);
        return true;
    }
    log_event(post_now_ms(p), "warning", "refused-at-the-door", "peer",
              i->peer.n ? str_c(a, i->peer) : "unknown", "code", i->fault->code, "article",
              i->fault->article, "print", str_c(a, hex(a, hash_bytes(i->tls))), NULL);
    if (worth == WORTH_ROW) {
        incident_write(p, a, &key, i);
        return true;
    }
    struct turn t = post_turn(p, a);
    err full = turn_fail(&t, ERR_BUSY, "incidents-limit", NULL,
                         "%s brought about as many incidents today as are noted in a day (%d); "
                         "more are refused, answered and not noted.",
                         i->peer.n ? "This peer" : "Strangers",
                         i->peer.n ? POST_INCIDENTS_PEER_MAX : POST_INCIDENTS_DAY_MAX);
    (void)full; /* told by the row */
    struct incident last = {.tls = i->tls, .peer = i->peer, .fault = &t.fault};
    last.done = i->done;
    last.ctx = i->ctx;
    key = incident_key(p, a, &last);
    incident_write(p, a, &key, &last);
    return true;
}

void post_refused(struct post *p, const struct hash *tls, struct str peer, const struct fault *f)
{
    struct incident i = {.tls = tls, .peer = peer, .fault = f};
    (void)post_incident(p, &i); /* the answer does not wait for the row */
}

/* ---- one parcel ------------------------------------------------------------------------------ */

static void intake_tell(void *ctx, struct str receipt)
{
    struct intake *in = ctx;
    const struct fault *f = &in->dt.t.fault;
    bool wait = f->err == ERR_FULL || f->err == ERR_BUSY;
    struct str problem = problem_with(in->arena, f, receipt);
    in->answer.tell(in->answer.ctx, err_http_status(f->err), POST_PROBLEM, str_bytes(problem),
                    wait ? POST_BUSY_RETRY_S : -1);
    arena_free(in->arena);
}

/* What no person here needs to look at: our own trouble, told in the log by whoever has it. */
static bool is_ours(err e)
{
    return e == ERR_FULL || e == ERR_BUSY || e == ERR_INTERNAL || e == ERR_UNKNOWN;
}

/* Bytes over which what reads parcels ended, and ended again: they are kept aside for people. */
static bool is_poison(const struct intake *in)
{
    return strcmp(in->dt.t.fault.code, "quarantined") == 0;
}

/* What no attempt will mend: not what waits for an earlier act, which may yet come. */
static bool is_for_good(const struct fault *f)
{
    static const char *const waits[] = {"number-ahead", "seen-unknown"};
    for (size_t k = 0; k < sizeof waits / sizeof *waits; k++)
        if (strcmp(f->code, waits[k]) == 0) return false;
    return f->err == ERR_REJECTED || f->err == ERR_INTEGRITY || f->err == ERR_TOO_LARGE;
}

/* What the receipt of a refusal says. Of a parcel that could not be read only its sealed bytes are
 * known, and to which node they were sent: the first authority of ours answers for it. */
static const struct tree *refusal_of(struct intake *in, bool read)
{
    struct arena *a = in->arena;
    const struct desk_parcel *p = &in->parcel;
    struct hash what = read ? p->digest : seal_sha256_of(in->sealed), act = {{0}};
    struct post_reading r;
    if (!in->peer.n || !is_for_good(&in->dt.t.fault)) return NULL;
    post_reading_of(in->post->o.desk, &in->tls, &r);
    if (read) act = seal_sha256_of(p->act_json);
    struct tree *m = tree_map(a);
    tree_add_str(a, m, "event", is_poison(in) ? STR("quarantined") : STR("refused"));
    tree_add_str(a, m, "parcel", hex(a, hash_bytes(&what)));
    tree_add_str(a, m, "act", hex(a, hash_bytes(&act)));
    tree_add_str(a, m, "from", read ? p->to : r.ours[0]);
    tree_add_str(a, m, "to", read ? p->from : in->peer);
    tree_add_int(a, m, "sequence", read ? p->sequence : 0);
    return m;
}

/* Answers after the row stands, so that what a peer was told can be found here. */
static void intake_refuse(struct intake *in, bool read)
{
    struct post *p = in->post;
    const struct fault *f = &in->dt.t.fault;
    if (is_ours(f->err)) {
        log_event(post_now_ms(p), "error", "intake-failed", "code", f->code, "sentence",
                  f->sentence, NULL);
        intake_tell(in, (struct str){0});
        return;
    }
    struct hash what = read ? in->parcel.digest : seal_sha256_of(in->sealed);
    struct incident i = {.tls = &in->tls,
                         .what = in->peer.n ? hash_bytes(&what) : (struct bytes){0},
                         .peer = in->peer,
                         .ours = in->parcel.to,
                         .fault = f,
                         .done = intake_tell,
                         .ctx = in,
                         .refusal = refusal_of(in, read)};
    if (is_poison(in)) i.aside = in->sealed;
    if (!post_incident(p, &i)) intake_tell(in, (struct str){0});
}

static void on_received(struct desk_turn *dt)
{
    struct intake *in = dt->own;
    if (dt->result == ERR_INTEGRITY)
        dt->t.fault.err = ERR_INTERNAL; /* of our store, not of theirs */
    if (dt->result != ERR_OK) {
        intake_refuse(in, true);
        return;
    }
    enum { ACCEPTED = 202 };
    if (dt->arriving)
        in->answer.tell(in->answer.ctx, ACCEPTED, "text/plain; charset=utf-8",
                        str_bytes(dt->answer), -1);
    else
        in->answer.tell(in->answer.ctx, err_http_status(ERR_OK), "application/json",
                        str_bytes(dt->answer), -1);
    arena_free(in->arena);
}

/* The desk is told what a reader elsewhere said; the bytes it names are looked at once more, so
 * that it can lie about what stands in a parcel and about nothing else. */
static err believe(struct turn *t, struct intake *in, const struct post_reading *r,
                   const struct desk_parcel *p)
{
    struct desk_parcel *to = &in->parcel;
    *to = (struct desk_parcel){.container = bytes_dup(in->arena, p->container),
                               .act_json = bytes_dup(in->arena, p->act_json),
                               .from = str_dup(in->arena, p->from),
                               .to = str_dup(in->arena, p->to),
                               .incarnation = p->incarnation,
                               .sequence = p->sequence};
    if (p->exhibits)
        to->exhibits = tree_add_copy(in->arena, tree_list(in->arena), NULL, p->exhibits);
    to->digest = seal_sha256_of(to->container);
    struct tree *list = tree_list(in->arena);
    to->act = tree_add_copy(in->arena, list, NULL, p->act);
    bool ours = false, theirs = false;
    for (size_t k = 0; k < r->ours_n; k++) ours |= str_eq(r->ours[k], p->to);
    for (size_t k = 0; k < r->senders_n; k++) theirs |= str_eq(r->senders[k].address, p->from);
    if (ours && theirs && to->act) return ERR_OK;
    return turn_fail(t, ERR_INTERNAL, "reader", NULL,
                     "What reads parcels said that one is from or to somebody it cannot be.");
}

static void intake_settle(struct intake *in, err e)
{
    if (e == ERR_OK) {
        in->parcel.by_people = in->by_people;
        desk_submit(in->post->o.desk, &in->dt, on_received);
        return;
    }
    intake_refuse(in, false);
}

static void on_read(void *job, const struct fault *f, const struct desk_parcel *p)
{
    struct intake *in = job;
    struct post_reading r;
    in->post->arriving--;
    if (f) {
        in->dt.t.fault = *f;
        intake_settle(in, f->err);
        return;
    }
    post_reading_of(in->post->o.desk, &in->tls, &r);
    intake_settle(in, believe(&in->dt.t, in, &r, p));
}

unsigned post_arriving(const struct post *p) { return p->arriving; }

void post_take(struct post *p, const struct hash *tls, struct bytes sealed,
               struct post_answer answer)
{
    post_brought(p, tls, sealed, false, answer);
}

void post_brought(struct post *p, const struct hash *tls, struct bytes sealed, bool by_people,
                  struct post_answer answer)
{
    struct arena *a = arena_new();
    struct intake *in = arena_take(a, sizeof *in);
    *in = (struct intake){.post = p, .arena = a, .tls = *tls, .sealed = sealed, .answer = answer};
    in->by_people = by_people;
    in->dt = (struct desk_turn){
        .t = post_turn(p, a), .action = DESK_RECEIVE, .uid = -1, .parcel = &in->parcel, .own = in};
    const struct desk_peer *peer = desk_peer_by_tls(p->o.desk, tls, 0);
    err e;
    if (!peer) {
        e = turn_fail(&in->dt.t, ERR_STRANGER, "peer-unknown", POST_CLAUSE_PEERS,
                      "This node has pinned nobody with that TLS certificate.");
        intake_settle(in, e);
        return;
    }
    in->peer = str_dup(a, peer->address);
    if (peer->training != desk_profile(p->o.desk)->training) {
        e = turn_fail(&in->dt.t, ERR_STRANGER, "training", POST_CLAUSE_TRAINING, POST_OTHER_KIND);
        intake_settle(in, e);
        return;
    }
    const struct post_reader *reader = &p->o.reader;
    if (!reader->parcel) {
        intake_settle(in, post_read(&in->dt.t, p->o.desk, tls, sealed, &in->parcel));
        return;
    }
    struct post_reading r;
    post_reading_of(p->o.desk, tls, &r);
    p->arriving++;
    reader->parcel(reader->ctx, &r, sealed, on_read, in);
}
