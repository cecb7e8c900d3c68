/* SPDX-License-Identifier: Apache-2.0 */
/* The five words of a ceremony: the list, and what is made of it. */

#include "proof_test.h"

#include <string.h>

static const char *const words[] = {
#define WORD(word) #word,
#include "proof/words.def"
#undef WORD
};
enum { WORDS_N = sizeof words / sizeof *words };

static void there_are_exactly_1024_words(void **state)
{
    (void)state;
    assert_int_equal(WORDS_N, 1024);
}

static void each_word_has_four_to_seven_lower_case_letters(void **state)
{
    (void)state;
    for (size_t i = 0; i < WORDS_N; i++) {
        size_t n = strlen(words[i]);
        if (n < 4 || n > 7) fail_msg("%s has %zu letters", words[i], n);
        for (const char *c = words[i]; *c; c++)
            if (*c < 'a' || *c > 'z') fail_msg("%s has more than letters", words[i]);
    }
}

static void the_words_are_in_order_and_their_first_four_letters_are_theirs_alone(void **state)
{
    (void)state;
    for (size_t i = 1; i < WORDS_N; i++)
        if (strncmp(words[i - 1], words[i], 4) >= 0)
            fail_msg("%s does not stand before %s", words[i - 1], words[i]);
}

static const struct bytes root_a = {(const uint8_t *)"root a", 6};
static const struct bytes root_b = {(const uint8_t *)"root b", 6};

static struct str words_of(struct turn *t, struct bytes root)
{
    struct str out;
    assert_int_equal(profile_words(t, root, &out), ERR_OK);
    return out;
}

static void a_root_has_five_words_always_the_same(void **state)
{
    struct turn *t = *state;
    struct str here = words_of(t, root_a), there = words_of(t, root_a);
    assert_true(str_eq(here, there));
    size_t blanks = 0;
    for (size_t i = 0; i < here.n; i++) blanks += here.p[i] == ' ';
    assert_int_equal(blanks, PROFILE_WORDS - 1);
}

/* Computed by another implementation: Python's hashlib. */
static void the_words_are_those_that_a_second_implementation_gives(void **state)
{
    assert_text(words_of(*state, root_a), "lemur lamb tennis truffle emblem");
}

static void another_root_has_other_words(void **state)
{
    struct turn *t = *state;
    assert_false(str_eq(words_of(t, root_a), words_of(t, root_b)));
}

int words_tests(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_are_exactly_1024_words),
        cmocka_unit_test(each_word_has_four_to_seven_lower_case_letters),
        cmocka_unit_test(the_words_are_in_order_and_their_first_four_letters_are_theirs_alone),
        with_turn(a_root_has_five_words_always_the_same),
        with_turn(the_words_are_those_that_a_second_implementation_gives),
        with_turn(another_root_has_other_words),
    };
    return cmocka_run_group_tests_name("words", tests, NULL, NULL);
}
