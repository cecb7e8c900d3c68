/* SPDX-License-Identifier: Apache-2.0 */
/* comity-paper [--fonts FOLDER]: a document as JSON on standard input, a PDF on standard output.
 *
 * It gives its powers away, reads one document, writes one file and ends. When it cannot, it says
 * so on standard error in six lines and writes nothing: err, code, article, at, sentence, kept. */

#include "paper/paper.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* For builds with the leak sanitizer, which at the end looks into files that are out of reach by
 * then. What fontconfig, pango and cairo keep for the process ends with it. */
int __lsan_is_turned_off(void);
int __lsan_is_turned_off(void) { return 1; }

static err take(struct turn *t, struct bytes *out)
{
    struct buf b = buf_in(t->arena);
    uint8_t part[65536];
    for (ssize_t n; (n = read(STDIN_FILENO, part, sizeof part)) != 0;) {
        if (n < 0 && errno == EINTR) continue;
        if (n < 0)
            return turn_fail(t, ERR_INTERNAL, "paper-read", NULL,
                             "The document could not be read: %s.", errno_words(errno));
        if ((size_t)n > PAPER_DOCUMENT_MAX - b.n)
            return turn_fail(t, ERR_TOO_LARGE, "paper-document", NULL,
                             "The document has more than %d bytes, and no more are printed.",
                             PAPER_DOCUMENT_MAX);
        buf_put(&b, part, (size_t)n);
    }
    *out = buf_as_bytes(&b);
    return ERR_OK;
}

static err give(struct turn *t, struct bytes pdf)
{
    while (pdf.n) {
        ssize_t n = write(STDOUT_FILENO, pdf.p, pdf.n);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0)
            return turn_fail(t, ERR_INTERNAL, "paper-write", NULL,
                             "The PDF could not be written: %s.", errno_words(errno));
        pdf.p += n;
        pdf.n -= (size_t)n;
    }
    return ERR_OK;
}

static err print(struct turn *t, const char *fonts)
{
    struct bytes in, pdf;
    struct tree *document;
    try(paper_sandbox(t, fonts));
    try(take(t, &in));
    try(json_read(t, in, &paper_limits, &document));
    try(paper_pdf(t, fonts, document, &pdf));
    return give(t, pdf);
}

int main(int argc, char **argv)
{
    const char *fonts = NULL;
    if (argc == 3 && strcmp(argv[1], "--fonts") == 0) {
        fonts = argv[2];
    } else if (argc != 1) {
        fputs("usage: comity-paper [--fonts FOLDER] <document.json >document.pdf\n", stderr);
        return err_exit_code(ERR_USAGE);
    }
    auto_arena a = arena_new();
    struct turn t = {.arena = a};
    err e = print(&t, fonts);
    const struct fault *f = &t.fault;
    if (e != ERR_OK)
        fprintf(stderr, "err: %s\ncode: %s\narticle: %s\nat: %s\nsentence: %s\nkept: nothing\n",
                err_word(e), f->code, f->article, f->particular, f->sentence);
    return err_exit_code(e);
}
