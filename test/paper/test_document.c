/* SPDX-License-Identifier: Apache-2.0 */
/* What is a document, and what is refused before anything is printed. */

#include "paper_test.h"

static void forms_in_two_languages_are_documents(void **state)
{
    struct turn *t = *state;
    static const char *const names[] = {"az",           "ar",          "az-en-beside",
                                        "ar-en-beside", "en-az-under", "en-ar-under",
                                        "zh-en-under",  "en-long"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (paper_check(t, document(t, names[i])) != ERR_OK)
            fail_msg("%s: %s", names[i], t->fault.sentence);
    }
    assert_int_equal(paper_check(t, small(t)), ERR_OK);
}

#define HEAD "{\"title\":\"T\",\"lang\":\"en\","
#define FOOT "\"footer\":{\"ref\":\"R\",\"printed_at\":\"2026-11-24T03:07:14Z\"}}"
#define WITH(block) HEAD "\"blocks\":[" block "]," FOOT

/* A document that breaks one rule, and the place that is named. */
static const struct {
    const char *json, *code, *at;
} broken[] = {
    {"[]", "paper-shape", ""},
    {"{\"title\":\"T\",\"lang\":\"en\",\"blocks\":[]}", "paper-shape", "footer"},
    {"{\"lang\":\"en\",\"blocks\":[]," FOOT, "paper-shape", "title"},
    {"{\"title\":\"\",\"lang\":\"en\",\"blocks\":[]," FOOT, "paper-shape", "title"},
    {"{\"title\":7,\"lang\":\"en\",\"blocks\":[]," FOOT, "paper-shape", "title"},
    {"{\"title\":\"T\",\"lang\":\"English\xc3\xa9\",\"blocks\":[]," FOOT, "paper-shape", "lang"},
    {"{\"title\":\"T\",\"lang\":\"e\",\"blocks\":[]," FOOT, "paper-shape", "lang"},
    {HEAD "\"extra\":1,\"blocks\":[]," FOOT, "paper-shape", "extra"},
    {HEAD "\"layout\":\"across\",\"blocks\":[]," FOOT, "paper-shape", "layout"},
    {HEAD "\"blocks\":{}," FOOT, "paper-shape", "blocks"},
    {HEAD "\"blocks\":[],\"to\":[1]," FOOT, "paper-shape", "to"},
    {HEAD "\"blocks\":[],\"footer\":{\"ref\":\"R\",\"printed_at\":\"today\"}}", "paper-shape",
     "footer.printed_at"},
    {HEAD "\"blocks\":[],\"letterhead\":{\"state\":\"S\"}," FOOT, "paper-shape",
     "letterhead.authority"},
    {WITH("1"), "paper-shape", "blocks.0.block"},
    {WITH("{\"block\":\"image\"}"), "paper-shape", "blocks.0.block"},
    {WITH("{\"block\":\"rule\"},{\"block\":\"para\"}"), "paper-shape", "blocks.1.text"},
    {WITH("{\"block\":\"para\",\"text\":[]}"), "paper-shape", "blocks.0.text"},
    {WITH("{\"block\":\"para\",\"text\":\"x\",\"style\":\"big\"}"), "paper-shape",
     "blocks.0.style"},
    {WITH("{\"block\":\"para\",\"text\":\"a\\u0007b\"}"), "paper-control", "blocks.0.text"},
    {WITH("{\"block\":\"heading\",\"level\":4,\"text\":\"x\"}"), "paper-shape", "blocks.0.level"},
    {WITH("{\"block\":\"field\",\"label\":\"x\"}"), "paper-shape", "blocks.0.value"},
    {WITH("{\"block\":\"field\",\"label\":\"x\",\"value\":\"y\",\"lang\":\"-\"}"), "paper-shape",
     "blocks.0.lang"},
    {WITH("{\"block\":\"sign\",\"who\":\"x\",\"stamp\":1}"), "paper-shape", "blocks.0.stamp"},
    {WITH("{\"block\":\"table\",\"columns\":[],\"rows\":[]}"), "paper-shape", "blocks.0.columns"},
    {WITH("{\"block\":\"table\",\"columns\":[{\"title\":\"x\",\"width\":0}],\"rows\":[]}"),
     "paper-shape", "blocks.0.columns"},
    {WITH("{\"block\":\"table\",\"columns\":[{\"title\":\"x\",\"width\":1}],"
          "\"rows\":[[\"a\",\"b\"]]}"),
     "paper-shape", "blocks.0.rows"},
    {WITH("{\"block\":\"table\",\"columns\":[{\"title\":\"x\",\"width\":1}],\"rows\":[[1]]}"),
     "paper-shape", "blocks.0.rows"},
    {WITH("{\"block\":\"page\",\"text\":\"x\"}"), "paper-shape", "blocks.0.text"},
};

static void what_breaks_the_shape_is_refused_with_its_place(void **state)
{
    struct turn *t = *state;
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        struct tree *d;
        assert_int_equal(json_read(t, str_bytes(str_of(broken[i].json)), &paper_limits, &d),
                         ERR_OK);
        assert_fault(t, paper_check(t, d), ERR_REJECTED, broken[i].code, broken[i].at);
    }
}

static struct str many(struct turn *t, size_t n)
{
    char *p = arena_take(t->arena, n);
    memset(p, 'x', n);
    return (struct str){p, n};
}

static void a_text_of_the_limit_is_taken_and_one_byte_more_is_not(void **state)
{
    struct turn *t = *state;
    struct tree *d = small(t);
    tree_add_str(t->arena, block(t, d, "para"), "text", many(t, PAPER_TEXT_MAX));
    assert_int_equal(paper_check(t, d), ERR_OK);
    tree_add_str(t->arena, block(t, d, "para"), "text", many(t, PAPER_TEXT_MAX + 1));
    assert_fault(t, paper_check(t, d), ERR_TOO_LARGE, "paper-text", "blocks.1.text");
}

static void counts_have_limits(void **state)
{
    struct turn *t = *state;
    struct tree *d = small(t);
    for (int i = 0; i < PAPER_BLOCKS_MAX; i++) block(t, d, "rule");
    assert_int_equal(paper_check(t, d), ERR_OK);
    block(t, d, "rule");
    assert_fault(t, paper_check(t, d), ERR_TOO_LARGE, "paper-count", "blocks");

    d = small(t);
    struct tree *to = tree_add_list(t->arena, d, "to");
    for (int i = 0; i <= PAPER_LINES_MAX; i++) tree_add_str(t->arena, to, NULL, STR("x"));
    assert_fault(t, paper_check(t, d), ERR_TOO_LARGE, "paper-count", "to");

    d = small(t);
    struct tree *code = block(t, d, "code");
    tree_add_str(t->arena, code, "text", STR("7K3M"));
    tree_add_str(t->arena, code, "qr", many(t, PAPER_QR_MAX + 1));
    assert_fault(t, paper_check(t, d), ERR_TOO_LARGE, "paper-qr", "blocks.0.qr");
}

int document_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_turn(forms_in_two_languages_are_documents),
        with_turn(what_breaks_the_shape_is_refused_with_its_place),
        with_turn(a_text_of_the_limit_is_taken_and_one_byte_more_is_not),
        with_turn(counts_have_limits),
    };
    return cmocka_run_group_tests_name("document", tests, NULL, NULL);
}
