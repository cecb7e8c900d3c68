/* SPDX-License-Identifier: Apache-2.0 */
/* The tests of codec: every group, one after the other, and what they share. */

#include "codec_test.h"

int main(void)
{
    int failed = tree_tests() + json_tests() + json_write_tests() + yaml_tests() + xml_tests() +
                 zip_tests() + mail_name_tests() + mail_read_tests() + mail_write_tests() +
                 pack_tests() + corpus_tests();
    return failed != 0;
}

int turn_up(void **state)
{
    struct arena *a = arena_new();
    struct turn *t = arena_take(a, sizeof *t);
    t->arena = a;
    *state = t;
    return 0;
}

int turn_down(void **state)
{
    struct turn *t = *state;
    arena_free(t->arena);
    return 0;
}

void assert_refused(struct turn *t, err got, err e, const char *code, const char *article,
                    const char *of)
{
    const struct fault *f = &t->fault;
    if (got == ERR_OK) fail_msg("accepted: %s", of);
    if (got != e || f->err != e || strcmp(f->code, code) != 0 ||
        strcmp(f->article, article ? article : "") != 0)
        fail_msg("refused as %s, %s, %s (%s): %s", err_word(f->err), f->code, f->article,
                 f->sentence, of);
    assert_true(f->sentence[0] != 0);
    assert_true(str_is_utf8(str_of(f->sentence)));
    for (const char *c = f->sentence; *c; c++) assert_true((unsigned char)*c >= 0x20 && *c != 0x7f);
    turn_forgive(t);
}

void assert_text(struct str s, const char *expected)
{
    struct str e = str_of(expected);
    if (!str_eq(s, e)) fail_msg("got " STR_FMT ", expected %s", STR_ARG(s), expected);
}

struct str repeat(struct arena *a, const char *what, size_t n)
{
    struct buf b = buf_in(a);
    for (size_t i = 0; i < n; i++) buf_str(&b, str_of(what));
    return buf_as_str(&b);
}

uint64_t next_of(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}
