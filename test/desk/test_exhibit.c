/* SPDX-License-Identifier: Apache-2.0 */
/* Exhibits at the desk: how they are handed in, and what comes out again. How they travel is looked
 * at in test/post/test_segments.c. */

#include "desk/desk_test.h"

#include "seal/seal.h"

#include <string.h>

struct bench {
    struct world w;
    struct arena *a;
    struct bytes whole; /* one segment's bytes */
};

static void start(struct bench *b, uint64_t seed)
{
    memset(b, 0, sizeof *b);
    world_open_two(&b->w, 2, seed, &suite_fake);
    b->a = arena_new();
    uint8_t *p = arena_take(b->a, SEAL_SEGMENT_SIZE);
    memset(p, 'x', SEAL_SEGMENT_SIZE);
    b->whole = (struct bytes){p, SEAL_SEGMENT_SIZE};
}

static void end(struct bench *b)
{
    world_close(&b->w);
    arena_free(b->a);
}

static err add(struct bench *b, struct str exhibit, int64_t number, struct bytes piece, bool last,
               const struct tree **view_out)
{
    struct tree *args = tree_map(b->a);
    if (exhibit.n) tree_add_str(b->a, args, "exhibit", exhibit);
    tree_add_int(b->a, args, "number", number);
    tree_add_bool(b->a, args, "last", last);
    tree_add_str(b->a, args, "data", base64(b->a, piece));
    return world_do(&b->w.node[0], b->a, DESK_EXHIBIT_ADD, args, view_out);
}

static void refused(struct bench *b, err e, err kind, const char *code)
{
    assert_int_equal(e, kind);
    assert_string_equal(b->w.fault.code, code);
}

static void pieces_are_taken_in_order_and_each_once(void **state)
{
    (void)state;
    struct bench b;
    const struct tree *v, *again;
    struct bytes end_piece = str_bytes(STR("the end"));
    start(&b, 501);
    assert_ok(&b.w, add(&b, STR(""), 0, b.whole, false, &v));
    struct str name = tree_str(v, "exhibit");
    refused(&b, add(&b, name, 2, b.whole, false, &v), ERR_CONFLICT, "exhibit-number");
    assert_ok(&b.w, add(&b, name, 1, end_piece, true, &v));
    assert_ok(&b.w, add(&b, name, 1, end_piece, true, &again)); /* its answer was lost */
    assert_true(str_eq(tree_str(v, "sha256"), tree_str(again, "sha256")));
    assert_int_equal(tree_int(again, "size", 0), SEAL_SEGMENT_SIZE + 7);
    refused(&b, add(&b, name, 2, end_piece, true, &v), ERR_CONFLICT, "exhibit-number");
    struct bytes parts[] = {b.whole, end_piece};
    struct hash is;
    seal_sha256(parts, 2, &is);
    assert_true(str_eq(tree_str(again, "sha256"), hex(b.a, hash_bytes(&is))));
    end(&b);
}

static void a_piece_of_a_wrong_length_is_refused(void **state)
{
    (void)state;
    struct bench b;
    const struct tree *v;
    start(&b, 502);
    struct bytes less = {b.whole.p, b.whole.n - 1}, none = {0};
    uint8_t *p = arena_take(b.a, b.whole.n + 1);
    struct bytes more = {p, b.whole.n + 1};
    refused(&b, add(&b, STR(""), 0, less, false, &v), ERR_REJECTED, "exhibit-piece");
    refused(&b, add(&b, STR(""), 0, none, true, &v), ERR_REJECTED, "exhibit-piece");
    refused(&b, add(&b, STR(""), 0, more, true, &v), ERR_REJECTED, "exhibit-piece");
    assert_ok(&b.w, add(&b, STR(""), 0, less, true, &v));
    end(&b);
}

/* A request of node 0 with the exhibit under two names, or one. */
static err draft(struct bench *b, struct str exhibit, bool twice, const struct tree **view_out)
{
    const struct tree *said = world_args(b->a, "kind=preservation", NULL);
    struct tree *args = tree_add_copy(b->a, tree_list(b->a), NULL, said);
    tree_add_str(b->a, args, "to", b->w.node[1].address);
    struct tree *list = tree_add_list(b->a, args, "documents");
    for (int k = 0; k <= twice; k++) {
        struct tree *one = tree_add_map(b->a, list, NULL);
        tree_add_str(b->a, one, "name", k ? STR("copy.img") : STR("disk.img"));
        tree_add_str(b->a, one, "type", STR("application/octet-stream"));
        tree_add_str(b->a, one, "exhibit", exhibit);
    }
    return world_do(&b->w.node[0], b->a, DESK_NEW, args, view_out);
}

static void an_exhibit_becomes_a_document_once_it_is_whole(void **state)
{
    (void)state;
    struct bench b;
    const struct tree *v, *got;
    start(&b, 503);
    assert_ok(&b.w, add(&b, STR(""), 0, b.whole, false, &v));
    struct str name = tree_str(v, "exhibit");
    refused(&b, draft(&b, name, false, &got), ERR_CONFLICT, "exhibit-open");
    assert_ok(&b.w, add(&b, name, 1, str_bytes(STR("the end")), true, &v));
    refused(&b, draft(&b, name, true, &got), ERR_REJECTED, "document-twice");
    b.w.node[0].uid = 1; /* of another authority */
    refused(&b, draft(&b, name, false, &got), ERR_NONE_SUCH, "exhibit-none-such");
    b.w.node[0].uid = 0;
    assert_ok(&b.w, draft(&b, name, false, &got));
    struct tree *args = tree_map(b.a);
    tree_add_str(b.a, args, "draft", tree_str(got, "draft"));
    tree_add_str(b.a, args, "sha256", tree_str(v, "sha256"));
    refused(&b, world_do(&b.w.node[0], b.a, DESK_DOCUMENT, args, &got), ERR_TOO_LARGE,
            "document-exhibit");
    tree_add_int(b.a, args, "segment", 1);
    assert_ok(&b.w, world_do(&b.w.node[0], b.a, DESK_DOCUMENT, args, &got));
    assert_true(str_eq(tree_str(got, "data"), base64(b.a, str_bytes(STR("the end")))));
    assert_int_equal(tree_int(got, "segments", 0), 2);
    refused(&b, draft(&b, name, false, &got), ERR_NONE_SUCH, "exhibit-none-such"); /* it is used */
    end(&b);
}

static void one_upload_too_many_takes_the_place_of_the_oldest(void **state)
{
    (void)state;
    struct bench b;
    const struct tree *v;
    struct str names[DESK_ARRIVING_MAX + 1];
    struct bytes piece = str_bytes(STR("x"));
    start(&b, 504);
    for (size_t k = 0; k <= DESK_ARRIVING_MAX; k++) {
        b.w.now_ms++;
        assert_ok(&b.w, add(&b, STR(""), 0, piece, true, &v));
        names[k] = tree_str(v, "exhibit");
    }
    refused(&b, draft(&b, names[0], false, &v), ERR_NONE_SUCH, "exhibit-none-such");
    assert_ok(&b.w, draft(&b, names[1], false, &v));
    assert_ok(&b.w, draft(&b, names[DESK_ARRIVING_MAX], false, &v));
    end(&b);
}

int test_exhibit(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_taken_in_order_and_each_once),
        cmocka_unit_test(a_piece_of_a_wrong_length_is_refused),
        cmocka_unit_test(an_exhibit_becomes_a_document_once_it_is_whole),
        cmocka_unit_test(one_upload_too_many_takes_the_place_of_the_oldest),
    };
    return cmocka_run_group_tests_name("exhibit", tests, NULL, NULL);
}
