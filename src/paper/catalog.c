/* SPDX-License-Identifier: Apache-2.0 */
/* What cairo 1.16 leaves out of a PDF's catalog: that it is tagged, its language, and that its
 * title is to be shown (ISO 32000-1 7.7.2, 14.7.1). Added as an incremental update (7.5.6): a new
 * catalog behind the file, and a cross-reference section that leads to it. It reads only what cairo
 * writes at the end of a file. */

#include "paper/inner.h"

#include <string.h>

/* The text between the last `mark` and the end of its line or blank. */
static struct str word_after(struct str text, const char *mark)
{
    size_t n = strlen(mark);
    for (size_t at = text.n - n; text.n >= n && at + 1 > 0; at--) {
        if (memcmp(text.p + at, mark, n) != 0) continue;
        size_t from = at + n, to = from;
        while (to < text.n && text.p[to] != '\n' && text.p[to] != ' ') to++;
        return (struct str){text.p + from, to - from};
    }
    return (struct str){0};
}

err paper_catalog_mend(struct turn *t, struct buf *pdf, struct str lang)
{
    struct str all = buf_as_str(pdf);
    struct str tail = {all.p + (all.n > 512 ? all.n - 512 : 0), all.n > 512 ? 512 : all.n};
    struct str size = str_dup(t->arena, word_after(tail, "/Size "));
    struct str root = str_dup(t->arena, word_after(tail, "/Root "));
    struct str info = str_dup(t->arena, word_after(tail, "/Info "));
    struct str prev = str_dup(t->arena, word_after(tail, "startxref\n"));
    struct str body = {all.p, tail.p ? (size_t)(tail.p - all.p) + tail.n : 0};
    struct str pages = word_after(body, "/Type /Catalog\n   /Pages ");
    struct str tags = word_after(body, "/StructTreeRoot ");
    if (!size.n || !root.n || !info.n || !prev.n || !pages.n)
        return turn_fail(t, ERR_INTERNAL, "paper-catalog", NULL,
                         "The PDF does not end as expected. Nothing was printed.");
    pages = str_dup(t->arena, pages);
    tags = str_dup(t->arena, tags);
    size_t at = pdf->n;
    buf_printf(pdf, STR_FMT " 0 obj\n<< /Type /Catalog\n   /Pages " STR_FMT " 0 R\n", STR_ARG(root),
               STR_ARG(pages));
    if (tags.n)
        buf_printf(pdf, "   /StructTreeRoot " STR_FMT " 0 R\n   /MarkInfo << /Marked true >>\n",
                   STR_ARG(tags));
    buf_printf(pdf, "   /Lang (" STR_FMT ")\n   /ViewerPreferences << /DisplayDocTitle true >>\n",
               STR_ARG(lang));
    buf_str(pdf, STR(">>\nendobj\n"));
    size_t xref = pdf->n;
    buf_printf(pdf, "xref\n" STR_FMT " 1\n%010zu 00000 n \n", STR_ARG(root), at);
    buf_printf(pdf, "trailer\n<< /Size " STR_FMT "\n   /Root " STR_FMT " 0 R\n", STR_ARG(size),
               STR_ARG(root));
    buf_printf(pdf, "   /Info " STR_FMT " 0 R\n   /Prev " STR_FMT "\n>>\n", STR_ARG(info),
               STR_ARG(prev));
    buf_printf(pdf, "startxref\n%zu\n%%%%EOF\n", xref);
    return ERR_OK;
}
