/* SPDX-License-Identifier: Apache-2.0 */
/* The forms of act.json and carriage.json, as tables: which keys, and what each may hold.
 *
 * A form says how a value is spelled, never whether it is true or lawful: an act, kind or
 * particular that no table knows passes here and is recorded as unknown. */

#include "post/post_internal.h"

#include <string.h>

enum form_kind {
    FORM_VERSION, /* 1 */
    FORM_ID,      /* 32 hexadecimal digits */
    FORM_HASH,    /* 64 */
    FORM_HASH_IF, /* 64 or none */
    FORM_WORD,    /* lower-case words of the tables: a-z 0-9 . _ - */
    FORM_ADDRESS, /* "XN/csb" */
    FORM_TEXT,    /* a short text, never empty */
    FORM_TEXT_IF, /* or empty */
    FORM_TIME,    /* milliseconds UTC since 1970 */
    FORM_COUNT,   /* 1 or more */
    FORM_SEEN,    /* 0 or more */
    FORM_MAP,     /* looked into by its own rows, or free */
    FORM_LIST,
    FORM_WORDS, /* may be missing; else one to eight words */
    FORM_KEYS   /* may be missing; else keys of exhibits, by their digests */
};
struct form_row {
    const char *key;
    enum form_kind kind;
};
#define ROWS(table) table, sizeof table / sizeof *table

/* clang-format off */
static const struct form_row act_rows[] = {
    {"v", FORM_VERSION},        {"id", FORM_ID},       {"act", FORM_WORD},
    {"dossier", FORM_ID},       {"ref", FORM_TEXT},    {"n", FORM_COUNT},
    {"seen", FORM_MAP},         {"from", FORM_ADDRESS}, {"to", FORM_ADDRESS},
    {"by", FORM_MAP},           {"at", FORM_TIME},     {"law", FORM_MAP},
    {"particulars", FORM_MAP},  {"documents", FORM_LIST}, {"suite", FORM_COUNT},
};
static const struct form_row seen_rows[] = {{"n", FORM_SEEN}, {"hash", FORM_HASH_IF}};
static const struct form_row by_rows[] = {
    {"officer", FORM_TEXT}, {"post", FORM_TEXT}, {"method", FORM_WORD},
};
static const struct form_row law_rows[] = {
    {"instrument", FORM_WORD}, {"kind", FORM_WORD}, {"tables", FORM_HASH}, {"profiles", FORM_MAP},
    {"also", FORM_WORDS},
};
static const struct form_row document_rows[] = {
    {"name", FORM_TEXT}, {"sha256", FORM_HASH}, {"size", FORM_SEEN}, {"type", FORM_TEXT_IF},
};
static const struct form_row carriage_rows[] = {
    {"v", FORM_VERSION},     {"act", FORM_HASH},          {"from", FORM_ADDRESS},
    {"to", FORM_ADDRESS},    {"incarnation", FORM_COUNT}, {"seq", FORM_COUNT},
    {"suite", FORM_COUNT},   {"exhibits", FORM_KEYS},
};
/* clang-format on */

static err wrong(struct turn *t, const char *of, struct str key, const char *sentence)
{
    const char *step = strchr(of, ':') ? "." : ": ";
    struct str article = str_printf(t->arena, "%s%s" STR_FMT, of, step, STR_ARG(key));
    return turn_fail_at(t, ERR_REJECTED, "act-form", str_c(t->arena, article), key, "%s", sentence);
}

static bool is_of(struct str s, const char *others)
{
    for (size_t k = 0; k < s.n; k++) {
        char c = s.p[k];
        bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!plain && (c == 0 || !strchr(others, c))) return false;
    }
    return s.n > 0;
}

static bool is_word(const struct tree *v)
{
    return v->kind == TREE_STR && v->str.n <= 64 && is_of(v->str, "._-");
}

static bool are_words(const struct tree *v)
{
    enum { WORDS_MAX = 8 };
    if (v->kind != TREE_LIST || v->count < 1 || v->count > WORDS_MAX) return false;
    for (const struct tree *w = v->child; w; w = w->next)
        if (!is_word(w)) return false;
    return true;
}

static bool are_keys(const struct tree *v)
{
    struct hash h;
    uint8_t key[SEAL_KEY_SIZE];
    if (v->kind != TREE_MAP || v->count < 1 || v->count > POST_DOCUMENTS_MAX) return false;
    for (const struct tree *k = v->child; k; k = k->next)
        if (!hash_read(k->key, &h) || k->kind != TREE_STR || !hex_read(k->str, key, sizeof key))
            return false;
    return true;
}

static bool is_address(struct str s)
{
    enum { ADDRESS_MAX = 64 };
    if (s.n < 4 || s.n > ADDRESS_MAX || s.p[2] != '/') return false;
    for (size_t k = 0; k < 2; k++)
        if (s.p[k] < 'A' || s.p[k] > 'Z') return false;
    return is_of((struct str){s.p + 3, s.n - 3}, "-");
}

static bool is_formed(enum form_kind kind, const struct tree *v)
{
    struct hash h;
    struct id id;
    switch (kind) {
    case FORM_VERSION:
        return v->kind == TREE_INT && v->num == 1;
    case FORM_COUNT:
        return v->kind == TREE_INT && v->num >= 1;
    case FORM_SEEN:
        return v->kind == TREE_INT && v->num >= 0;
    case FORM_MAP:
        return v->kind == TREE_MAP;
    case FORM_LIST:
        return v->kind == TREE_LIST;
    case FORM_ID:
        return v->kind == TREE_STR && id_read(v->str, &id);
    case FORM_HASH:
        return v->kind == TREE_STR && hash_read(v->str, &h);
    case FORM_HASH_IF:
        return v->kind == TREE_STR && (!v->str.n || hash_read(v->str, &h));
    case FORM_WORD:
        return is_word(v);
    case FORM_WORDS:
        return are_words(v);
    case FORM_KEYS:
        return are_keys(v);
    case FORM_ADDRESS:
        return v->kind == TREE_STR && is_address(v->str);
    case FORM_TEXT:
        return v->kind == TREE_STR && v->str.n && v->str.n <= POST_TEXT_MAX;
    case FORM_TEXT_IF:
        return v->kind == TREE_STR && v->str.n <= POST_TEXT_MAX;
    case FORM_TIME:
        return v->kind == TREE_INT && v->num >= 0;
    }
    return false;
}

static err form_check(struct turn *t, const char *of, const struct tree *map,
                      const struct form_row *rows, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        const struct tree *v = tree_get(map, rows[k].key);
        if (!v && (rows[k].kind == FORM_WORDS || rows[k].kind == FORM_KEYS)) continue;
        if (!v) return wrong(t, of, str_of(rows[k].key), "This member is missing.");
        if (!is_formed(rows[k].kind, v))
            return wrong(t, of, str_of(rows[k].key), "This member is not of its form.");
    }
    for (const struct tree *v = map->child; v; v = v->next) {
        size_t k = 0;
        while (k < n && !str_is(v->key, rows[k].key)) k++;
        if (k == n) return wrong(t, of, v->key, "Version 1 has no such member.");
    }
    return ERR_OK;
}

/* Keys at any depth are plain words, so that one name has one spelling in every format. `depth` is
 * bounded by the reader's limits. */
static err keys_check(struct turn *t, const struct tree *v, size_t depth)
{
    if (depth == 0) return wrong(t, "comity act 1", v->key, "This member is nested too deep.");
    for (const struct tree *c = v->child; c; c = c->next) {
        if (v->kind == TREE_MAP && (c->key.n > 64 || !is_of(c->key, "_")))
            return wrong(t, "comity act 1", STR("particulars"),
                         "A key is not of the letters a to z, digits and \"_\".");
        if (c->child) try(keys_check(t, c, depth - 1));
    }
    return ERR_OK;
}

/* Every other node pays for what an act states again and again, so there is a bound. */
static err particulars_check(struct turn *t, const struct tree *particulars)
{
    if (particulars->count > POST_PARTICULARS_MAX)
        return wrong(t, "comity act 1", STR("particulars"),
                     "The act states too many particulars; the most is 256.");
    return keys_check(t, particulars, codec_limits.depth_max);
}

static err profiles_check(struct turn *t, const struct tree *profiles)
{
    struct hash h;
    for (const struct tree *p = profiles->child; p; p = p->next)
        if (p->key.n != 2 || p->kind != TREE_STR || !hash_read(p->str, &h))
            return wrong(t, "comity act 1: law", STR("profiles"),
                         "Profiles are named by State, each with its hash.");
    return ERR_OK;
}

static err documents_check(struct turn *t, const struct tree *docs)
{
    if (docs->count > POST_DOCUMENTS_MAX)
        return wrong(t, "comity act 1", STR("documents"), "The act names too many documents.");
    for (const struct tree *d = docs->child; d; d = d->next) {
        if (d->kind != TREE_MAP)
            return wrong(t, "comity act 1", STR("documents"), "A document is not a map.");
        try(form_check(t, "comity act 1: documents", d, ROWS(document_rows)));
        struct str path = str_printf(t->arena, "documents/" STR_FMT, STR_ARG(tree_str(d, "name")));
        if (!zip_name_is_safe(path))
            return wrong(t, "comity act 1: documents", STR("name"),
                         "A document's name is not a plain file name.");
    }
    return ERR_OK;
}

err form_act(struct turn *t, const struct tree *act)
{
    if (act->kind != TREE_MAP) return wrong(t, "comity act 1", STR("act"), "It is not a map.");
    try(form_check(t, "comity act 1", act, ROWS(act_rows)));
    try(form_check(t, "comity act 1: seen", tree_get(act, "seen"), ROWS(seen_rows)));
    try(form_check(t, "comity act 1: by", tree_get(act, "by"), ROWS(by_rows)));
    try(form_check(t, "comity act 1: law", tree_get(act, "law"), ROWS(law_rows)));
    try(profiles_check(t, tree_at(act, "law.profiles")));
    try(particulars_check(t, tree_get(act, "particulars")));
    return documents_check(t, tree_get(act, "documents"));
}

err form_carriage(struct turn *t, const struct tree *carriage)
{
    if (carriage->kind != TREE_MAP)
        return wrong(t, "comity wire 1", STR("carriage"), "It is not a map.");
    return form_check(t, "comity wire 1: carriage", carriage, ROWS(carriage_rows));
}
