/* SPDX-License-Identifier: Apache-2.0 */
/* Mail between our processes: the desk's side of what reader and courier do with a message, and how
 * a message that was read travels from one to the other. */

#include "node/split.h"

/* ---- a message that was read ----------------------------------------------------------------- */

struct bytes node_mail_put(struct arena *a, const struct mail *m, struct tree *head)
{
    struct buf data = buf_in(a);
    tree_add_str(a, head, "message_id", m->message_id);
    tree_add_str(a, head, "in_reply_to", m->in_reply_to);
    tree_add_str(a, head, "name", m->from.name);
    tree_add_str(a, head, "address", m->from.address);
    tree_add_str(a, head, "subject", m->subject);
    tree_add_str(a, head, "text", m->text);
    tree_add_int(a, head, "date", m->date_ms);
    tree_add_bool(a, head, "automatic", m->automatic);
    struct tree *list = tree_add_list(a, head, "to");
    for (size_t k = 0; k < m->to_n; k++) tree_add_str(a, list, NULL, m->to[k].address);
    list = tree_add_list(a, head, "references");
    for (size_t k = 0; k < m->references_n; k++) tree_add_str(a, list, NULL, m->references[k]);
    list = tree_add_list(a, head, "files");
    for (size_t k = 0; k < m->files_n; k++) {
        struct tree *f = tree_add_map(a, list, NULL);
        tree_add_str(a, f, "name", m->files[k].name);
        tree_add_str(a, f, "type", m->files[k].type);
        tree_add_int(a, f, "size", (int64_t)m->files[k].data.n);
        buf_put(&data, m->files[k].data.p, m->files[k].data.n);
    }
    return buf_as_bytes(&data);
}

static struct str text_of(struct arena *a, const struct tree *m, const char *name)
{
    return str_dup(a, tree_str(m, name));
}

static bool files_get(struct arena *a, const struct tree *list, struct bytes data, struct mail *m)
{
    m->files = arena_take_many(a, list->count + 1, sizeof *m->files);
    for (const struct tree *f = list->child; f; f = f->next) {
        int64_t size = tree_int(f, "size", -1);
        if (size < 0 || (size_t)size > data.n) return false;
        m->files[m->files_n++] =
            (struct mail_file){.name = text_of(a, f, "name"),
                               .type = text_of(a, f, "type"),
                               .data = bytes_dup(a, (struct bytes){data.p, (size_t)size})};
        data = (struct bytes){data.p + size, data.n - (size_t)size};
    }
    return data.n == 0;
}

static bool list_of(const struct tree *head, const char *name, size_t max, const struct tree **out)
{
    *out = tree_get(head, name);
    return *out && (*out)->kind == TREE_LIST && (*out)->count <= max;
}

bool node_mail_get(struct arena *a, const struct tree *head, struct bytes data, struct mail *out)
{
    struct mail m = {.message_id = text_of(a, head, "message_id"),
                     .in_reply_to = text_of(a, head, "in_reply_to"),
                     .from = {text_of(a, head, "name"), text_of(a, head, "address")},
                     .subject = text_of(a, head, "subject"),
                     .text = text_of(a, head, "text"),
                     .date_ms = tree_int(head, "date", 0),
                     .automatic = tree_bool(head, "automatic", false)};
    const struct tree *to, *references, *files;
    if (!list_of(head, "to", MAIL_TO_MAX, &to) ||
        !list_of(head, "references", MAIL_REFERENCES_MAX, &references) ||
        !list_of(head, "files", MAIL_PARTS_MAX, &files))
        return false;
    m.to = arena_take_many(a, to->count + 1, sizeof *m.to);
    for (const struct tree *r = to->child; r; r = r->next)
        m.to[m.to_n++].address = str_dup(a, r->str);
    m.references = arena_take_many(a, references->count + 1, sizeof *m.references);
    for (const struct tree *r = references->child; r; r = r->next)
        m.references[m.references_n++] = str_dup(a, r->str);
    if (!files_get(a, files, data, &m)) return false;
    *out = m;
    return true;
}

/* ---- reading --------------------------------------------------------------------------------- */

struct read_job {
    struct arena *arena; /* the asker's */
    void (*done)(void *job, const struct fault *f, const struct mail *m);
    void *job;
};

static void on_read(void *own, const struct fault *f, const struct pack *answer)
{
    static const struct fault garbled = {ERR_INTERNAL, "reader", "", "",
                                         "What reads mail gave an answer that cannot be."};
    struct read_job *j = own;
    struct mail m = {0};
    if (!f && !node_mail_get(j->arena, tree_get(answer->head, "mail"), pack_part(answer, 0), &m))
        f = &garbled;
    j->done(j->job, f, &m);
}

static void read_over(void *ctx, struct arena *a, struct bytes raw,
                      void (*done)(void *job, const struct fault *f, const struct mail *m),
                      void *job)
{
    struct read_job *j = arena_take(a, sizeof *j);
    *j = (struct read_job){a, done, job};
    struct tree *m = tree_map(a);
    tree_add_str(a, m, "op", STR("mail"));
    struct pack q = {.head = m, .parts = {raw}, .n = 1};
    node_line_ask(ctx, &q, on_read, j);
}

struct post_mail_reader node_mail_reader_over(struct node_line *l)
{
    return (struct post_mail_reader){read_over, l};
}

/* ---- carrying -------------------------------------------------------------------------------- */

struct carry_job {
    struct arena *arena;
    void (*done)(void *job, err e, int code, const char *said);
    void *job;
};

static void on_carried(void *own, const struct fault *f, const struct pack *a)
{
    struct carry_job *j = own;
    struct str word = f ? STR("") : tree_str(a->head, "err"); /* none where it was taken */
    if (f)
        j->done(j->job, ERR_PEER, 0, f->sentence);
    else
        j->done(j->job, word.n ? node_err_of(word) : ERR_OK, (int)tree_int(a->head, "code", 0),
                str_c(j->arena, tree_str(a->head, "said")));
    arena_free(j->arena);
}

/* Not asked a second time by itself: the server may have taken it, and the pause that follows is
 * what another attempt costs. */
static err carry(void *ctx, struct turn *t, struct str to, struct bytes message,
                 void (*done)(void *job, err e, int code, const char *said), void *job)
{
    (void)t; /* nothing fails here: what cannot be carried is told later */
    struct arena *a = arena_new();
    struct carry_job *j = arena_take(a, sizeof *j);
    *j = (struct carry_job){a, done, job};
    struct tree *m = tree_map(a);
    tree_add_str(a, m, "op", STR("mail"));
    tree_add_str(a, m, "to", to);
    struct pack q = {.head = m, .parts = {message}, .n = 1};
    node_line_ask_once(ctx, &q, on_carried, j);
    return ERR_OK;
}

struct post_mail_wire node_mail_wire_over(struct node_line *l)
{
    return (struct post_mail_wire){carry, l};
}
