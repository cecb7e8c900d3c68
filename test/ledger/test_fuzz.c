/* SPDX-License-Identifier: Apache-2.0 */
/* Runs the ledger's fuzz targets over their seeds, each seed cut at every length and with every
 * byte altered: what the fuzzer would try first, on every test run. */

#include "ledger_test.h"

#include <dirent.h>
#include <string.h>

#define LLVMFuzzerTestOneInput fuzz_checkpoint
#include "fuzz/checkpoint.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_note
#include "fuzz/note.c"
#undef LLVMFuzzerTestOneInput

static int around(int (*target)(const uint8_t *, size_t), struct arena *a, struct bytes seed)
{
    int runs = 0;
    /* Copies of the exact size, so that reading past an end is caught. */
    for (size_t n = 0; n <= seed.n; n++, runs++)
        target(bytes_dup(a, (struct bytes){seed.p, n}).p, n);
    static const uint8_t masks[] = {0x01, 0x20, 0x80, 0xff};
    uint8_t *p = (uint8_t *)bytes_dup(a, seed).p;
    for (size_t i = 0; i < 4 * seed.n; i++, runs++) {
        p[i / 4] ^= masks[i % 4];
        target(p, seed.n);
        p[i / 4] ^= masks[i % 4];
    }
    return runs;
}

static void run(struct turn *t, const char *folder, int (*target)(const uint8_t *, size_t))
{
    int runs = 0;
    DIR *d = opendir(folder);
    if (!d) fail_msg("no seeds in %s: run the tests from the root of the source", folder);
    for (const struct dirent *file; (file = readdir(d));) {
        struct bytes seed;
        if (file->d_name[0] == '.') continue;
        const char *path = str_printf(t->arena, "%s/%s", folder, file->d_name).p;
        assert_int_equal(file_read(t, path, 65536, &seed), ERR_OK);
        runs += around(target, t->arena, seed);
    }
    closedir(d);
    assert_in_range(runs, 1000, 1000000);
}

static void checkpoints_around_the_seeds_do_no_harm(void **state)
{
    run(*state, "test/fuzz/corpus/checkpoint", fuzz_checkpoint);
}

static void notes_around_the_seeds_do_no_harm(void **state)
{
    run(*state, "test/fuzz/corpus/note", fuzz_note);
}

int fuzz_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_turn(checkpoints_around_the_seeds_do_no_harm),
        with_turn(notes_around_the_seeds_do_no_harm),
    };
    return cmocka_run_group_tests_name("ledger-fuzz", tests, NULL, NULL);
}
