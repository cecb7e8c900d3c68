/* SPDX-License-Identifier: Apache-2.0 */
/* A tree, held against the shape of a document, and taken apart.
 *
 * Everything is checked here, so that what lays out and draws never meets a surprise: which members
 * stand where, of which kind, how many and how long. What the fonts can draw is found later. */

#include "paper/inner.h"

#include <string.h>

const struct tree_limits paper_limits = {
    .size_max = PAPER_DOCUMENT_MAX, .depth_max = 8, .count_max = 65536};

static const struct {
    const char *word, *must, *may;
} shapes[] = {
#define BLOCK(name, word, must, may) {word, must, may},
#include "paper/block.def"
#undef BLOCK
};

struct reader {
    struct turn *t;
    const struct tree *at; /* the map that is read */
    struct str where;      /* its place; empty: the document itself */
};

static err read_letterhead(struct reader *r, struct document *d);
static err read_footer(struct reader *r, struct document *d);
static err read_block(struct reader *r, struct block *b);

static struct str place(const struct reader *r, const char *key)
{
    if (!r->where.n) return str_of(key);
    return str_printf(r->t->arena, STR_FMT ".%s", STR_ARG(r->where), key);
}

static err shape_fault(const struct reader *r, struct str at, const char *what)
{
    return turn_fail_at(r->t, ERR_REJECTED, "paper-shape", NULL, at,
                        "\"" STR_FMT "\" of the document %s. Nothing was printed.", STR_ARG(at),
                        what);
}

static bool has_word(const char *list, struct str word)
{
    struct str head, rest = str_of(list);
    while (rest.n) {
        str_split(rest, ' ', &head, &rest);
        if (str_eq(head, word)) return true;
    }
    return false;
}

/* Requires a map with all of `must` and nothing beside them but `may`. */
static err members(struct reader *r, const char *must, const char *may)
{
    if (!r->at || r->at->kind != TREE_MAP) return shape_fault(r, r->where, "is not a map");
    size_t found = 0, wanted = 0;
    for (const struct tree *m = r->at->child; m; m = m->next) {
        bool needed = has_word(must, m->key);
        found += needed;
        if (!needed && !has_word(may, m->key))
            return shape_fault(r, place(r, str_c(r->t->arena, m->key)), "has no such member");
    }
    struct str head, rest = str_of(must);
    for (; rest.n; wanted++) str_split(rest, ' ', &head, &rest);
    if (found == wanted) return ERR_OK;
    for (rest = str_of(must); rest.n;) {
        str_split(rest, ' ', &head, &rest);
        if (!tree_get_s(r->at, head))
            return shape_fault(r, place(r, str_c(r->t->arena, head)), "is missing");
    }
    return shape_fault(r, r->where, "is not complete");
}

/* A text, or nothing where it is absent. */
static err text(struct reader *r, const char *key, struct str *out)
{
    const struct tree *m = tree_get(r->at, key);
    if (!m) return ERR_OK;
    if (m->kind != TREE_STR) return shape_fault(r, place(r, key), "is not a text");
    return paper_text_clean(r->t, place(r, key), m->str, out);
}

static err words(struct reader *r, const char *key, struct words *out)
{
    try(text(r, key, &out->one));
    const char *second = str_printf(r->t->arena, "%s2%c", key, 0).p;
    return text(r, second, &out->two);
}

static err lang(struct reader *r, const char *key, struct str *out)
{
    try(text(r, key, out));
    if (!out->n || paper_lang_is_tag(*out)) return ERR_OK;
    return shape_fault(r, place(r, key), "is not the tag of a language (BCP 47)");
}

static err flag(struct reader *r, const char *key, bool *out)
{
    const struct tree *m = tree_get(r->at, key);
    if (!m) return ERR_OK;
    if (m->kind != TREE_BOOL) return shape_fault(r, place(r, key), "is neither true nor false");
    *out = m->num != 0;
    return ERR_OK;
}

static err list(struct reader *r, const char *key, size_t max, const struct tree **out)
{
    const struct tree *m = tree_get(r->at, key);
    *out = NULL;
    if (!m) return ERR_OK;
    if (m->kind != TREE_LIST) return shape_fault(r, place(r, key), "is not a list");
    if (m->count > max)
        return turn_fail_at(r->t, ERR_TOO_LARGE, "paper-count", NULL, place(r, key),
                            "\"" STR_FMT "\" of the document has %zu entries, and at most %zu are "
                            "printed.",
                            STR_ARG(place(r, key)), m->count, max);
    *out = m;
    return ERR_OK;
}

static err lines(struct reader *r, const char *key, struct lines *out)
{
    const struct tree *all;
    try(list(r, key, PAPER_LINES_MAX, &all));
    for (const struct tree *m = all ? all->child : NULL; m; m = m->next) {
        if (m->kind != TREE_STR) return shape_fault(r, place(r, key), "holds what is not a text");
        try(paper_text_clean(r->t, place(r, key), m->str, &out->line[out->n]));
        out->n++;
    }
    return ERR_OK;
}

/* ---- the document ---------------------------------------------------------------------------- */

err paper_check(struct turn *t, const struct tree *document)
{
    struct document d;
    return paper_document_read(t, document, &d);
}

static err read_head(struct reader *r, struct document *d)
{
    try(members(r, "title lang blocks footer", "title2 lang2 layout letterhead to to2"));
    try(lang(r, "lang", &d->lang));
    try(lang(r, "lang2", &d->lang2));
    try(words(r, "title", &d->title));
    if (!d->lang.n) return shape_fault(r, STR("lang"), "is empty");
    if (!d->title.one.n) return shape_fault(r, STR("title"), "is empty");
    struct str layout = {0};
    try(text(r, "layout", &layout));
    d->beside = str_is(layout, "beside");
    if (layout.n && !d->beside && !str_is(layout, "under"))
        return shape_fault(r, STR("layout"), "is neither \"beside\" nor \"under\"");
    d->beside = d->beside && d->lang2.n > 0;
    try(lines(r, "to", &d->to));
    return lines(r, "to2", &d->to2);
}

err paper_document_read(struct turn *t, const struct tree *from, struct document *out)
{
    struct document d = {0};
    struct reader r = {.t = t, .at = from};
    try(read_head(&r, &d));
    const struct tree *blocks;
    try(list(&r, "blocks", PAPER_BLOCKS_MAX, &blocks));
    d.n = blocks->count;
    d.blocks = arena_take_many(t->arena, d.n + 1, sizeof *d.blocks);
    r.at = tree_get(from, "footer");
    r.where = STR("footer");
    try(read_footer(&r, &d));
    r.at = tree_get(from, "letterhead");
    r.where = STR("letterhead");
    if (r.at) try(read_letterhead(&r, &d));
    const struct tree *m = blocks->child;
    for (size_t i = 0; i < d.n; i++, m = m->next) {
        r.at = m;
        r.where = str_printf(t->arena, "blocks.%zu", i);
        try(read_block(&r, &d.blocks[i]));
    }
    *out = d;
    return ERR_OK;
}

static err read_letterhead(struct reader *r, struct document *d)
{
    try(members(r, "state authority", "state2 authority2 address address2 marks"));
    try(words(r, "state", &d->state));
    try(words(r, "authority", &d->authority));
    try(lines(r, "address", &d->address));
    try(lines(r, "address2", &d->address2));
    const struct tree *marks;
    try(list(r, "marks", PAPER_LINES_MAX, &marks));
    for (const struct tree *m = marks ? marks->child : NULL; m; m = m->next) {
        struct reader each = {.t = r->t, .at = m, .where = STR("letterhead.marks")};
        try(members(&each, "label value", "label2"));
        try(words(&each, "label", &d->marks[d->marks_n].label));
        try(text(&each, "value", &d->marks[d->marks_n].value));
        d->marks_n++;
    }
    return ERR_OK;
}

static err read_footer(struct reader *r, struct document *d)
{
    struct str at = {0};
    try(members(r, "ref printed_at", "code hash"));
    try(text(r, "ref", &d->ref));
    try(text(r, "code", &d->code));
    try(text(r, "hash", &d->hash));
    try(text(r, "printed_at", &at));
    if (time_read(at, &d->printed_ms)) return ERR_OK;
    return shape_fault(r, STR("footer.printed_at"), "is no moment (RFC 3339, UTC)");
}

/* ---- blocks ---------------------------------------------------------------------------------- */

static err read_columns(struct reader *r, struct block *b)
{
    const struct tree *all;
    try(list(r, "columns", PAPER_COLUMNS_MAX, &all));
    if (!all->count) return shape_fault(r, place(r, "columns"), "is empty");
    int64_t sum = 0;
    for (const struct tree *m = all->child; m; m = m->next, b->columns_n++) {
        struct reader each = {.t = r->t, .at = m, .where = place(r, "columns")};
        try(members(&each, "title width", "title2"));
        try(words(&each, "title", &b->columns[b->columns_n].title));
        int64_t share = tree_int(m, "width", 0);
        if (share < 1 || share > 1000)
            return shape_fault(r, each.where, "has a width that is not from 1 to 1000");
        sum += share;
        b->columns[b->columns_n].share = (double)share;
    }
    for (size_t i = 0; i < b->columns_n; i++) b->columns[i].share /= (double)sum;
    return ERR_OK;
}

static err read_table(struct reader *r, struct block *b)
{
    try(read_columns(r, b));
    const struct tree *rows;
    try(list(r, "rows", PAPER_ROWS_MAX, &rows));
    b->rows_n = rows->count;
    b->cells = arena_take_many(r->t->arena, b->rows_n * b->columns_n + 1, sizeof *b->cells);
    size_t n = 0;
    for (const struct tree *row = rows->child; row; row = row->next) {
        if (row->kind != TREE_LIST || row->count != b->columns_n)
            return shape_fault(r, place(r, "rows"), "has a row that does not fit its columns");
        for (const struct tree *m = row->child; m; m = m->next) {
            if (m->kind != TREE_STR)
                return shape_fault(r, place(r, "rows"), "holds what is not a text");
            try(paper_text_clean(r->t, place(r, "rows"), m->str, &b->cells[n++]));
        }
    }
    return ERR_OK;
}

static err read_texts(struct reader *r, struct block *b)
{
    struct str style = {0};
    try(words(r, "label", &b->label));
    try(text(r, "number", &b->number));
    try(text(r, "article", &b->article));
    try(lang(r, "lang", &b->lang));
    try(lang(r, "lang2", &b->lang2));
    try(text(r, "style", &style));
    b->note = str_is(style, "note");
    if (style.n && !b->note) return shape_fault(r, place(r, "style"), "is not \"note\"");
    return words(r, b->kind == BLOCK_FIELD ? "value" : "text", &b->text);
}

static err read_sign(struct reader *r, struct block *b)
{
    try(words(r, "who", &b->label));
    try(text(r, "name", &b->name));
    try(words(r, "post", &b->post));
    try(text(r, "place", &b->place));
    try(text(r, "date", &b->date));
    try(words(r, "note", &b->small));
    try(words(r, "stamp_text", &b->stamp_text));
    return flag(r, "stamp", &b->stamp);
}

static err read_block(struct reader *r, struct block *b)
{
    b->where = r->where;
    struct str word = tree_str(r->at, "block");
    size_t kind = 0, kinds = sizeof shapes / sizeof *shapes;
    while (kind < kinds && !str_is(word, shapes[kind].word)) kind++;
    if (kind == kinds) return shape_fault(r, place(r, "block"), "names no block there is");
    b->kind = (enum block_kind)kind;
    const char *may = str_printf(r->t->arena, "block %s%c", shapes[kind].may, 0).p;
    try(members(r, shapes[kind].must, may));
    if (b->kind == BLOCK_TABLE) return read_table(r, b);
    if (b->kind == BLOCK_SIGN) return read_sign(r, b);
    try(read_texts(r, b));
    if (b->kind == BLOCK_HEADING) {
        b->level = (int)tree_int(r->at, "level", 0);
        if (b->level < 1 || b->level > 3)
            return shape_fault(r, place(r, "level"), "is not from 1 to 3");
    }
    if (b->kind != BLOCK_CODE) return ERR_OK;
    try(text(r, "qr", &b->qr));
    if (b->qr.n <= PAPER_QR_MAX) return ERR_OK;
    return turn_fail_at(r->t, ERR_TOO_LARGE, "paper-qr", NULL, place(r, "qr"),
                        "The square code is to hold %zu bytes, and at most %d fit.", b->qr.n,
                        PAPER_QR_MAX);
}
