/* SPDX-License-Identifier: Apache-2.0 */
/* An act as a letter: a neutral tree of blocks that a page maker turns into paper, in two
 * languages, with the code a person compares; the signed container that goes with it; and the text
 * of a mail.
 *
 * No kind and no field is named here: rows, titles and their order are the law's. */

#include "desk/desk_internal.h"

#include <string.h>

enum { LANGS = 2, CODE_GROUPS = 3, CODE_GROUP = 4, TOKEN_SIZE = 6, TOKENS_TRIED = 64 };

/* ---- code and token -------------------------------------------------------------------------- */

static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; /* without I L O U */

struct str desk_code(struct turn *t, const struct hash *act)
{
    struct buf b = buf_in(t->arena);
    for (size_t k = 0; k < CODE_GROUPS * CODE_GROUP; k++) {
        size_t bit = k * 5;
        unsigned two = (unsigned)act->b[bit / 8] << 8 | act->b[bit / 8 + 1];
        if (k && k % CODE_GROUP == 0) buf_byte(&b, '-');
        buf_byte(&b, (uint8_t)digits[two >> (11 - bit % 8) & 31]);
    }
    return buf_as_str(&b);
}

/* The next character that counts, as the code's alphabet has it; 0 at the end. */
static char next_digit(struct str s, size_t *at)
{
    while (*at < s.n) {
        char c = s.p[(*at)++];
        if (c == '-' || c == ' ') continue;
        if (c >= 'a' && c <= 'z') c = (char)(c - 'a' + 'A');
        return (char)(c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c);
    }
    return 0;
}

bool desk_code_is(struct str typed, struct str code)
{
    size_t a = 0, b = 0;
    for (;;) {
        char x = next_digit(typed, &a), y = next_digit(code, &b);
        if (x != y) return false;
        if (!x) return true;
    }
}

static err token_hex(struct desk *d, struct turn *t, const struct id *dossier, const struct id *act,
                     struct str *out)
{
    uint8_t token[TOKEN_SIZE];
    try(store_token(t, d->store, dossier, act, token, sizeof token));
    *out = hex(t->arena, (struct bytes){token, sizeof token});
    return ERR_OK;
}

err desk_token(struct desk *d, struct turn *t, const struct store_dossier *row,
               const struct id *act, struct str *out)
{
    struct str token;
    try(token_hex(d, t, &row->id, act, &token));
    *out = str_printf(t->arena, STR_FMT "/" STR_FMT, STR_ARG(row->ref), STR_ARG(token));
    return ERR_OK;
}

/* Equal without telling by time how much of it was right. */
static bool same(struct str a, struct str b)
{
    unsigned differ = a.n != b.n;
    for (size_t k = 0; k < a.n && k < b.n; k++) differ |= (unsigned)(a.p[k] ^ b.p[k]);
    return differ == 0;
}

/* Is `token` the one of an act of ours in the dossier that `ref` names? */
static err token_try(struct desk *d, struct turn *t, struct str within, struct str ref,
                     struct str token, bool *found_out, struct store_dossier *row_out,
                     struct id *act_out)
{
    struct store_act *acts;
    size_t n;
    err e = store_dossier_find(t, d->store, ref, row_out);
    if (e == ERR_NONE_SUCH || e == ERR_CONFLICT) {
        turn_forgive(t);
        return ERR_OK;
    }
    try(e);
    if (!str_eq(row_out->ref, ref)) return ERR_OK; /* an alias is no part of a token */
    if (!str_eq(row_out->ours, within)) return ERR_OK;
    try(store_acts_of(t, d->store, &row_out->id, &acts, &n));
    for (size_t k = 0; k < n; k++) {
        struct str ours;
        if (!str_is(acts[k].way, "out")) continue;
        try(token_hex(d, t, &row_out->id, &acts[k].id, &ours));
        if (!same(ours, token)) continue;
        *found_out = true;
        *act_out = acts[k].id;
        return ERR_OK;
    }
    return ERR_OK;
}

static bool is_ref(char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'; }

static bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

/* "REF/token", or "REF.token" as a Message-ID has it, anywhere in a text. */
err desk_token_find(struct desk *d, struct turn *t, struct str within, struct str text,
                    bool *found_out, struct store_dossier *row_out, struct id *act_out)
{
    int tried = 0;
    *found_out = false;
    for (size_t k = 1; k + TOKEN_SIZE * 2 < text.n && tried < TOKENS_TRIED; k++) {
        if (text.p[k] != '/' && text.p[k] != '.') continue;
        size_t from = k, to = k + 1;
        while (from > 0 && is_ref(text.p[from - 1])) from--;
        while (to < text.n && is_hex(text.p[to])) to++;
        if (from == k || to - k - 1 != (size_t)TOKEN_SIZE * 2) continue;
        tried++;
        try(token_try(d, t, within, (struct str){text.p + from, k - from},
                      (struct str){text.p + k + 1, to - k - 1}, found_out, row_out, act_out));
        if (*found_out) return ERR_OK;
    }
    return ERR_OK;
}

/* ---- words ----------------------------------------------------------------------------------- */

static const struct {
    const char *name, *en, *az, *ar;
} words[] = {
#define WORDS(name, en, az, ar) {#name, en, az, ar},
#include "desk/letter.def"
#undef WORDS
};

static struct str word_in(const char *name, struct str lang)
{
    for (size_t k = 0; k < sizeof words / sizeof *words; k++) {
        if (strcmp(words[k].name, name) != 0) continue;
        if (str_is(lang, "az")) return str_of(words[k].az);
        return str_of(str_is(lang, "ar") ? words[k].ar : words[k].en);
    }
    return str_of(name);
}

struct letter {
    struct desk *d;
    struct turn *t;
    const struct desk_case *c;
    const struct desk_entry *e;
    const struct tree *kind, *row; /* of the tables; NULL where they do not know it */
    struct str lang[LANGS], code, token, hash;
    struct tree *blocks;
};

/* A text and, where it says something else, the same in the second language: `key` and `key2`. */
static void two_put(const struct letter *l, struct tree *m, const char *key, struct str one,
                    struct str other)
{
    struct arena *a = l->t->arena;
    tree_add_str(a, m, key, one);
    if (!other.n || str_eq(one, other)) return;
    tree_add_str(a, m, str_c(a, str_printf(a, "%s2", key)), other);
}

static void word_put(const struct letter *l, struct tree *m, const char *key, const char *name)
{
    two_put(l, m, key, word_in(name, l->lang[0]), word_in(name, l->lang[1]));
}

static void titles_put(const struct letter *l, struct tree *m, const char *key,
                       const struct tree *titles, struct str otherwise)
{
    struct str one = titles ? desk_title(titles, l->lang[0]) : otherwise;
    two_put(l, m, key, one, titles ? desk_title(titles, l->lang[1]) : STR(""));
}

static struct tree *block(struct letter *l, const char *what)
{
    struct tree *b = tree_add_map(l->t->arena, l->blocks, NULL);
    tree_add_str(l->t->arena, b, "block", str_of(what));
    return b;
}

/* A field whose value is the same in any language. */
static void plain_field(struct letter *l, const char *name, struct str value)
{
    if (!value.n) return;
    struct tree *b = block(l, "field");
    word_put(l, b, "label", name);
    tree_add_str(l->t->arena, b, "value", value);
}

/* ---- the head -------------------------------------------------------------------------------- */

static struct str address_of(const struct letter *l, bool requesting)
{
    bool ours = (l->c->side == LAW_REQUESTING) == requesting;
    return ours ? l->c->row.ours : l->c->row.theirs;
}

/* The rows of an authority; NULL where the tables do not know it. */
static const struct tree *authority_of(const struct letter *l, struct str address,
                                       const struct tree **state_out)
{
    const struct tree *authority, *state;
    struct turn one = *l->t;
    turn_forgive(&one);
    if (desk_authority_row(l->d, &one, address, &authority, &state) != ERR_OK) return NULL;
    if (state_out) *state_out = state;
    return authority;
}

static void line_put(const struct letter *l, struct buf *b, const char *name, struct str lang,
                     struct str value)
{
    (void)l;
    if (!value.n) return;
    buf_printf(b, "%s" STR_FMT ": " STR_FMT, b->n ? "\n" : "", STR_ARG(word_in(name, lang)),
               STR_ARG(value));
}

/* An authority with what the tables know of how it is reached, in one language. */
static struct str authority_text(const struct letter *l, struct str address, struct str lang,
                                 bool ours)
{
    static const char *const ways[] = {"address", "post_address", "phone", "email", "time_zone"};
    const struct tree *authority = authority_of(l, address, NULL);
    struct buf b = buf_in(l->t->arena);
    buf_str(&b, desk_address_title(l->d, l->t, address, lang));
    if (ours) line_put(l, &b, "person", lang, tree_str(tree_get(l->e->act, "by"), "post"));
    for (size_t k = 0; k < sizeof ways / sizeof *ways; k++)
        line_put(l, &b, ways[k], lang, tree_str(authority, ways[k]));
    if (ours) line_put(l, &b, "preferred", lang, tree_str(authority, "email"));
    return buf_as_str(&b);
}

static void authority_field(struct letter *l, const char *name, struct str address)
{
    bool ours = str_eq(address, l->c->row.ours);
    struct tree *b = block(l, "field");
    word_put(l, b, "label", name);
    two_put(l, b, "value", authority_text(l, address, l->lang[0], ours),
            authority_text(l, address, l->lang[1], ours));
}

static void contact_field(struct letter *l)
{
    const struct tree *authority = authority_of(l, l->c->row.ours, NULL);
    struct str text[LANGS];
    for (size_t k = 0; k < LANGS; k++) {
        struct buf b = buf_in(l->t->arena);
        line_put(l, &b, "phone", l->lang[k], tree_str(authority, "phone"));
        line_put(l, &b, "email", l->lang[k], tree_str(authority, "email"));
        text[k] = buf_as_str(&b);
    }
    if (!text[0].n) return;
    struct tree *b = block(l, "field");
    word_put(l, b, "label", "confirmation_contact");
    two_put(l, b, "value", text[0], text[1]);
}

static err reference_field(struct letter *l)
{
    struct store_alias *rows;
    size_t n;
    plain_field(l, "reference", l->c->row.ref);
    try(store_aliases_of(l->t, l->d->store, &l->c->row.id, &rows, &n));
    for (size_t k = 0; k < n; k++)
        if (str_is(rows[k].sort, "theirs")) plain_field(l, "their_reference", rows[k].alias);
    return ERR_OK;
}

static struct str moment_text(const struct letter *l)
{
    struct str at = time_text(l->t->arena, l->e->row.at_ms);
    return str_printf(l->t->arena, "%.10s %.5s UTC", at.p, at.p + 11);
}

static err head_field(struct letter *l, struct str name)
{
    if (str_is(name, "date"))
        plain_field(l, "date", moment_text(l));
    else if (str_is(name, "reference"))
        return reference_field(l);
    else if (str_is(name, "requested_authority"))
        authority_field(l, "requested_authority", address_of(l, false));
    else if (str_is(name, "requesting_authority"))
        authority_field(l, "requesting_authority", address_of(l, true));
    else if (str_is(name, "confirmation_contact"))
        contact_field(l);
    else if (str_is(name, "status")) {
        struct tree *b = block(l, "field");
        word_put(l, b, "label", "status");
        word_put(l, b, "value", "status_new");
    }
    return ERR_OK;
}

/* ---- particulars ----------------------------------------------------------------------------- */

static const struct tree *row_of(const struct tree *rows, const char *key, struct str name)
{
    const struct tree *r = rows ? rows->child : NULL;
    while (r && !str_eq(tree_str(r, key), name)) r = r->next;
    return r;
}

/* The titles of a value that is a word of the tables: a choice, a ground, a code. */
static const struct tree *word_titles(const struct letter *l, const struct tree *row,
                                      struct str value)
{
    static const struct {
        const char *type, *list, *key;
    } kinds[] = {{"ground", "grounds", "ground"}, {"code", "not_executable", "code"}};
    if (str_is(tree_str(row, "type"), "choice"))
        return tree_get(row_of(tree_get(row, "choices"), "choice", value), "titles");
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        if (str_is(tree_str(row, "type"), kinds[k].type))
            return tree_get(row_of(tree_get(l->kind, kinds[k].list), kinds[k].key, value),
                            "titles");
    return NULL;
}

static void particular_field(struct letter *l, const struct tree *row, const struct tree *value)
{
    if (!value) return;
    struct arena *a = l->t->arena;
    struct tree *b = block(l, "field");
    titles_put(l, b, "label", tree_get(row, "titles"), value->key);
    if (tree_str(row, "article").n)
        tree_add_str(a, b, "article",
                     str_printf(a, STR_FMT " " STR_FMT, STR_ARG(l->c->row.instrument),
                                STR_ARG(tree_str(row, "article"))));
    if (value->kind == TREE_BOOL) {
        word_put(l, b, "value", value->num ? "yes" : "no");
    } else if (value->kind == TREE_MAP) {
        tree_add_str(a, b, "value", tree_str(value, "text"));
        if (tree_str(value, "lang").n) tree_add_str(a, b, "lang", tree_str(value, "lang"));
    } else {
        struct str text = value->kind == TREE_STR ? value->str : STR("");
        titles_put(l, b, "value", word_titles(l, row, text), text);
    }
}

static const struct tree *particular_row(const struct letter *l, struct str name)
{
    const struct tree *own = row_of(tree_get(l->row, "particulars"), "name", name);
    return own ? own : row_of(tree_get(l->kind, "particulars"), "name", name);
}

static bool is_in_form(const struct tree *form, struct str name)
{
    return form && tree_has_str(form, name);
}

/* A request follows the kind's form; other acts say who, to whom, and what they carry. */
static err fields_put(struct letter *l)
{
    static const char *const heads[] = {"date", "reference", "requested_authority",
                                        "requesting_authority"};
    const struct tree *particulars = tree_get(l->e->act, "particulars");
    const struct tree *form =
        tree_bool(l->row, "carries_request", false) ? tree_get(l->kind, "form") : NULL;
    for (const struct tree *w = form ? form->child : NULL; w; w = w->next) {
        if (law_form_is_head(w->str))
            try(head_field(l, w->str));
        else
            particular_field(l, particular_row(l, w->str), tree_get_s(particulars, w->str));
    }
    for (size_t k = 0; !form && k < sizeof heads / sizeof *heads; k++)
        try(head_field(l, str_of(heads[k])));
    for (const struct tree *p = particulars ? particulars->child : NULL; p; p = p->next)
        if (!is_in_form(form, p->key)) particular_field(l, particular_row(l, p->key), p);
    return ERR_OK;
}

/* ---- the whole ------------------------------------------------------------------------------- */

static void heading_put(struct letter *l, const char *name)
{
    struct tree *b = block(l, "heading");
    tree_add_int(l->t->arena, b, "level", 2);
    word_put(l, b, "text", name);
}

static void attachments_put(struct letter *l)
{
    static const struct {
        const char *name;
        int64_t width;
    } columns[] = {{"file", 4}, {"size", 2}, {"sha256", 6}};
    struct arena *a = l->t->arena;
    const struct tree *docs = tree_get(l->e->act, "documents");
    if (!docs || !docs->count) return;
    heading_put(l, "attachments");
    struct tree *b = block(l, "table");
    struct tree *heads = tree_add_list(a, b, "columns"), *rows = tree_add_list(a, b, "rows");
    for (size_t k = 0; k < sizeof columns / sizeof *columns; k++) {
        struct tree *c = tree_add_map(a, heads, NULL);
        word_put(l, c, "title", columns[k].name);
        tree_add_int(a, c, "width", columns[k].width);
    }
    for (const struct tree *f = docs->child; f; f = f->next) {
        struct tree *r = tree_add_list(a, rows, NULL);
        tree_add_str(a, r, NULL, tree_str(f, "name"));
        tree_add_str(a, r, NULL, str_printf(a, "%lld", (long long)tree_int(f, "size", 0)));
        tree_add_str(a, r, NULL, tree_str(f, "sha256"));
    }
}

static struct str answer_text(const struct letter *l, struct str lang)
{
    return str_printf(l->t->arena, STR_FMT ": [" STR_FMT "]", STR_ARG(word_in("answer_help", lang)),
                      STR_ARG(l->token));
}

static void end_put(struct letter *l)
{
    struct arena *a = l->t->arena;
    const struct tree *state = NULL, *authority = authority_of(l, l->c->row.ours, &state);
    struct tree *b = block(l, "para");
    two_put(l, b, "text", answer_text(l, l->lang[0]), answer_text(l, l->lang[1]));
    b = block(l, "sign");
    titles_put(l, b, "who", tree_get(authority, "titles"), l->c->row.ours);
    struct str post = tree_str(tree_get(l->e->act, "by"), "post");
    if (post.n) tree_add_str(a, b, "post", post);
    word_put(l, b, "note", "signature");
    tree_add_bool(a, b, "stamp", true);
    b = block(l, "code");
    word_put(l, b, "label", "code");
    tree_add_str(a, b, "text", l->code);
    tree_add_str(a, b, "qr", l->hash);
    b = block(l, "para");
    tree_add_str(a, b, "style", STR("note"));
    word_put(l, b, "text", "code_help");
}

static void lines_put(const struct letter *l, struct tree *m, const char *key,
                      const struct tree *authority)
{
    static const char *const ways[] = {"address", "post_address", "phone", "email"};
    struct tree *list = NULL;
    for (size_t k = 0; k < sizeof ways / sizeof *ways; k++) {
        struct str line = tree_str(authority, ways[k]);
        if (!line.n) continue;
        if (!list) list = tree_add_list(l->t->arena, m, key);
        tree_add_str(l->t->arena, list, NULL, line);
    }
}

static void letterhead_put(struct letter *l, struct tree *m)
{
    struct arena *a = l->t->arena;
    const struct tree *state = NULL, *authority = authority_of(l, l->c->row.ours, &state);
    struct tree *head = tree_add_map(a, m, "letterhead");
    titles_put(l, head, "state", tree_get(state, "titles"), l->d->profile.name);
    titles_put(l, head, "authority", tree_get(authority, "titles"), l->c->row.ours);
    lines_put(l, head, "address", authority);
    struct tree *marks = tree_add_list(a, head, "marks"), *one = tree_add_map(a, marks, NULL);
    word_put(l, one, "label", "reference");
    tree_add_str(a, one, "value", l->c->row.ref);
    one = tree_add_map(a, marks, NULL);
    word_put(l, one, "label", "date");
    tree_add_str(a, one, "value", moment_text(l));
    for (size_t k = 0; k < LANGS; k++) {
        struct tree *to = tree_add_list(a, m, k ? "to2" : "to");
        tree_add_str(a, to, NULL, desk_address_title(l->d, l->t, l->c->row.theirs, l->lang[k]));
    }
}

static err letter_tree(struct letter *l, struct tree *m)
{
    struct arena *a = l->t->arena;
    tree_add_str(a, m, "lang", l->lang[0]);
    tree_add_str(a, m, "lang2", l->lang[1]);
    titles_put(l, m, "title", tree_get(l->kind, "titles"), l->c->row.kind);
    letterhead_put(l, m);
    l->blocks = tree_add_list(a, m, "blocks");
    if (l->d->profile.training) {
        struct tree *b = block(l, "para");
        tree_add_str(a, b, "style", STR("note"));
        word_put(l, b, "text", "training");
    }
    struct tree *b = block(l, "heading");
    tree_add_int(a, b, "level", 1);
    titles_put(l, b, "text", tree_get(l->row, "titles"), l->e->row.act);
    try(fields_put(l));
    attachments_put(l);
    end_put(l);
    struct tree *foot = tree_add_map(a, m, "footer");
    tree_add_str(a, foot, "ref", l->c->row.ref);
    tree_add_str(a, foot, "code", l->code);
    tree_add_str(a, foot, "hash", l->hash);
    tree_add_str(a, foot, "printed_at", time_text(a, turn_now_ms(l->t)));
    return ERR_OK;
}

/* The mail says where it belongs and how to answer; the case stands in what is attached. */
static void mail_put(struct letter *l, struct tree *v)
{
    static const char *const lines[] = {"mail_attached", "mail_confirm"};
    struct arena *a = l->t->arena;
    struct str from = tree_str(authority_of(l, l->c->row.ours, NULL), "email");
    struct str name, domain, ref, token;
    struct tree *m = tree_add_map(a, v, "mail");
    str_split(from, '@', &name, &domain);
    str_split(l->token, '/', &ref, &token);
    tree_add_str(a, m, "from", from);
    tree_add_str(a, m, "to", tree_str(authority_of(l, l->c->row.theirs, NULL), "email"));
    tree_add_str(a, m, "subject",
                 str_printf(a, "[" STR_FMT "] " STR_FMT, STR_ARG(l->token),
                            STR_ARG(desk_title(tree_get(l->row, "titles"), l->lang[0]))));
    tree_add_str(a, m, "message_id",
                 str_printf(a, "<" STR_FMT "." STR_FMT "@" STR_FMT ">", STR_ARG(ref),
                            STR_ARG(token), STR_ARG(domain.n ? domain : STR("node.invalid"))));
    struct buf b = buf_in(a);
    for (size_t k = 0; k < LANGS; k++) {
        for (size_t j = 0; j < sizeof lines / sizeof *lines; j++)
            buf_printf(&b, STR_FMT "\r\n", STR_ARG(word_in(lines[j], l->lang[k])));
        buf_printf(&b, STR_FMT "\r\n\r\n", STR_ARG(answer_text(l, l->lang[k])));
    }
    buf_printf(&b, STR_FMT "\r\n" STR_FMT "\r\n",
               STR_ARG(desk_address_title(l->d, l->t, l->c->row.ours, l->lang[0])),
               STR_ARG(l->code));
    tree_add_str(a, m, "text", buf_as_str(&b));
}

/* Our tables have titles in English and Azerbaijani; a letter bears the language asked for and one
 * of these beside it. */
static void langs_choose(struct letter *l, struct str lang)
{
    l->lang[0] = lang.n ? lang : STR("en");
    l->lang[1] = str_is(l->lang[0], "en") ? STR("az") : STR("en");
}

static err letter_load(struct desk *d, struct desk_turn *dt, struct desk_case *c, struct letter *l)
{
    struct turn *t = &dt->t;
    struct store_dossier row;
    *l = (struct letter){.d = d, .t = t, .c = c};
    try(desk_arg_dossier(d, dt, RIGHT_READ, &row));
    try(desk_read_note(d, dt, &row.id));
    try(desk_case_load(d, t, &row.id, INT64_MAX, c));
    try(desk_arg_act(t, c, dt->args, &l->e));
    langs_choose(l, tree_str(dt->args, "lang"));
    err e = law_kind_row(t, d->tables, row.instrument, row.kind, &l->kind);
    if (e != ERR_OK && e != ERR_NONE_SUCH) return e;
    turn_forgive(t);
    l->row = row_of(tree_get(l->kind, "lifecycle"), "act", l->e->row.act);
    l->code = desk_code(t, &l->e->row.hash);
    l->hash = desk_hex_hash(t, &l->e->row.hash);
    return desk_token(d, t, &c->row, &l->e->row.id, &l->token);
}

err desk_do_LETTER(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct desk_case c;
    struct letter l;
    try(letter_load(d, dt, &c, &l));
    struct tree *v = tree_map(t->arena);
    tree_add_str(t->arena, v, "ref", c.row.ref);
    tree_add_str(t->arena, v, "act", l.e->row.act);
    tree_add_str(t->arena, v, "id", desk_hex_id(t, &l.e->row.id));
    tree_add_str(t->arena, v, "code", l.code);
    tree_add_str(t->arena, v, "hash", l.hash);
    tree_add_str(t->arena, v, "token", l.token);
    try(letter_tree(&l, tree_add_map(t->arena, v, "letter")));
    mail_put(&l, v);
    struct tree *list = tree_add_list(t->arena, v, "documents");
    struct bytes container, root;
    err e = desk_export(d, t, &c, l.e, &container, &root);
    if (e == ERR_NONE_SUCH) { /* on the wire, and not built yet */
        turn_forgive(t);
    } else {
        try(e);
        struct tree *one = tree_add_map(t->arena, list, NULL);
        tree_add_str(t->arena, one, "name",
                     str_printf(t->arena, STR_FMT "-" STR_FMT ".asice", STR_ARG(c.row.ref),
                                STR_ARG(l.e->row.act)));
        tree_add_str(t->arena, one, "type", STR("application/vnd.etsi.asic-e+zip"));
        tree_add_str(t->arena, one, "data", base64(t->arena, container));
    }
    dt->view = v;
    return ERR_OK;
}
