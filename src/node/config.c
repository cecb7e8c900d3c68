/* SPDX-License-Identifier: Apache-2.0 */
/* comity.yaml, read against a table of what it may say. It is written once by init and mended by
 * hand; what does not fit is refused with its line, never guessed. It holds no secret and nothing
 * that the signed profile says. */

#include "db/db.h"
#include "node/internal.h"

#include <stddef.h>

struct config_row {
    const char *key;
    enum tree_kind kind;
    size_t offset;
    const char *expected;
};
/* clang-format off */
static const struct config_row rows[] = {
    {"state",       TREE_STR,  offsetof(struct node_config, state),    "two capital letters"},
    {"address",     TREE_STR,  offsetof(struct node_config, address),  "a literal IP address"},
    {"port",        TREE_INT,  offsetof(struct node_config, port),     "a port, 1 to 65535"},
    {"url",         TREE_STR,  offsetof(struct node_config, url),      "https://HOST:PORT"},
    {"training",    TREE_BOOL, offsetof(struct node_config, training), "true or false"},
    {"polls",       TREE_BOOL, offsetof(struct node_config, polls),    "true or false"},
    {"uids",        TREE_INT,  offsetof(struct node_config, uids),     "a uid, 1000 to 65000"},
    {"database",    TREE_STR,  offsetof(struct node_config, database), "a conninfo string"},
    {"authorities", TREE_LIST, 0,                                      "a list of addresses"},
};
/* clang-format on */
enum { ROWS = sizeof rows / sizeof *rows };

static err wrong(struct turn *t, const char *path, uint32_t line, const struct config_row *row)
{
    return turn_fail_at(t, ERR_REJECTED, "config", NULL, str_of(row->key), "%s:%u: %s must be %s.",
                        path, line, row->key, row->expected);
}

static void put(struct node_config *c, const struct config_row *row, const struct tree *v)
{
    char *at = (char *)c + row->offset;
    if (row->kind == TREE_STR) *(struct str *)(void *)at = v->str;
    if (row->kind == TREE_INT) *(int64_t *)(void *)at = v->num;
    if (row->kind == TREE_BOOL) *(bool *)(void *)at = v->num != 0;
}

static bool has_default(const struct config_row *row)
{
    return row->offset == offsetof(struct node_config, uids) ||
           row->offset == offsetof(struct node_config, polls) ||
           row->offset == offsetof(struct node_config, database);
}

static bool is_section(struct str key)
{
    static const char *const sections[] = {"officers", "mail", "mailbox", "carried"};
    for (size_t k = 0; k < sizeof sections / sizeof *sections; k++)
        if (str_is(key, sections[k])) return true;
    return false;
}

static err members_read(struct turn *t, const char *path, const struct tree *m,
                        struct node_config *c)
{
    for (size_t k = 0; k < ROWS; k++) {
        const struct tree *v = tree_get(m, rows[k].key);
        if (!v && has_default(&rows[k])) continue;
        if (!v || v->kind != rows[k].kind) return wrong(t, path, v ? v->line : 1, &rows[k]);
        put(c, &rows[k], v);
    }
    for (const struct tree *v = m->child; v; v = v->next) {
        size_t k = 0;
        while (k < ROWS && !str_is(v->key, rows[k].key)) k++;
        if (k == ROWS && !is_section(v->key))
            return turn_fail_at(t, ERR_REJECTED, "config", NULL, v->key,
                                "%s:%u: there is no setting of that name.", path, v->line);
    }
    return ERR_OK;
}

static bool is_of_state(const struct node_config *c, struct str s)
{
    return s.n >= 2 && str_eq((struct str){s.p, 2}, c->state);
}

bool node_is_address(struct str s)
{
    enum { ADDRESS_MAX = 64 };
    if (s.n < 4 || s.n > ADDRESS_MAX || s.p[2] != '/') return false;
    for (size_t k = 3; k < s.n; k++) {
        char x = s.p[k];
        if (!((x >= 'a' && x <= 'z') || (x >= '0' && x <= '9') || x == '-')) return false;
    }
    return true;
}

static err authorities_read(struct turn *t, const char *path, const struct tree *list,
                            struct node_config *c)
{
    const struct config_row *row = &rows[ROWS - 1];
    if (list->count == 0 || list->count > NODE_AUTHORITIES_MAX)
        return wrong(t, path, list->line, row);
    for (const struct tree *v = list->child; v; v = v->next) {
        if (v->kind != TREE_STR || !node_is_address(v->str) || !is_of_state(c, v->str))
            return wrong(t, path, v->line, row);
        c->authorities[c->authorities_n++] = v->str;
    }
    return ERR_OK;
}

static err carried_read(struct turn *t, const char *path, const struct tree *list,
                        struct node_config *c)
{
    static const struct config_row row = {"carried", TREE_LIST, 0,
                                          "a list of addresses of other States"};
    if (list->kind != TREE_LIST || list->count > NODE_CARRIED_MAX)
        return wrong(t, path, list->line, &row);
    for (const struct tree *v = list->child; v; v = v->next) {
        if (v->kind != TREE_STR || !node_is_address(v->str) || is_of_state(c, v->str))
            return wrong(t, path, v->line, &row);
        c->carried[c->carried_n++] = v->str;
    }
    return ERR_OK;
}

/* What is reached by mail is carried: it may go by a stick, too. */
static err mailbox_read(struct turn *t, const char *path, const struct tree *m,
                        struct node_config *c)
{
    try(node_mailbox_settings(t, path, m, c));
    for (size_t k = 0; k < c->mailbox.peers_n; k++) {
        size_t j = 0;
        while (j < c->carried_n && !str_eq(c->carried[j], c->mailbox.peers[k])) j++;
        if (j < c->carried_n) continue;
        if (c->carried_n == NODE_CARRIED_MAX)
            return turn_fail_at(t, ERR_REJECTED, "config", NULL, STR("carried"),
                                "%s:%u: more than %d authorities are carried to.", path, m->line,
                                NODE_CARRIED_MAX);
        c->carried[c->carried_n++] = c->mailbox.peers[k];
    }
    return ERR_OK;
}

err node_config_read(struct turn *t, const char *path, struct node_config *out)
{
    struct bytes text;
    struct tree *m;
    struct node_config c = {0};
    try(file_read(t, path, NODE_CONFIG_MAX, &text));
    try(yaml_read(t, path, text, &codec_limits, &m));
    if (m->kind != TREE_MAP)
        return turn_fail(t, ERR_REJECTED, "config", NULL, "%s: settings are a map.", path);
    try(members_read(t, path, m, &c));
    if (c.state.n != 2) return wrong(t, path, tree_get(m, "state")->line, &rows[0]);
    if (c.port < 1 || c.port > UINT16_MAX)
        return wrong(t, path, tree_get(m, "port")->line, &rows[2]);
    if (tree_get(m, "uids") && (c.uids < 1000 || c.uids > 65000))
        return wrong(t, path, tree_get(m, "uids")->line, &rows[ROWS - 3]);
    if (!str_starts(c.url, "https://")) return wrong(t, path, tree_get(m, "url")->line, &rows[3]);
    try(authorities_read(t, path, tree_get(m, "authorities"), &c));
    if (c.database.n) try(db_where_check(t, str_c(t->arena, c.database)));
    if (tree_get(m, "officers"))
        try(node_officers_read(t, path, tree_get(m, "officers"), &c.officers));
    if (tree_get(m, "carried")) try(carried_read(t, path, tree_get(m, "carried"), &c));
    if (tree_get(m, "mail")) try(node_mail_settings(t, path, tree_get(m, "mail"), &c.mail));
    if (tree_get(m, "mailbox")) try(mailbox_read(t, path, tree_get(m, "mailbox"), &c));
    *out = c;
    return ERR_OK;
}

struct str node_config_text(struct arena *a, const struct node_config *c)
{
    struct buf b = buf_in(a);
    buf_str(&b, STR("# SPDX-License-Identifier: Apache-2.0\n"
                    "# Settings of this node. What other nodes know of it stands in its signed\n"
                    "# profile: changing the url here changes nothing there.\n"));
    buf_printf(&b, "state: \"" STR_FMT "\"\n", STR_ARG(c->state));
    buf_printf(&b, "address: \"" STR_FMT "\"\n", STR_ARG(c->address));
    buf_printf(&b, "port: %lld\n", (long long)c->port);
    buf_printf(&b, "url: \"" STR_FMT "\"\n", STR_ARG(c->url));
    buf_printf(&b, "training: %s\nauthorities:\n", c->training ? "true" : "false");
    for (size_t k = 0; k < c->authorities_n; k++)
        buf_printf(&b, "  - \"" STR_FMT "\"\n", STR_ARG(c->authorities[k]));
    for (size_t k = 0; k < c->carried_n; k++)
        buf_printf(&b, "%s  - \"" STR_FMT "\"\n", k ? "" : "carried:\n", STR_ARG(c->carried[k]));
    if (c->polls) buf_str(&b, STR("polls: true\n"));
    if (c->database.n)
        buf_printf(&b, "database: " STR_FMT "\n",
                   STR_ARG(json_write(a, &(struct tree){.kind = TREE_STR, .str = c->database})));
    if (c->officers.port) node_officers_put(&b, &c->officers);
    return buf_as_str(&b);
}
