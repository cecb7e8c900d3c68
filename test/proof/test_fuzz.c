/* SPDX-License-Identifier: Apache-2.0 */
/* The fuzz targets of proof over their seeds, so that what was once found stays found: each seed as
 * it is, cut at some places, and with some bytes altered. Run from the root of the tree. */

#include "proof_test.h"

#include <dirent.h>

#define LLVMFuzzerTestOneInput fuzz_verify
#include "fuzz/verify.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_receipt
#include "fuzz/receipt.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_profile
#include "fuzz/profile.c"
#undef LLVMFuzzerTestOneInput

enum { SEEDS_MIN = 3, SEED_SIZE_MAX = 1 << 16, STEPS = 64 };

static void around(int (*target)(const uint8_t *, size_t), struct bytes seed)
{
    target(seed.p, seed.n);
    for (size_t i = 0; i < STEPS && seed.n; i++) {
        auto_arena a = arena_new();
        size_t at = seed.n * i / STEPS;
        target(bytes_dup(a, (struct bytes){seed.p, at}).p, at);
        uint8_t *bent = (uint8_t *)(uintptr_t)bytes_dup(a, seed).p;
        bent[at] ^= (uint8_t)(1u << i % 8);
        target(bent, seed.n);
    }
}

static void run(struct turn *t, const char *folder, int (*target)(const uint8_t *, size_t))
{
    size_t seeds = 0;
    DIR *d = opendir(folder);
    if (!d) fail_msg("no %s: run from the root of the tree", folder);
    for (const struct dirent *f; (f = readdir(d));) {
        struct bytes seed;
        if (f->d_name[0] == '.') continue;
        const char *path = str_c(t->arena, str_printf(t->arena, "%s/%s", folder, f->d_name));
        assert_int_equal(file_read(t, path, SEED_SIZE_MAX, &seed), ERR_OK);
        around(target, seed);
        seeds++;
    }
    closedir(d);
    assert_true(seeds >= SEEDS_MIN);
}

static void the_verify_seeds_pass_their_target(void **state)
{
    run(*state, "test/fuzz/corpus/verify", fuzz_verify);
}

static void the_receipt_seeds_pass_their_target(void **state)
{
    run(*state, "test/fuzz/corpus/receipt", fuzz_receipt);
}

static void the_profile_seeds_pass_their_target(void **state)
{
    run(*state, "test/fuzz/corpus/profile", fuzz_profile);
}

int fuzz_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_turn(the_verify_seeds_pass_their_target),
        with_turn(the_receipt_seeds_pass_their_target),
        with_turn(the_profile_seeds_pass_their_target),
    };
    return cmocka_run_group_tests_name("fuzz", tests, NULL, NULL);
}
