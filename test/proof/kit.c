/* SPDX-License-Identifier: Apache-2.0 */
/* Two fictional States with real keys of suite 1, an act of Norland to Meridia in its parcel, the
 * receipt, and the export: what every test of this module begins with. */

#include "proof_test.h"

#include <string.h>

static int64_t still_ms(void *ctx)
{
    (void)ctx;
    return KIT_AT_MS;
}

uint64_t kit_random(uint64_t *state)
{
    uint64_t x = *state ? *state : 1;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    *state = x;
    return x;
}

static void fill(void *ctx, void *out, size_t n)
{
    uint8_t *p = out;
    for (size_t i = 0; i < n; i++) p[i] = (uint8_t)(kit_random(ctx) >> 32);
}

struct kit_turn {
    struct turn turn;
    struct clock clock;
    struct chance chance;
    uint64_t seed;
};

struct turn *kit_turn_new(void)
{
    struct arena *a = arena_new();
    struct kit_turn *k = arena_take(a, sizeof *k);
    k->seed = 0x5eed;
    k->clock = (struct clock){still_ms, still_ms, NULL};
    k->chance = (struct chance){fill, &k->seed};
    k->turn = (struct turn){.arena = a, .clock = &k->clock, .chance = &k->chance};
    return &k->turn;
}

void kit_turn_free(struct turn *t) { arena_free(t->arena); }

int turn_up(void **state)
{
    *state = kit_turn_new();
    return 0;
}

int turn_down(void **state)
{
    kit_turn_free(*state);
    return 0;
}

/* ---- a State --------------------------------------------------------------------------------- */

static void key_end(void *key) { seal_key_free(key); }

static void ok(struct turn *t, err e)
{
    if (e != ERR_OK) fail_msg("%s: %s", t->fault.code, t->fault.sentence);
}

static struct bytes issue(struct turn *t, struct state *s, enum seal_role role, const char *address,
                          struct seal_key **key, bool training, int64_t to_ms)
{
    struct bytes der;
    struct seal_cert says = {.state = str_of(s->code),
                             .address = str_of(role == SEAL_ROOT ? "" : address),
                             .role = role,
                             .training = training && role == SEAL_ROOT,
                             .from_ms = KIT_AT_MS - KIT_YEAR_MS,
                             .to_ms = to_ms ? to_ms : KIT_AT_MS + KIT_YEAR_MS};
    ok(t, seal_key_make(t, key));
    arena_on_free(t->arena, key_end, *key);
    bool root = role == SEAL_ROOT;
    ok(t, seal_cert_issue(t, &says, STR("Ministry of Letters"), *key, root ? *key : s->root_key,
                          root ? (struct bytes){NULL, 0} : s->root_der, &der));
    return der;
}

static const struct tree *functions_of(struct arena *a, const char *kind)
{
    struct tree *list = tree_list(a);
    static const char *const directions[] = {"send", "receive"};
    for (size_t i = 0; i < 2; i++) {
        struct tree *f = tree_add_map(a, list, NULL);
        tree_add_str(a, f, "instrument", STR("un-cybercrime"));
        tree_add_str(a, f, "function", STR("preservation"));
        tree_add_str(a, f, "direction", str_of(directions[i]));
        tree_add_str(a, f, "kind", str_of(kind));
    }
    return list;
}

struct bytes kit_profile_sign(struct turn *t, const struct state *s, const struct profile *p)
{
    struct bytes cms, body = str_bytes(profile_body(t->arena, p));
    ok(t, suite_1.sign(t, s->root_key, s->root_der, body, true, KIT_AT_MS, &cms));
    return cms;
}

struct bytes kit_profile_of(struct world *w, const char *address)
{
    struct state s = w->norland;
    struct profile_authority a = s.profile.authorities[0];
    struct seal_key *key;
    a.address = str_of(address);
    a.seal_der = issue(w->t, &s, SEAL_SEAL, address, &key, false, 0);
    a.open_der = issue(w->t, &s, SEAL_OPEN, address, &key, false, 0);
    s.profile.authorities = &a;
    return kit_profile_sign(w->t, &s, &s.profile);
}

static void state_make(struct turn *t, struct state *s, const struct bend *b)
{
    bool bent = strcmp(s->code, "XN") == 0;
    const char *cert_address = bent && b->author_address ? b->author_address : s->address;
    int64_t to_ms = bent ? b->seal_to_ms : 0;
    s->root_der =
        issue(t, s, SEAL_ROOT, NULL, &s->root_key, bent && b->training, bent ? b->root_to_ms : 0);
    s->seal_der = issue(t, s, SEAL_SEAL, cert_address, &s->seal_key, false, to_ms);
    s->open_der = issue(t, s, SEAL_OPEN, s->address, &s->open_key, false, 0);
    s->tls_der = issue(t, s, SEAL_TLS, s->address, &s->tls_key, false, 0);
    t->chance->fill(t->chance->ctx, s->log_seed, sizeof s->log_seed);
    s->log_key.name = str_printf(t->arena, "comity.%s", s->address);
    seal_ed25519_public(s->log_seed, s->log_key.key);

    struct ledger_vkey named = s->log_key;
    if (bent && b->other_vkey) named.key[0] ^= 1;
    struct profile_authority *authority = arena_take(t->arena, sizeof *authority);
    *authority = (struct profile_authority){
        .address = str_of(s->address),
        .name = STR("Office of Letters"),
        .functions = functions_of(t->arena, bent && b->no_function ? "mla" : "preservation"),
        .seal_der = s->seal_der,
        .open_der = s->open_der};
    s->profile = (struct profile){.state = str_of(s->code),
                                  .name = STR("A State"),
                                  .training = bent && b->training,
                                  .at_ms = KIT_AT_MS - 30 * DAY_MS,
                                  .node = STR("node-1"),
                                  .url = STR("https://127.0.0.1:8443"),
                                  .vkey = ledger_vkey_text(t->arena, &named),
                                  .tls_der = s->tls_der,
                                  .authorities = authority,
                                  .authorities_n = 1};
    s->profile_cms = kit_profile_sign(t, s, &s->profile);
}

err kit_sign(void *state, struct turn *t, struct bytes content, struct bytes *cms_out)
{
    const struct state *s = state;
    return suite_1.sign(t, s->seal_key, s->seal_der, content, false, KIT_AT_MS + 60000, cms_out);
}

/* ---- the log --------------------------------------------------------------------------------- */

static err leaf_node(void *ctx, struct turn *t, int level, uint64_t index, struct hash *out)
{
    (void)t;
    const struct hash *leaves = ctx;
    if (level) return ERR_NONE_SUCH;
    *out = leaves[index];
    return ERR_OK;
}

struct proof_leaf kit_leaf(struct turn *t, const struct state *s, struct bytes open, int64_t index,
                           size_t size)
{
    struct bytes salt = str_bytes(STR("0123456789abcdef0123456789abcdef"));
    struct ledger_opening opening;
    ledger_open(salt, open, str_bytes(STR("the rest of the row")), &opening);
    struct hash *leaves = arena_take_many(t->arena, size, sizeof *leaves);
    for (size_t i = 0; i < size; i++) leaves[i].b[0] = (uint8_t)(i + 1);
    struct hash data;
    ledger_leaf_data(&opening, &data);
    ledger_leaf_hash(&data, &leaves[index]);

    struct proof_leaf l = {.index = index, .salt = salt, .rest = opening.rest};
    struct ledger_source source = {leaf_node, leaves};
    struct ledger_checkpoint head = {.origin = s->log_key.name, .size = size};
    ok(t, ledger_inclusion(t, &source, (uint64_t)index, size, &l.path));
    ok(t, ledger_root_at(t, &source, size, &head.root));
    struct str text = ledger_checkpoint_text(t->arena, &head);
    uint8_t signature[64];
    seal_ed25519_sign(s->log_seed, str_bytes(text), signature);
    l.checkpoint = ledger_note_write(t->arena, text, &s->log_key, signature);
    return l;
}

/* ---- the parcel ------------------------------------------------------------------------------ */

static void documents_put(struct world *w, struct tree *act)
{
    struct arena *a = w->t->arena;
    static const char *const texts[][2] = {{"order.txt", "Keep what is there, as it is.\n"},
                                           {"annex.pdf", "%PDF-1.7 nothing much\n"}};
    struct tree *list = tree_add_list(a, act, "documents");
    for (size_t i = 0; i < 2; i++) {
        struct bytes data = str_bytes(str_of(texts[i][1]));
        struct hash h = seal_sha256_of(data);
        struct tree *row = tree_add_map(a, list, NULL);
        tree_add_str(a, row, "name", str_of(texts[i][0]));
        tree_add_str(a, row, "sha256", hex(a, hash_bytes(&h)));
        tree_add_int(a, row, "size", (int64_t)data.n);
        tree_add_str(a, row, "type", STR("application/octet-stream"));
        w->entries[2 + i] = (struct zip_entry){str_printf(a, "documents/%s", texts[i][0]), data};
    }
}

static void act_make(struct world *w, const struct bend *b)
{
    struct arena *a = w->t->arena;
    int64_t suite = b->suite ? b->suite : 1;
    struct str to = str_of(b->act_to ? b->act_to : w->meridia.address);
    struct tree *act = tree_map(a), *carriage = tree_map(a);
    tree_add_int(a, act, "v", b->version ? b->version : 1);
    tree_add_str(a, act, "id", STR("000102030405060708090a0b0c0d0e0f"));
    tree_add_str(a, act, "act", STR("send"));
    tree_add_str(a, act, "dossier", STR("101112131415161718191a1b1c1d1e1f"));
    tree_add_int(a, act, "n", 1);
    tree_add_str(a, act, "from", str_of(w->norland.address));
    tree_add_str(a, act, "to", to);
    tree_add_int(a, act, "at", KIT_AT_MS);
    struct tree *law = tree_add_map(a, act, "law");
    tree_add_str(a, law, "instrument", STR("un-cybercrime"));
    tree_add_str(a, law, "kind", STR("preservation"));
    tree_add_int(a, act, "suite", suite);
    documents_put(w, act);
    w->act = str_bytes(json_write(a, act));

    struct hash h = seal_sha256_of(w->act);
    tree_add_int(a, carriage, "v", 1);
    tree_add_str(a, carriage, "act", hex(a, hash_bytes(&h)));
    tree_add_str(a, carriage, "from", str_of(w->norland.address));
    tree_add_str(a, carriage, "to", to);
    tree_add_int(a, carriage, "incarnation", 1);
    tree_add_int(a, carriage, "seq", 7);
    tree_add_int(a, carriage, "suite", suite);
    w->carriage = str_bytes(json_write(a, carriage));
    w->entries[0] = (struct zip_entry){STR("act.json"), w->act};
    w->entries[1] = (struct zip_entry){STR("carriage.json"), w->carriage};
    w->entries_n = 4;
}

static void parcel_make(struct world *w)
{
    struct turn *t = w->t;
    struct bytes manifest = parcel_manifest(t->arena, 1, w->entries, w->entries_n);
    ok(t, kit_sign(&w->norland, t, manifest, &w->signature));
    const struct parcel_seal seal = {manifest, w->signature};
    w->parcel = parcel_write(t->arena, w->entries, w->entries_n, &seal, 1);
}

struct bytes kit_answer(struct world *w, const struct state *by, const struct receipt *r)
{
    struct turn *t = w->t;
    struct bytes cms;
    struct proof_leaf leaf = kit_leaf(t, by, receipt_open(r, w->act), r->index, 9);
    struct bytes body = str_bytes(receipt_body(t->arena, r));
    ok(t, suite_1.sign(t, by->seal_key, by->seal_der, body, true, r->at_ms, &cms));
    return str_bytes(receipt_answer(t->arena, cms, &leaf));
}

static void export_prepare(struct world *w, const struct bend *b)
{
    w->receipt = (struct receipt){.event = STR("held"),
                                  .parcel = seal_sha256_of(w->parcel),
                                  .act = seal_sha256_of(w->act),
                                  .from = str_of(b->act_to ? b->act_to : w->meridia.address),
                                  .to = str_of(w->norland.address),
                                  .at_ms = b->receipt_at_ms ? b->receipt_at_ms : KIT_AT_MS + 2000,
                                  .incarnation = 1,
                                  .sequence = 7,
                                  .contiguous = 7,
                                  .index = 5};
    w->answer = bytes_str(kit_answer(w, &w->meridia, &w->receipt));
    const struct state *n = &w->norland, *m = &w->meridia;
    w->x = (struct proof_export){.parcel = w->parcel,
                                 .author_seal_der = n->seal_der,
                                 .author_root_der = n->root_der,
                                 .author_profile = n->profile_cms,
                                 .exporter_seal_der = n->seal_der,
                                 .exporter_root_der = n->root_der,
                                 .exporter_profile = n->profile_cms,
                                 .log = kit_leaf(w->t, n, w->act, 3, 6),
                                 .answers = &w->answer,
                                 .answers_n = b->no_receipt ? 0 : 1,
                                 .receipts_der = m->seal_der,
                                 .receipts_root_der = m->root_der,
                                 .receipts_profile = m->profile_cms,
                                 .at_ms = b->export_at_ms ? b->export_at_ms : KIT_AT_MS + DAY_MS,
                                 .by = str_of(n->address)};
}

struct world *world_new(struct turn *t, const struct bend *bend, bool exported)
{
    static const struct bend plain;
    if (!bend) bend = &plain;
    struct world *w = arena_take(t->arena, sizeof *w);
    w->t = t;
    w->norland = (struct state){.code = "XN", .address = "XN/csb"};
    w->meridia = (struct state){.code = "XM", .address = "XM/dts"};
    state_make(t, &w->norland, bend);
    state_make(t, &w->meridia, bend);
    act_make(w, bend);
    parcel_make(w);
    export_prepare(w, bend);
    if (exported) ok(t, proof_export(t, &w->x, kit_sign, &w->norland, &w->container));
    return w;
}

int world_up(void **state)
{
    *state = world_new(kit_turn_new(), NULL, true);
    return 0;
}

int world_down(void **state)
{
    struct world *w = *state;
    kit_turn_free(w->t);
    return 0;
}
