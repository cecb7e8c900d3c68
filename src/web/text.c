/* SPDX-License-Identifier: Apache-2.0 */
/* Sentences and their plural forms by language. The tables are made at build; a language that lacks
 * a sentence shows the English one, and only Arabic may lack any (tool/catalogue.c). */

#include "web/text.h"

#include <stdarg.h>
#include <string.h>

enum rule { ONE_OTHER, ARABIC };
struct lang_row {
    const char *word, *name, *dir;
    enum rule rule;
};
static const struct lang_row langs[] = {
#define LANGUAGE(word, name, dir, rule) {#word, name, dir, rule},
#include "web/language.def"
#undef LANGUAGE
};

const char *lang_word(enum web_lang l) { return langs[l].word; }
const char *lang_name(enum web_lang l) { return langs[l].name; }
const char *lang_dir(enum web_lang l) { return langs[l].dir; }

bool lang_read(struct str word, enum web_lang *out)
{
    for (int k = 0; k < WEB_LANGS; k++) {
        if (!str_is(word, langs[k].word)) continue;
        *out = (enum web_lang)k;
        return true;
    }
    return false;
}

/* ---- Accept-Language ------------------------------------------------------------------------- */

/* "q=0.8" in thousandths; 1000 without one, 0 for what is none. */
static int quality(struct str s)
{
    s = str_trim(s);
    if (!s.n) return 1000;
    if (!str_starts(s, "q=") || s.n < 3 || s.n > 7) return 0;
    int q = 0, weight = 1000;
    for (size_t k = 2; k < s.n; k++) {
        if (k == 3 && s.p[k] == '.') continue;
        if (s.p[k] < '0' || s.p[k] > '9') return 0;
        q += (s.p[k] - '0') * weight;
        weight /= 10;
    }
    return q > 1000 ? 0 : q;
}

enum web_lang lang_accepted(struct str header)
{
    enum { RANGES_MAX = 32 };
    enum web_lang best = LANG_en, one;
    int best_q = 0;
    for (int n = 0; header.n && n < RANGES_MAX; n++) {
        struct str range, word, rest;
        str_split(header, ',', &range, &header);
        str_split(range, ';', &word, &rest);
        word = str_trim(word);
        struct str main;
        str_split(word, '-', &main, &word);
        int q = quality(rest);
        if (q <= best_q || !lang_read(main, &one)) continue;
        best = one;
        best_q = q;
    }
    return best;
}

/* ---- the catalogue --------------------------------------------------------------------------- */

static const struct text_row *row_find(enum web_lang l, const char *one)
{
    const struct text_table *t = text_tables;
    while (t->lang && strcmp(t->lang, langs[l].word) != 0) t++;
    size_t low = 0, high = t->lang ? t->n : 0;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int order = strcmp(t->rows[mid].id, one);
        if (order == 0) return &t->rows[mid];
        if (order < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

struct str text_of(enum web_lang l, const char *one)
{
    const struct text_row *row = row_find(l, one);
    return str_of(row && row->forms[0] ? row->forms[0] : one);
}

int text_form(enum web_lang l, int64_t n)
{
    int64_t hundredth = n % 100;
    switch (langs[l].rule) {
    case ONE_OTHER:
        return n == 1 ? 0 : 1;
    case ARABIC:
        if (n >= 0 && n <= 2) return (int)n;
        return hundredth >= 3 && hundredth <= 10 ? 3 : hundredth >= 11 ? 4 : 5;
    }
    return 0;
}

struct str text_of_n(enum web_lang l, const char *one, const char *other, int64_t n)
{
    const struct text_row *row = row_find(l, one);
    int form = text_form(l, n);
    if (row && row->forms[form]) return str_of(row->forms[form]);
    return str_of(n == 1 ? one : other);
}

struct str text_say(struct arena *a, enum web_lang l, const char *one, ...)
{
    struct str s = text_of(l, one);
    struct buf b = buf_in(a);
    while (s.n) {
        struct str before, name, after;
        bool opens = str_split(s, '{', &before, &after);
        buf_str(&b, before);
        if (!opens) break;
        str_split(after, '}', &name, &s);
        va_list args;
        va_start(args, one);
        for (const char *key; (key = va_arg(args, const char *));) {
            const char *value = va_arg(args, const char *);
            if (str_is(name, key)) buf_str(&b, str_of(value));
        }
        va_end(args);
    }
    return buf_as_str(&b);
}
