/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/post/carried.c: parcels and receipts as files, and names that lie. */

#include "net/net.h"
#include "post_test.h"

#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct bench {
    struct rig r;
    struct arena *a;
    char folder[2][64];
    struct str peers[2];
};

static int drop(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st, (void)type, (void)at;
    return remove(path);
}

static int up(void **state)
{
    struct bench *b = test_calloc(1, sizeof *b);
    b->a = arena_new();
    world_open(&b->r.w, 2, 11, &suite_fake, NULL);
    for (int k = 0; k < 2; k++) {
        memcpy(b->folder[k], "/tmp/comity-carried-XXXXXX", sizeof "/tmp/comity-carried-XXXXXX");
        assert_non_null(mkdtemp(b->folder[k]));
        assert_int_equal(mkdir(str_c(b->a, str_printf(b->a, "%s/out", b->folder[k])), 0700), 0);
        b->peers[k] = b->r.w.node[1 - k].address;
        b->r.carried[k] = (struct post_carriage){b->folder[k], &b->peers[k], 1};
    }
    rig_open(&b->r);
    *state = b;
    return 0;
}

static int down(void **state)
{
    struct bench *b = *state;
    rig_close(&b->r);
    world_close(&b->r.w);
    for (int k = 0; k < 2; k++) (void)nftw(b->folder[k], drop, 16, FTW_DEPTH | FTW_PHYS);
    arena_free(b->a);
    test_free(b);
    return 0;
}

static void go_on(struct bench *b, int seconds)
{
    for (int k = 0; k < seconds; k++) {
        rig_settle(&b->r);
        b->r.w.now_ms += 1000;
    }
}

/* The one file that node `k` has to give; NULL: none. */
static const char *given(struct bench *b, int k)
{
    struct turn t = {.arena = b->a};
    struct net_maildir_entry *e;
    size_t n;
    /* net_maildir_list looks into new/: `out` is shown to it as one. */
    const char *seen = str_c(b->a, str_printf(b->a, "%s/seen", b->folder[k]));
    bool made = mkdir(seen, 0700) == 0;
    if (made) assert_int_equal(symlink("../out", str_c(b->a, str_printf(b->a, "%s/new", seen))), 0);
    assert_int_equal(net_maildir_list(&t, seen, 8, &e, &n), ERR_OK);
    assert_true(n <= 1);
    return n ? str_c(b->a, e[0].name) : NULL;
}

static struct bytes bytes_of(struct bench *b, int k, const char *name)
{
    struct turn t = {.arena = b->a};
    struct bytes data;
    assert_int_equal(file_read(&t, str_c(b->a, str_printf(b->a, "%s/out/%s", b->folder[k], name)),
                               POST_PARCEL_MAX, &data),
                     ERR_OK);
    return data;
}

static void bring(struct bench *b, int k, const char *name, struct bytes data)
{
    struct turn t = {.arena = b->a};
    (void)mkdir(str_c(b->a, str_printf(b->a, "%s/new", b->folder[k])), 0700);
    assert_int_equal(
        file_write(&t, str_c(b->a, str_printf(b->a, "%s/new/%s", b->folder[k], name)), data, 0600),
        ERR_OK);
}

static bool waits(struct bench *b, int k)
{
    struct turn t = {.arena = b->a, .clock = &b->r.w.clock, .chance = &b->r.w.chance};
    int64_t unbuilt, unsent;
    assert_int_equal(desk_waiting(b->r.w.node[k].desk, &t, &unbuilt, &unsent), ERR_OK);
    return unbuilt + unsent > 0;
}

static void remove_out(struct bench *b, int k, const char *name)
{
    (void)unlink(str_c(b->a, str_printf(b->a, "%s/out/%s", b->folder[k], name)));
}

static void a_parcel_lies_ready_until_its_receipt_is_brought(void **state)
{
    struct bench *b = *state;
    (void)world_request(&b->r.w.node[0], &b->r.w.node[1], b->a);
    go_on(b, 3);
    assert_int_equal(b->r.started, 0); /* nothing was given to the wire */
    const char *parcel = given(b, 0);
    assert_non_null(parcel);
    struct bytes sealed = bytes_of(b, 0, parcel);
    for (int twice = 0; twice < 2; twice++) {
        bring(b, 1, parcel, sealed);
        go_on(b, 3);
        const char *receipt = given(b, 1);
        assert_non_null(receipt);
        assert_true(str_ends(str_of(receipt), ".receipt"));
        assert_true(twice || waits(b, 0));
        bring(b, 0, receipt, bytes_of(b, 1, receipt));
        remove_out(b, 1, receipt);
        go_on(b, 3);
        assert_false(waits(b, 0));
        assert_null(given(b, 0));
    }
}

static void what_was_cut_is_refused_and_given_again(void **state)
{
    struct bench *b = *state;
    (void)world_request(&b->r.w.node[0], &b->r.w.node[1], b->a);
    go_on(b, 3);
    const char *parcel = given(b, 0);
    struct bytes sealed = bytes_of(b, 0, parcel), half = {sealed.p, sealed.n / 2};
    bring(b, 1, parcel, half);
    go_on(b, 3);
    const char *problem = given(b, 1);
    assert_true(str_ends(str_of(problem), ".problem"));
    bring(b, 0, problem, bytes_of(b, 1, problem));
    remove_out(b, 1, problem);
    go_on(b, 3);
    assert_true(waits(b, 0));
    assert_string_equal(given(b, 0), parcel);
    bring(b, 1, parcel, sealed);
    go_on(b, 3);
    assert_true(str_ends(str_of(given(b, 1)), ".receipt"));
}

static void a_name_is_believed_in_nothing(void **state)
{
    struct bench *b = *state;
    (void)world_request(&b->r.w.node[0], &b->r.w.node[1], b->a);
    go_on(b, 3);
    const char *parcel = given(b, 0);
    struct bytes sealed = bytes_of(b, 0, parcel);
    struct str stem = {parcel, strlen(parcel) - strlen("parcel")};
    bring(b, 0, str_c(b->a, str_printf(b->a, STR_FMT "receipt", STR_ARG(stem))), sealed);
    bring(b, 1, "XZ_no~XB_csb~00000000000000000000000000000001.parcel", sealed);
    bring(b, 1, "letter.txt", sealed);
    bring(b, 1, "a~b~c.parcel", sealed);
    go_on(b, 3);
    assert_true(waits(b, 0));
    assert_null(given(b, 1));
}

int test_carried(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_parcel_lies_ready_until_its_receipt_is_brought, up, down),
        cmocka_unit_test_setup_teardown(what_was_cut_is_refused_and_given_again, up, down),
        cmocka_unit_test_setup_teardown(a_name_is_believed_in_nothing, up, down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
