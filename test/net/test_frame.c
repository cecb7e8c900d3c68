/* SPDX-License-Identifier: Apache-2.0 */
/* Length-prefixed messages, however the bytes arrive. */

#include "net/frame.h"
#include "net_test.h"

#include <dirent.h>
#include <string.h>

#define LLVMFuzzerTestOneInput fuzz_frame
#include "../fuzz/frame.c"
#undef LLVMFuzzerTestOneInput

/* Feeds at most `step` bytes at a time; says what came of it and how many bytes were taken. */
static enum frame_is feed(struct frame *f, struct bytes b, size_t step, size_t *took_out)
{
    size_t took = 0;
    enum frame_is is = FRAME_PART;
    while (took < b.n && is == FRAME_PART) {
        size_t room;
        void *space = frame_space(f, &room);
        assert_true(room > 0);
        size_t n = b.n - took < room ? b.n - took : room;
        if (n > step) n = step;
        memcpy(space, b.p + took, n);
        took += n;
        is = frame_took(f, n);
    }
    *took_out = took;
    return is;
}

static void a_message_is_the_same_in_whatever_pieces_it_comes(void **state)
{
    struct arena *a = *state;
    uint8_t text[10000];
    for (size_t i = 0; i < sizeof text; i++) text[i] = (uint8_t)(i * 31);
    struct bytes sent = frame_make(a, (struct bytes){text, sizeof text});
    assert_int_equal(sent.n, sizeof text + FRAME_HEAD);
    static const size_t steps[] = {1, 2, 3, 5, 4095, 4096, 4097, 20000};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        struct frame f;
        size_t took;
        frame_start(&f, a, sizeof text);
        assert_int_equal(feed(&f, sent, steps[i], &took), FRAME_WHOLE);
        assert_int_equal(took, sent.n);
        assert_int_equal(f.n, sizeof text);
        assert_memory_equal(f.p, text, sizeof text);
    }
}

static void an_empty_message_is_whole_with_its_head(void **state)
{
    struct arena *a = *state;
    struct frame f;
    size_t took;
    frame_start(&f, a, 0);
    assert_int_equal(feed(&f, frame_make(a, (struct bytes){0}), 1, &took), FRAME_WHOLE);
    assert_int_equal(took, FRAME_HEAD);
    assert_int_equal(f.n, 0);
}

static void no_byte_of_the_next_message_is_taken(void **state)
{
    struct arena *a = *state;
    struct buf two = buf_in(a);
    struct bytes one = frame_make(a, str_bytes(STR("first")));
    buf_put(&two, one.p, one.n);
    buf_put(&two, one.p, one.n);
    struct frame f;
    size_t took;
    frame_start(&f, a, 100);
    assert_int_equal(feed(&f, buf_as_bytes(&two), 100, &took), FRAME_WHOLE);
    assert_int_equal(took, one.n);
}

static void one_byte_over_the_limit_is_too_long_at_the_head(void **state)
{
    struct arena *a = *state;
    static const struct {
        uint8_t head[FRAME_HEAD];
        enum frame_is is;
    } rows[] = {
        {{0, 0, 1, 0}, FRAME_PART},
        {{0, 0, 1, 1}, FRAME_TOO_LONG},
        {{0x7f, 0xff, 0xff, 0xff}, FRAME_TOO_LONG},
        {{0xff, 0xff, 0xff, 0xff}, FRAME_TOO_LONG},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct frame f;
        size_t took;
        frame_start(&f, a, 256);
        assert_int_equal(feed(&f, (struct bytes){rows[i].head, FRAME_HEAD}, 4, &took), rows[i].is);
    }
}

static void memory_follows_what_arrived_and_not_what_was_announced(void **state)
{
    struct arena *a = *state;
    static const uint8_t head[] = {0x10, 0, 0, 0, 'x'}; /* 256 MiB, of which one byte comes */
    struct frame f;
    size_t took;
    frame_start(&f, a, 1u << 30);
    assert_int_equal(feed(&f, (struct bytes){head, sizeof head}, 5, &took), FRAME_PART);
    assert_true(arena_used(a) < 8192);
}

static void messages_around_the_fuzz_seeds_are_found_alike_by_every_reader(void **state)
{
    static const char folder[] = "test/fuzz/corpus/frame";
    struct turn t = {.arena = *state};
    DIR *d = opendir(folder);
    if (!d) fail_msg("no %s: run from the root of the tree", folder);
    unsigned seeds = 0;
    for (const struct dirent *file; (file = readdir(d));) {
        struct bytes seed;
        if (file->d_name[0] == '.') continue;
        const char *path = str_c(t.arena, str_printf(t.arena, "%s/%s", folder, file->d_name));
        assert_int_equal(file_read(&t, path, 65536, &seed), ERR_OK);
        uint8_t *p = (uint8_t *)bytes_dup(t.arena, seed).p;
        for (size_t n = 0; n <= seed.n; n += n < 64 ? 1 : 331) fuzz_frame(p, n);
        for (int step = 0; step < 256; step += 5) {
            p[0] = (uint8_t)step;
            fuzz_frame(p, seed.n);
        }
        seeds++;
    }
    closedir(d);
    assert_true(seeds >= 3);
}

int frame_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_arena(a_message_is_the_same_in_whatever_pieces_it_comes),
        with_arena(an_empty_message_is_whole_with_its_head),
        with_arena(no_byte_of_the_next_message_is_taken),
        with_arena(one_byte_over_the_limit_is_too_long_at_the_head),
        with_arena(memory_follows_what_arrived_and_not_what_was_announced),
        with_arena(messages_around_the_fuzz_seeds_are_found_alike_by_every_reader),
    };
    return cmocka_run_group_tests_name("frame", tests, NULL, NULL);
}
