/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_WEB_HTML_H
#define COMITY_WEB_HTML_H
/* Pages as text that is already safe.
 *
 * `struct html` is safe text, and only what tool/page.c makes of a template can make one (made.h):
 * whatever else is written goes through one of the functions below, which escape by place. */

#include "web/text.h"

struct html {
    const char *p;
    size_t n;
};

/* A page being written, and what its parts need to know of the reader. */
struct html_out {
    struct arena *arena;
    struct buf b;
    enum web_lang lang;
    int64_t now_ms;
    int32_t offset_min; /* of the reader's clocks from UTC */
    bool has_zone;      /* that offset is known */
};

enum html_place { HTML_text, HTML_attr };
struct html_arg {
    const char *name;
    const struct tree *value;
};

void html_raw(struct html_out *o, struct html h);
/* Texts and numbers; what is none writes nothing. */
void html_text(struct html_out *o, const struct tree *v);
void html_attr(struct html_out *o, const struct tree *v);
/* A whole address: a path of ours, https, mailto or tel; everything else becomes "#". */
void html_url(struct html_out *o, const struct tree *v);
/* A piece of one: a step of a path or a value in a query. */
void html_url_part(struct html_out *o, const struct tree *v);
void html_json(struct html_out *o, const struct tree *v);
/* A sentence of the catalogue with its {names} filled in. */
void html_say(struct html_out *o, enum html_place place, const char *one,
              const struct html_arg *args, int n);
/* The same in the plural form of a number, which is also {n}. */
void html_say_n(struct html_out *o, enum html_place place, const struct tree *count,
                const char *one, const char *other, const struct html_arg *args, int n);

/* There, and neither false, 0, empty text nor an empty list. */
bool html_is(const struct tree *v);
bool html_eq(const struct tree *v, const char *word);
/* The first child of a list or map; NULL for everything else. */
const struct tree *html_list(const struct tree *v);

#endif
