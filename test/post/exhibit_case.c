/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of exhibits between two nodes share: handing in, sending, getting out. */

#include "exhibit_case.h"

#include "seal/seal.h"

struct bytes case_noise(struct arena *a, size_t n, uint64_t seed)
{
    uint8_t *p = arena_take(a, n);
    uint64_t x = seed * 2 + 1;
    for (size_t k = 0; k < n; k++) {
        x = x * UINT64_C(6364136223846793005) + 1442695040888963407u;
        p[k] = (uint8_t)(x >> 56);
    }
    return (struct bytes){p, n};
}

struct str case_hand_in(struct world_node *n, struct arena *a, struct bytes file,
                        struct str *sha256_out)
{
    struct str exhibit = {0};
    for (size_t at = 0, number = 0; at < file.n; number++) {
        auto_arena scratch = arena_new();
        size_t left = file.n - at, step = left < SEAL_SEGMENT_SIZE ? left : SEAL_SEGMENT_SIZE;
        struct tree *args = tree_map(scratch);
        if (exhibit.n) tree_add_str(scratch, args, "exhibit", exhibit);
        tree_add_int(scratch, args, "number", (int64_t)number);
        tree_add_bool(scratch, args, "last", step == left);
        tree_add_str(scratch, args, "data", base64(scratch, (struct bytes){file.p + at, step}));
        const struct tree *v = view_of(n, scratch, DESK_EXHIBIT_ADD, args);
        exhibit = str_dup(a, tree_str(v, "exhibit"));
        *sha256_out = str_dup(a, tree_str(v, "sha256"));
        at += step;
    }
    return exhibit;
}

static const struct tree *request_args(struct arena *a, struct str to, struct str exhibit)
{
    const struct tree *said =
        world_args(a, "kind=preservation", "particulars.authority_seeking=Cybercrime Bureau",
                   "particulars.offence=Illegal access", "particulars.facts=A hospital was hit.",
                   "particulars.data=Server 203.0.113.7", "particulars.relation=It holds the loot.",
                   "particulars.necessity=The rental ends.", "particulars.mla_intended=true", NULL);
    struct tree *args = tree_add_copy(a, tree_list(a), NULL, said);
    tree_add_str(a, args, "to", to);
    struct tree *one = tree_add_map(a, tree_add_list(a, args, "documents"), NULL);
    tree_add_str(a, one, "name", STR("disk.img"));
    tree_add_str(a, one, "type", STR("application/octet-stream"));
    tree_add_str(a, one, "exhibit", exhibit);
    return args;
}

void case_send(struct case_ *c, struct bytes file)
{
    struct world_node *n = &c->r.w.node[0];
    struct str exhibit = case_hand_in(n, c->a, file, &c->sha256);
    const struct tree *v =
        view_of(n, c->a, DESK_NEW, request_args(c->a, c->r.w.node[1].address, exhibit));
    struct str draft = str_printf(c->a, "draft=" STR_FMT, STR_ARG(tree_str(v, "draft")));
    v = view_of(n, c->a, DESK_SEND, world_args(c->a, str_c(c->a, draft), NULL));
    c->ref = tree_str(v, "ref");
    struct hash is = seal_sha256_of(file);
    assert_true(str_eq(c->sha256, hex(c->a, hash_bytes(&is))));
}

struct str case_level(struct case_ *c) { return level_of(&c->r.w.node[0], c->a, c->ref); }

/* Gets the exhibit out of a node, segment by segment, and compares it with the file. */
void case_is_whole(struct case_ *c, int at)
{
    struct world_node *n = &c->r.w.node[at];
    const struct tree *first = tree_get(view_of(n, c->a, DESK_LIST, NULL), "dossiers")->child;
    struct seal_sum sum;
    int64_t segments = 1;
    struct hash is = {{0}};
    seal_sum_begin(&sum);
    for (int64_t k = 0; k < segments; k++) {
        auto_arena scratch = arena_new();
        struct tree *args = tree_map(scratch);
        struct bytes data;
        tree_add_str(scratch, args, "ref", tree_str(first, "ref"));
        tree_add_str(scratch, args, "sha256", c->sha256);
        tree_add_int(scratch, args, "segment", k);
        const struct tree *v = view_of(n, scratch, DESK_DOCUMENT, args);
        segments = tree_int(v, "segments", 0);
        assert_true(base64_read(scratch, tree_str(v, "data"), &data));
        if (k == segments - 1)
            is = seal_sum_end(&sum, data);
        else
            seal_sum_add(&sum, data);
    }
    assert_true(str_eq(c->sha256, hex(c->a, hash_bytes(&is))));
}

void case_restart(struct case_ *c, int node)
{
    rig_close(&c->r); /* what was on the wire is lost */
    assert_int_equal(world_restart(&c->r.w.node[node]), ERR_OK);
    rig_open(&c->r);
}

void case_end(struct case_ *c)
{
    rig_down(&c->r);
    arena_free(c->a);
}
