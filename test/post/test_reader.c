/* SPDX-License-Identifier: Apache-2.0 */
/* Parcels made wrong on purpose, each refused with its own clause; and the one that is right. */

#include "post_test.h"

/* The nodes: 0 sends to 1; 2 is pinned too. */
struct bench {
    struct rig r;
    struct arena *a;
    struct craft c;
    struct turn t;
    struct desk_parcel out;
};

static int up(void **state)
{
    struct bench *b = test_calloc(1, sizeof *b);
    rig_up(&b->r, 3, 21, &suite_1);
    b->a = arena_new();
    *state = b;
    return 0;
}

static int down(void **state)
{
    struct bench *b = *state;
    arena_free(b->a);
    rig_down(&b->r);
    test_free(b);
    return 0;
}

static void begin(struct bench *b) { craft_begin(&b->c, b->a, &b->r.w.node[0], &b->r.w.node[1]); }

static err read_as(struct bench *b, const struct world_node *from, struct bytes sealed)
{
    b->t = (struct turn){.arena = b->a, .clock = &b->r.w.clock, .chance = &b->r.w.chance};
    return post_read(&b->t, b->r.w.node[1].desk, &from->tls, sealed, &b->out);
}

static void refused_as(struct bench *b, const struct world_node *from, struct bytes sealed,
                       const char *code, const char *article)
{
    err e = read_as(b, from, sealed);
    if (e == ERR_OK) fail_msg("it was taken, not refused as %s", code);
    if (strcmp(b->t.fault.code, code) != 0 || strcmp(b->t.fault.article, article) != 0)
        fail_msg("refused as \"%s\" [%s], not \"%s\" [%s]: %s", b->t.fault.code, b->t.fault.article,
                 code, article, b->t.fault.sentence);
    assert_true(b->t.fault.sentence[0] != 0);
}

static void refused(struct bench *b, const char *code, const char *article)
{
    refused_as(b, &b->r.w.node[0], craft_end(&b->c), code, article);
}

static void a_good_parcel_is_taken_apart(void **state)
{
    struct bench *b = *state;
    begin(b);
    struct bytes container = craft_container(&b->c);
    assert_int_equal(read_as(b, &b->r.w.node[0], craft_seal(&b->c, container)), ERR_OK);
    assert_true(bytes_eq(b->out.container, container));
    assert_str(b->out.from, "XA/csb");
    assert_str(b->out.to, "XB/csb");
    assert_int_equal(b->out.incarnation, 1);
    assert_true(b->out.sequence >= 1);
    struct hash digest = seal_sha256_of(container);
    assert_true(hash_eq(&digest, &b->out.digest));
    assert_true(tree_eq(b->out.act, b->c.act));
}

/* ---- the envelope ---------------------------------------------------------------------------- */

static void what_is_sealed_to_somebody_else_is_refused(void **state)
{
    struct bench *b = *state;
    begin(b);
    b->c.sealed_to = &b->r.w.node[2];
    refused(b, "sealed-to-other", "RFC 5652 6.2");
}

static void what_is_no_envelope_is_refused(void **state)
{
    struct bench *b = *state;
    assert_int_not_equal(read_as(b, &b->r.w.node[0], (struct bytes){0}), ERR_OK);
    assert_int_not_equal(read_as(b, &b->r.w.node[0], str_bytes(STR("hello"))), ERR_OK);
    begin(b);
    struct bytes naked = craft_container(&b->c);
    assert_int_not_equal(read_as(b, &b->r.w.node[0], naked), ERR_OK);
}

static void more_than_a_parcel_may_hold_is_refused_unread(void **state)
{
    struct bench *b = *state;
    struct bytes big = {arena_take(b->a, (size_t)20 << 20), (size_t)20 << 20};
    refused_as(b, &b->r.w.node[0], big, "parcel-too-large", "comity wire 1: parcels");
    assert_int_equal(b->t.fault.err, ERR_TOO_LARGE);
}

/* Whatever bit of the sealed bytes is turned: refused, or the very same parcel. */
static void no_altered_envelope_gives_another_parcel(void **state)
{
    struct bench *b = *state;
    begin(b);
    struct bytes sealed = craft_end(&b->c);
    assert_int_equal(read_as(b, &b->r.w.node[0], sealed), ERR_OK);
    struct hash digest = b->out.digest;
    int taken = 0;
    for (size_t k = 0; k < 400; k++) {
        auto_arena scratch = arena_new();
        uint8_t *copy = arena_take(scratch, sealed.n);
        memcpy(copy, sealed.p, sealed.n);
        size_t at = world_draw(&b->r.w, sealed.n);
        copy[at] ^= (uint8_t)(1u << world_draw(&b->r.w, 8));
        err e = read_as(b, &b->r.w.node[0], (struct bytes){copy, sealed.n});
        if (e == ERR_OK) assert_true(hash_eq(&digest, &b->out.digest));
        taken += e == ERR_OK;
    }
    assert_true(taken < 40);
}

/* ---- the container --------------------------------------------------------------------------- */

static void no_altered_container_is_taken(void **state)
{
    struct bench *b = *state;
    begin(b);
    struct bytes good = craft_container(&b->c);
    for (size_t k = 0; k < 400; k++) {
        auto_arena scratch = arena_new();
        b->c.arena = scratch;
        uint8_t *copy = arena_take(scratch, good.n);
        memcpy(copy, good.p, good.n);
        copy[world_draw(&b->r.w, good.n)] ^= (uint8_t)(1u << world_draw(&b->r.w, 8));
        struct bytes sealed = craft_seal(&b->c, (struct bytes){copy, good.n});
        err e = read_as(b, &b->r.w.node[0], sealed);
        if (e == ERR_OK) fail_msg("flip %zu was taken", k);
    }
    b->c.arena = b->a;
}

/* Puts other bytes of the same length in the place of each `from`. */
static struct bytes replaced(struct bench *b, struct bytes in, const char *from, const char *to)
{
    size_t n = strlen(from), found = 0;
    uint8_t *copy = arena_take(b->a, in.n);
    memcpy(copy, in.p, in.n);
    assert_int_equal(strlen(to), n);
    for (size_t k = 0; k + n <= in.n; k++) {
        if (memcmp(copy + k, from, n) != 0) continue;
        memcpy(copy + k, to, n);
        found++;
    }
    assert_true(found > 0);
    return (struct bytes){copy, in.n};
}

static void an_entry_that_climbs_out_is_refused(void **state)
{
    struct bench *b = *state;
    begin(b);
    struct bytes c =
        replaced(b, craft_container(&b->c), "documents/note.txt", "../../../../../xtx");
    assert_int_not_equal(read_as(b, &b->r.w.node[0], craft_seal(&b->c, c)), ERR_OK);
    if (!strstr(b->t.fault.article, "APPNOTE"))
        fail_msg("[%s] %s", b->t.fault.article, b->t.fault.sentence);
}

static void what_is_compressed_is_refused(void **state)
{
    struct bench *b = *state;
    begin(b);
    struct bytes good = craft_container(&b->c);
    uint8_t *copy = arena_take(b->a, good.n);
    memcpy(copy, good.p, good.n);
    enum { METHOD_AT = 8, DEFLATE = 8 };
    copy[METHOD_AT] = DEFLATE;
    struct bytes sealed = craft_seal(&b->c, (struct bytes){copy, good.n});
    assert_int_not_equal(read_as(b, &b->r.w.node[0], sealed), ERR_OK);
    if (!strstr(b->t.fault.code, "compressed"))
        fail_msg("[%s] %s", b->t.fault.article, b->t.fault.sentence);
}

static void an_entry_beyond_the_documents_is_refused(void **state)
{
    struct bench *b = *state;
    begin(b);
    b->c.documents[b->c.documents_n++] =
        (struct zip_entry){STR("documents/extra.txt"), str_bytes(STR("x"))};
    refused(b, "entry-surplus", "comity act 1: entries");
}

static void a_parcel_without_act_or_carriage_is_refused(void **state)
{
    struct bench *b = *state;
    begin(b);
    struct bytes c = replaced(b, craft_container(&b->c), "carriage.json", "xarriage.json");
    assert_int_not_equal(read_as(b, &b->r.w.node[0], craft_seal(&b->c, c)), ERR_OK);
    begin(b);
    b->c.seals_n = 0;
    assert_int_not_equal(read_as(b, &b->r.w.node[0], craft_end(&b->c)), ERR_OK);
}

/* ---- the documents --------------------------------------------------------------------------- */

static struct tree *document(struct bench *b)
{
    begin(b);
    return craft_map(b->c.act, "documents")->child;
}

static void documents_are_what_the_act_names(void **state)
{
    struct bench *b = *state;
    craft_set_str(&b->c, document(b), "name", "other.txt");
    refused(b, "document-missing", "comity act 1: documents");
    craft_set_int(&b->c, document(b), "size", 11);
    refused(b, "document-differs", "comity act 1: documents");
    begin(b);
    b->c.documents[0].data = str_bytes(STR("other words!"));
    refused(b, "document-differs", "comity act 1: documents");
    const struct tree *first = document(b);
    tree_add_copy(b->a, craft_map(b->c.act, "documents"), NULL, first);
    refused(b, "document-twice", "comity act 1: documents");
    assert_non_null(document(b));
    b->c.documents_n = 0;
    refused(b, "document-missing", "comity act 1: documents");
}

/* ---- the act and its carriage ---------------------------------------------------------------- */

static void json_that_is_not_canonical_is_refused(void **state)
{
    struct bench *b = *state;
    static const char *const texts[] = {
        "{\"a\":1,\"a\":1}", "{\"a\":\"\xff\"}", "{ \"a\":1}", "{\"a\":1.5}",
        "{\"b\":1,\"a\":1}", "{\"a\":1}\n",      "[",          "",
    };
    for (size_t k = 0; k + 1 < sizeof texts / sizeof *texts; k++) {
        begin(b);
        b->c.act_text = str_of(texts[k]);
        assert_int_not_equal(read_as(b, &b->r.w.node[0], craft_end(&b->c)), ERR_OK);
        if (!strstr(b->t.fault.article, "RFC 8259") && !strstr(b->t.fault.article, "RFC 8785") &&
            !strstr(b->t.fault.article, "RFC 7493") && !strstr(b->t.fault.article, "RFC 3629"))
            fail_msg("%zu: [%s] %s", k, b->t.fault.article, b->t.fault.sentence);
    }
}

static void json_ten_thousand_deep_is_refused(void **state)
{
    struct bench *b = *state;
    begin(b);
    char *deep = arena_take(b->a, 20001);
    memset(deep, '[', 10000);
    memset(deep + 10000, ']', 10000);
    b->c.act_text = str_of(deep);
    assert_int_not_equal(read_as(b, &b->r.w.node[0], craft_end(&b->c)), ERR_OK);
}

static void the_carriage_agrees_with_the_act(void **state)
{
    struct bench *b = *state;
    begin(b);
    craft_set_str(&b->c, b->c.carriage, "from", "XC/csb");
    refused(b, "carriage-differs", "comity wire 1: carriage");
    begin(b);
    craft_set_str(&b->c, b->c.carriage, "to", "XC/csb");
    refused(b, "carriage-differs", "comity wire 1: carriage");
    begin(b);
    craft_set_str(&b->c, b->c.act, "ref", "XA-CSB-2026-9999");
    b->c.carriage_kept = true;
    refused(b, "carriage-differs", "comity wire 1: carriage");
    begin(b);
    craft_set_int(&b->c, b->c.carriage, "suite", 2);
    refused(b, "carriage-differs", "comity wire 1: carriage");
}

static void a_suite_that_is_not_registered_is_refused(void **state)
{
    struct bench *b = *state;
    begin(b);
    craft_set_int(&b->c, b->c.carriage, "suite", 2);
    craft_set_int(&b->c, b->c.act, "suite", 2);
    refused(b, "suite-unknown", "comity act 1: suite");
}

/* ---- who ------------------------------------------------------------------------------------- */

static void both_say(struct bench *b, const char *key, const char *value)
{
    craft_set_str(&b->c, b->c.act, key, value);
    craft_set_str(&b->c, b->c.carriage, key, value);
}

static void an_act_to_another_than_who_opened_it_is_refused(void **state)
{
    struct bench *b = *state;
    begin(b);
    both_say(b, "to", "XC/csb");
    refused(b, "recipient", "comity act 1: to");
    begin(b);
    both_say(b, "to", "XB/moj");
    refused(b, "recipient", "comity act 1: to");
}

static void nobody_brings_acts_of_another_node(void **state)
{
    struct bench *b = *state;
    begin(b); /* a good parcel of node 0, brought by node 2 */
    refused_as(b, &b->r.w.node[2], craft_end(&b->c), "sender", "comity act 1: from");
    begin(b); /* node 0 in the name of node 2 */
    both_say(b, "from", "XC/csb");
    refused(b, "sender", "comity act 1: from");
    begin(b); /* of nobody we know */
    both_say(b, "from", "XZ/csb");
    refused(b, "sender", "comity act 1: from");
}

static void a_signature_by_another_seal_is_refused(void **state)
{
    struct bench *b = *state;
    begin(b);
    b->c.signer = &b->r.w.node[2];
    refused(b, "signature", "RFC 5652 5.6");
}

static void a_signature_over_other_bytes_is_refused(void **state)
{
    struct bench *b = *state;
    begin(b);
    struct turn t = {.arena = b->a, .clock = &b->r.w.clock, .chance = &b->r.w.chance};
    struct parcel p;
    assert_int_equal(parcel_read(&t, craft_container(&b->c), &p), ERR_OK);
    struct parcel_seal seal = p.seals[0];
    const struct world_node *n = &b->r.w.node[0];
    assert_int_equal(n->world->suite->sign(&t, n->seal_key, n->seal_der, str_bytes(STR("other")),
                                           false, b->r.w.now_ms, &seal.signature),
                     ERR_OK);
    struct bytes container = parcel_write(b->a, p.entries, p.n, &seal, 1);
    refused_as(b, n, craft_seal(&b->c, container), "signature", "RFC 5652 5.6");
}

/* A good parcel, its parts to be put together anew by its own author. */
static struct parcel parts_of(struct bench *b)
{
    struct turn t = {.arena = b->a, .clock = &b->r.w.clock, .chance = &b->r.w.chance};
    struct parcel p;
    begin(b);
    assert_int_equal(parcel_read(&t, craft_container(&b->c), &p), ERR_OK);
    return p;
}

static struct bytes signed_anew(struct bench *b, const struct parcel *p, struct bytes manifest)
{
    struct turn t = {.arena = b->a, .clock = &b->r.w.clock, .chance = &b->r.w.chance};
    const struct world_node *n = &b->r.w.node[0];
    struct parcel_seal seal = {.manifest = manifest};
    assert_int_equal(n->world->suite->sign(&t, n->seal_key, n->seal_der, manifest, false,
                                           b->r.w.now_ms, &seal.signature),
                     ERR_OK);
    return craft_seal(&b->c, parcel_write(b->a, p->entries, p->n, &seal, 1));
}

/* What is taken must also be fit to be shown: an export knows one order and one manifest. */
static void entries_in_another_order_are_refused(void **state)
{
    struct bench *b = *state;
    struct parcel p = parts_of(b);
    struct zip_entry first = p.entries[0];
    p.entries[0] = p.entries[1];
    p.entries[1] = first;
    struct bytes sealed = signed_anew(b, &p, parcel_manifest(b->a, 1, p.entries, p.n));
    refused_as(b, &b->r.w.node[0], sealed, "entry-order", "comity act 1: entries");
}

static void a_manifest_in_another_spelling_is_refused(void **state)
{
    struct bench *b = *state;
    struct parcel p = parts_of(b);
    struct bytes ours = parcel_manifest(b->a, 1, p.entries, p.n);
    struct str other = str_printf(b->a, STR_FMT "\n", STR_ARG(bytes_str(ours)));
    struct bytes sealed = signed_anew(b, &p, str_bytes(other));
    refused_as(b, &b->r.w.node[0], sealed, "manifest", "EN 319 162-1 A.4");
}

/* Nobody signs for them, so one act would have many parcels, none of which could be exported. */
static void certificates_beside_the_signature_are_refused(void **state)
{
    struct bench *b = *state;
    struct turn t = {.arena = b->a, .clock = &b->r.w.clock, .chance = &b->r.w.chance};
    struct parcel p = parts_of(b);
    const struct world_node *n = &b->r.w.node[0];
    const struct bytes ders[] = {n->seal_der, n->root_der};
    struct parcel_seal seal = p.seals[0];
    assert_int_equal(seal_cms_add_certs(&t, p.seals[0].signature, ders, 2, &seal.signature),
                     ERR_OK);
    struct bytes container = parcel_write(b->a, p.entries, p.n, &seal, 1);
    refused_as(b, n, craft_seal(&b->c, container), "certificates", "RFC 5652 5.1");
}

static void a_seal_out_of_its_time_is_refused(void **state)
{
    struct bench *b = *state;
    struct seal_cert seal;
    struct turn t = {.arena = b->a};
    int64_t now_ms = b->r.w.now_ms;
    begin(b);
    struct bytes sealed = craft_end(&b->c);
    assert_int_equal(seal_cert_read(&t, b->r.w.node[0].seal_der, &seal), ERR_OK);
    b->r.w.now_ms = seal.to_ms;
    assert_int_equal(read_as(b, &b->r.w.node[0], sealed), ERR_OK);
    b->r.w.now_ms = seal.to_ms + 1;
    refused_as(b, &b->r.w.node[0], sealed, "seal-expired", "RFC 5280 4.1.2.5");
    b->r.w.now_ms = seal.from_ms - 1;
    refused_as(b, &b->r.w.node[0], sealed, "seal-expired", "RFC 5280 4.1.2.5");
    b->r.w.now_ms = now_ms;
}

int test_reader(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_parcel_is_taken_apart),
        cmocka_unit_test(what_is_sealed_to_somebody_else_is_refused),
        cmocka_unit_test(what_is_no_envelope_is_refused),
        cmocka_unit_test(more_than_a_parcel_may_hold_is_refused_unread),
        cmocka_unit_test(no_altered_envelope_gives_another_parcel),
        cmocka_unit_test(no_altered_container_is_taken),
        cmocka_unit_test(an_entry_that_climbs_out_is_refused),
        cmocka_unit_test(what_is_compressed_is_refused),
        cmocka_unit_test(an_entry_beyond_the_documents_is_refused),
        cmocka_unit_test(a_parcel_without_act_or_carriage_is_refused),
        cmocka_unit_test(documents_are_what_the_act_names),
        cmocka_unit_test(json_that_is_not_canonical_is_refused),
        cmocka_unit_test(json_ten_thousand_deep_is_refused),
        cmocka_unit_test(the_carriage_agrees_with_the_act),
        cmocka_unit_test(a_suite_that_is_not_registered_is_refused),
        cmocka_unit_test(an_act_to_another_than_who_opened_it_is_refused),
        cmocka_unit_test(nobody_brings_acts_of_another_node),
        cmocka_unit_test(a_signature_by_another_seal_is_refused),
        cmocka_unit_test(a_signature_over_other_bytes_is_refused),
        cmocka_unit_test(entries_in_another_order_are_refused),
        cmocka_unit_test(a_manifest_in_another_spelling_is_refused),
        cmocka_unit_test(certificates_beside_the_signature_are_refused),
        cmocka_unit_test(a_seal_out_of_its_time_is_refused),
    };
    return cmocka_run_group_tests(tests, up, down);
}
