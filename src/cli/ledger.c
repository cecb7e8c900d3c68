/* SPDX-License-Identifier: Apache-2.0 */
/* `ledger`: the log's newest head, proofs from it, the heads held of other logs; and a head or
 * proof checked without a node. */

#include "cli/inner.h"
#include "seal/seal.h"

enum { PROOF_FILE_MAX = 1 << 20 };

static err head(struct cli *c);
static err proof(struct cli *c);
static err witness(struct cli *c);
static err resume(struct cli *c);
static err verify(struct cli *c);

static const struct verb {
    const char *word;
    size_t least, most; /* words, with the first */
    err (*go)(struct cli *c);
} verbs[] = {
    {"head", 1, 1, head},     {"proof", 3, 3, proof},   {"witness", 1, 1, witness},
    {"resume", 2, 2, resume}, {"verify", 2, 3, verify},
};

err cli_do_LEDGER(struct cli *c)
{
    for (size_t k = 0; k < sizeof verbs / sizeof *verbs; k++)
        if (str_is(c->args.word[0], verbs[k].word) && c->args.words >= verbs[k].least &&
            c->args.words <= verbs[k].most)
            return verbs[k].go(c);
    return turn_fail(&c->t, ERR_USAGE, "arguments", NULL,
                     "It is: comity ledger head, comity ledger proof leaf N, comity ledger proof "
                     "since N, comity ledger witness, comity ledger resume ORIGIN, or comity "
                     "ledger verify FILE [VKEY].");
}

static err head(struct cli *c) { return cli_do(c, DESK_LEDGER_HEAD, cli_arguments(c)); }

static err witness(struct cli *c) { return cli_do(c, DESK_LEDGER_WITNESS, cli_arguments(c)); }

static err resume(struct cli *c)
{
    struct tree *args = cli_arguments(c);
    tree_add_str(c->t.arena, args, "origin", c->args.word[1]);
    return cli_do(c, DESK_LEDGER_RESUME, args);
}

static err proof(struct cli *c)
{
    struct tree *args = cli_arguments(c);
    bool leaf = str_is(c->args.word[1], "leaf");
    int64_t n;
    if ((!leaf && !str_is(c->args.word[1], "since")) || !str_to_int(c->args.word[2], &n) || n < 0)
        return turn_fail(&c->t, ERR_USAGE, "arguments", NULL,
                         "A proof is of a leaf, or since a size: leaf N or since N.");
    tree_add_int(c->t.arena, args, leaf ? "leaf" : "from", n);
    return cli_do(c, DESK_LEDGER_PROOF, args);
}

/* ---- without a node -------------------------------------------------------------------------- */

static bool hash_of(struct arena *a, struct str text, struct hash *out)
{
    struct bytes b;
    if (!base64_read(a, text, &b) || b.n != sizeof out->b) return false;
    *out = *(const struct hash *)b.p;
    return true;
}

static err altered(struct turn *t, const char *code, const char *why)
{
    return turn_fail(t, ERR_INTEGRITY, code, "RFC 6962 2.1", "%s", why);
}

/* The path in the file, from a leaf or from an older root to the head. */
static err path_check(struct turn *t, const struct tree *m, const struct ledger_checkpoint *head)
{
    struct ledger_proof p = {.n = 0};
    struct hash from, leaf;
    for (const struct tree *h = tree_get(m, "path")->child; h; h = h->next)
        if (p.n == LEDGER_PROOF_MAX || !hash_of(t->arena, h->str, &p.path[p.n++]))
            return altered(t, "proof", "The path is none of hashes in base64.");
    int64_t index = tree_int(m, "leaf", -1), old = tree_int(m, "from", -1);
    if (index >= 0) {
        if (!hash_of(t->arena, tree_str(m, "data"), &from))
            return altered(t, "proof", "The leaf is no hash in base64.");
        ledger_leaf_hash(&from, &leaf);
        if (ledger_inclusion_holds(&p, (uint64_t)index, head->size, &leaf, &head->root))
            return ERR_OK;
        return altered(t, "proof", "The leaf is not shown to stand in the log of that head.");
    }
    if (!hash_of(t->arena, tree_str(m, "from_root"), &from) || old < 0)
        return altered(t, "proof", "The older root is no hash in base64.");
    if (ledger_consistency_holds(&p, (uint64_t)old, &from, head->size, &head->root)) return ERR_OK;
    return altered(t, "proof", "The head is not shown to extend the older one.");
}

static err verify(struct cli *c)
{
    struct turn *t = &c->t;
    struct arena *a = t->arena;
    struct bytes file;
    struct tree *m, *v = tree_map(a);
    struct ledger_vkey key;
    struct ledger_checkpoint found;
    struct str text;
    bool given = c->args.words == 3;
    try(file_read(t, str_c(a, c->args.word[1]), PROOF_FILE_MAX, &file));
    try(json_read(t, file, &codec_limits, &m));
    struct str vkey = given ? c->args.word[2] : tree_str(m, "vkey");
    try(ledger_vkey_read(t, vkey, &key));
    try(ledger_note_open(t, tree_str(m, "note"), &key, seal_ed25519_holds, &text));
    try(ledger_checkpoint_read(t, text, &found));
    bool proves = tree_get(m, "path") != NULL;
    if (proves) try(path_check(t, m, &found));
    tree_add_str(a, v, "answer", STR("unaltered"));
    tree_add_str(a, v, "origin", found.origin);
    tree_add_int(a, v, "size", (int64_t)found.size);
    tree_add_str(a, v, "root", base64(a, hash_bytes(&found.root)));
    tree_add_str(a, v, "key", given ? STR("the one given") : STR("the one in the file"));
    tree_add_str(a, v, "proof",
                 !proves                        ? STR("none")
                 : tree_int(m, "leaf", -1) >= 0 ? STR("the leaf stands in the log")
                                                : STR("the log only grew"));
    c->view = v;
    return ERR_OK;
}
