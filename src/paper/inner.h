/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_PAPER_INNER_H
#define COMITY_PAPER_INNER_H
/* What the files of paper share among themselves: the document taken apart, its lines, its pages.
 * Nobody else includes this. Lengths are points (1/72 inch), from the top left of a page. */

#include "paper/paper.h"

#include <pango/pangocairo.h>

/* ---- text.c ---------------------------------------------------------------------------------- */

/* A text fit to be printed: line ends are kept, tabs become blanks, letters that are invisible or
 * turn the direction about are written by their number. ERR_REJECTED for other control characters,
 * ERR_TOO_LARGE beyond PAPER_TEXT_MAX. `where` is the place in the document. */
MUST err paper_text_clean(struct turn *t, struct str where, struct str in, struct str *out);
/* Whether a language is written from right to left. */
bool paper_lang_turns(struct str lang);
/* Whether it is spelled as BCP 47 tags are, in ASCII, at most 35 bytes. */
bool paper_lang_is_tag(struct str lang);
/* The next character of a text that is UTF-8; moves `s` on. */
uint32_t paper_char_next(struct str *s);

/* ---- document.c ------------------------------------------------------------------------------ */

/* The same text in both languages; the second is empty where there is none. */
struct words {
    struct str one, two;
};
enum block_kind {
#define BLOCK(name, word, must, may) BLOCK_##name,
#include "paper/block.def"
#undef BLOCK
};
struct column {
    struct words title;
    double share; /* of the width, the shares together 1 */
};
struct block {
    enum block_kind kind;
    struct str where; /* "blocks.3" */
    struct words label, text;
    struct str number, article, lang, lang2;
    int level;
    bool note, stamp;
    struct column columns[PAPER_COLUMNS_MAX];
    size_t columns_n, rows_n;
    struct str *cells; /* rows_n times columns_n */
    struct str name, place, date, qr;
    struct words post, small, stamp_text;
};
struct mark {
    struct words label;
    struct str value;
};
struct lines {
    struct str line[PAPER_LINES_MAX];
    size_t n;
};
struct document {
    struct words title, state, authority;
    struct str lang, lang2;
    bool beside;
    struct lines address, address2, to, to2;
    struct mark marks[PAPER_LINES_MAX];
    size_t marks_n;
    struct block *blocks;
    size_t n;
    struct str ref, code, hash;
    int64_t printed_ms;
};
MUST err paper_document_read(struct turn *t, const struct tree *from, struct document *out);

/* ---- fonts.c --------------------------------------------------------------------------------- */

/* One for each direction of text. A layout counts on its context not to change. */
struct fonts {
    PangoContext *onward, *turned;
};
/* Opens the fonts that the letters of a document need, and no others. What is handed out ends with
 * the turn's arena. */
MUST err paper_fonts_open(struct turn *t, const char *folder, const struct tree *document,
                          struct fonts *out);

/* ---- layout.c -------------------------------------------------------------------------------- */

enum style {
    STYLE_STATE,
    STYLE_AUTHORITY,
    STYLE_ADDRESS,
    STYLE_TITLE,
    STYLE_H1,
    STYLE_H2,
    STYLE_H3,
    STYLE_LABEL,
    STYLE_LABEL2,
    STYLE_BODY,
    STYLE_NOTE,
    STYLE_CODE,
    STYLE_MONO,
    STYLES
};
/* One line of text, ready to be drawn. */
struct line {
    PangoLayoutLine *line;
    double x, top, height, base; /* x on the page; the rest from the top of its cell */
    enum style style;
};
struct cell {
    struct line *lines;
    size_t n, room;
    double x, width, height;
};
enum { CELLS_MAX = PAPER_COLUMNS_MAX + 1 };
enum row_kind { ROW_TEXT, ROW_RULE, ROW_PAGE, ROW_HEAD_RULE, ROW_SIGN, ROW_QR };
/* What stands side by side. A row breaks between pages where its lines do, unless it is whole. */
struct row {
    enum row_kind kind;
    struct cell cells[CELLS_MAX];
    size_t n;
    double before, height; /* blank above; height of the row itself */
    bool keep;             /* on the page of the row that follows */
    bool whole;
    bool line_above, shade;
    const char *tag;           /* of the PDF's structure, for each cell */
    const char *group;         /* the structure around rows that follow each other, or NULL */
    size_t heading;            /* 1 + the row that is repeated where a table goes on; 0: none */
    const struct block *block; /* of ROW_SIGN and ROW_QR */
};
struct sheet {
    const struct document *d;
    const struct fonts *fonts;
    struct row *rows;
    size_t n, room;
    bool turns;    /* the first language is written from right to left */
    double number; /* width of the items' numbers; 0 where no item has one */
};
/* All rows of the document, measured. */
MUST err paper_layout(struct turn *t, const struct fonts *fonts, const struct document *d,
                      struct sheet *out);
/* What a text is set as. */
struct setting {
    enum style style;
    struct str lang;
    bool turns;    /* reads from right to left, when the letters do not decide it */
    bool decides;  /* its letters decide it */
    bool from_far; /* stands at the far side of its width: right, or left where the page turns */
    bool one_line; /* what does not fit is cut short */
};
/* Adds the lines of a text below what a cell has; ERR_REJECTED for a letter no font has. An empty
 * text adds nothing. Each paragraph decides its direction alone; one without a letter, such as a
 * telephone number, reads from left to right. */
MUST err paper_cell_add(struct turn *t, const struct fonts *fonts, const struct setting *as,
                        struct str where, struct str text, struct cell *to);
void paper_style_color(enum style style, double rgb_out[3]);

#define PAGE_WIDTH 595.276
#define PAGE_HEIGHT 841.89
#define PAGE_START 62.0 /* margin where the first language begins; holes are punched there */
#define PAGE_END 48.0
#define PAGE_TOP 46.0
#define PAGE_TOP_NEXT 66.0 /* on the second page and later, below the running head */
#define PAGE_BOTTOM 776.0  /* the text ends here; the foot is below */
#define PAGE_TEXT (PAGE_WIDTH - PAGE_START - PAGE_END)

/* ---- pages.c --------------------------------------------------------------------------------- */

/* A row, or the lines of it that fell on one page. */
struct piece {
    const struct row *row;
    size_t page; /* from 0 */
    double y, height;
    size_t from[CELLS_MAX], to[CELLS_MAX];
    bool first; /* has the top of the row */
};
struct pages {
    struct piece *pieces;
    size_t n, room;
    size_t count;
};
MUST err paper_pages(struct turn *t, const struct sheet *s, struct pages *out);

/* ---- glyphs.c -------------------------------------------------------------------------------- */

/* Draws a line with its baseline at `y`, in the colour that is set. */
void paper_line_draw(struct arena *a, cairo_t *cr, const struct line *l, double y);

/* ---- catalog.c ------------------------------------------------------------------------------- */

/* Adds to a PDF as cairo wrote it that it is tagged, and in which language it is. */
MUST err paper_catalog_mend(struct turn *t, struct buf *pdf, struct str lang);

#endif
