/* SPDX-License-Identifier: Apache-2.0 */
/* page FOLDER OUTPUT TEXTS DEPFILE: compiles the templates FOLDER/NAME.html into C functions.
 *
 * Run by the build. A value is escaped by the place it stands in, which is known here: text, an
 * attribute, an address, JSON in an attribute. What could carry a style or a script (style=, on…=,
 * <style>, a script with content) has no spelling that compiles. TEXTS lists each sentence with its
 * place, for the catalogue. The language of templates is told in page/README.md. */

#include <dirent.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME = 64, WORDS = 24, WORD = 1024, SCOPES = 32, BLOCKS = 16, DEPTH = 24, PAGES = 256 };

enum where { IN_TEXT, IN_OPEN, IN_TAG, IN_NAME, IN_EQUALS, IN_VALUE, IN_SCRIPT };
/* Where in the HTML we are. `begun`: the attribute's value has had bytes already. */
struct place {
    enum where where;
    char tag[NAME], attribute[NAME];
    bool begun, quiet; /* quiet: blanks of the source count, as in <pre> */
};
struct source {
    char path[512];
    char *text;
    size_t n, at;
};
struct scope {
    char name[NAME];
    int id;
};
struct block {
    char name[NAME];
    size_t from, to;
};
struct maker {
    const char *folder;
    FILE *out, *texts, *deps;
    struct source *src;
    struct place place;
    struct scope scope[SCOPES];
    struct block block[BLOCKS];
    struct source *page; /* the file the blocks stand in */
    int scopes, blocks, ids, depth;
    bool said_raw;
};
struct words {
    int n;
    char text[WORDS][WORD];
    bool quoted[WORDS];
};

static _Noreturn void fail(const struct maker *m, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
static _Noreturn void fail(const struct maker *m, const char *fmt, ...)
{
    size_t line = 1, col = 1;
    for (size_t k = 0; k < m->src->at && k < m->src->n; k++, col++)
        if (m->src->text[k] == '\n') line++, col = 0;
    fprintf(stderr, "%s:%zu:%zu: ", m->src->path, line, col);
    va_list args;
    va_start(args, fmt);
    vfprintf(stderr, fmt, args);
    va_end(args);
    fputc('\n', stderr);
    exit(1);
}

static void copy(const struct maker *m, char *to, size_t size, const char *from, size_t n)
{
    if (n >= size) fail(m, "a word of more than %zu bytes", size - 1);
    memcpy(to, from, n);
    to[n] = 0;
}

static struct source *source_open(struct maker *m, const char *name)
{
    struct source *s = calloc(1, sizeof *s);
    if (!s) exit(1);
    snprintf(s->path, sizeof s->path, "%s/%s", m->folder, name);
    FILE *in = fopen(s->path, "rb");
    if (!in) {
        if (m->src) fail(m, "there is no %s", s->path);
        exit(1);
    }
    fseek(in, 0, SEEK_END);
    s->n = (size_t)ftell(in);
    rewind(in);
    s->text = malloc(s->n + 1);
    if (!s->text || fread(s->text, 1, s->n, in) != s->n) exit(1);
    s->text[s->n] = 0;
    fclose(in);
    fprintf(m->deps, " \\\n  %s", s->path);
    return s;
}

/* ---- literal text, and where it leaves us ---------------------------------------------------- */

static void raw_end(struct maker *m)
{
    if (m->said_raw) fputs("\"));\n", m->out);
    m->said_raw = false;
}

static void raw_put(struct maker *m, char c)
{
    if (!m->said_raw) fputs("    html_raw(o, HTML(\"", m->out);
    m->said_raw = true;
    if (c == '\n')
        fputs("\\n", m->out);
    else if (c == '"' || c == '\\' || c == '?')
        fprintf(m->out, "\\%c", c);
    else if ((unsigned char)c < 0x20 || (unsigned char)c >= 0x7f)
        fprintf(m->out, "\\%03o", (unsigned char)c);
    else
        fputc(c, m->out);
}

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n'; }
static bool is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == ':';
}

static void name_add(const struct maker *m, char *name, char c)
{
    size_t n = strlen(name);
    if (n + 1 >= NAME) fail(m, "a name of more than %d bytes", NAME - 1);
    name[n] = c;
    name[n + 1] = 0;
}

static void attribute_check(const struct maker *m)
{
    const char *a = m->place.attribute;
    if (strncmp(a, "on", 2) == 0) fail(m, "%s: an event handler in a page; use page/comity.js", a);
    if (strcmp(a, "style") == 0) fail(m, "an inline style; use page/comity.css");
    if (strcmp(a, "srcdoc") == 0) fail(m, "a document in an attribute");
}

static void tag_end(struct maker *m)
{
    struct place *p = &m->place;
    p->where = IN_TEXT;
    if (strcmp(p->tag, "style") == 0) fail(m, "an inline style; use page/comity.css");
    if (strcmp(p->tag, "script") == 0) p->where = IN_SCRIPT;
    if (strcmp(p->tag, "pre") == 0 || strcmp(p->tag, "textarea") == 0) p->quiet = true;
    if (strcmp(p->tag, "/pre") == 0 || strcmp(p->tag, "/textarea") == 0) p->quiet = false;
}

static void place_move(struct maker *m, char c)
{
    struct place *p = &m->place;
    switch (p->where) {
    case IN_SCRIPT: /* the next thing must be its end */
        if (c != '<') fail(m, "a script in a page; use page/comity.js");
        /* fall through */
    case IN_TEXT:
        if (c != '<') return;
        p->where = IN_OPEN;
        p->tag[0] = p->attribute[0] = 0;
        return;
    case IN_OPEN:
        if (is_name(c) || ((c == '/' || c == '!') && !p->tag[0])) return name_add(m, p->tag, c);
        if (!p->tag[0]) fail(m, "\"<\" begins no tag; write &lt;");
        p->where = IN_TAG;
        /* fall through */
    case IN_TAG:
        if (c == '>') return tag_end(m);
        if (is_blank(c) || c == '/') return;
        if (!is_name(c)) fail(m, "\"%c\" in a tag", c);
        p->attribute[0] = 0;
        name_add(m, p->attribute, c);
        p->where = IN_NAME;
        return;
    case IN_NAME:
        if (is_name(c)) return name_add(m, p->attribute, c);
        attribute_check(m);
        p->where = c == '=' ? IN_EQUALS : IN_TAG;
        if (c == '>') tag_end(m);
        return;
    case IN_EQUALS:
        if (c != '"') fail(m, "an attribute's value stands in double quotes");
        p->where = IN_VALUE;
        p->begun = false;
        return;
    case IN_VALUE:
        if (c == '"')
            p->where = IN_TAG;
        else
            p->begun = true;
        return;
    }
}

/* A run of blanks with a line end in it is one blank: templates may be indented. */
static void literal(struct maker *m, char c)
{
    struct source *s = m->src;
    bool folds = !m->place.quiet && m->place.where != IN_VALUE;
    if (folds && is_blank(c)) {
        size_t end = s->at;
        bool line = c == '\n';
        for (; end < s->n && is_blank(s->text[end]); end++) line = line || s->text[end] == '\n';
        if (m->place.where == IN_SCRIPT) {
            s->at = end;
            return;
        }
        if (line) {
            s->at = end;
            c = m->place.where == IN_TEXT ? '\n' : ' ';
        }
    }
    place_move(m, c);
    raw_put(m, c);
}

/* ---- tags ------------------------------------------------------------------------------------ */

/* Takes what stands up to `close` apart into words; "…" is one, and so are = and ==. */
static void words_read(struct maker *m, const char *close, struct words *w)
{
    struct source *s = m->src;
    w->n = 0;
    for (;;) {
        while (s->at < s->n && is_blank(s->text[s->at])) s->at++;
        if (s->at >= s->n) fail(m, "the end of the file, and no %s", close);
        if (strncmp(s->text + s->at, close, 2) == 0) break;
        if (w->n == WORDS) fail(m, "too many words");
        size_t from = s->at, n = 0;
        char *to = w->text[w->n];
        w->quoted[w->n] = s->text[from] == '"';
        if (w->quoted[w->n]) {
            for (s->at++; s->at < s->n && s->text[s->at] != '"'; s->at++) {
                if (s->text[s->at] == '\n') fail(m, "a sentence ends in the line it began in");
                if (n + 1 >= WORD) fail(m, "a sentence of more than %d bytes", WORD - 1);
                to[n++] = s->text[s->at];
            }
            s->at++;
            to[n] = 0;
        } else {
            bool sign = strchr("=!", s->text[from]) != NULL;
            while (s->at < s->n && !is_blank(s->text[s->at]) &&
                   strncmp(s->text + s->at, close, 2) != 0 &&
                   (strchr("=!", s->text[s->at]) != NULL) == sign && s->text[s->at] != '"')
                s->at++;
            copy(m, to, WORD, s->text + from, s->at - from);
        }
        w->n++;
    }
    s->at += 2;
}

static const char *path_c(struct maker *m, const char *path)
{
    static char out[2][WORD + 64];
    static int turn;
    char *to = out[turn = !turn], first[NAME];
    size_t n = strcspn(path, ".");
    for (const char *c = path; *c; c++)
        if (!is_name(*c) && *c != '.') fail(m, "\"%s\" is no path of names with dots", path);
    if (!*path) fail(m, "a path is missing");
    copy(m, first, sizeof first, path, n);
    for (int k = m->scopes; k-- > 0;) {
        if (strcmp(m->scope[k].name, first) != 0) continue;
        if (path[n])
            snprintf(to, WORD + 64, "tree_at(v_%d, \"%s\")", m->scope[k].id, path + n + 1);
        else
            snprintf(to, WORD + 64, "v_%d", m->scope[k].id);
        return to;
    }
    snprintf(to, WORD + 64, "tree_at(v, \"%s\")", path);
    return to;
}

static int scope_add(struct maker *m, const char *name)
{
    if (m->scopes == SCOPES) fail(m, "too many names within each other");
    copy(m, m->scope[m->scopes].name, NAME, name, strlen(name));
    return m->scope[m->scopes++].id = ++m->ids;
}

static void string_c(FILE *out, const char *s)
{
    fputc('"', out);
    for (; *s; s++) {
        if (*s == '"' || *s == '\\' || *s == '?')
            fprintf(out, "\\%c", *s);
        else if ((unsigned char)*s >= 0x7f || (unsigned char)*s < 0x20)
            fprintf(out, "\\%03o", (unsigned char)*s);
        else
            fputc(*s, out);
    }
    fputc('"', out);
}

/* How a value is escaped here; fails where none may stand. */
static const char *escaping(struct maker *m)
{
    static const char *const addresses[] = {"href", "action", "formaction", "src", "cite"};
    struct place *p = &m->place;
    if (p->where == IN_TEXT) return "text";
    if (p->where != IN_VALUE) fail(m, "a value stands in text or in an attribute's quotes only");
    bool begun = p->begun;
    p->begun = true;
    for (size_t k = 0; k < sizeof addresses / sizeof *addresses; k++)
        if (strcmp(p->attribute, addresses[k]) == 0) return begun ? "url_part" : "url";
    if (strncmp(p->attribute, "data-json", 9) == 0) return "json";
    return "attr";
}

static void text_note(struct maker *m, const char *one, const char *other)
{
    size_t line = 1;
    for (size_t k = 0; k < m->src->at && k < m->src->n; k++) line += m->src->text[k] == '\n';
    fprintf(m->texts, "%s:%zu\t%s\t%s\n", m->src->path, line, one, other);
}

/* {% t "Sentence with {name}" name=path %} and {% tn path "one" "other" … %} */
static void sentence(struct maker *m, const struct words *w, bool counted)
{
    int k = counted ? 2 : 1, quotes = counted ? 2 : 1, n = 0;
    if (w->n < k + quotes) fail(m, "a sentence in double quotes is missing");
    for (int q = 0; q < quotes; q++)
        if (!w->quoted[k + q]) fail(m, "\"%s\" is no sentence in double quotes", w->text[k + q]);
    const char *how = escaping(m);
    if (strcmp(how, "text") != 0 && strcmp(how, "attr") != 0)
        fail(m, "a sentence in an address or in JSON");
    const char *one = w->text[k], *other = counted ? w->text[k + 1] : "";
    text_note(m, one, other);
    raw_end(m);
    fprintf(m->out, "    html_say%s(o, HTML_%s, ", counted ? "_n" : "", how);
    if (counted) fprintf(m->out, "%s, ", path_c(m, w->text[1]));
    string_c(m->out, one);
    if (counted) {
        fputs(", ", m->out);
        string_c(m->out, other);
    }
    fputs(", (const struct html_arg[]){", m->out);
    for (k += quotes; k < w->n; k += 3, n++) {
        if (k + 2 >= w->n || strcmp(w->text[k + 1], "=") != 0)
            fail(m, "after the sentence: name=path");
        fprintf(m->out, "{\"%s\", %s}, ", w->text[k], path_c(m, w->text[k + 2]));
    }
    fprintf(m->out, "{0, 0}}, %d);\n", n);
}

/* path | not path | path == "word" | path != "word", joined by and */
static void condition(struct maker *m, const struct words *w, int k)
{
    if (k >= w->n) fail(m, "a condition is missing");
    while (k < w->n) {
        bool not = !w->quoted[k] && strcmp(w->text[k], "not") == 0;
        k += not ;
        if (k >= w->n || w->quoted[k]) fail(m, "a condition begins with a path");
        const char *path = path_c(m, w->text[k++]);
        const char *sign = k < w->n ? w->text[k] : "";
        if (strcmp(sign, "==") == 0 || strcmp(sign, "!=") == 0) {
            if (k + 1 >= w->n || !w->quoted[k + 1]) fail(m, "%s wants a word in quotes", sign);
            fprintf(m->out, "%shtml_eq(%s, ", strcmp(sign, "!=") == 0 ? "!" : "", path);
            string_c(m->out, w->text[k + 1]);
            fputs(")", m->out);
            k += 2;
        } else {
            fprintf(m->out, "%shtml_is(%s)", not ? "!" : "", path);
        }
        if (k == w->n) return;
        if (strcmp(w->text[k++], "and") != 0) fail(m, "conditions are joined by and");
        fputs(" && ", m->out);
    }
    fail(m, "a condition is missing after and");
}

/* ---- blocks ---------------------------------------------------------------------------------- */

static void parse(struct maker *m, size_t end);
static bool opens(const char *word)
{
    return strcmp(word, "if") == 0 || strcmp(word, "for") == 0 || strcmp(word, "with") == 0 ||
           strcmp(word, "block") == 0;
}

static bool is_at(const struct source *s, const char *two)
{
    return s->at + 1 < s->n && s->text[s->at] == two[0] && s->text[s->at + 1] == two[1];
}

/* Reads on to the {% word %} that ends what is open; leaves its words in `w`. */
static void skip_to_end(struct maker *m, struct words *w, size_t *before)
{
    struct source *s = m->src;
    for (int open = 1; open > 0;) {
        if (s->at >= s->n) fail(m, "the end of the file, and no {%% end %%}");
        if (!is_at(s, "{%")) {
            s->at++;
            continue;
        }
        *before = s->at;
        s->at += 2;
        words_read(m, "%}", w);
        if (w->n && opens(w->text[0])) open++;
        if (w->n && strcmp(w->text[0], "end") == 0) open--;
    }
}

static void same_place(struct maker *m, const struct place *was, const char *what)
{
    bool begun = was->begun || m->place.begun;
    if (m->place.where == IN_NAME) { /* an attribute without a value, such as "checked" */
        attribute_check(m);
        m->place.where = IN_TAG;
    }
    if (was->where != m->place.where || was->quiet != m->place.quiet)
        fail(m, "%s ends in another place than it began in", what);
    m->place = *was;
    m->place.begun = begun;
}

/* The body up to else, elif, empty or end; its words come back in `w`. */
static void body(struct maker *m, struct words *w);

static void if_(struct maker *m, struct words *w)
{
    struct place was = m->place;
    bool last = false;
    raw_end(m);
    fputs("    if (", m->out);
    condition(m, w, 1);
    fputs(") {\n", m->out);
    for (;;) {
        body(m, w);
        same_place(m, &was, "if");
        if (strcmp(w->text[0], "end") == 0) break;
        if (last || strcmp(w->text[0], "empty") == 0) fail(m, "%s after else", w->text[0]);
        last = strcmp(w->text[0], "else") == 0;
        fputs(last ? "    } else {\n" : "    } else if (", m->out);
        if (!last) {
            condition(m, w, 1);
            fputs(") {\n", m->out);
        }
    }
    fputs("    }\n", m->out);
}

static void for_(struct maker *m, struct words *w)
{
    struct place was = m->place;
    if (w->n != 4 || strcmp(w->text[2], "in") != 0) fail(m, "for name in path");
    raw_end(m);
    char list[WORD + 64];
    snprintf(list, sizeof list, "%s", path_c(m, w->text[3]));
    int id = scope_add(m, w->text[1]);
    fprintf(m->out,
            "    for (const struct tree *v_%d = html_list(%s); v_%d; v_%d = v_%d->next) {\n", id,
            list, id, id, id);
    body(m, w);
    same_place(m, &was, "for");
    fputs("    }\n", m->out);
    m->scopes--;
    if (strcmp(w->text[0], "empty") == 0) {
        fprintf(m->out, "    if (!html_list(%s)) {\n", list);
        body(m, w);
        same_place(m, &was, "empty");
        fputs("    }\n", m->out);
    }
    if (strcmp(w->text[0], "end") != 0) fail(m, "%s does not belong to for", w->text[0]);
}

static void with_(struct maker *m, struct words *w)
{
    if (w->n != 4 || strcmp(w->text[2], "=") != 0) fail(m, "with name = path");
    raw_end(m);
    char value[WORD + 64];
    snprintf(value, sizeof value, "%s", path_c(m, w->text[3]));
    int id = scope_add(m, w->text[1]);
    fprintf(m->out, "    {\n    const struct tree *v_%d = %s;\n    (void)v_%d;\n", id, value, id);
    body(m, w);
    if (strcmp(w->text[0], "end") != 0) fail(m, "%s does not belong to with", w->text[0]);
    fputs("    }\n", m->out);
    m->scopes--;
}

static void file_in(struct maker *m, const char *name)
{
    struct source *was = m->src;
    if (++m->depth > DEPTH) fail(m, "files include each other without end");
    struct source *s = source_open(m, name);
    m->src = s;
    parse(m, s->n);
    m->src = was;
    m->depth--;
    free(s->text);
    free(s);
}

/* {% cite row.article %}: part_cite(o, value) makes what page/part/cite.html shows as `cite`. */
static void part(struct maker *m, const struct words *w)
{
    char name[WORD + 16];
    if (w->n != 2) fail(m, "there is no word \"%s\"; a part takes one path", w->text[0]);
    raw_end(m);
    char value[WORD + 64];
    snprintf(value, sizeof value, "%s", path_c(m, w->text[1]));
    int id = scope_add(m, w->text[0]);
    fprintf(m->out, "    {\n    const struct tree *v_%d = part_%s(o, %s);\n    (void)v_%d;\n", id,
            w->text[0], value, id);
    snprintf(name, sizeof name, "part/%s.html", w->text[0]);
    file_in(m, name);
    raw_end(m);
    fputs("    }\n", m->out);
    m->scopes--;
}

/* In a layout: here goes what the page has under that name. */
static void block_put(struct maker *m, const char *name)
{
    for (int k = 0; k < m->blocks; k++) {
        if (strcmp(m->block[k].name, name) != 0) continue;
        struct source *was = m->src;
        m->src = m->page;
        m->src->at = m->block[k].from;
        parse(m, m->block[k].to);
        m->src = was;
    }
}

static void blocks_read(struct maker *m, struct words *w)
{
    struct source *s = m->src;
    while (s->at < s->n) {
        if (is_blank(s->text[s->at])) {
            s->at++;
            continue;
        }
        if (!is_at(s, "{%")) fail(m, "with a layout, all stands in blocks");
        s->at += 2;
        words_read(m, "%}", w);
        if (w->n != 2 || strcmp(w->text[0], "block") != 0) fail(m, "block NAME is expected");
        if (m->blocks == BLOCKS) fail(m, "too many blocks");
        struct block *b = &m->block[m->blocks++];
        copy(m, b->name, NAME, w->text[1], strlen(w->text[1]));
        b->from = s->at;
        skip_to_end(m, w, &b->to);
    }
}

static void layout(struct maker *m, struct words *w)
{
    if (w->n != 2) fail(m, "layout NAME is expected");
    char name[WORD];
    copy(m, name, sizeof name, w->text[1], strlen(w->text[1]));
    m->page = m->src;
    blocks_read(m, w);
    file_in(m, name);
    m->src = m->page;
    m->src->at = m->src->n;
}

/* ---- the whole ------------------------------------------------------------------------------- */

static void tag(struct maker *m, struct words *w)
{
    char name[WORD + 16];
    const char *word = w->n ? w->text[0] : "";
    if (strcmp(word, "t") == 0) return sentence(m, w, false);
    if (strcmp(word, "tn") == 0) return sentence(m, w, true);
    if (strcmp(word, "if") == 0) return if_(m, w);
    if (strcmp(word, "for") == 0) return for_(m, w);
    if (strcmp(word, "with") == 0) return with_(m, w);
    if (strcmp(word, "layout") == 0) return layout(m, w);
    if (strcmp(word, "block") == 0 && w->n == 2) return block_put(m, w->text[1]);
    if (strcmp(word, "include") == 0 && w->n == 2) return file_in(m, w->text[1]);
    if (strcmp(word, "icon") == 0 && w->n == 2) {
        snprintf(name, sizeof name, "icon/%s.svg", w->text[1]);
        return file_in(m, name);
    }
    part(m, w);
}

static bool ends_body(const struct words *w)
{
    static const char *const ends[] = {"end", "else", "elif", "empty"};
    for (size_t k = 0; w->n && k < sizeof ends / sizeof *ends; k++)
        if (strcmp(w->text[0], ends[k]) == 0) return true;
    return false;
}

/* Up to `end`; with `w`, up to the word that ends a body. */
static void run(struct maker *m, size_t end, struct words *w)
{
    struct words *own = w ? w : malloc(sizeof *own);
    struct source *s = m->src;
    bool ended = false;
    if (!own) exit(1);
    while (s->at < end && !ended) {
        if (is_at(s, "{#")) {
            const char *close = strstr(s->text + s->at, "#}");
            if (!close) fail(m, "a remark without #}");
            s->at = (size_t)(close + 2 - s->text);
        } else if (is_at(s, "{{")) {
            s->at += 2;
            words_read(m, "}}", own);
            if (own->n != 1) fail(m, "{{ path }}");
            raw_end(m);
            const char *how = escaping(m);
            fprintf(m->out, "    html_%s(o, %s);\n", how, path_c(m, own->text[0]));
        } else if (is_at(s, "{%")) {
            s->at += 2;
            words_read(m, "%}", own);
            ended = ends_body(own);
            if (ended && !w) fail(m, "%s, and nothing is open", own->text[0]);
            if (!ended) tag(m, own);
        } else {
            literal(m, s->text[s->at++]);
        }
    }
    raw_end(m);
    if (w && !ended) fail(m, "the end of the file, and no {%% end %%}");
    if (!w) free(own);
}

static void parse(struct maker *m, size_t end) { run(m, end, NULL); }
static void body(struct maker *m, struct words *w) { run(m, m->src->n, w); }

static void page(struct maker *m, const char *file)
{
    char name[NAME] = {0};
    m->scopes = m->blocks = 0;
    m->place = (struct place){0};
    m->src = NULL;
    struct source *s = source_open(m, file);
    m->src = s;
    copy(m, name, sizeof name, file, strlen(file) - strlen(".html"));
    fprintf(m->out, "\nvoid page_%s(struct html_out *o, const struct tree *v);\n", name);
    fprintf(m->out, "void page_%s(struct html_out *o, const struct tree *v)\n{\n    (void)v;\n",
            name);
    parse(m, s->n);
    if (m->place.where != IN_TEXT) fail(m, "the page ends within a tag");
    fputs("}\n", m->out);
    free(s->text);
    free(s);
}

static int by_name(const void *a, const void *b) { return strcmp(a, b); }

int main(int argc, char **argv)
{
    static char names[PAGES][256];
    size_t n = 0;
    if (argc != 5) return fprintf(stderr, "page FOLDER OUTPUT TEXTS DEPFILE\n"), 2;
    struct maker *m = calloc(1, sizeof *m);
    DIR *folder = opendir(argv[1]);
    if (!m || !folder) return perror(argv[1]), 1;
    m->folder = argv[1];
    m->out = fopen(argv[2], "w");
    m->texts = fopen(argv[3], "w");
    m->deps = fopen(argv[4], "w");
    if (!m->out || !m->texts || !m->deps) return perror(argv[2]), 1;
    fprintf(m->deps, "%s: %s", argv[2], argv[1]);
    for (struct dirent *d; (d = readdir(folder));) {
        const char *dot = strrchr(d->d_name, '.');
        if (!dot || strcmp(dot, ".html") != 0 || strcmp(d->d_name, "layout.html") == 0) continue;
        if (n == PAGES) return fprintf(stderr, "page: too many pages\n"), 1;
        snprintf(names[n++], sizeof *names, "%s", d->d_name);
    }
    closedir(folder);
    qsort(names, n, sizeof *names, by_name);
    fputs("/* Made by tool/page.c from the files under page/. */\n#include \"web/made.h\"\n",
          m->out);
    for (size_t k = 0; k < n; k++) page(m, names[k]);
    fputc('\n', m->deps);
    int bad = fclose(m->out) | fclose(m->texts) | fclose(m->deps);
    return bad ? 1 : 0;
}
