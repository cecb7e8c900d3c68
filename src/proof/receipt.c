/* SPDX-License-Identifier: Apache-2.0 */
/* Receipts: what the receiver's node says became of a parcel.
 *
 * A receipt is evidence (its words follow ETSI EN 319 522), not an act: it moves no state. The body
 * is made once, with the intake, and signed as often as needed; the answer carries it with the
 * proof that the act stands in the receiver's log. What a receipt means for the outbox is decided
 * elsewhere. */

#include "proof/proof_internal.h"

#define FORMAT "comity receipt 1"
#define FORMAT_ANSWER "comity answer 1"

/* Events, and whether the act itself was recorded. */
static const struct event {
    const char *word;
    bool recorded;
} events[] = {{"held", true}, {"refused", false}, {"quarantined", false}, {"read", true}};

static const struct event *event_find(struct str word)
{
    for (size_t i = 0; i < sizeof events / sizeof *events; i++)
        if (str_is(word, events[i].word)) return &events[i];
    return NULL;
}

struct str receipt_body(struct arena *a, const struct receipt *r)
{
    struct tree *map = tree_map(a);
    tree_add_int(a, map, "v", 1);
    tree_add_str(a, map, "event", r->event);
    tree_add_str(a, map, "parcel", hex(a, hash_bytes(&r->parcel)));
    tree_add_str(a, map, "act", hex(a, hash_bytes(&r->act)));
    tree_add_str(a, map, "from", r->from);
    tree_add_str(a, map, "to", r->to);
    tree_add_int(a, map, "at", r->at_ms);
    tree_add_int(a, map, "incarnation", r->incarnation);
    tree_add_int(a, map, "sequence", r->sequence);
    tree_add_int(a, map, "contiguous", r->contiguous);
    tree_add_int(a, map, "index", r->index);
    if (r->remarks && r->remarks->count) tree_add_copy(a, map, "remarks", r->remarks);
    return json_write(a, map);
}

static err remarks_check(struct turn *t, const struct tree *list)
{
    static const struct field fields[] = {
        {"article", TREE_STR, false}, {"code", TREE_STR, false}, {"particular", TREE_STR, false}};
    if (!list) return ERR_OK;
    if (list->count == 0 || list->count > PROOF_REMARKS_MAX)
        return turn_fail_at(t, ERR_REJECTED, "form", FORMAT, STR("remarks"),
                            "A list of remarks has 1 to %d of them.", PROOF_REMARKS_MAX);
    for (const struct tree *r = list->child; r; r = r->next)
        try(FIELDS_REQUIRE(t, r, fields, true, FORMAT));
    return ERR_OK;
}

/* Counts are never negative, and the event and addresses are known in shape. */
static err values_check(struct turn *t, const struct tree *map)
{
    static const char *const counts[] = {"at", "contiguous", "incarnation", "index", "sequence"};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        if (tree_int(map, counts[i], -1) < 0)
            return turn_fail_at(t, ERR_REJECTED, "form", FORMAT, str_of(counts[i]),
                                "The member %s must be 0 or more.", counts[i]);
    if (!event_find(tree_str(map, "event")))
        return turn_fail_at(t, ERR_REJECTED, "event", "EN 319 522-1 8", STR("event"),
                            "The event of the receipt is none that is known.");
    static const char *const addresses[] = {"from", "to"};
    for (size_t i = 0; i < 2; i++)
        if (!address_is_sound(tree_str(map, addresses[i])))
            return turn_fail_at(t, ERR_REJECTED, "form", FORMAT, str_of(addresses[i]),
                                "The member %s must be the address of an authority.", addresses[i]);
    return ERR_OK;
}

static err version_check(struct turn *t, const struct tree *map, const char *format)
{
    if (tree_int(map, "v", 0) == 1) return ERR_OK;
    return turn_fail_at(t, ERR_REJECTED, "version", format, STR("v"),
                        "Only version 1 of this format is known.");
}

err receipt_read(struct turn *t, struct bytes body, struct receipt *out)
{
    static const struct field fields[] = {
        {"v", TREE_INT, false},        {"event", TREE_STR, false},
        {"parcel", TREE_STR, false},   {"act", TREE_STR, false},
        {"from", TREE_STR, false},     {"to", TREE_STR, false},
        {"at", TREE_INT, false},       {"incarnation", TREE_INT, false},
        {"sequence", TREE_INT, false}, {"contiguous", TREE_INT, false},
        {"index", TREE_INT, false},    {"remarks", TREE_LIST, true},
    };
    struct tree *map;
    try(json_read_canonical(t, body, &codec_limits, &map));
    try(FIELDS_REQUIRE(t, map, fields, true, FORMAT));
    try(version_check(t, map, FORMAT));
    try(values_check(t, map));
    try(remarks_check(t, tree_get(map, "remarks")));
    struct receipt r = {
        .event = tree_str(map, "event"),
        .from = tree_str(map, "from"),
        .to = tree_str(map, "to"),
        .at_ms = tree_int(map, "at", 0),
        .incarnation = tree_int(map, "incarnation", 0),
        .sequence = tree_int(map, "sequence", 0),
        .contiguous = tree_int(map, "contiguous", 0),
        .index = tree_int(map, "index", 0),
        .remarks = tree_get(map, "remarks"),
    };
    try(field_hash(t, map, "parcel", FORMAT, &r.parcel));
    try(field_hash(t, map, "act", FORMAT, &r.act));
    *out = r;
    return ERR_OK;
}

struct bytes receipt_open(const struct receipt *r, struct bytes act)
{
    return receipt_is_held(r) ? act : hash_bytes(&r->parcel);
}

struct str receipt_answer(struct arena *a, struct bytes cms, const struct proof_leaf *log)
{
    struct tree *map = tree_map(a);
    tree_add_int(a, map, "v", 1);
    tree_add_str(a, map, "receipt", base64(a, cms));
    tree_add_copy(a, map, "log", proof_leaf_write(a, log));
    return json_write(a, map);
}

static err answer_read(struct turn *t, struct bytes answer, struct bytes *cms,
                       struct proof_leaf *log)
{
    static const struct field fields[] = {
        {"v", TREE_INT, false}, {"receipt", TREE_STR, false}, {"log", TREE_MAP, false}};
    if (answer.n > PROOF_ANSWER_MAX)
        return turn_fail(t, ERR_TOO_LARGE, "size", FORMAT_ANSWER,
                         "An answer has at most %d bytes; this one has %zu.", PROOF_ANSWER_MAX,
                         answer.n);
    struct tree *map;
    try(json_read_canonical(t, answer, &codec_limits, &map));
    try(FIELDS_REQUIRE(t, map, fields, true, FORMAT_ANSWER));
    try(version_check(t, map, FORMAT_ANSWER));
    try(field_base64(t, map, "receipt", FORMAT_ANSWER, cms));
    return proof_leaf_read(t, tree_get(map, "log"), log);
}

err receipt_head(struct turn *t, struct bytes answer, struct str vkey, struct str *note_out)
{
    struct bytes cms;
    struct proof_leaf log;
    struct ledger_vkey key;
    try(answer_read(t, answer, &cms, &log));
    try(ledger_vkey_read(t, vkey, &key));
    return ledger_note_bare(t, log.checkpoint, &key, seal_ed25519_holds, note_out);
}

bool receipt_is_of(const struct receipt *r, const struct receipt_expect *x)
{
    if (hash_eq(&r->parcel, &x->parcel)) return true;
    return !receipt_is_held(r) && hash_eq(&r->parcel, &x->sealed);
}

bool receipt_is_held(const struct receipt *r)
{
    const struct event *e = event_find(r->event);
    return e && e->recorded;
}

/* What the receipt speaks of must be what was sent, to whom it was sent. Who could not read a
 * parcel knows neither its act nor which authority of a node it is from. */
static err subject_check(struct turn *t, const struct receipt *r, const struct receipt_expect *x)
{
    struct hash act = seal_sha256_of(x->act);
    bool held = receipt_is_held(r);
    const struct {
        bool holds;
        const char *member, *sentence;
    } rows[] = {
        {receipt_is_of(r, x), "parcel", "The receipt is for another parcel."},
        {!held || hash_eq(&r->act, &act), "act", "The receipt is for another act."},
        {str_eq(r->from, x->from), "from", "The receipt is by another authority."},
        {!held || str_eq(r->to, x->to), "to", "The receipt is to another authority."},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (!rows[i].holds)
            return turn_fail_at(t, ERR_INTEGRITY, "other-receipt", "EN 319 522-1 8",
                                str_of(rows[i].member), "%s", rows[i].sentence);
    return ERR_OK;
}

/* A leaf stands in the log of the life that recorded it, and in those after it. */
static err life_check(struct turn *t, const struct receipt *r, const struct receipt_expect *x,
                      const struct ledger_checkpoint *head)
{
    struct str name, rest;
    str_split(x->vkey, '+', &name, &rest);
    if (ledger_origin_incarnation(head->origin, name) >= r->incarnation) return ERR_OK;
    return turn_fail_at(t, ERR_INTEGRITY, "older-log", FORMAT_ANSWER, STR("checkpoint"),
                        "The receipt is of incarnation %lld, and shown in the log of an older one.",
                        (long long)r->incarnation);
}

err receipt_check(struct turn *t, const struct suite *suite, struct bytes answer,
                  const struct receipt_expect *x, struct receipt *out, struct bytes *cms_out,
                  struct ledger_checkpoint *checkpoint_out)
{
    struct bytes cms, body;
    struct proof_leaf log;
    struct receipt r;
    struct ledger_checkpoint head;
    try(answer_read(t, answer, &cms, &log));
    try(suite->verify_attached(t, x->signer_der, cms, &body));
    try(receipt_read(t, body, &r));
    try(subject_check(t, &r, x));
    if (r.index != log.index)
        return turn_fail_at(t, ERR_INTEGRITY, "other-leaf", FORMAT_ANSWER, STR("index"),
                            "The receipt speaks of leaf %lld, and leaf %lld is shown.",
                            (long long)r.index, (long long)log.index);
    try(proof_leaf_check(t, &log, x->vkey, receipt_open(&r, x->act), &head));
    try(life_check(t, &r, x, &head));
    *out = r;
    *cms_out = cms;
    *checkpoint_out = head;
    return ERR_OK;
}
