/* SPDX-License-Identifier: Apache-2.0 */
/* The tests of seal: what the groups share, and every group, one after the other. */

#include "seal_test.h"

#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct seeded {
    uint64_t x;
    struct chance chance;
};

static void fill(void *ctx, void *out, size_t n)
{
    struct seeded *s = ctx;
    uint8_t *p = out;
    for (size_t i = 0; i < n; i++) {
        s->x = s->x * UINT64_C(6364136223846793005) + 1442695040888963407u;
        p[i] = (uint8_t)(s->x >> 56);
    }
}

int turn_up(void **state)
{
    struct arena *a = arena_new();
    struct turn *t = arena_take(a, sizeof *t);
    struct seeded *s = arena_take(a, sizeof *s);
    *s = (struct seeded){1, {fill, s}};
    *t = (struct turn){.arena = a, .chance = &s->chance};
    *state = t;
    return 0;
}

int turn_down(void **state)
{
    arena_free(((struct turn *)*state)->arena);
    return 0;
}

void reseed(struct turn *t, uint64_t seed) { ((struct seeded *)t->chance->ctx)->x = seed; }

static void forget_key(void *key) { seal_key_free(key); }

static struct seal_key *key_of(struct turn *t)
{
    struct seal_key *k;
    assert_ok(t, seal_key_make(t, &k));
    arena_on_free(t->arena, forget_key, k);
    return k;
}

struct holder root_of(struct turn *t, const char *state, bool training)
{
    struct holder h = {.key = key_of(t)};
    struct seal_cert says = {.state = str_of(state),
                             .role = SEAL_ROOT,
                             .training = training,
                             .from_ms = FROM_MS,
                             .to_ms = TO_MS};
    assert_ok(t,
              seal_cert_issue(t, &says, STR("Ministry"), h.key, h.key, (struct bytes){0}, &h.der));
    return h;
}

struct holder holder_of(struct turn *t, const struct holder *root, const char *address,
                        enum seal_role role)
{
    struct holder h = {.key = key_of(t)};
    struct seal_cert says = {
        .address = str_of(address), .role = role, .from_ms = FROM_MS, .to_ms = TO_MS};
    assert_ok(
        t, seal_cert_issue(t, &says, STR("Bureau \xc6\x8f"), h.key, root->key, root->der, &h.der));
    return h;
}

struct bytes from_hex(struct turn *t, const char *text)
{
    size_t n = strlen(text) / 2;
    uint8_t *p = arena_take(t->arena, n);
    assert_true(hex_read(str_of(text), p, n));
    return (struct bytes){p, n};
}

void assert_bytes(struct bytes b, struct bytes expected)
{
    assert_int_equal(b.n, expected.n);
    if (b.n) assert_memory_equal(b.p, expected.p, b.n);
}

void assert_hex(struct bytes b, const char *expected)
{
    auto_arena a = arena_new();
    assert_string_equal(str_c(a, hex(a, b)), expected);
}

void assert_text(struct str s, const char *expected)
{
    auto_arena a = arena_new();
    assert_string_equal(str_c(a, s), expected);
}

void assert_fault(struct turn *t, err got, err e, const char *code, const char *article)
{
    if (got != e) fail_msg("%s, not %s: %s", err_word(got), err_word(e), t->fault.sentence);
    assert_int_equal(t->fault.err, e);
    assert_true(t->fault.sentence[0]);
    if (code) assert_string_equal(t->fault.code, code);
    if (article) assert_string_equal(t->fault.article, article);
    turn_forgive(t);
}

/* ---- files, and the second opinion ----------------------------------------------------------- */

static int remove_one(const char *path, const struct stat *s, int flag, struct FTW *where)
{
    (void)s, (void)flag, (void)where;
    return remove(path);
}

static void remove_folder(void *path) { nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS); }

const char *folder_of(struct turn *t)
{
    const char *home = getenv("TMPDIR");
    struct str s = str_printf(t->arena, "%s/comity-seal-XXXXXX", home ? home : "/tmp");
    char *path = arena_take(t->arena, s.n + 1);
    memcpy(path, s.p, s.n);
    assert_non_null(mkdtemp(path));
    arena_on_free(t->arena, remove_folder, path);
    return path;
}

static const char *path_of(struct turn *t, const char *folder, const char *name)
{
    return str_c(t->arena, str_printf(t->arena, "%s/%s", folder, name));
}

void put_file(struct turn *t, const char *folder, const char *name, struct bytes data)
{
    assert_ok(t, file_write(t, path_of(t, folder, name), data, 0600));
}

void put_pem(struct turn *t, const char *folder, const char *name, struct bytes der)
{
    put_file(t, folder, name, str_bytes(seal_pem(t->arena, "CERTIFICATE", der)));
}

void put_key(struct turn *t, const char *folder, const char *name, const struct seal_key *k)
{
    struct bytes pem;
    assert_ok(t, seal_key_write(t, k, &pem));
    put_file(t, folder, name, pem);
}

struct bytes get_file(struct turn *t, const char *folder, const char *name)
{
    struct bytes b;
    assert_ok(t, file_read(t, path_of(t, folder, name), 1 << 24, &b));
    return b;
}

bool openssl(struct turn *t, const char *folder, const char *arguments)
{
    struct str line =
        str_printf(t->arena, "cd '%s' && openssl %s >said 2>&1 </dev/null", folder, arguments);
    return system(str_c(t->arena, line)) == 0;
}

int main(void)
{
    int failed = cert_tests() + cms_tests() + der_tests() + digest_tests() + ed25519_tests() +
                 envelope_tests() + fake_tests() + fuzz_tests() + key_tests() + lock_tests() +
                 low_tests() + mail_tests() + manifest_tests() + parcel_tests() + passkey_tests() +
                 peer_tests() + pem_tests() + segment_tests() + suite_tests() + tls_tests();
    return failed != 0;
}
