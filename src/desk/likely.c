/* SPDX-License-Identifier: Apache-2.0 */
/* What an entry may belong to: by the token of an act of ours, by the same bytes, by a number it
 * bears, or, weakly, by its State. It only suggests; a person files. */

#include "desk/desk_internal.h"

#include <string.h>

enum { LIKELY_MAX = 20, WORDS_MAX = 400, WORD_MIN = 4, WORD_MAX = 100, STATE_SEEN = 50 };

struct looking {
    struct desk *d;
    struct turn *t;
    const struct desk_paper *p;
    struct tree *list;
    struct store_reader who;
    size_t words;
};

static bool is_told(const struct looking *l, struct str ref)
{
    for (const struct tree *r = l->list->child; r; r = r->next)
        if (str_eq(tree_str(r, "ref"), ref)) return true;
    return false;
}

static bool is_of_state(const struct looking *l, const struct store_dossier *row)
{
    struct str said = tree_str(l->p->fields, "state"), state, rest;
    str_split(row->theirs, '/', &state, &rest);
    return !said.n || str_eq(said, state);
}

static void tell(struct looking *l, const struct store_dossier *row, const struct id *act,
                 const char *why)
{
    if (l->list->count == LIKELY_MAX || is_told(l, row->ref)) return;
    struct tree *one = tree_add_map(l->t->arena, l->list, NULL);
    tree_add_str(l->t->arena, one, "ref", row->ref);
    if (act && !id_eq(act, &store_house))
        tree_add_str(l->t->arena, one, "act", desk_hex_id(l->t, act));
    tree_add_str(l->t->arena, one, "theirs", row->theirs);
    tree_add_str(l->t->arena, one, "kind", row->kind);
    tree_add_str(l->t->arena, one, "state", row->state);
    tree_add_str(l->t->arena, one, "why", str_of(why));
}

static err tell_id(struct looking *l, const struct id *dossier, const struct id *act,
                   const char *why)
{
    struct store_dossier row;
    err e = store_access_get(l->t, l->d->store, &l->who, dossier, &row);
    if (e == ERR_NONE_SUCH) { /* behind a wall, or not for this officer */
        turn_forgive(l->t);
        return ERR_OK;
    }
    try(e);
    bool weak = strcmp(why, "number") == 0;
    if (!weak || is_of_state(l, &row)) tell(l, &row, act, why);
    return ERR_OK;
}

/* ---- the same bytes -------------------------------------------------------------------------- */

static err by_document(struct looking *l, struct str sha256)
{
    struct hash h;
    struct store_document *rows;
    size_t n;
    if (!hash_read(sha256, &h)) return ERR_OK;
    try(store_access_documents(l->t, l->d->store, &l->who, &h, &l->p->row.id, &rows, &n));
    for (size_t k = 0; k < n; k++) try(tell_id(l, &rows[k].dossier, &rows[k].act, "document"));
    return ERR_OK;
}

/* ---- numbers --------------------------------------------------------------------------------- */

static err by_number(struct looking *l, struct str number)
{
    struct store_alias *rows;
    struct store_dossier row;
    size_t n;
    try(store_access_aliases(l->t, l->d->store, &l->who, number, &rows, &n));
    for (size_t k = 0; k < n; k++) try(tell_id(l, &rows[k].dossier, NULL, "number"));
    if (n > 0) return ERR_OK;
    err e = store_access_find(l->t, l->d->store, &l->who, number, &row);
    if (e == ERR_NONE_SUCH) {
        turn_forgive(l->t);
        return ERR_OK;
    }
    try(e);
    tell(l, &row, NULL, "number");
    return ERR_OK;
}

static bool is_word(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '/' ||
           c == '-' || c == '.' || c == '_' || (unsigned char)c >= 0x80;
}

static bool may_be_number(struct str word)
{
    if (word.n < WORD_MIN || word.n > WORD_MAX) return false;
    for (size_t k = 0; k < word.n; k++)
        if (word.p[k] >= '0' && word.p[k] <= '9') return true;
    return false;
}

static err by_words(struct looking *l, struct str text)
{
    size_t at = 0;
    while (at < text.n && l->words < WORDS_MAX) {
        while (at < text.n && !is_word(text.p[at])) at++;
        size_t from = at;
        while (at < text.n && is_word(text.p[at])) at++;
        struct str word = {text.p + from, at - from};
        while (word.n && (word.p[word.n - 1] == '.' || word.p[word.n - 1] == '-')) word.n--;
        if (!may_be_number(word)) continue;
        l->words++;
        try(by_number(l, word));
    }
    return ERR_OK;
}

/* ---- all of it ------------------------------------------------------------------------------- */

static const char *const texts[] = {"subject", "from_text", "note", "text"};
enum { TEXTS = sizeof texts / sizeof *texts };

static err by_token(struct looking *l)
{
    if (!id_eq(&l->p->row.dossier, &store_house)) /* found when it came */
        return tell_id(l, &l->p->row.dossier, &l->p->row.act, "token");
    for (size_t k = 0; k < TEXTS; k++) {
        bool found;
        struct store_dossier row;
        struct id act;
        try(desk_token_find(l->d, l->t, l->who.authority, tree_str(l->p->fields, texts[k]), &found,
                            &row, &act));
        if (found) try(tell_id(l, &row.id, &act, "token"));
    }
    return ERR_OK;
}

static err by_state(struct looking *l)
{
    struct store_dossier *rows;
    size_t n;
    struct str said = tree_str(l->p->fields, "state");
    if (!said.n) return ERR_OK;
    struct str prefix = str_printf(l->t->arena, STR_FMT "/", STR_ARG(said));
    struct store_filter f = {
        .state = prefix, .open = true, .before = INT64_MAX, .limit = STATE_SEEN};
    try(store_access_list(l->t, l->d->store, &l->who, &f, &rows, &n));
    for (size_t k = 0; k < n; k++) tell(l, &rows[k], NULL, "state");
    return ERR_OK;
}

err desk_likely(struct desk *d, struct desk_turn *dt, const struct desk_paper *p, struct tree *list)
{
    struct looking l = {.d = d, .t = &dt->t, .p = p, .list = list};
    desk_reader(dt, RIGHT_READ, &l.who);
    if (str_is(p->row.stage, "filed")) return ERR_OK;
    try(by_token(&l));
    for (const struct tree *f = p->files->child; f; f = f->next)
        try(by_document(&l, tree_str(f, "sha256")));
    const struct tree *numbers = tree_get(p->fields, "numbers");
    for (const struct tree *n = numbers ? numbers->child : NULL; n; n = n->next)
        try(by_number(&l, tree_str(n, "number")));
    if (tree_str(p->fields, "registry").n) try(by_number(&l, tree_str(p->fields, "registry")));
    for (size_t k = 0; k < TEXTS; k++) try(by_words(&l, tree_str(p->fields, texts[k])));
    return by_state(&l);
}
