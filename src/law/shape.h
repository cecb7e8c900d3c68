/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_LAW_SHAPE_H
#define COMITY_LAW_SHAPE_H
/* The shape of a file of rows, as a table, and the one checker that reads such tables.
 *
 * Inside law only. */

#include "codec/codec.h"

/* What a value must look like. */
enum law_form {
    FORM_WORD,        /* [a-z0-9][a-z0-9_.-]*, at most 64 */
    FORM_WORD_OR_ANY, /* the same, or "*" */
    FORM_TEXT,        /* text of `min` to `max` bytes */
    FORM_ARTICLE,     /* 42(3)(c), 494.1, 273-1 */
    FORM_CITE,        /* an article, or the name of a topic */
    FORM_DAY,         /* 2026-02-23 */
    FORM_STATE,       /* two capital letters */
    FORM_ENUM,        /* one of `words` */
    FORM_INT,         /* a number from `min` to `max` */
    FORM_FLAG,        /* true or false */
    FORM_WORDS,       /* a list of words */
    FORM_TEXTS,       /* a list of texts of `min` to `max` bytes */
    FORM_LANGUAGES,   /* a list of languages, as law_is_language has them */
    FORM_NUMBERS,     /* a map of words to numbers from `min` to `max` */
    FORM_MAP,         /* a map of `shape` */
    FORM_ROWS,        /* a list of maps of `shape` */
    FORM_PARTS        /* the same, but a row need hold no more than its name and what it changes */
};

struct law_shape;
struct law_field {
    const char *key;
    enum law_form form;
    bool required;
    const char *words; /* FORM_ENUM: the words allowed, by blanks */
    const struct law_shape *shape;
    int64_t min, max;
};
struct law_shape {
    const char *what; /* "a clock", for messages */
    const struct law_field *fields;
    size_t n;
    const char *unique; /* the key no two rows of a list may share, or NULL */
    bool cites;         /* it stands on an article with its source, or on a topic */
};

extern const struct law_shape law_shape_instrument; /* the main file of one */
extern const struct law_shape law_shape_part;       /* a further file of one, in its folder */
extern const struct law_shape law_shape_kind;
extern const struct law_shape law_shape_pattern;
extern const struct law_shape law_shape_remarks;
extern const struct law_shape law_shape_state;
extern const struct law_shape law_shape_calendar;

/* Checks a whole tree. Faults are ERR_REJECTED with the code given and name file, line, column and
 * what was expected. */
MUST err law_shape_check(struct turn *t, const char *code, struct str path, const struct tree *root,
                         const struct law_shape *shape);
/* Such a fault of a law file, for what a shape cannot say. `path` is the file of `at`. */
MUST err law_file_fail(struct turn *t, struct str path, const struct tree *at, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

bool law_is_article(struct str s);
/* A language by its two letters of ISO 639-1, with a script or region behind it: "sr-Latn". */
bool law_is_language(struct str s);

#endif
