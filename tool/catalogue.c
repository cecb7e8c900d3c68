/* SPDX-License-Identifier: Apache-2.0 */
/* catalogue OUTPUT DEPFILE TEXTS SOURCES LANGUAGE.mo...: every sentence pages say, as C tables.
 *
 * Run by the build. TEXTS is what tool/page.c found in the templates; SOURCES is the folder whose
 * files hold TEXT("…") and TEXT_N("one", "other"). Each LANGUAGE must have them all: those it lacks
 * are printed as a translator's file wants them, and the build fails. The .mo files are gettext's
 * (msgfmt). */

#include <ftw.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXTS_MAX = 8192, WORD = 2048, LANGUAGES = 8, FORMS = 6 };

struct text {
    char *one, *other, *where; /* other: "" for a sentence without number */
};
static struct text texts[TEXTS_MAX];
static size_t text_n;
static FILE *deps;

static _Noreturn void die(const char *what, const char *which)
{
    fprintf(stderr, "catalogue: %s: %s\n", what, which);
    exit(1);
}

static char *keep(const char *s)
{
    char *c = strdup(s);
    if (!c) exit(1);
    return c;
}

static char *file_read(const char *path, size_t *n_out)
{
    FILE *in = fopen(path, "rb");
    if (!in) die("cannot read", path);
    fseek(in, 0, SEEK_END);
    size_t n = (size_t)ftell(in);
    rewind(in);
    char *text = malloc(n + 1);
    if (!text || fread(text, 1, n, in) != n) die("cannot read", path);
    text[n] = 0;
    fclose(in);
    fprintf(deps, " \\\n  %s", path);
    *n_out = n;
    return text;
}

static void text_add(const char *one, const char *other, const char *where)
{
    if (text_n == TEXTS_MAX) die("too many sentences", where);
    if (!*one) die("an empty sentence", where);
    texts[text_n++] = (struct text){keep(one), keep(other), keep(where)};
}

/* ---- where sentences stand ------------------------------------------------------------------- */

static void texts_read(const char *path)
{
    size_t n;
    char *rest = file_read(path, &n);
    for (char *line; (line = strsep(&rest, "\n")) && *line;) {
        char *where = strsep(&line, "\t"), *one = strsep(&line, "\t");
        if (!one || !line) die("not what tool/page.c writes", path);
        text_add(one, line, where);
    }
}

/* One string of C, its parts joined: "a" "b". NULL when there is none. */
static const char *literal_read(const char *c, char *out, const char *where)
{
    size_t n = 0;
    bool any = false;
    for (;; any = true) {
        while (*c == ' ' || *c == '\n') c++;
        if (*c != '"') break;
        for (c++; *c && *c != '"'; c++) {
            if (n + 1 >= WORD) die("a sentence that is too long", where);
            if (*c == '\\') c++;
            out[n++] = *c;
        }
        c++;
    }
    out[n] = 0;
    return any ? c : NULL;
}

static void source_read(const char *path)
{
    size_t n;
    char *text = file_read(path, &n), one[WORD], other[WORD], where[1024];
    for (const char *c = text; (c = strstr(c, "TEXT"));) {
        bool whole = c == text || !strchr("_ABCDEFGHIJKLMNOPQRSTUVWXYZ", c[-1]);
        bool counted = strncmp(c, "TEXT_N(", 7) == 0;
        const char *from = c + (counted ? 7 : 5);
        if (!whole || (!counted && strncmp(c, "TEXT(", 5) != 0)) {
            c += 4;
            continue;
        }
        size_t line = 1;
        for (const char *k = text; k < c; k++) line += *k == '\n';
        snprintf(where, sizeof where, "%s:%zu", path, line);
        const char *end = literal_read(from, one, where);
        other[0] = 0;
        if (end && counted) end = *end == ',' ? literal_read(end + 1, other, where) : NULL;
        if (end) text_add(one, other, where);
        if (!end && counted) die("TEXT_N wants two sentences", where);
        c = end ? end : from;
    }
    free(text);
}

static int visit(const char *path, const struct stat *st, int type, struct FTW *where)
{
    (void)st;
    (void)where;
    const char *dot = strrchr(path, '.');
    if (type == FTW_D) fprintf(deps, " \\\n  %s", path);
    if (type != FTW_F || !dot) return 0;
    if (strcmp(dot, ".c") == 0 || strcmp(dot, ".def") == 0) source_read(path);
    return 0;
}

static int by_text(const void *a, const void *b)
{
    const struct text *x = a, *y = b;
    int order = strcmp(x->one, y->one);
    return order ? order : strcmp(x->other, y->other);
}

static void texts_unite(void)
{
    size_t n = 0;
    qsort(texts, text_n, sizeof *texts, by_text);
    for (size_t k = 0; k < text_n; k++) {
        if (n && strcmp(texts[n - 1].one, texts[k].one) == 0) {
            if (strcmp(texts[n - 1].other, texts[k].other) != 0)
                die("stands once with a number and once without", texts[k].where);
            continue;
        }
        texts[n++] = texts[k];
    }
    text_n = n;
}

/* ---- what languages say ---------------------------------------------------------------------- */

struct language {
    char name[16], path[1024];
    const char *data;
    size_t n, said, unused;
};

static uint32_t u32(const struct language *l, size_t at)
{
    uint32_t v;
    if (at + 4 > l->n) die("not a .mo file", l->path);
    memcpy(&v, l->data + at, 4);
    return v;
}

/* The k-th string of the table at `at`; the terminating zero is in the file. */
static const char *mo_string(const struct language *l, size_t at, size_t k, size_t *n_out)
{
    size_t n = u32(l, at + 8 * k), from = u32(l, at + 8 * k + 4);
    if (from + n >= l->n || l->data[from + n] != 0) die("not a .mo file", l->path);
    *n_out = n;
    return l->data + from;
}

static const char *translation(const struct language *l, const struct text *t, size_t *n_out)
{
    size_t count = u32(l, 8), n;
    for (size_t k = 0; k < count; k++) {
        const char *id = mo_string(l, u32(l, 12), k, &n);
        if (strcmp(id, t->one) != 0) continue;
        bool counted = n > strlen(id);
        if (counted != (*t->other != 0)) return NULL;
        if (counted && strcmp(id + strlen(id) + 1, t->other) != 0) return NULL;
        return mo_string(l, u32(l, 16), k, n_out);
    }
    return NULL;
}

static void language_open(struct language *l, const char *path)
{
    const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
    size_t n = strcspn(name, ".");
    if (n >= sizeof l->name) die("a language's name", path);
    memcpy(l->name, name, n);
    snprintf(l->path, sizeof l->path, "%s", path);
    l->data = file_read(path, &l->n);
    if (u32(l, 0) != 0x950412de) die("not a .mo file of this machine", path);
    l->unused = u32(l, 8) - 1; /* the first is its head */
    for (size_t k = 0; k < text_n; k++) {
        if (!translation(l, &texts[k], &n)) continue;
        l->said++;
        l->unused--;
    }
}

static void po_string(const char *word, const char *s)
{
    fprintf(stderr, "%s \"", word);
    for (; *s; s++) fprintf(stderr, *s == '"' || *s == '\\' ? "\\%c" : "%c", *s);
    fputs("\"\n", stderr);
}

/* What a language lacks, ready for its file. */
static void missing_print(const struct language *l)
{
    size_t n;
    for (size_t k = 0; k < text_n; k++) {
        const struct text *t = &texts[k];
        if (translation(l, t, &n)) continue;
        fprintf(stderr, "#: %s\n", t->where);
        po_string("msgid", t->one);
        if (*t->other) po_string("msgid_plural", t->other);
        fputs(*t->other ? "msgstr[0] \"\"\nmsgstr[1] \"\"\n\n" : "msgstr \"\"\n\n", stderr);
    }
    fprintf(stderr, "catalogue: %zu sentence(s) have no text in \"%s\"; they are printed above\n",
            text_n - l->said, l->name);
}

/* ---- the tables ------------------------------------------------------------------------------ */

static void string_put(FILE *out, const char *s)
{
    fputc('"', out);
    for (; *s; s++) {
        if (*s == '"' || *s == '\\' || *s == '?')
            fprintf(out, "\\%c", *s);
        else if ((unsigned char)*s < 0x20 || (unsigned char)*s >= 0x7f)
            fprintf(out, "\\%03o", (unsigned char)*s);
        else
            fputc(*s, out);
    }
    fputc('"', out);
}

static void table_put(FILE *out, const struct language *l)
{
    fprintf(out, "\nstatic const struct text_row rows_%s[] = {\n", l->name);
    for (size_t k = 0; k < text_n; k++) {
        size_t n, forms = 0;
        const char *s = translation(l, &texts[k], &n);
        if (!s) continue;
        fputs("    {", out);
        string_put(out, texts[k].one);
        fputs(", {", out);
        for (const char *end = s + n; s <= end && forms < FORMS; s += strlen(s) + 1, forms++) {
            string_put(out, s);
            fputs(", ", out);
        }
        fputs("}},\n", out);
    }
    fputs("    {0, {0}},\n};\n", out);
}

int main(int argc, char **argv)
{
    static struct language languages[LANGUAGES];
    int n = argc - 5;
    if (n < 1 || n > LANGUAGES) die("usage", "OUTPUT DEPFILE TEXTS SOURCES LANGUAGE.mo...");
    deps = fopen(argv[2], "w");
    if (!deps) die("cannot write", argv[2]);
    fprintf(deps, "%s:", argv[1]);
    texts_read(argv[3]);
    if (nftw(argv[4], visit, 16, FTW_PHYS) != 0) die("cannot walk", argv[4]);
    texts_unite();
    for (int k = 0; k < n; k++) language_open(&languages[k], argv[5 + k]);
    fputc('\n', deps);
    if (fclose(deps)) die("cannot write", argv[2]);
    for (int k = 0; k < n; k++) {
        if (languages[k].said == text_n) continue;
        missing_print(&languages[k]);
        return 1;
    }
    FILE *out = fopen(argv[1], "w");
    if (!out) die("cannot write", argv[1]);
    fputs("/* Made by tool/catalogue.c from page/text. */\n#include \"web/text.h\"\n", out);
    for (int k = 0; k < n; k++) table_put(out, &languages[k]);
    fprintf(out, "\nconst size_t text_sentences_n = %zu;\n", text_n);
    fputs("const struct text_table text_tables[] = {\n", out);
    for (int k = 0; k < n; k++) {
        const struct language *l = &languages[k];
        fprintf(out, "    {\"%s\", rows_%s, %zu, %zu},\n", l->name, l->name, l->said, l->unused);
        printf("%s: %zu of %zu sentences, %zu used nowhere\n", l->name, l->said, text_n, l->unused);
    }
    fprintf(out, "    {0, 0, 0, 0},\n};\n");
    return fclose(out) ? 1 : 0;
}
