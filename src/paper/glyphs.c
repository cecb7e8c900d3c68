/* SPDX-License-Identifier: Apache-2.0 */
/* A line of text onto a page.
 *
 * Runs from left to right go by pango. Those from right to left are drawn here, glyph by glyph in
 * the order they stand on the page, because pango and cairo write them backwards, which tears words
 * apart when text is taken out of a PDF (pdftotext, search, copy). A base and its marks are kept as
 * letters of their own for the same reason. */

#include "paper/inner.h"

#include <string.h>

/* A run in the order of the page: which glyphs belong to which bytes of text. */
struct run {
    struct arena *a;
    cairo_glyph_t *glyphs;
    cairo_text_cluster_t *clusters;
    int n, clusters_n;
    struct buf text;
};

static double points(int units) { return (double)units / PANGO_SCALE; }

static int chars(struct str s)
{
    int n = 0;
    for (; s.n; n++) paper_char_next(&s);
    return n;
}

static void cluster_put(struct run *r, struct str text, int glyphs)
{
    r->clusters[r->clusters_n++] =
        (cairo_text_cluster_t){.num_bytes = (int)text.n, .num_glyphs = glyphs};
    buf_str(&r->text, text);
}

/* One cluster of `glyphs` glyphs for these letters: apart, the last letter first, where there is a
 * glyph for each; otherwise together. */
static void cluster_add(struct run *r, struct str text, int glyphs)
{
    if (glyphs < 2 || chars(text) != glyphs) {
        cluster_put(r, text, glyphs);
        return;
    }
    while (text.n) {
        size_t at = text.n - 1;
        while (at && ((uint8_t)text.p[at] & 0xc0) == 0x80) at--;
        cluster_put(r, (struct str){text.p + at, text.n - at}, 1);
        text.n = at;
    }
}

/* The glyphs of a run with their places; those without one are left out. */
static void glyphs_place(struct run *r, const PangoGlyphString *g, double x, double y, int *kept)
{
    for (int i = 0; i < g->num_glyphs; i++) {
        const PangoGlyphInfo *each = &g->glyphs[i];
        kept[i] = each->glyph != PANGO_GLYPH_EMPTY;
        if (kept[i])
            r->glyphs[r->n++] = (cairo_glyph_t){.index = each->glyph,
                                                .x = x + points(each->geometry.x_offset),
                                                .y = y + points(each->geometry.y_offset)};
        x += points(each->geometry.width);
    }
}

static void run_draw(struct arena *a, cairo_t *cr, const char *text, const PangoLayoutRun *from,
                     double x, double y)
{
    const PangoGlyphString *g = from->glyphs;
    struct run r = {.a = a, .text = buf_in(a)};
    r.glyphs = arena_take_many(a, (size_t)g->num_glyphs + 1, sizeof *r.glyphs);
    r.clusters = arena_take_many(a, (size_t)from->item->length + 1, sizeof *r.clusters);
    int *kept = arena_take_many(a, (size_t)g->num_glyphs + 1, sizeof *kept);
    glyphs_place(&r, g, x, y, kept);
    int end = from->item->length;
    for (int i = 0, n; i < g->num_glyphs; i += n) {
        int begin = g->log_clusters[i], glyphs = 0;
        for (n = 0; i + n < g->num_glyphs && g->log_clusters[i + n] == begin; n++)
            glyphs += kept[i + n];
        cluster_add(&r, (struct str){text + from->item->offset + begin, (size_t)(end - begin)},
                    glyphs);
        end = begin;
    }
    PangoCairoFont *font = PANGO_CAIRO_FONT(from->item->analysis.font);
    cairo_set_scaled_font(cr, pango_cairo_font_get_scaled_font(font));
    cairo_show_text_glyphs(cr, (const char *)r.text.p, (int)r.text.n, r.glyphs, r.n, r.clusters,
                           r.clusters_n, 0);
}

void paper_line_draw(struct arena *a, cairo_t *cr, const struct line *l, double y)
{
    const char *text = pango_layout_get_text(l->line->layout);
    double x = l->x;
    for (GSList *each = l->line->runs; each; each = each->next) {
        PangoLayoutRun *run = each->data;
        if (run->item->analysis.level % 2) {
            run_draw(a, cr, text, run, x, y);
        } else {
            cairo_move_to(cr, x, y);
            pango_cairo_show_glyph_item(cr, text, run);
        }
        x += points(pango_glyph_string_get_width(run->glyphs));
    }
}
