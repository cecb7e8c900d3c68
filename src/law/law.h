/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_LAW_H
#define COMITY_LAW_H
/* Given a dossier, an event, a day and the tables, says what follows and by which article. Pure: no
 * clock, no database, no state of its own. Nothing here names a kind or an act: those are rows of
 * law/instruments (a lawyer's files; their schema is in law/README.md).
 *
 * The author of an act asks `law_decide` before he acts; the receiver records what came and asks
 * `law_record` what it means. Either way the verdict is stored, and the state of a dossier is
 * `law_fold` over the acts with their stored verdicts: it never asks the tables. */

#include "base/base.h"
#include "codec/codec.h"
#include "law/clock.h"
#include "law/linked.h"
#include "law/preflight.h"
#include "law/said.h"
#include "law/verdict.h"

/* What is bounded, and how far. */
enum {
    LAW_FILES_MAX = 1024,              /* files of a table set */
    LAW_FILE_SIZE_MAX = 1 << 20,       /* bytes of one file */
    LAW_PACK_SIZE_MAX = 16 << 20,      /* bytes of a packed set */
    LAW_ROWS_MAX = 512,                /* rows of one list in a file */
    LAW_TEXT_MAX = 20000,              /* characters a text particular may be allowed */
    LAW_NUMBER_MAX = 1000000000,       /* what a number particular may say at most */
    LAW_ENTRIES_MAX = 65536,           /* acts of one dossier */
    LAW_REMARKS_MAX = 64,              /* remarks on one act; what is beyond is left out */
    LAW_CLOCK_AHEAD_MAX_MS = 300000,   /* how far an author's clock may be ahead unremarked */
    LAW_CLOCK_BEHIND_MAX_MS = 86400000 /* how old an act may be when it comes, unremarked */
};

/* ---- tables ---------------------------------------------------------------------------------- */

/* The files of law/, embedded at build: path below law/ and content. */
struct law_file {
    const char *path;
    const unsigned char *p;
    size_t n;
};
extern const struct law_file law_embedded[];
extern const size_t law_embedded_n;

/* A checked, immutable set of instruments and States, and its hash (SHA-256 over the sorted paths
 * and contents): what an act calls `law.tables`. */
struct law_tables;
/* Reads and checks all rows. Errors (ERR_REJECTED) name file, line, column and what was expected; a
 * cross-reference to no row is an error. The tables live in the turn's arena; the bytes are not
 * kept. */
MUST err law_load(struct turn *t, const struct law_file *files, size_t n,
                  const struct law_tables **out);
const struct hash *law_tables_hash(const struct law_tables *l);
/* The acts that the node does by itself when a clock ends, each once; empty beyond the last. */
struct str law_by_node(const struct law_tables *l, size_t nth);
/* The set as one canonical JSON document (path -> text), as it is stored, and back. */
struct str law_tables_pack(struct arena *a, const struct law_file *files, size_t n);
MUST err law_tables_unpack(struct turn *t, struct str packed, struct law_file **files_out,
                           size_t *n_out);
/* A State's file as it stands (authorities, functions, languages, training). ERR_NONE_SUCH. */
MUST err law_state_file(struct turn *t, const struct law_tables *l, struct str state,
                        const struct tree **out);
/* A kind's row as it stands in its instrument, for letters: titles, lifecycle, and `form`, the
 * order of its fields on paper. ERR_NONE_SUCH. */
MUST err law_kind_row(struct turn *t, const struct law_tables *l, struct str instrument,
                      struct str kind, const struct tree **out);
/* Whether a word of `form` is said by the head of every letter; the others are particulars. */
bool law_form_is_head(struct str word);
/* What a set holds, as a view: `tables` (its hash), `instruments`, `kinds`, `states`, `calendars`,
 * `remarks`, `rows` and how many of those are `unverified`. */
MUST err law_count(struct turn *t, const struct law_tables *l, const struct tree **view_out);
/* A row by its citation or name for `comity law`: instruments, kinds, acts, particulars, grounds,
 * clocks, each with article, source and titles, as a view. `what` may be empty (everything), an
 * instrument, an article ("42", "42(6)"), or a kind. ERR_NONE_SUCH. */
MUST err law_look(struct turn *t, const struct law_tables *l, struct str what, bool unverified_only,
                  const struct tree **view_out);
/* Instruments and their kinds only, in the same form: what a stranger may ask for at no cost. */
const struct tree *law_look_over(struct arena *a, const struct law_tables *l);
/* A kind for people: states, acts (act, by, from, to, …), particulars, grounds, forbidden_grounds
 * and clocks, each with article, source and title in `lang`. ERR_NONE_SUCH. */
MUST err law_kind_view(struct turn *t, const struct law_tables *l, struct str instrument,
                       struct str kind, struct str lang, const struct tree **view_out);
/* Each paragraph of the articles an instrument accounts for, as a view: `status` carried (with the
 * rows that cite it or what is below it, and the tests that play such rows), explained (with why
 * software has no part in it) or unaccounted; and how many there are of each. */
MUST err law_coverage(struct turn *t, const struct law_tables *l, struct str lang,
                      const struct tree **view_out);

/* What a request of a kind from one State to another may rest on, on a day: every instrument that
 * has the kind (all of them where `kind` is empty), in the order in which they are looked at
 * (protocols, bilateral treaties, treaties, the requested State's own law for what these leave
 * open, reciprocity). `not_bound` is the first of the two that the instrument does not bind.
 * ERR_NONE_SUCH when no instrument has the kind. */
struct law_base {
    struct str instrument, layer, not_bound;
    bool binds;
};
/* One of them, whatever its kinds are. False when the tables do not have it. */
bool law_base_of(const struct law_tables *l, struct str instrument, struct str requesting,
                 struct str requested, int64_t day, struct law_base *out);
/* Has it a kind of the same family: is what stands before the point in their names the same? */
bool law_carries(const struct law_tables *l, struct str instrument, struct str kind);
MUST err law_bases(struct turn *t, const struct law_tables *l, struct str requesting,
                   struct str requested, int64_t day, struct str kind, struct law_base **out,
                   size_t *n_out);

/* ---- an act, as the law sees it -------------------------------------------------------------- */

/* Whose stream an act stands in: outward acts in the stream of their author's State, inward acts in
 * the third, which never leaves. */
enum law_stream { LAW_REQUESTING, LAW_REQUESTED, LAW_INWARD };
const char *law_stream_word(enum law_stream s); /* "requesting", "requested", "inward" */

struct law_act {
    struct str act;              /* "send", "preserve", … : a row of the kind's lifecycle */
    struct str instrument, kind; /* "un-cybercrime", "preservation" */
    enum law_stream stream;
    int64_t n;     /* 1, 2, … in its stream */
    int64_t seen;  /* how many acts of the other outward stream its author had applied */
    int64_t at_ms; /* when, by its author's clock */
    const struct tree *particulars; /* map; may be NULL */
    struct str ref; /* its author's number for the dossier; empty where none was given */
    /* The dossier as it stands here, for law_record: what it rules out is remarked on. Or NULL. */
    const struct law_state *here;
};
/* Whether a number has the form of another State's: two capitals that are not `state`, and "-". */
bool law_ref_is_foreign(struct str ref, struct str state);

/* A function an authority holds by its State's signed profile. Empty text or "*" in instrument,
 * direction or kind means any. Directions: "send", "receive". */
struct law_function {
    struct str instrument, function, direction, kind;
};

/* ---- the fold -------------------------------------------------------------------------------- */

struct law_entry {
    struct law_act act;
    const struct law_verdict *verdict;
};
/* How an act ended up in the fold. LAW_WAITING: an act before it, in its stream or among what its
 * author had seen, is not here yet. LAW_OVERTAKEN: a finding on what an answer changed since. */
enum law_effect {
    LAW_TOOK_EFFECT,
    LAW_NO_EFFECT_CROSSED,
    LAW_OUT_OF_PLACE,
    LAW_NOT_KNOWN,
    LAW_OVERTAKEN,
    LAW_WAITING
};
const char *law_effect_word(enum law_effect e); /* "took-effect", "crossed", "out-of-place", … */
struct law_clock {
    struct str clock, article, on_end, proof;
    int64_t start_ms, end_ms;
    bool running, duty;
    bool outlives;      /* an act `after_end` started it: no end stops it */
    enum law_stream by; /* whose act started it */
    int64_t by_n;
    int64_t still_ms; /* it stands still since then; 0: it does not */
    const struct str *stops_while;
    size_t stops_while_n;
    struct str suspended_by;      /* the mark while which it stands still; may be empty */
    int64_t renew_ms;             /* since then it is due to be renewed; 0: it need not be */
    const struct law_stop *stops; /* when it stood still, in order */
};
/* What stays attached to a request or a result, and the act that attached it. */
struct law_obligation {
    struct str obligation;
    enum law_stream by;
    int64_t by_n;
};
/* The state of a dossier: the same on both sides once both hold the same outward acts. */
#define LAW_PENDING "pending " /* the mark of a dossier that is waited for, before its number */
struct law_state {
    struct str state; /* "new" before any act */
    bool ended;
    int64_t ended_ms; /* by the clock of who ended it */
    struct str outcome;
    struct str instrument, kind;
    struct law_clock *clocks;
    size_t clocks_n;
    struct str *missing; /* still missing of what the request must state */
    size_t missing_n;
    struct str before; /* the state before this one; empty at first */
    struct str *marks; /* what happened and matters: "acknowledged"; "pending " and a number */
    size_t marks_n;
    struct law_obligation *obligations; /* in the order they were attached; no end removes one */
    size_t obligations_n;
    enum law_effect *effects;       /* one per entry given, in the order given */
    size_t applied;                 /* entries that were in reach (no gap before them) */
    const struct tree *particulars; /* of the request, with what answers supplied */
};
/* Folds outward and inward acts given in any order. Per stream only the run 1, 2, … without a gap
 * counts; an act stands after all it had seen; of acts that crossed, the requesting State's stands
 * first. Inward acts set marks and clocks only and stand after all outward ones. The answer does
 * not depend on the order of `entries`. ERR_INTEGRITY when two entries claim one number of a
 * stream, ERR_TOO_LARGE beyond LAW_ENTRIES_MAX. With n == 0 the state is "new". */
MUST err law_fold(struct turn *t, const struct law_entry *entries, size_t n, struct law_state *out);

/* ---- deciding -------------------------------------------------------------------------------- */

/* Who wants to act: our side of the dossier and our authority's functions. */
struct law_who {
    enum law_stream side; /* LAW_REQUESTING or LAW_REQUESTED */
    const struct law_function *functions;
    size_t functions_n;
    bool system;      /* the node itself, for acts a clock brings about */
    bool elsewhere;   /* he runs no node: what he did inwardly is not known here, nor asked about */
    struct str state; /* its State ("XM"): whose reservations and settings apply; may be empty */
    struct str other; /* the other State; empty: what asks about it is not known */
    const struct law_addressee *to; /* of a request; NULL: not known, nor asked about */
    const struct zones *zones;      /* by which days begin (clock.h); NULL: those of UTC */
};
/* May this act be done now, and what follows? A "no" is ERR_NOT_ALLOWED (state, function, ground)
 * or ERR_REJECTED (particulars, form) in the turn's fault with article and particular, and `out`
 * still holds what is known. Values: text, choices, grounds, codes, States, languages, articles,
 * dossiers and dates ("2026-11-24") are TREE_STR (a text may also be a map of `lang` and `text`),
 * flags are TREE_BOOL, numbers and days are TREE_INT or their digits as TREE_STR. */
MUST err law_decide(struct turn *t, const struct law_tables *l, const struct law_state *dossier,
                    const struct law_who *who, const struct law_act *act, int64_t now_ms,
                    struct law_verdict *out);
/* What does an act that came from the other State mean? Never refuses for state or content: what is
 * wrong becomes remarks. `functions` are the author's. ERR_NOT_ALLOWED only when the author's
 * authority does not hold the function (article of the roles row). An act the rows give to the
 * other side, or keep at home, gets a verdict that never takes effect. */
MUST err law_record(struct turn *t, const struct law_tables *l, const struct law_who *author,
                    const struct law_act *act, int64_t received_ms, struct law_verdict *out);
/* Every act of the kind for our side, in the order of the rows: possible now or not, and why not.
 * One call for page, API and command. `next` marks the one step most due. Particulars of the act
 * are not asked for here. The dossier's `instrument` and `kind` say which kind; for a new one the
 * caller sets them. Titles are in `lang`, or English. */
struct law_option {
    struct str act, article, title;
    bool possible, next, inward;
    struct str why_not, why_not_article;
    bool decision; /* a finding that a named person makes and gives reasons for */
    /* Rows to ask for: name, article, source, required ("always", …), type (see law/README.md),
     * min, max, link, title, help, and choices (value, article, title). */
    const struct tree *particulars;
    /* Beside a decision on dual criminality, else NULL: offence and conduct (title, article, value,
     * lang) as the request states them, treaty (article, source, title) where it names one, and
     * proposed: rows of the requested State's offence map. */
    const struct tree *worksheet;
};
MUST err law_options(struct turn *t, const struct law_tables *l, const struct law_state *dossier,
                     const struct law_who *who, int64_t now_ms, struct str lang,
                     struct law_option **out, size_t *n_out);

#endif
