/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_WEB_API_H
#define COMITY_WEB_API_H
/* The JSON API: what the pages do, for programs. Each address is a row of api.def, each body and
 * answer a shape of api_shape.def, each refusal of its own a row of problem.def; routing, checking
 * and the description come from these.
 *
 * To add an action of the desk: a row in api.def, and shapes for what it takes and gives. */

#include "web/inner.h"

/* ---- addresses ------------------------------------------------------------------------------- */

enum { MATCH = 1, KEY = 2 };
struct api_row {
    const char *name;
    enum web_method method;
    const char *pattern;
    enum web_who who;
    const char *action, *body;
    unsigned needs;
    int status;
    void (*go)(struct visit *v);
    const char *view, *summary;
};
extern const struct api_row api_rows[];
extern const size_t api_rows_n;
const char *api_method_word(enum web_method m);

/* One key of a query, "limit:int", taken off the front of `keys`. */
bool api_key_next(struct str *keys, struct str *name, struct str *type);
/* The path of a row with the parameters filled in from a map of texts, percent-encoded. */
struct str api_href(struct arena *a, const char *pattern, const struct tree *values);
/* The row of that name; asking for another one is a mistake. */
const struct api_row *api_row_of(const char *name);

/* Whether a path is the API's. */
bool api_is(struct str path);
/* Reads what is asked into `v`; false when it was refused. Then visit_run asks the desk. */
bool api_begin(struct visit *v, struct bytes body);
void api_ask(struct visit *v);

#define API(name, method, pattern, who, action, body, needs, status, go, view, summary)            \
    void api_go_##go(struct visit *v);
#include "web/api.def"
#undef API

/* ---- headers --------------------------------------------------------------------------------- */

/* What If-Match names. The number before the dash is the version; what follows tells apart what was
 * shown of it, and is compared only by If-None-Match. */
enum api_match { API_MATCH_READ, API_MATCH_WEAK, API_MATCH_BROKEN };
enum api_match api_match_read(struct str header, int64_t *version_out);
/* True when a header If-None-Match names the tag, weakly compared (RFC 9110 13.1.2). */
bool api_none_match(struct str header, struct str tag);
/* A key with its quotes off, where it had any; false for one that is none. */
bool api_key_read(struct str header, struct str *out);
/* The token of "Bearer TOKEN"; empty when there is none. */
struct str api_bearer(struct str header);

/* ---- answers --------------------------------------------------------------------------------- */

/* The view as JSON, with its tag, its links and what the row says; 304 for who has it already.
 * `extra` is headers as net_reply takes them, at most two. */
void api_reply(struct visit *v, const struct tree *view, const char *const *extra);
/* The same where the desk said that what the reader has under this tag still stands. */
void api_reply_unchanged(struct visit *v, const char *tag);
/* Remembers of which view the answer with that tag was made; what stands beside the tag that the
 * reader says he has (empty: nothing is known of it). */
void known_put(struct visit *v, struct str tag, struct str stamp);
struct str known_stamp(struct visit *v, const char **tag_out);
/* A refusal as problem details (RFC 9457). */
void problem_reply(struct visit *v, err e, const struct fault *f);
int problem_status(err e, const char *code);
/* One more row of `errors`: at a member of the body by its pointer, or at a key by its name. */
void problem_at(struct visit *v, const char *where, struct str name, const char *detail);
enum { PROBLEM_ERRORS_MAX = 16 };
/* The acts that can be done now, as the page of the dossier shows them. */
void api_acts_put(struct visit *v, struct tree *to, const char *key, const struct tree *view);
/* Whatever it is, it is only kept: never something to show. */
void api_go_bytes(struct visit *v);

/* ---- shapes ---------------------------------------------------------------------------------- */

struct shape_field {
    struct str name, type;
    bool may_lack, is_list;
};
enum { SHAPE_FIELDS_MAX = 64 };
struct shape {
    const char *name, *text;
    bool is_body, is_open; /* open: others may follow */
    struct shape_field fields[SHAPE_FIELDS_MAX];
    size_t n;
};
extern const size_t shapes_n;
/* The k-th, or the one of that name; false when there is none. */
bool shape_nth(size_t k, struct shape *out);
bool shape_find(struct str name, struct shape *out);
/* Adds a row {pointer, detail} for each place of a body that does not fit its shape. */
void shape_check(struct arena *a, const struct shape *s, const struct tree *body, struct str at,
                 struct tree *errors);
/* A step of a JSON pointer (RFC 6901 4). */
struct str pointer_step(struct arena *a, struct str at, struct str name);

/* The description (OpenAPI 3.1), and the schema of the particulars that a form's rows ask for. */
struct tree *openapi_make(struct arena *a);
struct tree *openapi_particulars(struct arena *a, const struct tree *rows);

#endif
