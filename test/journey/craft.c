/* SPDX-License-Identifier: Apache-2.0 */
/* craft: makes a peer of its own and parcels that no honest node would make, for the table of bad
 * input.
 *
 *   craft make FOLDER STATE [real]    keys, certificates and signed profile of a node
 *   craft seal FOLDER OUT < SPEC      sealed bytes from {"entries":[{"name","data"}], "to":[DER],
 *                                     "signer":FOLDER} or {"container":bytes, "to":[DER]};
 *                                     without "to" the container as it is
 *   craft know FOLDER < PROFILE       the certificates of a node, from what it tells of itself
 *   craft words FOLDER                what the node reads out: the five words of its root
 *   craft show FOLDER < ANSWER        the body of the receipt in an answer, by the node known there
 *
 * Bytes in JSON are base64. */

#include "codec/codec.h"
#include "proof/proof.h"
#include "seal/seal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { INPUT_MAX = 128 << 20 };

static int64_t now_ms(void *ctx)
{
    struct timespec ts;
    (void)ctx;
    clock_gettime(CLOCK_REALTIME, &ts);
    return (int64_t)ts.tv_sec * 1000;
}

static void fill(void *ctx, void *out, size_t n)
{
    (void)ctx;
    if (getrandom(out, n, 0) != (ssize_t)n) abort();
}

static void must(struct turn *t, err e)
{
    if (e == ERR_OK) return;
    fprintf(stderr, "craft: %s: %s\n", t->fault.code, t->fault.sentence);
    exit(1);
}

static const char *path_of(struct turn *t, const char *folder, const char *name)
{
    return str_c(t->arena, str_printf(t->arena, "%s/%s", folder, name));
}

static void keep(struct turn *t, const char *folder, const char *name, struct bytes data)
{
    must(t, file_write(t, path_of(t, folder, name), data, 0600));
}

static struct bytes load(struct turn *t, const char *folder, const char *name)
{
    struct bytes data;
    must(t, file_read(t, path_of(t, folder, name), INPUT_MAX, &data));
    return data;
}

/* ---- make ------------------------------------------------------------------------------------ */

struct made {
    struct seal_key *root, *seal, *open, *tls;
    struct bytes root_der, seal_der, open_der, tls_der;
};

static struct bytes issue(struct turn *t, const struct made *m, struct str state,
                          enum seal_role role, const struct seal_key *key, bool training)
{
    struct seal_cert says = {.state = state,
                             .role = role,
                             .training = role == SEAL_ROOT && training,
                             .from_ms = now_ms(NULL) - DAY_MS,
                             .to_ms = now_ms(NULL) + 365 * DAY_MS};
    if (role != SEAL_ROOT) says.address = str_printf(t->arena, STR_FMT "/csb", STR_ARG(state));
    struct bytes der;
    must(t, seal_cert_issue(t, &says, STR("Craft"), key, m->root,
                            role == SEAL_ROOT ? (struct bytes){0} : m->root_der, &der));
    return der;
}

static struct bytes profile_sign(struct turn *t, const struct made *m, struct str state,
                                 bool training)
{
    struct tree *functions = tree_list(t->arena);
    struct tree *f = tree_add_map(t->arena, functions, NULL);
    tree_add_str(t->arena, f, "instrument", STR("un-cybercrime"));
    tree_add_str(t->arena, f, "function", STR("contact"));
    tree_add_str(t->arena, f, "direction", STR("*"));
    tree_add_str(t->arena, f, "kind", STR("*"));
    struct str address = str_printf(t->arena, STR_FMT "/csb", STR_ARG(state));
    struct profile_authority a = {.address = address,
                                  .name = STR("Craft"),
                                  .functions = functions,
                                  .seal_der = m->seal_der,
                                  .open_der = m->open_der};
    struct ledger_vkey key = {.name = str_printf(t->arena, "comity." STR_FMT, STR_ARG(address))};
    uint8_t seed[32] = {7};
    seal_ed25519_public(seed, key.key);
    struct profile p = {.state = state,
                        .name = STR("Craft"),
                        .training = training,
                        .at_ms = now_ms(NULL),
                        .node = STR("craft"),
                        .url = STR("https://127.0.0.1:9"),
                        .vkey = ledger_vkey_text(t->arena, &key),
                        .tls_der = m->tls_der,
                        .authorities = &a,
                        .authorities_n = 1};
    struct bytes cms;
    must(t, suite_1.sign(t, m->root, m->root_der, str_bytes(profile_body(t->arena, &p)), true,
                         now_ms(NULL), &cms));
    return cms;
}

static void keep_key(struct turn *t, const char *folder, const char *name,
                     const struct seal_key *key)
{
    struct bytes pem;
    must(t, seal_key_write(t, key, &pem));
    keep(t, folder, name, pem);
}

static void make(struct turn *t, const char *folder, const char *state_text, bool training)
{
    struct str state = str_of(state_text);
    struct made m;
    (void)mkdir(folder, 0700);
    must(t, seal_key_make(t, &m.root));
    must(t, seal_key_make(t, &m.seal));
    must(t, seal_key_make(t, &m.open));
    must(t, seal_key_make(t, &m.tls));
    m.root_der = issue(t, &m, state, SEAL_ROOT, m.root, training);
    m.seal_der = issue(t, &m, state, SEAL_SEAL, m.seal, training);
    m.open_der = issue(t, &m, state, SEAL_OPEN, m.open, training);
    m.tls_der = issue(t, &m, state, SEAL_TLS, m.tls, training);
    struct tree *told = tree_map(t->arena);
    tree_add_str(t->arena, told, "profile", base64(t->arena, profile_sign(t, &m, state, training)));
    tree_add_str(t->arena, told, "root", base64(t->arena, m.root_der));
    keep(t, folder, "profile.json", str_bytes(json_write(t->arena, told)));
    keep(t, folder, "seal.der", m.seal_der);
    keep(t, folder, "open.der", m.open_der);
    keep(t, folder, "tls.pem", str_bytes(seal_pem(t->arena, "CERTIFICATE", m.tls_der)));
    keep_key(t, folder, "seal.key", m.seal);
    keep_key(t, folder, "tls.key", m.tls);
    seal_key_free(m.root);
    seal_key_free(m.seal);
    seal_key_free(m.open);
    seal_key_free(m.tls);
}

/* ---- seal ------------------------------------------------------------------------------------ */

static struct bytes decoded(struct turn *t, struct str text)
{
    struct bytes b;
    if (base64_read(t->arena, text, &b)) return b;
    fprintf(stderr, "craft: the specification is not base64 where it should be\n");
    exit(1);
}

static struct bytes container(struct turn *t, const char *folder, const struct tree *spec)
{
    const struct tree *list = tree_get(spec, "entries");
    if (!list) return decoded(t, tree_str(spec, "container"));
    struct zip_entry *entries = arena_take_many(t->arena, list->count + 1, sizeof *entries);
    size_t n = 0;
    for (const struct tree *e = list->child; e; e = e->next)
        entries[n++] = (struct zip_entry){tree_str(e, "name"), decoded(t, tree_str(e, "data"))};
    struct str signer = tree_str(spec, "signer");
    const char *from = signer.n ? str_c(t->arena, signer) : folder;
    struct seal_key *key;
    must(t, seal_key_read(t, load(t, from, "seal.key"), &key));
    struct parcel_seal seal = {.manifest = parcel_manifest(t->arena, 1, entries, n)};
    must(t, suite_1.sign(t, key, load(t, from, "seal.der"), seal.manifest, false, now_ms(NULL),
                         &seal.signature));
    seal_key_free(key);
    return parcel_write(t->arena, entries, n, &seal, 1);
}

static struct bytes input(struct turn *t)
{
    struct buf b = buf_in(t->arena);
    char part[65536];
    size_t n;
    while ((n = fread(part, 1, sizeof part, stdin)) > 0) buf_put(&b, part, n);
    return buf_as_bytes(&b);
}

static const struct tree_limits limits = {INPUT_MAX, 16, 65536};

static void seal(struct turn *t, const char *folder, const char *out)
{
    struct tree *spec;
    must(t, json_read(t, input(t), &limits, &spec));
    struct bytes to[16], sealed;
    size_t n = 0;
    for (const struct tree *d = tree_get(spec, "to")->child; d && n < 16; d = d->next)
        to[n++] = decoded(t, d->str);
    sealed = container(t, folder, spec);
    if (n) must(t, suite_1.seal(t, to, n, sealed, &sealed));
    must(t, file_write(t, out, sealed, 0600));
}

static void know(struct turn *t, const char *folder)
{
    struct tree *told;
    struct profile p;
    (void)mkdir(folder, 0700);
    must(t, json_read(t, input(t), &limits, &told));
    must(t, profile_read(t, &suite_1, decoded(t, tree_str(told, "profile")),
                         decoded(t, tree_str(told, "root")), &p));
    keep(t, folder, "seal.der", p.authorities[0].seal_der);
    keep(t, folder, "open.der", p.authorities[0].open_der);
}

/* The body of the receipt, verified with the certificate in the folder (the receiver's seal.der).
 */
static void show(struct turn *t, const char *folder)
{
    struct tree *answer;
    must(t, json_read(t, input(t), &limits, &answer));
    struct bytes cms = decoded(t, tree_str(answer, "receipt")), body;
    must(t, suite_1.verify_attached(t, load(t, folder, "seal.der"), cms, &body));
    fwrite(body.p, 1, body.n, stdout);
}

static void read_out(struct turn *t, const char *folder)
{
    struct tree *told;
    struct str words;
    must(t, json_read(t, load(t, folder, "profile.json"), &limits, &told));
    must(t, profile_words(t, decoded(t, tree_str(told, "root")), &words));
    printf(STR_FMT "\n", STR_ARG(words));
}

int main(int argc, char **argv)
{
    auto_arena arena = arena_new();
    struct clock clock = {now_ms, now_ms, NULL};
    struct chance chance = {fill, NULL};
    struct turn t = {.arena = arena, .clock = &clock, .chance = &chance};
    if (argc >= 4 && strcmp(argv[1], "make") == 0)
        make(&t, argv[2], argv[3], argc == 4);
    else if (argc == 4 && strcmp(argv[1], "seal") == 0)
        seal(&t, argv[2], argv[3]);
    else if (argc == 3 && strcmp(argv[1], "know") == 0)
        know(&t, argv[2]);
    else if (argc == 3 && strcmp(argv[1], "words") == 0)
        read_out(&t, argv[2]);
    else if (argc == 3 && strcmp(argv[1], "show") == 0)
        show(&t, argv[2]);
    else
        return 2;
    return 0;
}
