/* SPDX-License-Identifier: Apache-2.0 */
/* The fuzz targets of law over their seed corpora. Run from the root of the tree. */

#include "law_test.h"

#include <dirent.h>

#define LLVMFuzzerTestOneInput fuzz_law_file
#define load_as fuzz_load_as
#include "../fuzz/law_file.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_law_verdict
#include "../fuzz/law_verdict.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_law_act
#include "../fuzz/law_act.c"
#undef LLVMFuzzerTestOneInput

enum { SEEDS_MIN = 3, SEED_SIZE_MAX = 1 << 20, CUTS = 24 };

/* Each seed as it is, cut at a few places, and with some bits flipped. */
static void try_seed(int (*target)(const uint8_t *p, size_t n), struct bytes in)
{
    target(in.p, in.n);
    for (size_t i = 0; i < CUTS && in.n; i++) {
        auto_arena a = arena_new();
        size_t at = in.n * i / CUTS;
        struct bytes cut = bytes_dup(a, (struct bytes){in.p, at});
        target(cut.p, cut.n);
        uint8_t *copy = arena_take(a, in.n);
        for (size_t b = 0; b < in.n; b++) copy[b] = in.p[b];
        copy[at] ^= (uint8_t)(1u << i % 8);
        target(copy, in.n);
    }
}

static void run_corpus(struct kit *k, const char *name, int (*target)(const uint8_t *p, size_t n))
{
    const char *folder = str_c(k->t.arena, str_printf(k->t.arena, "test/fuzz/corpus/%s", name));
    DIR *d = opendir(folder);
    if (!d) fail_msg("no %s: run from the root of the tree", folder);
    size_t seeds = 0;
    for (const struct dirent *f = readdir(d); f; f = readdir(d)) {
        if (f->d_name[0] == '.') continue;
        const char *path = str_c(k->t.arena, str_printf(k->t.arena, "%s/%s", folder, f->d_name));
        struct bytes in;
        assert_int_equal(file_read(&k->t, path, SEED_SIZE_MAX, &in), ERR_OK);
        try_seed(target, in);
        seeds++;
    }
    closedir(d);
    assert_true(seeds >= SEEDS_MIN);
}

static void the_law_file_seeds_pass_their_target(void **state)
{
    run_corpus(*state, "law_file", fuzz_law_file);
}
static void the_verdict_seeds_pass_their_target(void **state)
{
    run_corpus(*state, "law_verdict", fuzz_law_verdict);
}
static void the_act_seeds_pass_their_target(void **state)
{
    run_corpus(*state, "law_act", fuzz_law_act);
}

int fuzz_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_kit(the_law_file_seeds_pass_their_target),
        with_kit(the_verdict_seeds_pass_their_target),
        with_kit(the_act_seeds_pass_their_target),
    };
    return cmocka_run_group_tests_name("corpus", tests, NULL, NULL);
}
