/* SPDX-License-Identifier: Apache-2.0 */
/* Other people's tools on our export: unzip and openssl, and the verifier that links only what an
 * auditor would read. */

#include "proof_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OUTPUT_MAX = 1 << 16 };

struct bench {
    struct world *w;
    char folder[64];
};

/* The exit code of a command in the folder; what it prints is caught. */
static int run(struct bench *b, const char *command, char output[OUTPUT_MAX])
{
    char line[1024];
    snprintf(line, sizeof line, "cd %s && { %s; } 2>&1", b->folder, command);
    FILE *pipe = popen(line, "r");
    assert_non_null(pipe);
    size_t n = fread(output, 1, OUTPUT_MAX - 1, pipe);
    output[n] = 0;
    int status = pclose(pipe);
    return status < 0 ? -1 : status >> 8;
}

static void put(struct bench *b, const char *name, struct bytes data)
{
    struct turn *t = b->w->t;
    const char *path = str_c(t->arena, str_printf(t->arena, "%s/%s", b->folder, name));
    assert_int_equal(file_write(t, path, data, 0600), ERR_OK);
}

static int bench_up(void **state)
{
    struct turn *t = kit_turn_new();
    struct bench *b = arena_take(t->arena, sizeof *b);
    struct bytes root;
    b->w = world_new(t, NULL, true);
    snprintf(b->folder, sizeof b->folder, "/tmp/comity-proof-XXXXXX");
    if (!mkdtemp(b->folder)) return -1;
    put(b, "export.asice", b->w->container);
    root = str_bytes(seal_pem(t->arena, "CERTIFICATE", b->w->norland.root_der));
    put(b, "norland.pem", root);
    root = str_bytes(seal_pem(t->arena, "CERTIFICATE", b->w->meridia.root_der));
    put(b, "meridia.pem", root);
    *state = b;
    return 0;
}

static int bench_down(void **state)
{
    struct bench *b = *state;
    char output[OUTPUT_MAX];
    run(b, "rm -rf -- \"$PWD\"", output);
    kit_turn_free(b->w->t);
    return 0;
}
#define with_bench(test) cmocka_unit_test_setup_teardown(test, bench_up, bench_down)

static void must(struct bench *b, const char *command)
{
    char output[OUTPUT_MAX];
    int code = run(b, command, output);
    if (code) fail_msg("%s: %d\n%s", command, code, output);
}

static void must_not(struct bench *b, const char *command)
{
    char output[OUTPUT_MAX];
    if (run(b, command, output) == 0) fail_msg("%s: went well\n%s", command, output);
}

static void unzip_shows_mimetype_first_and_stored(void **state)
{
    struct bench *b = *state;
    char output[OUTPUT_MAX];
    must(b, "unzip -tq export.asice");
    assert_int_equal(run(b, "unzip -Z1 export.asice", output), 0);
    assert_true(strncmp(output, "mimetype\nact.json\n", 18) == 0);
    assert_int_equal(run(b, "unzip -v export.asice", output), 0);
    assert_non_null(strstr(output, "Stored"));
    assert_null(strstr(output, "Defl"));
    assert_int_equal(run(b, "unzip -p export.asice mimetype", output), 0);
    assert_string_equal(output, "application/vnd.etsi.asic-e+zip");
}

#define VERIFY(n, root)                                                                            \
    "openssl cms -verify -cades -binary -inform DER -in META-INF/signature00" n ".p7s -content "   \
    "META-INF/ASiCManifest00" n ".xml -CAfile " root " -out /dev/null -attime 1795579200"

static void openssl_accepts_both_signatures_against_the_exported_roots(void **state)
{
    struct bench *b = *state;
    must(b, "unzip -qo export.asice");
    must(b, VERIFY("1", "proof/author-root.pem"));
    must(b, VERIFY("2", "proof/root.pem"));
    must_not(b, VERIFY("1", "proof/receipts-root.pem"));
    must(b, "cmp proof/author-root.pem norland.pem && cmp proof/receipts-root.pem meridia.pem");
}

static void openssl_refuses_a_manifest_that_was_altered(void **state)
{
    struct bench *b = *state;
    must(b, "unzip -qo export.asice && echo >>META-INF/ASiCManifest001.xml");
    must_not(b, VERIFY("1", "proof/author-root.pem"));
}

static void openssl_reads_profiles_and_receipts(void **state)
{
    struct bench *b = *state;
    must(b, "unzip -qo export.asice");
    must(b, "openssl cms -verify -cades -binary -inform DER -in proof/profile.p7m "
            "-certfile proof/root.pem -CAfile proof/root.pem -purpose any -out profile.json "
            "-attime 1795579200 && grep -q '\"state\":\"XN\"' profile.json");
}

/* Beside this test program, where the build puts it. */
static void alone(struct bench *b, char path[512])
{
    (void)b;
    char self[400];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    assert_true(n > 0);
    self[n] = 0;
    *strrchr(self, '/') = 0;
    snprintf(path, 512, "%s/test/proof/verify-alone", self);
    if (access(path, X_OK)) fail_msg("%s is not built", path);
}

static int alone_says(struct bench *b, const char *arguments, char output[OUTPUT_MAX])
{
    char path[512], line[1024];
    alone(b, path);
    snprintf(line, sizeof line, "%s %s", path, arguments);
    return run(b, line, output);
}

static void the_verifier_alone_gives_the_verdict(void **state)
{
    struct bench *b = *state;
    char output[OUTPUT_MAX];
    assert_int_equal(alone_says(b, "export.asice norland.pem meridia.pem", output), 0);
    assert_non_null(strstr(output, "\"answer\": \"trusted\""));
    assert_int_equal(alone_says(b, "export.asice", output), 7);
    assert_non_null(strstr(output, "\"answer\": \"root-unknown\""));
    put(b, "cut.asice", (struct bytes){b->w->container.p, b->w->container.n - 1});
    assert_int_equal(alone_says(b, "cut.asice norland.pem", output), 7);
    assert_int_equal(alone_says(b, "nothing.asice", output), 3);
    assert_int_equal(alone_says(b, "", output), 2);
}

/* What it links: the libraries of codec and seal, and neither database, network nor TLS. */
static void the_verifier_alone_links_no_database_and_no_network(void **state)
{
    struct bench *b = *state;
    char path[512], line[600], output[OUTPUT_MAX];
    alone(b, path);
    snprintf(line, sizeof line, "ldd %s", path);
    assert_int_equal(run(b, line, output), 0);
    static const char *const foreign[] = {"sqlite", "libpq", "microhttpd", "curl", "gnutls"};
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
        if (strstr(output, foreign[i])) fail_msg("it links %s", foreign[i]);
    assert_non_null(strstr(output, "libcrypto"));
}

int tools_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_bench(unzip_shows_mimetype_first_and_stored),
        with_bench(openssl_accepts_both_signatures_against_the_exported_roots),
        with_bench(openssl_refuses_a_manifest_that_was_altered),
        with_bench(openssl_reads_profiles_and_receipts),
        with_bench(the_verifier_alone_gives_the_verdict),
        with_bench(the_verifier_alone_links_no_database_and_no_network),
    };
    return cmocka_run_group_tests_name("tools", tests, NULL, NULL);
}
