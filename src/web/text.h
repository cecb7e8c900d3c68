/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_WEB_TEXT_H
#define COMITY_WEB_TEXT_H
/* What pages say, in the reader's language. The source of a sentence is its English; the other
 * languages are page/text/LANGUAGE.po, made into tables by tool/catalogue.c. */

#include "base/base.h"
#include "codec/codec.h"

enum web_lang {
#define LANGUAGE(word, name, dir, rule) LANG_##word,
#include "web/language.def"
#undef LANGUAGE
    WEB_LANGS
};

/* Marks a sentence for the catalogue. A file of this module may only show what is marked. */
#define TEXT(sentence) (sentence)
#define TEXT_N(one, other) (one), (other)

enum { TEXT_FORMS = 6 };
struct text_row {
    const char *id;
    const char *forms[TEXT_FORMS];
};
/* One language's sentences, sorted by `id`; `unused` stand in its file and nowhere else. */
struct text_table {
    const char *lang;
    const struct text_row *rows;
    size_t n, unused;
};
extern const struct text_table text_tables[]; /* ends with an empty one */
extern const size_t text_sentences_n;         /* how many there are in English */

const char *lang_word(enum web_lang l);
const char *lang_name(enum web_lang l); /* in itself */
const char *lang_dir(enum web_lang l);  /* "ltr" or "rtl" */
bool lang_read(struct str word, enum web_lang *out);
/* The best of an Accept-Language header (RFC 9110 12.5.4); English when none fits. */
enum web_lang lang_accepted(struct str header);

/* The sentence, or its English where the language has none. */
struct str text_of(enum web_lang l, const char *one);
/* In the plural form that the language has for `n` (CLDR). */
struct str text_of_n(enum web_lang l, const char *one, const char *other, int64_t n);
/* Which form that is: 0 to 5, in the order of CLDR's names that the language uses. */
int text_form(enum web_lang l, int64_t n);

/* The sentence as a text of its own, with {names} filled in: name, value, ..., NULL. */
struct str text_say(struct arena *a, enum web_lang l, const char *one, ...)
    __attribute__((sentinel));

#endif
