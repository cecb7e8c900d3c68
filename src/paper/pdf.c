/* SPDX-License-Identifier: Apache-2.0 */
/* Pages into a PDF, by cairo.
 *
 * What each piece of text is stands in the structure of the PDF (ISO 32000-1 14.8), for readers
 * that speak a page. The running head and the foot are outside it: they repeat. All dates come from
 * the document, so the same document is the same file. */

#include "paper/inner.h"

#include <cairo-pdf.h>
#include <qrencode.h>

static const double ink[] = {0.08, 0.15, 0.17}, petrol[] = {0.04, 0.18, 0.22},
                    saffron[] = {0.94, 0.69, 0.23}, hair[] = {0.72, 0.75, 0.76},
                    sunk[] = {0.945, 0.95, 0.95};

struct pen {
    struct turn *t;
    cairo_t *cr;
    const struct sheet *s;
    const struct pages *pages;
    struct buf out;
};

static void surface_free_(cairo_surface_t **s)
{
    if (*s) cairo_surface_destroy(*s);
}
static void cairo_free_(cairo_t **c)
{
    if (*c) cairo_destroy(*c);
}
static void qr_free_(QRcode **q)
{
    if (*q) QRcode_free(*q);
}
#define auto_surface __attribute__((cleanup(surface_free_))) cairo_surface_t *
#define auto_cairo __attribute__((cleanup(cairo_free_))) cairo_t *
#define auto_qr __attribute__((cleanup(qr_free_))) QRcode *

static err draw(struct pen *p);
static err draw_foot(struct pen *p, size_t page);
static err draw_piece(struct pen *p, const struct piece *x);

static cairo_status_t on_bytes(void *ctx, const unsigned char *p, unsigned n)
{
    struct pen *pen = ctx;
    if (n > PAPER_PDF_MAX - pen->out.n) return CAIRO_STATUS_WRITE_ERROR;
    buf_put(&pen->out, p, n);
    return CAIRO_STATUS_SUCCESS;
}

static void describe(struct turn *t, cairo_surface_t *pdf, const struct document *d)
{
    struct arena *a = t->arena;
    cairo_pdf_surface_restrict_to_version(pdf, CAIRO_PDF_VERSION_1_5);
    cairo_pdf_surface_set_metadata(pdf, CAIRO_PDF_METADATA_TITLE, str_c(a, d->title.one));
    cairo_pdf_surface_set_metadata(pdf, CAIRO_PDF_METADATA_AUTHOR, str_c(a, d->authority.one));
    cairo_pdf_surface_set_metadata(pdf, CAIRO_PDF_METADATA_SUBJECT, str_c(a, d->ref));
    cairo_pdf_surface_set_metadata(pdf, CAIRO_PDF_METADATA_CREATOR, "Comity");
    /* cairo reads no fraction of a second. */
    struct str day = day_text(a, day_of_ms(d->printed_ms));
    struct str whole = time_text(a, d->printed_ms - d->printed_ms % 1000);
    struct str at = str_printf(a, STR_FMT "T%.8sZ", STR_ARG(day), whole.n > 19 ? whole.p + 11 : "");
    cairo_pdf_surface_set_metadata(pdf, CAIRO_PDF_METADATA_CREATE_DATE, str_c(a, at));
}

err paper_pdf(struct turn *t, const char *folder, const struct tree *document,
              struct bytes *pdf_out)
{
    struct document d;
    struct fonts fonts;
    struct sheet s;
    struct pages pages;
    try(paper_document_read(t, document, &d));
    try(paper_fonts_open(t, folder, document, &fonts));
    try(paper_layout(t, &fonts, &d, &s));
    try(paper_pages(t, &s, &pages));
    struct pen pen = {.t = t, .s = &s, .pages = &pages, .out = buf_in(t->arena)};
    auto_surface pdf = cairo_pdf_surface_create_for_stream(on_bytes, &pen, PAGE_WIDTH, PAGE_HEIGHT);
    describe(t, pdf, &d);
    auto_cairo cr = cairo_create(pdf);
    pen.cr = cr;
    try(draw(&pen));
    cairo_surface_finish(pdf);
    cairo_status_t status = cairo_surface_status(pdf);
    if (status == CAIRO_STATUS_WRITE_ERROR)
        return turn_fail(t, ERR_TOO_LARGE, "paper-size", NULL,
                         "The PDF has more than %d bytes. Nothing was printed. Print it in parts.",
                         PAPER_PDF_MAX);
    if (status != CAIRO_STATUS_SUCCESS || cairo_status(cr) != CAIRO_STATUS_SUCCESS)
        return turn_fail(t, ERR_INTERNAL, "paper-draw", NULL,
                         "The document could not be drawn: %s. Nothing was printed.",
                         cairo_status_to_string(status ? status : cairo_status(cr)));
    try(paper_catalog_mend(t, &pen.out, d.lang));
    *pdf_out = buf_as_bytes(&pen.out);
    return ERR_OK;
}

/* ---- lines and boxes ------------------------------------------------------------------------- */

static void color(struct pen *p, const double rgb[3])
{
    cairo_set_source_rgb(p->cr, rgb[0], rgb[1], rgb[2]);
}

static void box(struct pen *p, const double rgb[3], double x, double y, double w, double h)
{
    color(p, rgb);
    cairo_rectangle(p->cr, x, y, w, h);
    cairo_fill(p->cr);
}

/* Where something `w` wide begins that stands `x` from where the page begins. */
static double side(const struct pen *p, double x, double w)
{
    return p->s->turns ? PAGE_WIDTH - PAGE_START - x - w : PAGE_START + x;
}

static void across(struct pen *p, const double rgb[3], double y, double h)
{
    box(p, rgb, side(p, 0, PAGE_TEXT), y, PAGE_TEXT, h);
}

static void draw_lines(struct pen *p, const struct cell *c, size_t from, size_t to, double y)
{
    double begin = from && from < c->n ? c->lines[from].top : 0;
    for (size_t i = from; i < to; i++) {
        double rgb[3];
        paper_style_color(c->lines[i].style, rgb);
        color(p, rgb);
        paper_line_draw(p->t->arena, p->cr, &c->lines[i], y + c->lines[i].base - begin);
    }
}

/* ---- a page ---------------------------------------------------------------------------------- */

static err draw(struct pen *p)
{
    size_t at = 0;
    for (size_t page = 0; page < p->pages->count; page++) {
        const char *group = NULL;
        for (; at < p->pages->n && p->pages->pieces[at].page == page; at++) {
            const char *next = p->pages->pieces[at].row->group;
            if (group != next) {
                if (group) cairo_tag_end(p->cr, group);
                if (next) cairo_tag_begin(p->cr, next, NULL);
                group = next;
            }
            try(draw_piece(p, &p->pages->pieces[at]));
        }
        if (group) cairo_tag_end(p->cr, group);
        try(draw_foot(p, page));
        cairo_show_page(p->cr);
    }
    return ERR_OK;
}

/* One line outside the structure, at a side of the page. */
static err draw_note(struct pen *p, enum style style, struct str text, bool far, double y,
                     double width)
{
    struct setting as = {.style = style,
                         .lang = p->s->d->lang,
                         .decides = true,
                         .from_far = far != p->s->turns,
                         .one_line = true};
    struct cell c = {.x = side(p, far ? PAGE_TEXT - width : 0, width), .width = width};
    try(paper_cell_add(p->t, p->s->fonts, &as, STR("footer"), text, &c));
    draw_lines(p, &c, 0, c.n, y);
    return ERR_OK;
}

static err draw_foot(struct pen *p, size_t page)
{
    struct arena *a = p->t->arena;
    const struct document *d = p->s->d;
    if (page) {
        try(draw_note(p, STYLE_NOTE, d->authority.one.n ? d->authority.one : d->title.one, false,
                      34, PAGE_TEXT * 0.66));
        try(draw_note(p, STYLE_NOTE, d->ref, true, 34, PAGE_TEXT * 0.3));
        across(p, hair, 48, 0.5);
    }
    across(p, hair, 788, 0.5);
    struct str ref = d->ref;
    if (d->code.n) ref = str_printf(a, STR_FMT "   " STR_FMT, STR_ARG(d->ref), STR_ARG(d->code));
    struct str moment = time_text(a, d->printed_ms), number;
    number = str_printf(a, "%zu / %zu", page + 1, p->pages->count);
    struct str at = str_printf(a, "%.10s %.5s UTC", moment.p, moment.p + 11);
    try(draw_note(p, STYLE_NOTE, ref, false, 792, PAGE_TEXT * 0.7));
    try(draw_note(p, STYLE_LABEL, number, true, 791, PAGE_TEXT * 0.25));
    try(draw_note(p, STYLE_MONO, d->hash, false, 804, PAGE_TEXT * 0.78));
    return draw_note(p, STYLE_MONO, at, true, 804, PAGE_TEXT * 0.2);
}

/* ---- a piece --------------------------------------------------------------------------------- */

static void draw_sign(struct pen *p, const struct piece *x)
{
    double half = (PAGE_TEXT - 18) / 2, y = x->y + x->height;
    box(p, ink, side(p, 0, half), y - 0.7, half, 0.7);
    if (!x->row->block->stamp) return;
    static const double dashes[] = {2, 2.5};
    double r = 36, middle = side(p, half + 18, 2 * r) + r;
    color(p, hair);
    cairo_set_line_width(p->cr, 0.7);
    cairo_set_dash(p->cr, dashes, 2, 0);
    cairo_new_path(p->cr);
    cairo_arc(p->cr, middle, y - r - 1, r, 0, 6.283185307179586);
    cairo_stroke(p->cr);
    cairo_set_dash(p->cr, NULL, 0, 0);
}

/* A square code (ISO/IEC 18004): each run of dark modules is one box. */
static err draw_qr(struct pen *p, const struct piece *x)
{
    struct str text = x->row->block->qr;
    across(p, sunk, x->y, x->height);
    if (!text.n) return ERR_OK;
    auto_qr q = QRcode_encodeData((int)text.n, (const unsigned char *)text.p, 0, QR_ECLEVEL_M);
    if (!q)
        return turn_fail_at(p->t, ERR_INTERNAL, "paper-qr", NULL, x->row->block->where,
                            "The square code could not be made. Nothing was printed.");
    double size = 80, one = size / q->width;
    double left = side(p, PAGE_TEXT - size - 16, size), top = x->y + (x->height - size) / 2;
    static const double white[] = {1, 1, 1};
    box(p, white, left - 4 * one, top - 4 * one, size + 8 * one, size + 8 * one);
    color(p, ink);
    for (int row = 0; row < q->width; row++) {
        for (int i = 0, n; i < q->width; i += n) {
            for (n = 0; i + n < q->width && (q->data[row * q->width + i + n] & 1); n++) {
            }
            if (n) cairo_rectangle(p->cr, left + i * one, top + row * one, n * one, one);
            n += !n;
        }
    }
    cairo_fill(p->cr);
    return ERR_OK;
}

static err draw_piece(struct pen *p, const struct piece *x)
{
    const struct row *r = x->row;
    switch (r->kind) {
    case ROW_RULE:
        across(p, hair, x->y, 0.7);
        return ERR_OK;
    case ROW_HEAD_RULE:
        across(p, petrol, x->y, 1.8);
        across(p, saffron, x->y + 2.8, 0.7);
        return ERR_OK;
    case ROW_SIGN:
        draw_sign(p, x);
        break;
    case ROW_QR:
        try(draw_qr(p, x));
        break;
    case ROW_PAGE:
    case ROW_TEXT:
        break;
    }
    if (r->shade) across(p, sunk, x->y - 3, x->height + 6);
    if (r->line_above && x->first) across(p, hair, x->y - (r->group ? 2.5 : 4.5), 0.5);
    if (r->group) cairo_tag_begin(p->cr, "TR", NULL);
    for (size_t i = 0; i < r->n; i++) {
        if (x->from[i] == x->to[i] && !r->group) continue;
        cairo_tag_begin(p->cr, r->tag, NULL);
        draw_lines(p, &r->cells[i], x->from[i], x->to[i], x->y);
        cairo_tag_end(p->cr, r->tag);
    }
    if (r->group) cairo_tag_end(p->cr, "TR");
    return ERR_OK;
}
