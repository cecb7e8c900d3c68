/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_WEB_INNER_H
#define COMITY_WEB_INNER_H
/* What the files of this folder share: a visit from request to answer.
 *
 * To add a page: a row in route.def, page/NAME.html, and web_do_NAME in a small file. */

#include "web/form.h"
#include "web/html.h"
#include "web/web.h"

struct visit;

/* ---- routes ---------------------------------------------------------------------------------- */

enum web_method { GET, POST, PATCH, DELETE }; /* the last two: of the API */
enum web_who {
    ANYBODY, /* also without a session; who has one is shown as usual */
    OFFICER  /* without a session: the page to enter by */
};
struct web_route {
    const char *name;
    enum web_method method;
    const char *pattern; /* "/dossier/{ref}?tab": parameters in braces, then query keys it reads */
    enum web_who who;
    const char *action; /* asked before `go`, with the parameters as args; "" for none */
    void (*go)(struct visit *v);
};
extern const struct web_route web_routes[];
extern const size_t web_routes_n;

/* A template, as tool/page.c makes it. */
typedef void web_page(struct html_out *o, const struct tree *v);
#define ROUTE(name, method, pattern, who, action, page)                                            \
    void web_do_##name(struct visit *v);                                                           \
    web_page page_##page;
#include "web/route.def"
#undef ROUTE
web_page page_fault, page_again;

/* Whether a path fits a pattern; then `at` has gained its parameters, decoded. */
bool web_path_fits(struct arena *a, const char *pattern, struct str path, struct tree *at);

/* The route of a path. `at_out` gets the parameters, decoded; `allowed_out` the other methods that
 * the path has. NULL: no such page. */
const struct web_route *web_route_find(struct arena *a, struct str method, struct str path,
                                       struct tree **at_out, bool *other_method_out);

/* ---- a visit --------------------------------------------------------------------------------- */

enum { VISIT_ASKS_MAX = 8 };
struct visit_question {
    struct web_ask ask;
    bool may_fail, open;
    size_t at; /* its place among those of the visit */
};
/* One request, from its head to its answer. Its arena ends with it. */
struct visit {
    struct web *web;
    struct net_request *request; /* NULL: the browser has gone */
    struct turn t;
    const struct web_route *route; /* NULL: of the API, or no such page */
    struct tree *at;               /* parameters of the path and query keys of the route: texts */
    struct str path;               /* as asked, decoded */
    struct str back; /* the GET address of what is shown, for links to the same page */
    struct str session;
    enum web_lang lang;
    struct str theme;        /* "day", "night" or empty: as the system says */
    struct web_form form;    /* of a POST */
    const struct fault *no;  /* what a page refuses by itself; NULL: nothing */
    bool restores;           /* the form is to be shown as typed, nothing is to be done */
    const struct tree *view; /* what the route's action gave */
    const struct tree *desk; /* STATUS: who the officer is; NULL without a session */
    struct tree *page;       /* what the template sees, a map to add to */
    struct visit_question asked[VISIT_ASKS_MAX];
    size_t asked_n, open_n;
    void (*then)(struct visit *v);
    struct web_print printing;
    void (*printed)(struct visit *v, const struct web_print *p);
    bool answered, running, stays; /* stays: a stream, not over with its answer */
    void *stream;                  /* of events.c */
    struct str trace;
    const char *set_cookie[4]; /* Set-Cookie values */
    size_t set_cookie_n;
    /* Of the API: see api.h. */
    bool is_api;
    const struct api_row *api; /* NULL: no such address */
    struct bytes body;         /* as sent */
    struct tree *args;         /* what the action is asked with */
    struct tree *errors;       /* what does not fit, by place */
    struct tree *more;         /* members of a refusal beside the usual ones */
    struct str unless;         /* goes with the next question: see web_ask */
    const char *has;           /* the tag that `unless` belongs to */
    const char *allow;         /* the methods of an address that was asked in another way */
    struct str next;           /* where a list goes on; empty: nowhere */
};

/* Asks the desk; `then` goes on when all that was asked is answered. A fault ends the visit with
 * its page, unless visit_try asked: then visit_fault tells it. `args` may be NULL and live as long
 * as the visit; the language is added where they name none. */
void visit_ask(struct visit *v, const char *action, const struct tree *args);
void visit_try(struct visit *v, const char *action, const struct tree *args);
/* The same for what changes something. A form that was carried over a new session is not done: the
 * fault VISIT_CARRIED says so, and its page shows what was typed. */
#define VISIT_CARRIED "carried-over"
void visit_do(struct visit *v, const char *action, const struct tree *args);
void visit_then(struct visit *v, void (*then)(struct visit *v));
/* What the newest question of that action was answered. NULL: not asked, or refused. */
const struct tree *visit_view(const struct visit *v, const char *action);
const struct web_ask *visit_asked(const struct visit *v, const char *action);
const struct fault *visit_fault(const struct visit *v, const char *action); /* NULL: none */

/* Prints a letter, and goes on with what came of it. There is no such page where nothing prints. */
void visit_print(struct visit *v, const struct tree *letter,
                 void (*printed)(struct visit *v, const struct web_print *p));

/* Answers, each once. A page is the template over `page` and what layout.html needs. */
void visit_page(struct visit *v, int status, web_page *page);
void visit_go(struct visit *v, struct str path); /* 303 to a path of ours */
void visit_refuse(struct visit *v, err e, const struct fault *f);
/* The status of a page that shows this fault; NULL: 200. */
int visit_status(const struct fault *f);
/* What a failure of that sort is called, a sentence of the catalogue. */
const char *refusal_title(err e);
void visit_bytes(struct visit *v, int status, const char *type, struct bytes body,
                 const char *const *headers);
/* There is no such page. */
void visit_none(struct visit *v);
/* The session ended: the page to enter by, with the form carried on. */
void visit_enter_again(struct visit *v);
void carry_put(struct visit *v, struct str path, const struct web_form *form);

/* Texts for `page` and for args. */
void visit_put(struct visit *v, const char *key, struct str value);
void visit_flag(struct visit *v, const char *key, bool value);
void visit_share(struct visit *v, const char *key, const struct tree *value);
struct str visit_at(const struct visit *v, const char *name);    /* of path or query */
struct str visit_field(const struct visit *v, const char *name); /* of the form */
/* The day it is where this node's people are. */
struct str visit_today(const struct visit *v);
struct str visit_day(const struct visit *v, int64_t at_ms);
/* Unpredictable words for idem fields. */
struct str visit_random(struct visit *v);
/* A title of a label table; the word itself where there is none. */
struct str visit_label(const struct visit *v, const char *table, struct str word);
/* Adds all words of a label table: word, title, chosen. */
struct tree *visit_words(struct visit *v, struct tree *to, const char *key, const char *table,
                         struct str chosen);
struct str visit_tone(const char *table, struct str word); /* "hot", "warm", "calm" or empty */
/* Cookies of this node. An empty value ends one. */
void visit_session_set(struct visit *v, struct str session);

/* ---- shared by pages ------------------------------------------------------------------------- */

/* Adds `fields`: the rows of particulars with what was typed, or `values`, and `errors` by name. */
void fields_put(struct visit *v, const struct tree *rows, const struct tree *values,
                const struct tree *remarks);
/* Adds `life`: states and acts of a kind as boxes and lines. */
void lifecycle_put(struct visit *v, const struct tree *kind);
/* The three groups of a preflight, `musts`, `shoulds` and `fines`, and how many of each. */
void check_put(struct visit *v, struct tree *check, const struct tree *view);
/* The particulars of a form by those rows, as an act carries them. */
struct tree *fields_read(struct visit *v, const struct tree *rows);
/* What those rows must have and the form has not, as remarks. */
const struct tree *fields_missing(struct visit *v, const struct tree *rows);
/* Adds `answers`: what a form says, to be looked at once more. */
void fields_answers(struct visit *v, const struct tree *rows);
/* Files of a form as documents; ERR_TOO_LARGE and ERR_REJECTED name the file. */
err fields_documents(struct visit *v, struct tree **out);
/* A document of a view ({name, data}) as bytes to keep, never to show. */
void visit_document(struct visit *v, const struct tree *document);
/* A fault as remarks of a form: one, at its particular. */
const struct tree *fields_fault(struct visit *v, const struct fault *f);
/* True for an act that asks for no particulars. */
bool option_is_plain(const struct tree *option);
/* True for an act that can be done now: what has a button on a page has a link in the API. */
bool option_is_possible(const struct tree *option);
/* A copy of a view's rows with titles for all their words; and for one map of that form. */
struct tree *rows_put(struct visit *v, struct tree *to, const char *key, const struct tree *list);
void row_titles(struct visit *v, struct tree *row);
/* Adds `dossier` and `tab`: what every tab of a dossier shows above itself. */
struct tree *dossier_head_put(struct visit *v, const char *tab);
/* A letter's page, with what is refused of it (NULL: nothing, or what the desk refused); and of
 * what it shows: `dossier` and `act`; `mails` on their way, and `to`. */
void letter_page_ask(struct visit *v, const struct fault *no);
void letter_head_put(struct visit *v);
void letter_mails_put(struct visit *v, const struct tree *show);
/* Why no letter leaves as an e-mail, a sentence of the catalogue; NULL: it can. */
const char *letter_mail_lacks(const struct visit *v);
/* How pressing its `end` is: hot, warm, calm, or empty without one. */
struct str row_tone(struct visit *v, const struct tree *row);
/* Adds `rail`: the clocks ahead as coordinates, for page/part/rail.html. */
void rail_put(struct visit *v, const struct tree *clocks);

/* ---- the server ------------------------------------------------------------------------------ */

struct large_body {
    struct net_request *request; /* NULL: free */
    size_t n;
    bool known; /* of a session that the desk has answered */
};
enum { WEB_SESSIONS_SEEN = 256, WEB_SEEN_TOKEN_MAX = 128 };
struct seen_session {
    char token[WEB_SEEN_TOKEN_MAX];
    size_t n; /* 0: free */
};
/* An answer that somebody has, by its ETag, and the desk's stamp of what it was made of. */
enum { WEB_KNOWN_MAX = 256 };
struct web_known {
    uint64_t key;
    char tag[48], stamp[64];
};
struct web {
    struct arena *arena;
    struct web_options o;
    struct net_server *server;
    struct str cookie; /* "__Host-comity-norland" */
    struct str host;   /* "norland.localhost:8471" */
    struct str origin; /* "http://norland.localhost:8471" */
    size_t asking;
    struct events *events;
    struct large_body bodies[WEB_BODIES_MAX];
    struct seen_session seen[WEB_SESSIONS_SEEN];
    size_t seen_next;
    struct web_known known[WEB_KNOWN_MAX];
    bool stopping;
};
/* Whether a body may come: counts a large one until its request is gone. */
MUST err bodies_take(struct web *w, struct turn *t, struct net_request *r,
                     const struct net_request_head *head);
/* What the desk said of a session: an officer's, or nobody's any more. */
void session_seen(struct web *w, struct str token, bool good);
void bodies_gone(struct web *w, const struct net_request *r);
/* A header, kept for the visit; and whether the browser says that a page of ours sent this. */
enum { WEB_TOKEN_MAX = 512 };
struct str visit_header(const struct visit *v, const char *name);
bool visit_is_same_origin(const struct visit *v);
/* Begins what the head and body of a request ask for. */
void visit_begin(struct web *w, struct net_request *r, struct bytes body);
/* Runs `go` of the route, then what it leads to. */
void visit_run(struct visit *v);
void visit_end(struct visit *v);
/* The answer's headers: name, value, ..., NULL. */
const char *const *head_headers(struct visit *v, const char *cache);
/* Browsers that listen: one poll of CHANGES a second for each session. */
void events_start(struct web *w);
void events_stop(struct web *w);
void events_open(struct visit *v);
void events_gone(struct visit *v);

#endif
