/* SPDX-License-Identifier: Apache-2.0 */
/* A message as a tree, for what hands it on to another process or page. */

#include "codec/codec.h"

static void person_add(struct arena *a, struct tree *to, const struct mail_person *p)
{
    tree_add_str(a, to, "address", p->address);
    if (p->name.n) tree_add_str(a, to, "name", p->name);
}

static void text_add(struct arena *a, struct tree *to, const char *key, struct str s)
{
    if (s.n) tree_add_str(a, to, key, s);
}

struct tree *mail_tree(struct arena *a, const struct mail *m)
{
    struct tree *all = tree_map(a);
    text_add(a, all, "message_id", m->message_id);
    text_add(a, all, "in_reply_to", m->in_reply_to);
    struct tree *references = tree_add_list(a, all, "references");
    for (size_t i = 0; i < m->references_n; i++)
        tree_add_str(a, references, NULL, m->references[i]);
    person_add(a, tree_add_map(a, all, "from"), &m->from);
    struct tree *to = tree_add_list(a, all, "to");
    for (size_t i = 0; i < m->to_n; i++) person_add(a, tree_add_map(a, to, NULL), &m->to[i]);
    if (m->date_ms) tree_add_str(a, all, "date", time_text(a, m->date_ms));
    text_add(a, all, "subject", m->subject);
    text_add(a, all, "text", m->text);
    struct tree *files = tree_add_list(a, all, "files");
    for (size_t i = 0; i < m->files_n; i++) {
        struct tree *f = tree_add_map(a, files, NULL);
        tree_add_str(a, f, "name", m->files[i].name);
        tree_add_str(a, f, "type", m->files[i].type);
        tree_add_int(a, f, "size", (int64_t)m->files[i].data.n);
        tree_add_str(a, f, "data", base64(a, m->files[i].data));
    }
    tree_add_bool(a, all, "automatic", m->automatic);
    tree_add_bool(a, all, "cut", m->cut);
    return all;
}
