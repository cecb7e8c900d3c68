/* SPDX-License-Identifier: Apache-2.0 */
/* Makes a node: keys, certificates, the profile that the State's root signs, the store with its
 * first acts. All in one empty folder; comity.yaml is written last, so a folder with one is whole.
 * What fails on the way leaves nothing behind.
 *
 * The root's private key is only needed to sign again: whoever runs init takes it away and keeps it
 * offline. */

#include "law/law.h"
#include "db/db.h"
#include "node/internal.h"
#include "proof/proof.h"

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_ADDRESS "127.0.0.1"
enum { DEFAULT_PORT = 7443, REMOVE_FDS = 16 };

struct making {
    const char *dir, *keys;
    const struct cli_init *asked;
    const struct tree *state; /* the State's file in law/states */
    struct node_config config;
    struct str name;
    int64_t now_ms;
    struct node_pair root, tls;
    struct profile_authority authorities[NODE_AUTHORITIES_MAX];
    struct str vkey;
    struct bytes profile; /* signed */
};

/* ---- what is asked for ----------------------------------------------------------------------- */

static err folder_is_empty(struct turn *t, const char *dir)
{
    DIR *d = opendir(dir);
    if (!d)
        return turn_fail(t, ERR_INTERNAL, "folder", NULL, "Cannot look into %s: %s.", dir,
                         errno_words(errno));
    bool empty = true;
    for (struct dirent *e; (e = readdir(d));)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0) empty = false;
    closedir(d);
    if (empty) return ERR_OK;
    return turn_fail(t, ERR_CONFLICT, "folder-not-empty", NULL,
                     "The folder %s is not empty: a node begins in a folder of its own.", dir);
}

static struct str title_of(const struct tree *row)
{
    return tree_str(tree_get(row, "titles"), "en");
}

static err state_find(struct turn *t, struct making *m)
{
    const struct law_tables *tables;
    if (m->asked->state.n == 0)
        return turn_fail_at(t, ERR_USAGE, "state-missing", NULL, STR("state"),
                            "Say whose node this is, by the two letters of a State.");
    struct zones zones = node_zones_hook(node_zones_new(t->arena));
    try(law_load(t, law_embedded, law_embedded_n, &tables));
    try(law_zones_check(t, tables, &zones));
    try(law_state_file(t, tables, m->asked->state, &m->state));
    m->name = title_of(m->state);
    return ERR_OK;
}

/* "norland.localhost:8471". A name below localhost stays on this computer; the clocks on pages are
 * the State's. */
static err pages_plan(struct turn *t, struct making *m)
{
    struct str pages = m->asked->pages, port;
    struct node_officers *o = &m->config.officers;
    if (!pages.n) return ERR_OK;
    str_split(pages, ':', &o->name, &port);
    bool fits = str_to_int(port, &o->port) && o->port >= 1 && o->port <= UINT16_MAX && o->name.n;
    for (size_t k = 0; k < o->name.n; k++) {
        char c = o->name.p[k];
        fits = fits && ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.');
    }
    if (!fits)
        return turn_fail_at(t, ERR_USAGE, "pages", NULL, STR("pages"),
                            "Where browsers come is HOST:PORT, such as norland.localhost:8471.");
    bool here = str_is(o->name, "localhost") || str_ends(o->name, ".localhost");
    o->address = here ? STR(DEFAULT_ADDRESS) : m->config.address;
    o->zone = tree_str(m->state, "time_zone");
    return ERR_OK;
}

static err config_plan(struct turn *t, struct making *m)
{
    struct node_config *c = &m->config;
    const struct cli_init *o = m->asked;
    c->state = o->state;
    c->address = o->address.n ? o->address : STR(DEFAULT_ADDRESS);
    c->port = o->port ? o->port : DEFAULT_PORT;
    c->database = o->database;
    if (c->database.n) try(db_where_check(t, str_c(t->arena, c->database)));
    c->training = o->training || tree_bool(m->state, "training", false);
    if (c->port < 1 || c->port > UINT16_MAX)
        return turn_fail_at(t, ERR_USAGE, "port", NULL, STR("port"), "A port is 1 to %d.",
                            UINT16_MAX);
    bool is_v6 = memchr(c->address.p, ':', c->address.n) != NULL;
    c->url = o->url.n ? o->url
                      : str_printf(t->arena, "https://%s" STR_FMT "%s:%lld", is_v6 ? "[" : "",
                                   STR_ARG(c->address), is_v6 ? "]" : "", (long long)c->port);
    while (str_ends(c->url, "/")) c->url.n--;
    if (!str_starts(c->url, "https://"))
        return turn_fail_at(t, ERR_USAGE, "url", NULL, STR("url"),
                            "A node's url begins with https://.");
    const struct tree *list = tree_get(m->state, "authorities");
    for (const struct tree *x = list ? list->child : NULL; x; x = x->next) {
        if (c->authorities_n == NODE_AUTHORITIES_MAX)
            return turn_fail(t, ERR_TOO_LARGE, "authorities", NULL,
                             "A node serves at most %d authorities.", NODE_AUTHORITIES_MAX);
        c->authorities[c->authorities_n++] = str_printf(
            t->arena, STR_FMT "/" STR_FMT, STR_ARG(c->state), STR_ARG(tree_str(x, "authority")));
    }
    if (c->authorities_n) return ERR_OK;
    return turn_fail(t, ERR_REJECTED, "authorities", NULL,
                     "The file of " STR_FMT " names no authority.", STR_ARG(c->state));
}

/* ---- keys and certificates ------------------------------------------------------------------- */

static void key_end(void *key) { seal_key_free(key); }

static err pair_make(struct turn *t, const struct making *m, enum seal_role role,
                     struct str address, const char *stem, struct node_pair *out)
{
    struct node_pair p;
    try(seal_key_make(t, &p.key));
    arena_on_free(t->arena, key_end, p.key);
    struct seal_cert says = {.state = m->config.state,
                             .address = address,
                             .role = role,
                             .training = role == SEAL_ROOT && m->config.training,
                             .from_ms = m->now_ms - DAY_MS, /* for peers whose clock is behind */
                             .to_ms = m->now_ms + NODE_KEY_YEARS * INT64_C(365) * DAY_MS};
    try(seal_cert_issue(t, &says, m->name, p.key, role == SEAL_ROOT ? p.key : m->root.key,
                        role == SEAL_ROOT ? (struct bytes){0} : m->root.der, &p.der));
    try(node_pair_write(t, stem, &p));
    *out = p;
    return ERR_OK;
}

static err seed_make(struct turn *t, const char *path, uint8_t *out)
{
    t->chance->fill(t->chance->ctx, out, NODE_SEED_SIZE);
    return file_write(t, path, (struct bytes){out, NODE_SEED_SIZE}, 0600);
}

/* A profile says of a function only what others need to know. */
static const struct tree *functions_of(struct turn *t, const struct tree *authority)
{
    static const char *const names[] = {"direction", "function", "instrument", "kind"};
    struct tree *list = tree_list(t->arena);
    const struct tree *from = tree_get(authority, "functions");
    for (const struct tree *f = from ? from->child : NULL; f; f = f->next) {
        struct tree *one = tree_add_map(t->arena, list, NULL);
        for (size_t k = 0; k < sizeof names / sizeof *names; k++)
            tree_add_str(t->arena, one, names[k], tree_str(f, names[k]));
    }
    return list;
}

static err authority_make(struct turn *t, struct making *m, size_t n, const struct tree *row)
{
    struct str address = m->config.authorities[n];
    const char *keys = node_keys_of(t->arena, m->keys, address);
    struct node_pair seal, open;
    try(node_folder_make(t, keys));
    try(pair_make(t, m, SEAL_SEAL, address, node_path(t->arena, keys, "seal"), &seal));
    try(pair_make(t, m, SEAL_OPEN, address, node_path(t->arena, keys, "open"), &open));
    m->authorities[n] = (struct profile_authority){.address = address,
                                                   .name = title_of(row),
                                                   .functions = functions_of(t, row),
                                                   .seal_der = seal.der,
                                                   .open_der = open.der};
    return ERR_OK;
}

static err keys_make(struct turn *t, struct making *m)
{
    struct arena *a = t->arena;
    struct str first = m->config.authorities[0];
    uint8_t ledger[NODE_SEED_SIZE], storage[NODE_SEED_SIZE];
    const char *root = node_path(a, m->dir, "root");
    try(node_folder_make(t, root));
    try(node_folder_make(t, m->keys));
    try(pair_make(t, m, SEAL_ROOT, (struct str){0}, node_path(a, root, "root"), &m->root));
    try(file_write(t, node_path(a, m->dir, "root.pem"),
                   str_bytes(seal_pem(a, "CERTIFICATE", m->root.der)), 0644));
    try(pair_make(t, m, SEAL_TLS, first, node_path(a, m->keys, "tls"), &m->tls));
    const struct tree *row = tree_get(m->state, "authorities")->child;
    for (size_t n = 0; n < m->config.authorities_n; n++, row = row->next)
        try(authority_make(t, m, n, row));
    err e = seed_make(t, node_path(a, m->keys, "ledger.key"), ledger);
    if (e == ERR_OK) e = seed_make(t, node_path(a, m->keys, "storage.key"), storage);
    struct ledger_vkey key = {.name = node_log_origin(a, &m->config)};
    seal_ed25519_public(ledger, key.key);
    m->vkey = ledger_vkey_text(a, &key);
    wipe(ledger, sizeof ledger);
    wipe(storage, sizeof storage);
    return e;
}

/* ---- profile and first acts ------------------------------------------------------------------ */

static err profile_make(struct turn *t, struct making *m)
{
    struct profile p = {.state = m->config.state,
                        .name = m->name,
                        .training = m->config.training,
                        .at_ms = m->now_ms,
                        .node = m->config.authorities[0],
                        .url = m->config.url,
                        .vkey = m->vkey,
                        .tls_der = m->tls.der,
                        .authorities = m->authorities,
                        .authorities_n = m->config.authorities_n};
    return suite_1.sign(t, m->root.key, m->root.der, str_bytes(profile_body(t->arena, &p)), true,
                        m->now_ms, &m->profile);
}

err node_profile_sign(struct turn *t, const char *stem, struct bytes body, struct bytes *cms_out)
{
    struct node_pair root;
    struct profile read;
    try(node_pair_read(t, stem, &root));
    try(suite_1.sign(t, root.key, root.der, body, true, turn_now_ms(t), cms_out));
    return profile_read(t, &suite_1, *cms_out, root.der, &read);
}

/* Who runs init is the first officer of each authority's post. */
static struct tree *init_args(struct turn *t, const struct making *m)
{
    struct tree *args = tree_map(t->arena);
    tree_add_str(t->arena, args, "profile", base64(t->arena, m->profile));
    tree_add_str(t->arena, args, "root", base64(t->arena, m->root.der));
    struct tree *list = tree_add_list(t->arena, args, "officers");
    struct tree *o = tree_add_map(t->arena, list, NULL);
    tree_add_str(t->arena, o, "officer", STR("o-1"));
    tree_add_str(t->arena, o, "post", STR("duty officer"));
    tree_add_str(t->arena, o, "authority", m->config.authorities[0]);
    tree_add_int(t->arena, o, "uid", (int64_t)getuid());
    return args;
}

/* A life of its own, so that everything is closed and durable before the settings are written. */
static err desk_make(struct turn *t, const struct making *m)
{
    auto_arena a = arena_new();
    struct turn life = *t;
    life.arena = a;
    struct node_folder f;
    err e = node_folder_with(&life, m->dir, &m->config, NODE_MAKES, &f);
    if (e == ERR_OK) {
        struct desk_turn dt = {
            .t = life, .action = DESK_INIT, .uid = (int64_t)getuid(), .args = init_args(&life, m)};
        struct desk_turn *one = &dt;
        desk_run(f.desk, &one, 1);
        e = dt.result;
        life.fault = dt.t.fault;
    }
    if (e == ERR_OK) e = desk_tidy(f.desk, &life);
    if (e == ERR_OK) e = node_keeper_sync(&life, f.keeper);
    t->fault = life.fault;
    return e;
}

static const struct tree *init_view(struct turn *t, const struct making *m)
{
    struct arena *a = t->arena;
    struct tree *v = tree_map(a);
    tree_add_str(a, v, "state", m->config.state);
    tree_add_str(a, v, "node", m->config.authorities[0]);
    tree_add_str(a, v, "url", m->config.url);
    if (m->config.officers.port)
        tree_add_str(a, v, "pages", node_officers_origin(a, &m->config.officers));
    tree_add_str(a, v, "dir", str_of(m->dir));
    tree_add_str(a, v, "root", str_of(node_path(a, m->dir, "root/root.key")));
    struct tree *list = tree_add_list(a, v, "authorities");
    for (size_t k = 0; k < m->config.authorities_n; k++)
        tree_add_str(a, list, NULL, m->config.authorities[k]);
    tree_add_bool(a, v, "training", m->config.training);
    return v;
}

static err node_make(struct turn *t, struct making *m)
{
    struct arena *a = t->arena;
    try(keys_make(t, m));
    try(profile_make(t, m));
    try(node_folder_make(t, node_path(a, m->dir, "log")));
    try(file_write(t, node_path(a, m->dir, "profile.cms"), m->profile, 0644));
    try(desk_make(t, m));
    struct str text = node_config_text(a, &m->config);
    return file_write(t, node_path(a, m->dir, "comity.yaml"), str_bytes(text), 0644);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
    (void)st;
    (void)type;
    if (where->level > 0) (void)remove(path);
    return 0;
}

err node_init(struct turn *t, const char *dir, const struct cli_init *o,
              const struct tree **view_out)
{
    struct making m = {.dir = str_c(t->arena, str_of(dir)),
                       .keys = node_path(t->arena, dir, "keys"),
                       .asked = o,
                       .now_ms = turn_now_ms(t)};
    try(state_find(t, &m));
    try(config_plan(t, &m));
    try(pages_plan(t, &m));
    bool was_there = access(dir, F_OK) == 0;
    try(node_folder_make(t, dir));
    try(folder_is_empty(t, dir));
    err e = node_make(t, &m);
    if (e != ERR_OK) {
        /* The folder was empty, so all that is in it now was made here. */
        (void)nftw(dir, remove_one, REMOVE_FDS, FTW_DEPTH | FTW_PHYS);
        if (!was_there) (void)rmdir(dir);
        return e;
    }
    *view_out = init_view(t, &m);
    return ERR_OK;
}
