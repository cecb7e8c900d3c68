/* SPDX-License-Identifier: Apache-2.0 */
/* An act sent as an e-mail: form, check, sign. The letter is printed, made into a message, and kept
 * by the desk in one transaction; from then on it leaves by itself, and what the mail server said
 * stands on the page of the letter. A program does the same in one call. */

#include "web/api.h"

#include <stdio.h>

enum { CERTIFICATES_MAX = 8 };

const char *letter_mail_lacks(const struct visit *v)
{
    const struct web_options *o = &v->web->o;
    if (!o->mail.make)
        return TEXT("This node sends no e-mail: its settings name no mail server. In "
                    "comity.yaml that is the setting smtp under mail.");
    if (!o->press.print)
        return TEXT("This node sends no e-mail: the program comity-paper, which prints the "
                    "letter, is not there.");
    return NULL;
}

static void refuse_lacking(struct visit *v)
{
    struct fault f = {.err = ERR_NOT_ALLOWED, .code = "mail-none"};
    snprintf(f.sentence, sizeof f.sentence, STR_FMT,
             STR_ARG(text_of(v->lang, letter_mail_lacks(v))));
    visit_refuse(v, f.err, &f);
}

/* ---- on the page of the letter --------------------------------------------------------------- */

void letter_mails_put(struct visit *v, const struct tree *show)
{
    struct arena *a = v->t.arena;
    const char *lacks = letter_mail_lacks(v);
    const struct tree *mails = tree_get(show, "mail");
    struct tree *list = tree_add_list(a, v->page, "mails");
    for (const struct tree *m = mails ? mails->child : NULL; m; m = m->next) {
        if (!str_eq(tree_str(m, "act"), tree_str(v->view, "id"))) continue;
        struct tree *one = tree_add_copy(a, list, NULL, m);
        tree_add_bool(a, one, "refused", str_is(tree_str(m, "stage"), "refused"));
        tree_add_bool(a, one, "tried", tree_int(m, "tries", 0) > 0);
    }
    if (!tree_bool(show, "off_wire", true))
        lacks = TEXT("This act goes to the other State by its node, so it is not sent by e-mail.");
    if (lacks) visit_put(v, "mail_lacks", text_of(v->lang, lacks));
    struct str to = str_trim(visit_field(v, "to"));
    visit_put(v, "to", to.n ? to : tree_str(tree_get(v->view, "mail"), "to"));
}

/* ---- check ----------------------------------------------------------------------------------- */

static void files_put(struct visit *v)
{
    struct arena *a = v->t.arena;
    const struct tree *documents = tree_get(v->view, "documents");
    struct tree *list = tree_add_list(a, v->page, "files");
    tree_add_str(a, tree_add_map(a, list, NULL), "name",
                 str_printf(a, STR_FMT "-" STR_FMT ".pdf", STR_ARG(tree_str(v->view, "ref")),
                            STR_ARG(tree_str(v->view, "act"))));
    for (const struct tree *d = documents ? documents->child : NULL; d; d = d->next)
        tree_add_copy(a, tree_add_map(a, list, NULL), "name", tree_get(d, "name"));
}

static void show_check(struct visit *v, const struct fault *f)
{
    static const char *const copied[] = {"subject", "text"};
    const struct tree *mail = tree_get(v->view, "mail");
    struct str idem = visit_field(v, "idem"), from = tree_str(mail, "from");
    letter_head_put(v);
    files_put(v);
    for (size_t k = 0; k < sizeof copied / sizeof *copied; k++)
        visit_share(v, copied[k], tree_get(mail, copied[k]));
    visit_put(v, "from", from.n ? from : str_of(v->web->o.mail.from));
    visit_put(v, "to", str_trim(visit_field(v, "to")));
    visit_share(v, "id", tree_get(v->view, "id"));
    if (idem.n) visit_put(v, "idem", idem);
    if (f) {
        visit_put(v, "refused", str_of(f->sentence));
        visit_put(v, "refused_article", str_of(f->article));
    }
    v->back = str_printf(v->t.arena, "/dossier/" STR_FMT "/letter/" STR_FMT,
                         STR_ARG(tree_str(v->view, "ref")), STR_ARG(visit_at(v, "act")));
    visit_page(v, visit_status(f), page_letter_mail);
}

static void check(struct visit *v) { show_check(v, NULL); }

static void ask_show(struct visit *v, void (*then)(struct visit *v))
{
    struct tree *args = tree_map(v->t.arena);
    tree_add_str(v->t.arena, args, "ref", visit_at(v, "ref"));
    visit_ask(v, "show", args);
    visit_then(v, then);
}

void web_do_LETTER_MAIL(struct visit *v)
{
    const char *no = TEXT("This is no e-mail address. Nothing was sent; write one like "
                          "name@authority.example.");
    if (letter_mail_lacks(v)) {
        refuse_lacking(v);
    } else if (v->restores) {
        letter_page_ask(v, NULL);
    } else if (!mail_is_address(str_trim(visit_field(v, "to")))) {
        struct fault *f = arena_take(v->t.arena, sizeof *f);
        *f = (struct fault){.err = ERR_REJECTED, .code = "recipient"};
        snprintf(f->sentence, sizeof f->sentence, STR_FMT, STR_ARG(text_of(v->lang, no)));
        letter_page_ask(v, f);
    } else {
        ask_show(v, check);
    }
}

/* ---- sign ------------------------------------------------------------------------------------ */

static void no(struct visit *v, const struct fault *f)
{
    if (v->is_api)
        visit_refuse(v, f->err, f);
    else
        show_check(v, f);
}

static struct str to_of(const struct visit *v)
{
    return str_trim(v->is_api ? tree_str(v->args, "to") : visit_field(v, "to"));
}

static bool certificate_add(struct str pem[CERTIFICATES_MAX], size_t *n, struct str one)
{
    if (*n == CERTIFICATES_MAX) return false;
    pem[(*n)++] = one;
    return true;
}

/* Of the form's files, or of the call's body. */
static err certificates(struct visit *v, struct str pem[CERTIFICATES_MAX], size_t *n_out)
{
    const struct tree *list = v->is_api ? tree_get(v->args, "certificates") : NULL;
    bool fits = true;
    *n_out = 0;
    for (const struct tree *c = list ? list->child : NULL; c; c = c->next)
        fits = fits && certificate_add(pem, n_out, c->str);
    for (size_t k = 0; k < v->form.n; k++) {
        const struct web_field *f = &v->form.fields[k];
        if (!f->is_file || !str_is(f->name, "certificates") || !f->file_name.n) continue;
        fits = fits && certificate_add(pem, n_out, bytes_str(f->data));
    }
    if (fits) return ERR_OK;
    return turn_fail(&v->t, ERR_TOO_LARGE, "certificates", NULL,
                     "A mail is sealed to at most %d certificates. Nothing was sent.",
                     CERTIFICATES_MAX);
}

/* The letter to the mailbox that was said; what the tables say where none was. */
static const struct tree *addressed(struct visit *v)
{
    struct arena *a = v->t.arena;
    struct str to = to_of(v);
    if (!to.n) return v->view;
    struct tree *list = tree_list(a), *value = tree_add_str(a, list, NULL, to);
    struct tree *letter = tree_add_copy(a, list, NULL, v->view);
    struct tree *mail = tree_add_copy(a, list, NULL, tree_get(v->view, "mail"));
    if (!mail) mail = tree_add_map(a, list, NULL);
    tree_set(a, mail, STR("to"), value);
    tree_set(a, letter, STR("mail"), mail);
    return letter;
}

static void kept(struct visit *v)
{
    const struct fault *f = visit_fault(v, "mail-out");
    if (f) {
        no(v, f);
    } else if (v->is_api) {
        api_reply(v, visit_view(v, "mail-out"), NULL);
    } else {
        visit_go(v, str_printf(v->t.arena, "/dossier/" STR_FMT "/letter/" STR_FMT "?done=mail",
                               STR_ARG(tree_str(v->view, "ref")), STR_ARG(visit_at(v, "act"))));
    }
}

static err message_make(struct visit *v, struct bytes pdf, struct bytes *out)
{
    const struct web_mail *m = &v->web->o.mail;
    struct str pem[CERTIFICATES_MAX];
    size_t n;
    try(certificates(v, pem, &n));
    return m->make(m->ctx, &v->t, addressed(v), pdf, pem, n, out);
}

static void printed(struct visit *v, const struct web_print *p)
{
    struct arena *a = v->t.arena;
    struct bytes message;
    if (p->result != ERR_OK) {
        no(v, &p->t.fault);
        return;
    }
    if (message_make(v, p->pdf, &message) != ERR_OK) {
        no(v, &v->t.fault);
        return;
    }
    struct str idem = v->is_api ? tree_str(v->args, "idem") : visit_field(v, "idem");
    struct tree *args = tree_map(a);
    tree_add_copy(a, args, "ref", tree_get(v->view, "ref"));
    tree_add_copy(a, args, "act", tree_get(v->view, "id"));
    tree_add_str(a, args, "idem", idem);
    tree_add_str(a, args, "message", base64(a, message));
    if (to_of(v).n) tree_add_str(a, args, "to", to_of(v));
    visit_try(v, "mail-out", args);
    visit_then(v, kept);
}

static void send(struct visit *v)
{
    if (letter_mail_lacks(v))
        refuse_lacking(v);
    else if (v->restores)
        check(v);
    else
        visit_print(v, tree_get(v->view, "letter"), printed);
}

void web_do_LETTER_MAILED(struct visit *v) { ask_show(v, send); }

void api_go_mail(struct visit *v) { send(v); }
