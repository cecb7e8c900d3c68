/* SPDX-License-Identifier: Apache-2.0 */
/* The fuzz targets of seal over their seeds, each cut at every length and with every byte altered.
 * Run from the root of the tree. */

#include "seal_test.h"

#include <dirent.h>

#define LLVMFuzzerTestOneInput fuzz_cert
#include "../fuzz/cert.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_cms_verify
#include "../fuzz/cms_verify.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_cms_open
#include "../fuzz/cms_open.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_parcel
#include "../fuzz/parcel.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_segment
#include "../fuzz/segment.c"
#undef LLVMFuzzerTestOneInput

enum { SEEDS_MIN = 3 };

static void around(int (*target)(const uint8_t *, size_t), struct bytes seed)
{
    static const uint8_t masks[] = {0x01, 0x20, 0x80, 0xff};
    target(seed.p, seed.n);
    for (size_t i = 0; i < seed.n; i++) {
        auto_arena a = arena_new();
        /* Copies of the exact size, so that reading past an end is caught. */
        target(bytes_dup(a, (struct bytes){seed.p, i}).p, i);
        uint8_t *p = (uint8_t *)bytes_dup(a, seed).p;
        p[i] ^= masks[i % sizeof masks];
        target(p, seed.n);
    }
}

static void run(struct turn *t, const char *name, int (*target)(const uint8_t *, size_t))
{
    const char *folder = str_c(t->arena, str_printf(t->arena, "test/fuzz/corpus/%s", name));
    DIR *d = opendir(folder);
    if (!d) fail_msg("no %s: run from the root of the tree", folder);
    size_t seeds = 0;
    for (const struct dirent *file; (file = readdir(d));) {
        struct bytes seed;
        if (file->d_name[0] == '.') continue;
        const char *path = str_c(t->arena, str_printf(t->arena, "%s/%s", folder, file->d_name));
        assert_ok(t, file_read(t, path, 65536, &seed));
        around(target, seed);
        seeds++;
    }
    closedir(d);
    assert_true(seeds >= SEEDS_MIN);
}

static void certificates_around_the_seeds_do_no_harm(void **state)
{
    run(*state, "cert", fuzz_cert);
}

static void signatures_around_the_seeds_do_no_harm(void **state)
{
    run(*state, "cms_verify", fuzz_cms_verify);
}

static void envelopes_around_the_seeds_do_no_harm(void **state)
{
    run(*state, "cms_open", fuzz_cms_open);
}

static void containers_around_the_seeds_do_no_harm(void **state)
{
    run(*state, "parcel", fuzz_parcel);
}

static void segments_around_the_seeds_do_no_harm(void **state)
{
    run(*state, "segment", fuzz_segment);
}

int fuzz_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_turn(certificates_around_the_seeds_do_no_harm),
        with_turn(signatures_around_the_seeds_do_no_harm),
        with_turn(envelopes_around_the_seeds_do_no_harm),
        with_turn(containers_around_the_seeds_do_no_harm),
        with_turn(segments_around_the_seeds_do_no_harm),
    };
    return cmocka_run_group_tests_name("seal-fuzz", tests, NULL, NULL);
}
