/* SPDX-License-Identifier: Apache-2.0 */
/* The process that reads hostile bytes: envelopes, containers, XML, certificates, receipts.
 *
 * It has memory, two sockets and nothing else. Who takes it over can lie about what stands in
 * parcels and have envelopes opened that were sealed to us, until it dies; no key, file, network or
 * signature is within its reach. E-mail is read here too. */

#include "node/split.h"

#include <string.h>

struct part {
    struct node_child *child;
    struct net_link *desk;
    struct seal_key *open[NODE_AUTHORITIES_MAX];
};

static err do_parcel(struct part *p, struct turn *t, const struct pack *q, struct tree *head,
                     struct bytes *part_out);
static err do_receipt(struct part *p, struct turn *t, const struct pack *q, struct tree *head,
                      struct bytes *part_out);
static err do_problem(struct part *p, struct turn *t, const struct pack *q, struct tree *head,
                      struct bytes *part_out);
static err do_head(struct part *p, struct turn *t, const struct pack *q, struct tree *head,
                   struct bytes *part_out);
static err do_mail(struct part *p, struct turn *t, const struct pack *q, struct tree *head,
                   struct bytes *part_out);
static err do_summary(struct part *p, struct turn *t, const struct pack *q, struct tree *head,
                      struct bytes *part_out);

struct op {
    const char *word;
    err (*go)(struct part *p, struct turn *t, const struct pack *q, struct tree *head,
              struct bytes *part_out);
};
static const struct op ops[] = {{"parcel", do_parcel},   {"receipt", do_receipt},
                                {"problem", do_problem}, {"head", do_head},
                                {"mail", do_mail},       {"summary", do_summary}};

/* ---- parcels --------------------------------------------------------------------------------- */

static err part_open(void *ctx, struct turn *t, struct str address, struct bytes sealed,
                     struct bytes *plain_out)
{
    const struct part *p = ctx;
    const struct node_plan *plan = p->child->plan;
    for (size_t k = 0; k < plan->config.authorities_n; k++)
        if (str_eq(plan->config.authorities[k], address))
            return suite_1.open(t, p->open[k], plan->open_der[k], sealed, plain_out);
    return turn_fail(t, ERR_NONE_SUCH, "recipient", "RFC 5652 6.2",
                     "There is no opening key of " STR_FMT ".", STR_ARG(address));
}

static err reading_of(struct turn *t, const struct pack *q, struct post_reading *out)
{
    struct post_reading r = {.came_back = tree_bool(q->head, "came_back", false)};
    const struct tree *ours = tree_get(q->head, "ours"), *from = tree_get(q->head, "senders");
    struct bytes seal, root;
    for (const struct tree *v = ours ? ours->child : NULL; v && r.ours_n < POST_OURS_MAX;
         v = v->next)
        r.ours[r.ours_n++] = v->str;
    for (const struct tree *v = from ? from->child : NULL; v && r.senders_n < POST_SENDERS_MAX;
         v = v->next) {
        if (!base64_read(t->arena, tree_str(v, "seal"), &seal) ||
            !base64_read(t->arena, tree_str(v, "root"), &root))
            return turn_fail(t, ERR_USAGE, "reader", NULL, "A sender's certificate does not read.");
        r.senders[r.senders_n++] =
            (struct post_sender){tree_str(v, "address"), seal, root, tree_int(v, "revoked", 0)};
    }
    *out = r;
    return ERR_OK;
}

static err do_parcel(struct part *p, struct turn *t, const struct pack *q, struct tree *head,
                     struct bytes *part_out)
{
    struct post_reading r;
    struct post_opener opener = {part_open, p};
    struct desk_parcel got;
    try(reading_of(t, q, &r));
    try(post_parcel_read(t, &r, &suite_1, &opener, pack_part(q, 0), &got));
    tree_add_copy(t->arena, head, "act", got.act);
    tree_add_str(t->arena, head, "from", got.from);
    tree_add_str(t->arena, head, "to", got.to);
    tree_add_int(t->arena, head, "incarnation", got.incarnation);
    tree_add_int(t->arena, head, "sequence", got.sequence);
    if (got.exhibits) tree_add_copy(t->arena, head, "exhibits", got.exhibits);
    /* act.json is a part of the container, and is shown there. */
    tree_add_int(t->arena, head, "act_at", got.act_json.p - got.container.p);
    tree_add_int(t->arena, head, "act_n", (int64_t)got.act_json.n);
    *part_out = got.container;
    return ERR_OK;
}

/* ---- receipts and refusals ------------------------------------------------------------------- */

static err do_receipt(struct part *p, struct turn *t, const struct pack *q, struct tree *head,
                      struct bytes *part_out)
{
    (void)p;
    struct receipt_expect x = {.act = pack_part(q, 1),
                               .from = tree_str(q->head, "from"),
                               .to = tree_str(q->head, "to"),
                               .vkey = tree_str(q->head, "vkey"),
                               .signer_der = pack_part(q, 2)};
    struct receipt r;
    struct bytes cms;
    struct ledger_checkpoint log;
    if (!hash_read(tree_str(q->head, "parcel"), &x.parcel) ||
        !hash_read(tree_str(q->head, "sealed"), &x.sealed))
        return turn_fail(t, ERR_USAGE, "reader", NULL, "A receipt is looked for by its parcel.");
    struct str note;
    try(receipt_check(t, &suite_1, pack_part(q, 0), &x, &r, &cms, &log));
    try(receipt_head(t, pack_part(q, 0), x.vkey, &note));
    *part_out = str_bytes(note);
    struct tree *m = tree_add_map(t->arena, head, "receipt");
    tree_add_str(t->arena, m, "event", r.event);
    tree_add_str(t->arena, m, "parcel", hex(t->arena, hash_bytes(&r.parcel)));
    tree_add_str(t->arena, m, "act", hex(t->arena, hash_bytes(&r.act)));
    tree_add_str(t->arena, m, "from", r.from);
    tree_add_str(t->arena, m, "to", r.to);
    tree_add_int(t->arena, m, "at", r.at_ms);
    tree_add_int(t->arena, m, "incarnation", r.incarnation);
    tree_add_int(t->arena, m, "sequence", r.sequence);
    tree_add_int(t->arena, m, "contiguous", r.contiguous);
    tree_add_int(t->arena, m, "index", r.index);
    if (r.remarks) tree_add_copy(t->arena, m, "remarks", r.remarks);
    m = tree_add_map(t->arena, m, "log");
    tree_add_str(t->arena, m, "origin", log.origin);
    tree_add_int(t->arena, m, "size", (int64_t)log.size);
    tree_add_str(t->arena, m, "root", hex(t->arena, hash_bytes(&log.root)));
    return ERR_OK;
}

static err do_summary(struct part *p, struct turn *t, const struct pack *q, struct tree *head,
                      struct bytes *part_out)
{
    (void)p, (void)part_out;
    struct post_reading r;
    struct summary *s = arena_take(t->arena, sizeof *s);
    try(reading_of(t, q, &r));
    try(post_summary_read(t, &r, &suite_1, pack_part(q, 0), s));
    tree_add_copy(t->arena, head, "summary", summary_write(t->arena, s));
    return ERR_OK;
}

static err do_problem(struct part *p, struct turn *t, const struct pack *q, struct tree *head,
                      struct bytes *part_out)
{
    (void)p;
    struct post_told told = post_problem_read(t, pack_part(q, 0));
    tree_add_str(t->arena, head, "code", told.code);
    *part_out = str_bytes(told.receipt);
    return ERR_OK;
}

/* ---- heads of logs --------------------------------------------------------------------------- */

static err do_head(struct part *p, struct turn *t, const struct pack *q, struct tree *head,
                   struct bytes *part_out)
{
    (void)p;
    struct post_head_ask ask = {.sort = (enum post_head_sort)tree_int(q->head, "sort", -1),
                                .vkey = tree_str(q->head, "vkey"),
                                .text = tree_str(q->head, "text")};
    struct post_head h;
    try(post_head_read(t, &ask, pack_part(q, 0), &h));
    if (ask.sort == POST_HEAD_LINE) tree_add_str(t->arena, head, "line", h.line);
    if (ask.sort == POST_HEAD_PROOF)
        *part_out = str_bytes(ledger_proof_write(t->arena, &h.add.proof));
    if (ask.sort == POST_HEAD_ADD) *part_out = str_bytes(ledger_add_write(t->arena, &h.add));
    return ERR_OK;
}

/* ---- mail ------------------------------------------------------------------------------------ */

static err do_mail(struct part *p, struct turn *t, const struct pack *q, struct tree *head,
                   struct bytes *part_out)
{
    struct mail m;
    (void)p;
    try(mail_read(t, pack_part(q, 0), &m));
    *part_out = node_mail_put(t->arena, &m, tree_add_map(t->arena, head, "mail"));
    return ERR_OK;
}

/* ---- the process ----------------------------------------------------------------------------- */

static err answer(struct part *p, struct turn *t, const struct pack *q, struct tree *head,
                  struct bytes *part_out)
{
    struct str word = tree_str(q->head, "op");
    for (size_t k = 0; k < sizeof ops / sizeof *ops; k++)
        if (str_is(word, ops[k].word)) return ops[k].go(p, t, q, head, part_out);
    return turn_fail(t, ERR_USAGE, "reader", NULL, "Reader does not do that.");
}

static void on_message(void *ctx, struct bytes message)
{
    struct part *p = ctx;
    auto_arena scratch = arena_new();
    struct turn t = {.arena = scratch, .clock = &node_clock, .chance = &node_chance};
    struct pack q;
    struct bytes part = {0};
    if (pack_read(&t, message, &node_link_limits, &q) != ERR_OK) return;
    struct tree *head = tree_map(scratch);
    err e = answer(p, &t, &q, head, &part);
    if (e != ERR_OK) {
        head = tree_map(scratch);
        node_fault_put(scratch, tree_add_map(scratch, head, "fault"), &t.fault);
        part = (struct bytes){0};
    }
    node_line_answer(p->desk, &t, &q, head, &part, part.n ? 1 : 0);
}

static void on_closed(void *ctx) { node_link_lost(((struct part *)ctx)->child, GUARD_DESK); }

/* Tables of character sets are opened while files are. */
static err before(struct node_child *c)
{
    if (c->plan->config.mail.maildir.n) mail_ready(c->life->arena);
    return ERR_OK;
}

static err begin(struct node_child *c)
{
    struct part *p = arena_take(c->life->arena, sizeof *p);
    p->child = c;
    c->own = p;
    for (size_t k = 0; k < c->plan->config.authorities_n; k++)
        try(node_remote_key(c, c->life, SEAL_OPEN, c->plan->config.authorities[k],
                            c->plan->open_der[k], &p->open[k]));
    return ERR_OK;
}

static err linked(struct node_child *c, enum guard_process to, int fd)
{
    (void)to; /* desk is the only one */
    struct part *p = c->own;
    struct net_link_options o = {.fd = fd,
                                 .message_max = NODE_LINK_MAX,
                                 .message = on_message,
                                 .closed = on_closed,
                                 .ctx = p};
    net_link_close(p->desk);
    p->desk = NULL;
    return net_link_open(c->life, c->loop, &o, &p->desk);
}

const struct node_part node_part_reader = {.before = before, .begin = begin, .linked = linked};
