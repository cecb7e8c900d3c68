/* SPDX-License-Identifier: Apache-2.0 */
/* What the settings say of mail, and what is read by them: `mail` of comity.yaml, the password and
 * the certificates that are trusted. Who uses these reads them before it gives its powers away. */

#include "net/net.h"
#include "node/internal.h"
#include "post/post.h"

#include <stddef.h>
#include <string.h>

enum { SECRET_MAX = 1024, CA_MAX = 4 << 20, STEP_MAX = 32, DAY_S = 86400 };
#define SYSTEM_CA "/etc/ssl/certs/ca-certificates.crt"

struct mail_row {
    const char *key;
    size_t offset;
    bool (*fits)(struct str s);
    const char *expected;
};

static bool is_server(struct str s)
{
    struct str head, rest;
    if (!str_starts(s, "smtp://") && !str_starts(s, "smtps://")) return false;
    str_split(s, ':', &head, &rest);
    rest = (struct str){rest.p + 2, rest.n - 2};
    for (size_t k = 0; k < rest.n; k++)
        if (rest.p[k] == '/' || rest.p[k] <= ' ' || rest.p[k] == '@') return false;
    return rest.n > 0;
}

static bool is_text(struct str s)
{
    for (size_t k = 0; k < s.n; k++)
        if ((unsigned char)s.p[k] < ' ') return false;
    return s.n > 0;
}

static bool is_name(struct str s)
{
    for (size_t k = 0; k < s.n; k++)
        if ((unsigned char)s.p[k] <= ' ' || s.p[k] == '/') return false;
    return s.n > 0;
}

/* One step within the node's folder, and none of its own: desk has that folder as its root. */
static bool is_folder(struct str s)
{
    static const char *const taken[] = {"keys", "vault", "log", "root"};
    if (!s.n || s.n > STEP_MAX) return false;
    for (size_t k = 0; k < s.n; k++) {
        char c = s.p[k];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              c == '-' || c == '_'))
            return false;
    }
    for (size_t k = 0; k < sizeof taken / sizeof *taken; k++)
        if (str_is(s, taken[k])) return false;
    return true;
}

/* clang-format off */
#define AT(member) offsetof(struct node_mail, member)
static const struct mail_row rows[] = {
    {"from",          AT(from),          mail_is_address, "an e-mail address"},
    {"smtp",          AT(smtp),          is_server, "smtp://HOST:PORT or smtps://HOST:PORT"},
    {"user",          AT(user),          is_text,   "a text"},
    {"password_file", AT(password_file), is_text,   "a file"},
    {"ca",            AT(ca),            is_text,   "a file of certificates"},
    {"helo",          AT(helo),          is_name,   "a host name"},
    {"maildir",       AT(maildir),       is_folder, "a folder's name, in the node's folder"},
};
/* clang-format on */
enum { ROWS = sizeof rows / sizeof *rows };

static err wrong(struct turn *t, const char *path, uint32_t line, const char *key,
                 const char *expected)
{
    return turn_fail_at(t, ERR_REJECTED, "config", NULL, str_of(key), "%s:%u: mail: %s must be %s.",
                        path, line, key, expected);
}

static err members_read(struct turn *t, const char *path, const struct tree *m,
                        struct node_mail *out)
{
    for (const struct tree *v = m->child; v; v = v->next) {
        size_t k = 0;
        if (str_is(v->key, "tls")) {
            if (v->kind != TREE_BOOL) return wrong(t, path, v->line, "tls", "true or false");
            out->plain = v->num == 0;
            continue;
        }
        while (k < ROWS && !str_is(v->key, rows[k].key)) k++;
        if (k == ROWS)
            return turn_fail_at(t, ERR_REJECTED, "config", NULL, v->key,
                                "%s:%u: mail: there is no setting of that name.", path, v->line);
        if (v->kind != TREE_STR || !rows[k].fits(v->str))
            return wrong(t, path, v->line, rows[k].key, rows[k].expected);
        *(struct str *)(void *)((char *)out + rows[k].offset) = v->str;
    }
    return ERR_OK;
}

/* The server's host as it is written. */
static bool is_this_machine(struct str smtp)
{
    static const char *const hosts[] = {"smtp://127.", "smtp://localhost:", "smtp://[::1]"};
    for (size_t k = 0; k < sizeof hosts / sizeof *hosts; k++)
        if (str_starts(smtp, hosts[k])) return true;
    return str_is(smtp, "smtp://localhost");
}

err node_mail_settings(struct turn *t, const char *path, const struct tree *m,
                       struct node_mail *out)
{
    struct node_mail o = {0};
    if (m->kind != TREE_MAP) return wrong(t, path, m->line, "it", "a map");
    try(members_read(t, path, m, &o));
    if (o.smtp.n && !o.from.n)
        return wrong(t, path, m->line, "from", "given where mail leaves by smtp");
    if (!o.user.n != !o.password_file.n)
        return wrong(t, path, m->line, "user", "given with password_file, or neither");
    if (o.plain && !is_this_machine(o.smtp))
        return wrong(t, path, m->line, "tls", "true, but for a server on this machine");
    if (o.plain && o.user.n) return wrong(t, path, m->line, "tls", "true where a password is used");
    *out = o;
    return ERR_OK;
}

/* ---- the node's own mailbox ------------------------------------------------------------------ */

static err mailbox_wrong(struct turn *t, const char *path, uint32_t line, const char *key,
                         const char *expected)
{
    return turn_fail_at(t, ERR_REJECTED, "config", NULL, str_of(key),
                        "%s:%u: mailbox: %s must be %s.", path, line, key, expected);
}

static err mailbox_peers(struct turn *t, const char *path, const struct tree *m,
                         const struct node_config *c, struct node_mailbox *out)
{
    static const char expected[] = "a map of other States' addresses and their mailboxes";
    if (m->kind != TREE_MAP || !m->count || m->count > NODE_CARRIED_MAX)
        return mailbox_wrong(t, path, m->line, "peers", expected);
    for (const struct tree *v = m->child; v; v = v->next) {
        bool ours = v->key.n >= 2 && str_eq((struct str){v->key.p, 2}, c->state);
        if (v->kind != TREE_STR || !node_is_address(v->key) || ours || !mail_is_address(v->str))
            return mailbox_wrong(t, path, v->line, "peers", expected);
        out->peers[out->peers_n] = v->key;
        out->mailboxes[out->peers_n++] = v->str;
    }
    return ERR_OK;
}

err node_mailbox_settings(struct turn *t, const char *path, const struct tree *m,
                          struct node_config *c)
{
    struct node_mailbox o = {.from = c->mail.from};
    if (m->kind != TREE_MAP) return mailbox_wrong(t, path, m->line, "it", "a map");
    for (const struct tree *v = m->child; v; v = v->next) {
        if (str_is(v->key, "from") && v->kind == TREE_STR && mail_is_address(v->str))
            o.from = v->str;
        else if (str_is(v->key, "maildir") && v->kind == TREE_STR && is_folder(v->str))
            o.maildir = v->str;
        else if (str_is(v->key, "again") && v->kind == TREE_INT && v->num >= 1 && v->num <= DAY_S)
            o.again_s = v->num;
        else if (str_is(v->key, "peers"))
            try(mailbox_peers(t, path, v, c, &o));
        else
            return mailbox_wrong(t, path, v->line, str_c(t->arena, v->key),
                                 "one of from (an e-mail address), maildir (a folder's name), "
                                 "again (seconds, at most a day) and peers");
    }
    if (!o.peers_n) return mailbox_wrong(t, path, m->line, "peers", "given");
    if (!o.maildir.n || str_eq(o.maildir, c->mail.maildir) || str_is(o.maildir, NODE_CARRIED))
        return mailbox_wrong(t, path, m->line, "maildir", "a folder of its own");
    if (!c->mail.smtp.n) return mailbox_wrong(t, path, m->line, "mail", "given, with smtp");
    c->mailbox = o;
    return ERR_OK;
}

void node_mailbox_of(struct arena *a, const char *dir, const struct node_mailbox *m,
                     struct post_mailbox *out)
{
    *out = (struct post_mailbox){.peers = m->peers,
                                 .mailboxes = m->mailboxes,
                                 .peers_n = m->peers_n,
                                 .from = m->from,
                                 .maildir = node_path(a, dir, str_c(a, m->maildir)),
                                 .again_ms = m->again_s * 1000};
}

/* ---- what is read by them -------------------------------------------------------------------- */

static const char *place(struct arena *a, const char *dir, struct str file)
{
    const char *path = str_c(a, file);
    return *path == '/' ? path : node_path(a, dir, path);
}

err node_mail_smtp(struct turn *t, const char *dir, const struct node_mail *m,
                   struct net_client *client, struct post_smtp *out)
{
    struct arena *a = t->arena;
    struct bytes text;
    struct str line, rest;
    struct post_smtp s = {.client = client,
                          .url = str_c(a, m->smtp),
                          .from = str_c(a, m->from),
                          .tls = !m->plain && str_starts(m->smtp, "smtp://"),
                          .helo = m->helo.n ? str_c(a, m->helo) : NULL};
    if (m->user.n) {
        try(file_read(t, place(a, dir, m->password_file), SECRET_MAX, &text));
        str_split(bytes_str(text), '\n', &line, &rest);
        s.user = str_c(a, m->user);
        s.password = str_c(a, str_trim(line));
    }
    if (m->ca.n) {
        try(file_read(t, place(a, dir, m->ca), CA_MAX, &text));
        s.ca_pem = str_c(a, bytes_str(text));
    } else if (!m->plain) {
        /* Read now, because later no file is within reach. Without it no server is believed. */
        if (file_read(t, SYSTEM_CA, CA_MAX, &text) == ERR_OK) s.ca_pem = str_c(a, bytes_str(text));
        turn_forgive(t);
    }
    *out = s;
    return ERR_OK;
}

/* An office hands its certificate out in either form. */
static err letter_make(void *ctx, struct turn *t, const struct tree *letter, struct bytes pdf,
                       const struct str *to, size_t n, struct bytes *message_out)
{
    const struct node_mail *m = ctx;
    struct str *pem = arena_take_many(t->arena, n + 1, sizeof *pem);
    for (size_t k = 0; k < n; k++)
        pem[k] = str_starts(str_trim(to[k]), "-----BEGIN")
                     ? to[k]
                     : seal_pem(t->arena, "CERTIFICATE", str_bytes(to[k]));
    return post_letter_mail(t, letter, m->from, pdf, pem, n, message_out);
}

struct web_mail node_mail_hook(struct arena *a, const struct node_mail *m)
{
    if (!m->smtp.n) return (struct web_mail){0};
    struct node_mail *kept = arena_take(a, sizeof *kept);
    *kept = *m;
    return (struct web_mail){letter_make, kept, str_c(a, m->from)};
}

err node_letter_mail(struct turn *t, const char *dir, const struct tree *view, struct bytes pdf,
                     const struct str *to_pem, size_t n, struct bytes *message_out)
{
    struct node_config c;
    try(node_folder_config(t, dir, &c));
    if (!c.mail.from.n && !tree_str(tree_get(view, "mail"), "from").n)
        return turn_fail_at(t, ERR_REJECTED, "mail-from", NULL, STR("from"),
                            "This node has no mailbox to write from. Say which in comity.yaml: "
                            "mail: {from: ADDRESS}.");
    return post_letter_mail(t, view, c.mail.from, pdf, to_pem, n, message_out);
}
