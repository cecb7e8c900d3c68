/* SPDX-License-Identifier: Apache-2.0 */
/* A letter of the desk as a mail: what LETTER answered, the PDF made of it, and the container. */

#include "post/post.h"

#include <string.h>

enum { FILES_MAX = 16 };

/* A message id as the desk spells it, without its brackets. */
static struct str bare(struct str id)
{
    if (id.n > 2 && id.p[0] == '<' && id.p[id.n - 1] == '>')
        return (struct str){id.p + 1, id.n - 2};
    return id;
}

static err files_put(struct turn *t, const struct tree *view, struct bytes pdf, struct mail *m)
{
    struct arena *a = t->arena;
    m->files = arena_take_many(a, FILES_MAX, sizeof *m->files);
    m->files[m->files_n++] = (struct mail_file){.name = str_printf(a, STR_FMT "-" STR_FMT ".pdf",
                                                                   STR_ARG(tree_str(view, "ref")),
                                                                   STR_ARG(tree_str(view, "act"))),
                                                .type = STR("application/pdf"),
                                                .data = pdf};
    const struct tree *list = tree_get(view, "documents");
    for (const struct tree *d = list ? list->child : NULL; d; d = d->next) {
        struct mail_file f = {.name = mail_name_safe(a, tree_str(d, "name")),
                              .type = tree_str(d, "type")};
        if (m->files_n == FILES_MAX || !base64_read(a, tree_str(d, "data"), &f.data))
            return turn_fail(t, ERR_INTERNAL, "letter-files", NULL,
                             "The letter has more than %d files, or one that is not base64. No "
                             "mail was made.",
                             FILES_MAX);
        m->files[m->files_n++] = f;
    }
    return ERR_OK;
}

err post_letter_mail(struct turn *t, const struct tree *view, struct str from, struct bytes pdf,
                     const struct str *to_pem, size_t n, struct bytes *message_out)
{
    const struct tree *mail = tree_get(view, "mail");
    struct mail_person to = {.address = tree_str(mail, "to")};
    if (tree_str(mail, "from").n) from = tree_str(mail, "from");
    struct mail m = {.message_id = bare(tree_str(mail, "message_id")),
                     .from = {.name = tree_str(tree_at(view, "letter.letterhead"), "authority"),
                              .address = from},
                     .to = &to,
                     .to_n = 1,
                     .date_ms = turn_now_ms(t),
                     .subject = tree_str(mail, "subject"),
                     .text = tree_str(mail, "text")};
    if (m.subject.n > MAIL_LINE_MAX)
        return turn_fail(t, ERR_TOO_LARGE, "letter-subject", NULL, "The subject is too long.");
    struct bytes entity;
    try(files_put(t, view, pdf, &m));
    try(mail_entity(t, &m, &entity));
    if (n) try(seal_mail_close(t, to_pem, n, entity, turn_now_ms(t), &entity));
    return mail_wrap(t, &m, entity, message_out);
}
