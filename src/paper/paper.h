/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_PAPER_H
#define COMITY_PAPER_H
/* Documents for people who sign in ink: a neutral tree into a PDF.
 *
 * The work is done by a program of its own, `comity-paper`, which holds no key, opens no database,
 * gives its powers away before it reads, and ends after one document. The node only starts it
 * (`paper_press_*`). It knows no law and no dossier: who calls says every word that is printed. */

#include "base/base.h"
#include "codec/codec.h"

/* ---- the document ---------------------------------------------------------------------------- */

/* A document is a map. Members marked ? may be absent; a member that is not named here is refused.
 * Wherever a text has a second one, `text2`, it is the same in the second language.
 *
 *   title, title2?     at the head of the first page, and the title of the PDF
 *   lang, lang2?       BCP 47 tags ("en", "az", "ar", "zh"); lang2 makes it bilingual. The first
 *                      language decides on which side a page begins
 *   layout?            how two languages stand: "beside" (two columns; what the first language has
 *                      on its side) or "under" (one under the other, as the forms of the Council of
 *                      Europe; this is the default)
 *   letterhead?        {state, state2?, authority, authority2?, address?[lines], address2?[lines],
 *                      marks?[{label, label2?, value}]}; marks stand under the head: number, date
 *   to?[lines], to2?   to whom it is addressed
 *   blocks             list of maps, each with `block` saying which:
 *     heading          level (1 to 3), number?, text, text2?
 *     para             text, text2?, lang?, lang2?, style? ("note": small)
 *     field            number?, label, label2?, value, value2?, lang?, lang2?, article?: one
 * numbered item of a form. `lang` is what the value is in; without it the value's own letters
 * decide its direction. A line end in a value is kept table            columns [{title, title2?,
 * width}], rows [[text, ...], ...]; widths are shares sign             who, who2?, name?, post?,
 * post2?, place?, date?, note?, note2?, stamp? (bool, with stamp_text?, stamp_text2?): the line to
 * sign on, and the place of the stamp code             text, label?, label2?, qr?: the short code
 * in large type; `qr` is what a two-dimensional code beside it holds rule, page       a line; a new
 * page footer             {ref, code?, hash?, printed_at}: on every page, with its number of how
 * many; printed_at is a moment as time_text writes it, and the date of the PDF
 *
 * Texts hold no control characters but the line end; what would turn the direction of text about,
 * or is invisible, is printed by its number. A letter that no font has is refused, never a box. */
enum {
    PAPER_DOCUMENT_MAX = 4 << 20, /* bytes of the tree as JSON      */
    PAPER_BLOCKS_MAX = 2048,
    PAPER_TEXT_MAX = 64 << 10, /* bytes of one text              */
    PAPER_COLUMNS_MAX = 8,
    PAPER_ROWS_MAX = 2048, /* of one table                   */
    PAPER_LINES_MAX = 12,  /* of an address; also marks      */
    PAPER_QR_MAX = 512,    /* bytes of what a square holds   */
    PAPER_PAGES_MAX = 200,
    PAPER_PDF_MAX = 24 << 20,
};
extern const struct tree_limits paper_limits;

/* Requires that a tree is a document. ERR_REJECTED or ERR_TOO_LARGE; the particular is the place:
 * "blocks.3.value". Does not know what the fonts hold. */
MUST err paper_check(struct turn *t, const struct tree *document);

/* ---- inside comity-paper --------------------------------------------------------------------- */

/* Lays the document out and writes it: A4, tagged, the same bytes for the same tree and fonts.
 * `fonts` is a folder below which the font files lie; NULL for where Debian has them. ERR_REJECTED
 * "no-glyph" with the place and the letter; ERR_TOO_LARGE beyond PAPER_PAGES_MAX or PAPER_PDF_MAX;
 * ERR_NONE_SUCH when a font file is missing. Changes settings of the process: only for a program
 * that does nothing else. */
MUST err paper_pdf(struct turn *t, const char *fonts, const struct tree *document,
                   struct bytes *pdf_out);
/* Gives away what laying out does not need, for good: descriptors beyond the first three, all files
 * but those below `fonts`, new privileges, time, memory, large files, core dumps. ERR_INTERNAL when
 * the system refuses, ERR_NONE_SUCH without that folder. */
#define PAPER_FONTS "/usr/share/fonts"
MUST err paper_sandbox(struct turn *t, const char *fonts);

/* ---- starting comity-paper ------------------------------------------------------------------- */

/* One run of the program. Nothing is waited for: what it reads and writes is memory handed to it,
 * so neither side blocks the other, and its end is the only event. */
struct paper_press;
/* The program at a path, as a descriptor that paper_press_start takes, also where that path is out
 * of reach by then. ERR_NONE_SUCH when there is none that may be executed. */
MUST err paper_program(struct turn *t, const char *path, int *fd_out);
/* Checks the document and starts the program on it. ERR_BUSY when the system has no room for a
 * process. */
MUST err paper_press_start(struct turn *t, int program, const struct tree *document,
                           struct paper_press **out);
/* A descriptor that becomes readable once, when the program has ended: for net_watch. */
int paper_press_fd(const struct paper_press *p);
/* The PDF, after the end. ERR_BUSY while it still works; otherwise what the program said, or
 * ERR_INTERNAL when it ended otherwise. */
MUST err paper_press_take(struct turn *t, struct paper_press *p, struct bytes *pdf_out);
/* Ends the program if it still works. NULL is allowed. */
void paper_press_free(struct paper_press *p);
/* The whole of it, waiting at most `wait_ms`: for a command line. ERR_BUSY "paper-slow" after. */
MUST err paper_press(struct turn *t, const char *program, const struct tree *document, int wait_ms,
                     struct bytes *pdf_out);

#endif
