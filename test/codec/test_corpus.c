/* SPDX-License-Identifier: Apache-2.0 */
/* The fuzz targets of codec over their seed corpora, so that what was once found stays found. Run
 * from the root of the tree. */

#include "codec_test.h"

#include <dirent.h>

#define LLVMFuzzerTestOneInput fuzz_json
#include "../fuzz/json.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_yaml
#include "../fuzz/yaml.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_xml
#include "../fuzz/xml.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_zip
#include "../fuzz/zip.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_pack
#include "../fuzz/pack.c"
#undef LLVMFuzzerTestOneInput

enum { SEEDS_MIN = 3, SEED_SIZE_MAX = 1 << 20 };

/* Each seed as it is, cut at a few places, and with some bits flipped. */
static void try_seed(int (*target)(const uint8_t *p, size_t n), struct bytes in)
{
    target(in.p, in.n);
    for (size_t i = 0; i < 64 && in.n; i++) {
        auto_arena a = arena_new();
        size_t at = in.n * i / 64;
        struct bytes cut = bytes_dup(a, (struct bytes){in.p, at});
        target(cut.p, cut.n);
        uint8_t *copy = (uint8_t *)(uintptr_t)bytes_dup(a, in).p;
        copy[at] ^= (uint8_t)(1u << i % 8);
        target(copy, in.n);
    }
}

static void run_corpus(struct turn *t, const char *name, int (*target)(const uint8_t *p, size_t n))
{
    const char *folder = str_c(t->arena, str_printf(t->arena, "test/fuzz/corpus/%s", name));
    DIR *d = opendir(folder);
    if (!d) fail_msg("no %s: run from the root of the tree", folder);
    size_t seeds = 0;
    for (const struct dirent *f = readdir(d); f; f = readdir(d)) {
        if (f->d_name[0] == '.') continue;
        const char *path = str_c(t->arena, str_printf(t->arena, "%s/%s", folder, f->d_name));
        struct bytes in;
        assert_int_equal(file_read(t, path, SEED_SIZE_MAX, &in), ERR_OK);
        try_seed(target, in);
        seeds++;
    }
    closedir(d);
    assert_true(seeds >= SEEDS_MIN);
}

static void the_json_seeds_pass_their_target(void **state)
{
    run_corpus(*state, "json", fuzz_json);
}
static void the_yaml_seeds_pass_their_target(void **state)
{
    run_corpus(*state, "yaml", fuzz_yaml);
}
static void the_xml_seeds_pass_their_target(void **state) { run_corpus(*state, "xml", fuzz_xml); }
static void the_zip_seeds_pass_their_target(void **state) { run_corpus(*state, "zip", fuzz_zip); }
static void the_pack_seeds_pass_their_target(void **state)
{
    run_corpus(*state, "pack", fuzz_pack);
}

int corpus_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_turn(the_json_seeds_pass_their_target), with_turn(the_yaml_seeds_pass_their_target),
        with_turn(the_xml_seeds_pass_their_target),  with_turn(the_zip_seeds_pass_their_target),
        with_turn(the_pack_seeds_pass_their_target),
    };
    return cmocka_run_group_tests_name("corpus", tests, NULL, NULL);
}
