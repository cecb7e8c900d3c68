/* SPDX-License-Identifier: Apache-2.0 */
/* A document as rows of cells of lines, each measured; where pages end is pages.c.
 *
 * The look: a letterhead over a rule, a title, then numbered items as in the forms of the Council
 * of Europe, each with a hairline above. Two languages stand beside each other in two columns or
 * one under the other. A page whose first language is written from right to left is mirrored. */

#include "paper/inner.h"

#include <string.h>

#define LATIN "Noto Sans,Noto Naskh Arabic,Noto Sans CJK SC"
#define SERIF "Noto Serif,Noto Naskh Arabic,Noto Sans CJK SC"
#define MONO "Noto Sans Mono,Noto Sans,Noto Naskh Arabic,Noto Sans CJK SC"

static const struct {
    const char *family;
    double size, rgb[3];
    bool bold;
} styles[STYLES] = {
    [STYLE_STATE] = {SERIF, 14, {0.04, 0.18, 0.22}, true},
    [STYLE_AUTHORITY] = {LATIN, 9.5, {0.08, 0.15, 0.17}, true},
    [STYLE_ADDRESS] = {LATIN, 8, {0.29, 0.35, 0.38}, false},
    [STYLE_TITLE] = {SERIF, 15, {0.08, 0.15, 0.17}, true},
    [STYLE_H1] = {SERIF, 12, {0.04, 0.18, 0.22}, true},
    [STYLE_H2] = {SERIF, 10.5, {0.04, 0.18, 0.22}, true},
    [STYLE_H3] = {LATIN, 9.5, {0.08, 0.15, 0.17}, true},
    [STYLE_LABEL] = {LATIN, 8.5, {0.08, 0.15, 0.17}, true},
    [STYLE_LABEL2] = {LATIN, 8.5, {0.29, 0.35, 0.38}, false},
    [STYLE_BODY] = {LATIN, 9.5, {0.08, 0.15, 0.17}, false},
    [STYLE_NOTE] = {LATIN, 7.5, {0.29, 0.35, 0.38}, false},
    [STYLE_CODE] = {MONO, 19, {0.08, 0.15, 0.17}, true},
    [STYLE_MONO] = {MONO, 7, {0.29, 0.35, 0.38}, false},
};

#define GUTTER 18.0 /* between two columns */
#define COLUMN ((PAGE_TEXT - GUTTER) / 2)
#define NUMBER 24.0 /* width of an item's number */
#define LABEL 146.0 /* width of an item's label, where languages stand under each other */

static err add_letterhead(struct turn *t, struct sheet *s);
static err add_title(struct turn *t, struct sheet *s);
static err add_block(struct turn *t, struct sheet *s, const struct block *b);

void paper_style_color(enum style style, double rgb_out[3])
{
    memcpy(rgb_out, styles[style].rgb, sizeof styles[style].rgb);
}

/* ---- one text -------------------------------------------------------------------------------- */

/* Naskh is drawn smaller than Latin of the same size; evened out here. */
static void attributes(PangoLayout *l, const struct setting *as, struct str text)
{
    PangoAttrList *list = pango_attr_list_new();
    if (as->lang.n) {
        auto_arena scratch = arena_new();
        pango_attr_list_insert(
            list, pango_attr_language_new(pango_language_from_string(str_c(scratch, as->lang))));
    }
    if (as->style == STYLE_CODE) pango_attr_list_insert(list, pango_attr_letter_spacing_new(1200));
    for (struct str rest = text; rest.n;) {
        unsigned at = (unsigned)(text.n - rest.n);
        uint32_t c = paper_char_next(&rest);
        bool naskh = (c >= 0x600 && c <= 0x8ff) || (c >= 0xfb50 && c <= 0xfdff) ||
                     (c >= 0xfe70 && c <= 0xfeff);
        if (!naskh) continue;
        PangoAttribute *big = pango_attr_scale_new(1.16);
        big->start_index = at;
        big->end_index = (unsigned)(text.n - rest.n);
        pango_attr_list_change(list, big);
    }
    pango_layout_set_attributes(l, list);
    pango_attr_list_unref(list);
}

/* The direction of the first letter (UAX 9 P2). Without one it is onward: telephone numbers, days
 * and addresses of machines would come out with their groups in the other order. */
static bool first_turns(struct str text)
{
    while (text.n) {
        uint32_t c = paper_char_next(&text);
        if (!g_unichar_isalpha(c)) continue;
        return (c >= 0x590 && c <= 0x8ff) || (c >= 0xfb1d && c <= 0xfdff) ||
               (c >= 0xfe70 && c <= 0xfefc) || (c >= 0x10800 && c <= 0x10fff) ||
               (c >= 0x1e800 && c <= 0x1efff);
    }
    return false;
}

static PangoLayout *set(struct arena *a, const struct fonts *fonts, const struct setting *as,
                        struct str text, double width)
{
    bool turns = as->decides ? first_turns(text) : as->turns;
    PangoLayout *l = pango_layout_new(turns ? fonts->turned : fonts->onward);
    arena_on_free(a, g_object_unref, l);
    PangoFontDescription *font = pango_font_description_new();
    pango_font_description_set_family_static(font, styles[as->style].family);
    pango_font_description_set_size(font, (int)(styles[as->style].size * PANGO_SCALE));
    pango_font_description_set_weight(font, styles[as->style].bold ? PANGO_WEIGHT_BOLD
                                                                   : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(l, font);
    pango_font_description_free(font);
    pango_layout_set_text(l, text.p, (int)text.n);
    attributes(l, as, text);
    pango_layout_set_auto_dir(l, FALSE);
    pango_layout_set_width(l, (int)(width * PANGO_SCALE));
    pango_layout_set_wrap(l, PANGO_WRAP_WORD_CHAR);
    if (as->one_line) pango_layout_set_height(l, -1);
    pango_layout_set_ellipsize(l, as->one_line ? PANGO_ELLIPSIZE_END : PANGO_ELLIPSIZE_NONE);
    pango_layout_set_alignment(l, as->from_far ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
    return l;
}

/* The first letter that no font has, or 0. */
static uint32_t glyph_missing(PangoLayout *l)
{
    if (!pango_layout_get_unknown_glyphs_count(l)) return 0;
    for (GSList *line = pango_layout_get_lines_readonly(l); line; line = line->next) {
        for (GSList *r = ((PangoLayoutLine *)line->data)->runs; r; r = r->next) {
            PangoGlyphString *g = ((PangoLayoutRun *)r->data)->glyphs;
            for (int i = 0; i < g->num_glyphs; i++) {
                PangoGlyph each = g->glyphs[i].glyph;
                if (each != PANGO_GLYPH_EMPTY && (each & PANGO_GLYPH_UNKNOWN_FLAG))
                    return each & ~PANGO_GLYPH_UNKNOWN_FLAG;
            }
        }
    }
    return 0xfffd;
}

static void cell_put(struct arena *a, struct cell *c, const struct line *l)
{
    if (c->n == c->room) {
        size_t room = c->room ? 2 * c->room : 8;
        struct line *more = arena_take_many(a, room, sizeof *more);
        if (c->n) memcpy(more, c->lines, c->n * sizeof *more);
        c->lines = more;
        c->room = room;
    }
    c->lines[c->n++] = *l;
}

static double points(int units) { return (double)units / PANGO_SCALE; }

static err add_paragraph(struct turn *t, const struct fonts *fonts, const struct setting *as,
                         struct str where, struct str text, struct cell *to)
{
    PangoLayout *l = set(t->arena, fonts, as, text, to->width);
    uint32_t missing = glyph_missing(l);
    if (missing)
        return turn_fail_at(t, ERR_REJECTED, "no-glyph", NULL, where,
                            "The letter U+%04X is in none of the fonts. Nothing was printed. Write "
                            "it in other letters and print again.",
                            (unsigned)missing);
    double top = to->height;
    PangoLayoutIter *i = pango_layout_get_iter(l);
    do {
        PangoRectangle box;
        pango_layout_iter_get_line_extents(i, NULL, &box);
        struct line line = {.line = pango_layout_iter_get_line_readonly(i),
                            .x = to->x + points(box.x),
                            .top = top + points(box.y),
                            .height = points(box.height),
                            .base = top + points(pango_layout_iter_get_baseline(i)),
                            .style = as->style};
        cell_put(t->arena, to, &line);
        to->height = line.top + line.height;
    } while (pango_layout_iter_next_line(i));
    pango_layout_iter_free(i);
    return ERR_OK;
}

err paper_cell_add(struct turn *t, const struct fonts *fonts, const struct setting *as,
                   struct str where, struct str text, struct cell *to)
{
    struct str paragraph, rest = text;
    while (rest.n) {
        str_split(rest, '\n', &paragraph, &rest);
        if (!paragraph.n) paragraph = STR(" ");
        try(add_paragraph(t, fonts, as, where, paragraph, to));
    }
    return ERR_OK;
}

/* ---- rows ------------------------------------------------------------------------------------ */

static struct row *row_new(struct arena *a, struct sheet *s, enum row_kind kind, double before)
{
    if (s->n == s->room) {
        size_t room = s->room ? 2 * s->room : 64;
        struct row *more = arena_take_many(a, room, sizeof *more);
        if (s->n) memcpy(more, s->rows, s->n * sizeof *more);
        s->rows = more;
        s->room = room;
    }
    struct row *r = &s->rows[s->n++];
    *r = (struct row){.kind = kind, .before = before, .tag = "P"};
    return r;
}

/* A cell at `x` from where the page begins, mirrored where it turns. */
static struct cell *cell_new(const struct sheet *s, struct row *r, double x, double width)
{
    struct cell *c = &r->cells[r->n++];
    *c = (struct cell){.x = s->turns ? PAGE_WIDTH - PAGE_START - x - width : PAGE_START + x,
                       .width = width};
    return c;
}

static void row_close(struct row *r)
{
    for (size_t i = 0; i < r->n; i++) {
        if (r->cells[i].height > r->height) r->height = r->cells[i].height;
    }
}

/* How a text of the first or the second language is set, at the side its language begins on. */
static struct setting as(const struct sheet *s, enum style style, bool second)
{
    struct str lang = second ? s->d->lang2 : s->d->lang;
    bool turns = paper_lang_turns(lang);
    return (struct setting){.style = style, .lang = lang, .turns = turns, .from_far = turns};
}

/* Words in their two languages: in two cells beside each other, or in one. */
static err add_words(struct turn *t, struct sheet *s, struct row *r, enum style one, enum style two,
                     struct str where, const struct words *w, double x)
{
    struct setting first = as(s, one, false), second = as(s, two, true);
    if (s->d->beside) {
        second.style = one;
        try(paper_cell_add(t, s->fonts, &first, where, w->one, cell_new(s, r, x, COLUMN - x)));
        return paper_cell_add(t, s->fonts, &second, where, w->two,
                              cell_new(s, r, COLUMN + GUTTER, COLUMN));
    }
    struct cell *c = cell_new(s, r, x, PAGE_TEXT - x);
    try(paper_cell_add(t, s->fonts, &first, where, w->one, c));
    /* Under each other both begin where the page does. */
    second.from_far = s->turns;
    if (w->two.n && w->one.n) c->height += 1;
    return paper_cell_add(t, s->fonts, &second, where, w->two, c);
}

err paper_layout(struct turn *t, const struct fonts *fonts, const struct document *d,
                 struct sheet *out)
{
    struct sheet s = {.d = d, .fonts = fonts, .turns = paper_lang_turns(d->lang)};
    for (size_t i = 0; i < d->n; i++) {
        if (d->blocks[i].number.n) s.number = NUMBER;
    }
    try(add_letterhead(t, &s));
    try(add_title(t, &s));
    for (size_t i = 0; i < d->n; i++) try(add_block(t, &s, &d->blocks[i]));
    *out = s;
    return ERR_OK;
}

/* ---- the first page's head ------------------------------------------------------------------- */

static err add_address(struct turn *t, const struct sheet *s, const struct lines *l, bool second,
                       struct cell *c)
{
    struct setting how = as(s, STYLE_ADDRESS, second);
    how.from_far = second && s->d->lang2.n ? !s->turns : s->turns;
    for (size_t i = 0; i < l->n; i++) {
        try(paper_cell_add(t, s->fonts, &how, STR("letterhead.address"), l->line[i], c));
    }
    return ERR_OK;
}

/* The head of the second language stands on the other side, turned to the margin. */
static err add_head_cell(struct turn *t, struct sheet *s, struct row *r, bool second)
{
    const struct document *d = s->d;
    struct cell *c = cell_new(s, r, second ? COLUMN + GUTTER : 0, d->lang2.n ? COLUMN : PAGE_TEXT);
    struct setting state = as(s, STYLE_STATE, second), authority = as(s, STYLE_AUTHORITY, second);
    state.from_far = authority.from_far = second ? !s->turns : s->turns;
    try(paper_cell_add(t, s->fonts, &state, STR("letterhead.state"),
                       second ? d->state.two : d->state.one, c));
    try(paper_cell_add(t, s->fonts, &authority, STR("letterhead.authority"),
                       second ? d->authority.two : d->authority.one, c));
    c->height += c->n ? 3 : 0;
    return add_address(t, s, second ? &d->address2 : &d->address, second, c);
}

static err add_marks(struct turn *t, struct sheet *s)
{
    const struct document *d = s->d;
    for (size_t i = 0; i < d->marks_n; i++) {
        struct row *r = row_new(t->arena, s, ROW_TEXT, i ? 1 : 8);
        const struct mark *m = &d->marks[i];
        struct str label = m->label.one;
        if (m->label.two.n)
            label = str_printf(t->arena, STR_FMT " / " STR_FMT, STR_ARG(m->label.one),
                               STR_ARG(m->label.two));
        struct setting name = as(s, STYLE_LABEL2, false), value = as(s, STYLE_LABEL, false);
        name.from_far = value.from_far = s->turns;
        value.decides = true;
        try(paper_cell_add(t, s->fonts, &name, STR("letterhead.marks"), label,
                           cell_new(s, r, 0, LABEL)));
        try(paper_cell_add(t, s->fonts, &value, STR("letterhead.marks"), m->value,
                           cell_new(s, r, LABEL, PAGE_TEXT - LABEL)));
        row_close(r);
    }
    return ERR_OK;
}

static err add_to(struct turn *t, struct sheet *s)
{
    const struct document *d = s->d;
    if (!d->to.n && !d->to2.n) return ERR_OK;
    struct row *r = row_new(t->arena, s, ROW_TEXT, 16);
    struct cell *one = cell_new(s, r, 0, COLUMN), *two = cell_new(s, r, COLUMN + GUTTER, COLUMN);
    struct setting first = as(s, STYLE_BODY, false), second = as(s, STYLE_BODY, true);
    first.decides = second.decides = true;
    first.from_far = s->turns;
    for (size_t i = 0; i < d->to.n; i++)
        try(paper_cell_add(t, s->fonts, &first, STR("to"), d->to.line[i], one));
    for (size_t i = 0; i < d->to2.n; i++)
        try(paper_cell_add(t, s->fonts, &second, STR("to2"), d->to2.line[i], two));
    row_close(r);
    return ERR_OK;
}

static err add_letterhead(struct turn *t, struct sheet *s)
{
    if (s->d->state.one.n || s->d->authority.one.n) {
        struct row *r = row_new(t->arena, s, ROW_TEXT, 0);
        r->whole = true;
        try(add_head_cell(t, s, r, false));
        if (s->d->lang2.n) try(add_head_cell(t, s, r, true));
        row_close(r);
        r = row_new(t->arena, s, ROW_HEAD_RULE, 7);
        r->height = 4;
    }
    try(add_marks(t, s));
    return add_to(t, s);
}

static err add_title(struct turn *t, struct sheet *s)
{
    struct row *r = row_new(t->arena, s, ROW_TEXT, 22);
    r->keep = true;
    r->tag = "H1";
    try(add_words(t, s, r, STYLE_TITLE, STYLE_H2, STR("title"), &s->d->title, 0));
    row_close(r);
    return ERR_OK;
}

/* ---- blocks ---------------------------------------------------------------------------------- */

static err add_heading(struct turn *t, struct sheet *s, const struct block *b)
{
    static const enum style by_level[] = {STYLE_H1, STYLE_H2, STYLE_H3};
    static const char *const tags[] = {"H2", "H3", "H4"};
    static const double before[] = {18, 14, 11};
    int k = b->level - 1;
    struct row *r = row_new(t->arena, s, ROW_TEXT, before[k]);
    r->keep = r->whole = true;
    r->tag = tags[k];
    double x = 0;
    if (b->number.n) {
        struct setting number = as(s, by_level[k], false);
        number.from_far = s->turns;
        x = NUMBER;
        try(paper_cell_add(t, s->fonts, &number, b->where, b->number, cell_new(s, r, 0, NUMBER)));
    }
    try(add_words(t, s, r, by_level[k], k == 2 ? STYLE_LABEL2 : STYLE_H3, b->where, &b->text, x));
    row_close(r);
    return ERR_OK;
}

/* The setting of a text that may be in another language than its place. */
static struct setting as_lang(const struct sheet *s, enum style style, struct str lang, bool second)
{
    struct setting how = as(s, style, second);
    if (lang.n) {
        how.lang = lang;
        how.turns = how.from_far = paper_lang_turns(lang);
    }
    return how;
}

static err add_para(struct turn *t, struct sheet *s, const struct block *b)
{
    enum style style = b->note ? STYLE_NOTE : STYLE_BODY;
    struct setting one = as_lang(s, style, b->lang, false), two = as_lang(s, style, b->lang2, true);
    struct row *r = row_new(t->arena, s, ROW_TEXT, b->note ? 5 : 7);
    if (s->d->beside && b->text.two.n) {
        try(paper_cell_add(t, s->fonts, &one, b->where, b->text.one, cell_new(s, r, 0, COLUMN)));
        try(paper_cell_add(t, s->fonts, &two, b->where, b->text.two,
                           cell_new(s, r, COLUMN + GUTTER, COLUMN)));
    } else {
        struct cell *c = cell_new(s, r, 0, PAGE_TEXT);
        try(paper_cell_add(t, s->fonts, &one, b->where, b->text.one, c));
        c->height += b->text.two.n ? 4 : 0;
        try(paper_cell_add(t, s->fonts, &two, b->where, b->text.two, c));
    }
    row_close(r);
    return ERR_OK;
}

static struct setting as_value(const struct sheet *s, struct str lang, bool second)
{
    struct setting how = as_lang(s, STYLE_BODY, lang, second);
    how.decides = lang.n == 0;
    return how;
}

static err add_number(struct turn *t, struct sheet *s, struct row *r, const struct block *b)
{
    struct setting how = as(s, STYLE_LABEL, false);
    how.from_far = s->turns;
    return paper_cell_add(t, s->fonts, &how, b->where, b->number, cell_new(s, r, 0, NUMBER));
}

static err add_article(struct turn *t, struct sheet *s, const struct block *b, struct cell *c)
{
    struct setting how = as(s, STYLE_NOTE, false);
    how.from_far = s->turns;
    return paper_cell_add(t, s->fonts, &how, b->where, b->article, c);
}

/* Labels over values, each language in its column; a value in one language has the whole width. */
static err add_field_beside(struct turn *t, struct sheet *s, const struct block *b)
{
    struct row *r = row_new(t->arena, s, ROW_TEXT, 9);
    r->keep = r->whole = r->line_above = true;
    try(add_number(t, s, r, b));
    try(add_words(t, s, r, STYLE_LABEL, STYLE_LABEL, b->where, &b->label, s->number));
    try(add_article(t, s, b, &r->cells[1]));
    row_close(r);
    r = row_new(t->arena, s, ROW_TEXT, 1);
    struct setting one = as_value(s, b->lang, false), two = as_value(s, b->lang2, true);
    double width = b->text.two.n ? COLUMN - s->number : PAGE_TEXT - s->number;
    try(paper_cell_add(t, s->fonts, &one, b->where, b->text.one, cell_new(s, r, s->number, width)));
    if (b->text.two.n)
        try(paper_cell_add(t, s->fonts, &two, b->where, b->text.two,
                           cell_new(s, r, COLUMN + GUTTER, COLUMN)));
    row_close(r);
    return ERR_OK;
}

static err add_field_under(struct turn *t, struct sheet *s, const struct block *b)
{
    struct row *r = row_new(t->arena, s, ROW_TEXT, 9);
    r->line_above = true;
    try(add_number(t, s, r, b));
    struct setting one = as(s, STYLE_LABEL, false), two = as(s, STYLE_LABEL2, true);
    two.from_far = s->turns;
    struct cell *label = cell_new(s, r, s->number, LABEL - 8);
    try(paper_cell_add(t, s->fonts, &one, b->where, b->label.one, label));
    try(paper_cell_add(t, s->fonts, &two, b->where, b->label.two, label));
    try(add_article(t, s, b, label));
    struct cell *value = cell_new(s, r, s->number + LABEL, PAGE_TEXT - s->number - LABEL);
    one = as_value(s, b->lang, false);
    two = as_value(s, b->lang2, true);
    if (!b->lang2.n) two.from_far = paper_lang_turns(s->d->lang2);
    try(paper_cell_add(t, s->fonts, &one, b->where, b->text.one, value));
    value->height += b->text.one.n && b->text.two.n ? 3 : 0;
    try(paper_cell_add(t, s->fonts, &two, b->where, b->text.two, value));
    row_close(r);
    return ERR_OK;
}

static err add_table(struct turn *t, struct sheet *s, const struct block *b)
{
    size_t head = s->n;
    for (size_t i = 0; i <= b->rows_n; i++) {
        struct row *r = row_new(t->arena, s, ROW_TEXT, i ? 5 : 10);
        r->group = "Table";
        r->tag = i ? "TD" : "TH";
        r->keep = r->shade = r->whole = i == 0;
        r->heading = i ? head + 1 : 0;
        r->line_above = i > 0;
        double x = 0;
        for (size_t k = 0; k < b->columns_n; k++) {
            double width = PAGE_TEXT * b->columns[k].share;
            struct cell *c = cell_new(s, r, x + 4, width > 20 ? width - 8 : width);
            struct setting one = as(s, i ? STYLE_BODY : STYLE_LABEL, false);
            struct setting two = as(s, STYLE_LABEL2, true);
            one.from_far = two.from_far = s->turns;
            one.decides = i > 0;
            struct str text = i ? b->cells[(i - 1) * b->columns_n + k] : b->columns[k].title.one;
            try(paper_cell_add(t, s->fonts, &one, b->where, text, c));
            if (!i) try(paper_cell_add(t, s->fonts, &two, b->where, b->columns[k].title.two, c));
            x += width;
        }
        row_close(r);
    }
    return ERR_OK;
}

static err add_sign_foot(struct turn *t, struct sheet *s, const struct block *b)
{
    struct row *r = row_new(t->arena, s, ROW_TEXT, 3);
    r->whole = true;
    struct cell *c = cell_new(s, r, 0, COLUMN);
    struct setting name = as(s, STYLE_LABEL, false), post = as(s, STYLE_LABEL2, false);
    struct setting post2 = as(s, STYLE_LABEL2, true), note = as(s, STYLE_NOTE, false);
    struct setting note2 = as(s, STYLE_NOTE, true);
    name.decides = true;
    name.from_far = post.from_far = post2.from_far = note.from_far = note2.from_far = s->turns;
    try(paper_cell_add(t, s->fonts, &name, b->where, b->name, c));
    try(paper_cell_add(t, s->fonts, &post, b->where, b->post.one, c));
    try(paper_cell_add(t, s->fonts, &post2, b->where, b->post.two, c));
    struct cell *far = cell_new(s, r, COLUMN + GUTTER, COLUMN);
    try(paper_cell_add(t, s->fonts, &note, b->where, b->small.one, far));
    try(paper_cell_add(t, s->fonts, &note2, b->where, b->small.two, far));
    row_close(r);
    return ERR_OK;
}

static err add_sign(struct turn *t, struct sheet *s, const struct block *b)
{
    struct row *r = row_new(t->arena, s, ROW_TEXT, 26);
    r->keep = r->whole = true;
    struct setting who = as(s, STYLE_LABEL, false), who2 = as(s, STYLE_LABEL2, true);
    struct setting when = as(s, STYLE_BODY, false);
    who.from_far = who2.from_far = when.from_far = s->turns;
    struct cell *c = cell_new(s, r, 0, COLUMN), *far = cell_new(s, r, COLUMN + GUTTER, COLUMN);
    try(paper_cell_add(t, s->fonts, &who, b->where, b->label.one, c));
    try(paper_cell_add(t, s->fonts, &who2, b->where, b->label.two, c));
    struct str both = b->place;
    if (b->place.n && b->date.n)
        both = str_printf(t->arena, STR_FMT ", " STR_FMT, STR_ARG(b->place), STR_ARG(b->date));
    else if (b->date.n)
        both = b->date;
    try(paper_cell_add(t, s->fonts, &when, b->where, both, far));
    row_close(r);
    r = row_new(t->arena, s, ROW_SIGN, 0);
    r->keep = r->whole = true;
    r->block = b;
    r->height = b->stamp ? 76 : 44;
    if (b->stamp) {
        struct setting stamp = as(s, STYLE_NOTE, false), stamp2 = as(s, STYLE_NOTE, true);
        far = cell_new(s, r, COLUMN + GUTTER + 92, COLUMN - 92);
        far->height = 30;
        stamp.from_far = stamp2.from_far = s->turns;
        try(paper_cell_add(t, s->fonts, &stamp, b->where, b->stamp_text.one, far));
        try(paper_cell_add(t, s->fonts, &stamp2, b->where, b->stamp_text.two, far));
    }
    return add_sign_foot(t, s, b);
}

static err add_code(struct turn *t, struct sheet *s, const struct block *b)
{
    struct row *r = row_new(t->arena, s, ROW_QR, 18);
    r->whole = true;
    r->block = b;
    struct cell *c = cell_new(s, r, 10, PAGE_TEXT - 120);
    struct setting label = as(s, STYLE_LABEL2, false), label2 = as(s, STYLE_LABEL2, true);
    struct setting code = as(s, STYLE_CODE, false);
    code.turns = false;
    label.from_far = label2.from_far = code.from_far = s->turns;
    c->height = b->qr.n ? 24 : 9;
    try(paper_cell_add(t, s->fonts, &label, b->where, b->label.one, c));
    try(paper_cell_add(t, s->fonts, &label2, b->where, b->label.two, c));
    try(paper_cell_add(t, s->fonts, &code, b->where, b->text.one, c));
    c->height += 9;
    row_close(r);
    if (b->qr.n && r->height < 112) r->height = 112;
    return ERR_OK;
}

static err add_block(struct turn *t, struct sheet *s, const struct block *b)
{
    switch (b->kind) {
    case BLOCK_HEADING:
        return add_heading(t, s, b);
    case BLOCK_PARA:
        return add_para(t, s, b);
    case BLOCK_FIELD:
        return s->d->beside ? add_field_beside(t, s, b) : add_field_under(t, s, b);
    case BLOCK_TABLE:
        return add_table(t, s, b);
    case BLOCK_SIGN:
        return add_sign(t, s, b);
    case BLOCK_CODE:
        return add_code(t, s, b);
    case BLOCK_RULE:
        row_new(t->arena, s, ROW_RULE, 10)->height = 1;
        return ERR_OK;
    case BLOCK_PAGE:
        row_new(t->arena, s, ROW_PAGE, 0);
        return ERR_OK;
    }
    return ERR_OK;
}
