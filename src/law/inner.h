/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_LAW_INNER_H
#define COMITY_LAW_INNER_H
/* The rows as structs, and what the files of law share among themselves. Inside law only. */

#include "law/law.h"
#include "law/shape.h"

/* ---- names ----------------------------------------------------------------------------------- */

/* Names to the numbers of rows, found in one step however many there are. */
struct law_index {
    struct law_slot {
        struct str name;
        size_t n; /* of the row, from 1; 0: free */
    } * slots;
    size_t mask;
};
enum { LAW_NO_ROW = -1 };
/* Room for `n` names. */
struct law_index law_index_new(struct arena *a, size_t n);
/* The first of two equal names stands. */
void law_index_put(struct law_index *x, struct str name, size_t row);
int64_t law_index_get(const struct law_index *x, struct str name); /* LAW_NO_ROW */

/* ---- rows ------------------------------------------------------------------------------------ */

/* What is asked of a particular (of the act, or of the `request` lying open), of a line of a
 * State's `profile`, or of a `mark`; and `also`. See law_cond_ask. */
struct law_cond {
    enum law_cond_of {
        LAW_COND_NONE,
        LAW_COND_PARTICULAR,
        LAW_COND_REQUEST,
        LAW_COND_PROFILE,
        LAW_COND_MARK
    } of;
    struct str name, equals;
    const struct tree *one_of;
    bool has_least, has_below, negated, of_requesting;
    int64_t least, below;
    const struct law_cond *also;
    const struct tree *row;
};
/* Unknown: what it asks about was not said. */
enum law_answer { LAW_NO, LAW_YES, LAW_UNKNOWN };

enum law_required { LAW_ALWAYS, LAW_WHERE_AVAILABLE, LAW_OPTIONAL, LAW_CONDITIONAL };
enum law_type {
    LAW_TEXT,
    LAW_DAY,
    LAW_FLAG,
    LAW_CHOICE,
    LAW_GROUND,
    LAW_CODE,
    LAW_NUMBER,
    LAW_DAYS,
    LAW_STATE,
    LAW_DOSSIER,
    LAW_ARTICLE,
    LAW_LANGUAGE
};
/* A day that is said must not be before, or not after, another: that of the act, or one that is
 * said beside it. */
struct law_limit {
    struct str than, remark; /* `at`, or a particular */
    bool after;              /* not after it, and `days` more */
    int64_t days;
};
struct law_particular {
    struct str name, article;
    enum law_required required;
    enum law_type type;
    struct law_cond when;
    int64_t min, max;         /* LAW_TEXT: characters; LAW_NUMBER, LAW_DAYS: the range */
    bool must_be;             /* LAW_FLAG: only `true` will do */
    struct str link;          /* LAW_DOSSIER: what the link means */
    struct law_limit *limits; /* LAW_DAY */
    size_t limits_n;
    const struct tree *row;
};
struct law_ground {
    struct str ground, article, reservation;
    struct law_cond when;
    struct str pre_duty, pre_duty_article; /* done when the mark `pre_duty` stands */
    struct str pre_duty_remark;
    bool forbidden, pre_duty_strict;
    const struct tree *row;
};
struct law_clock_row {
    struct str protocol; /* whose article it is, where a protocol changed it; else empty */
    struct str clock, article, start, end_particular, setting, on_end, suspended_by;
    int64_t days, minutes, months; /* at most one is not 0; none: `end_particular` says */
    int64_t renew_before;          /* days */
    int64_t unit;                  /* minutes in one of the row's own: 60 of hours, else 1 */
    enum law_stream whose;
    bool duty, at_most;
    bool working; /* `days` are working days */
    /* By enum law_stream: whose working days and whose zone are looked at. */
    bool calendar_of[2], zone_of[2];
    const struct tree *row;
    struct str *stops_while;
    size_t stops_while_n;
    struct law_cond only_when; /* an act starts it only where this holds */
};

struct judge;
struct law_guard;
/* A guard says by law_find what stands in the way, or nothing. */
struct law_guard_kind {
    const char *name;
    bool needs_dossier; /* asks about the dossier, so only its author can; else about the act */
    bool needs_mark, needs_clock, needs_particular, needs_marks, needs_when;
    err err;
    void (*ask)(struct judge *j, const struct law_guard *g);
    const char *also; /* a remark it may make beside the row's, or NULL */
};
extern const struct law_guard_kind law_guard_kinds[];
const struct law_guard_kind *law_guard_kind_find(struct str name);
struct law_guard {
    const struct law_guard_kind *kind;
    struct str mark, clock, particular, remark, article;
    const struct tree *marks, *row;
    struct law_cond when, only_when; /* without the second it is always asked */
};

struct law_mark_row {
    struct str mark;
    struct law_cond when;
};
struct law_outcome_row {
    struct str outcome;
    struct law_cond when;
};
struct law_attach_row {
    struct str obligation;
    struct law_cond when; /* without one it always does */
};
/* A dossier that may follow, which side opens it, and when. */
struct law_spawn_row {
    const struct tree *row;
    struct str kind, link;
    enum law_stream by;
    struct law_cond when;
};
struct law_row {
    struct str act, article, source, to, outcome, mark, duty_done;
    struct str pends, settles; /* the particular that names the dossier */
    enum law_stream by;
    bool inward, system, linked, ends, takes_effect_crossed, supplies, carries, back, after_end;
    bool functionless; /* any authority may do it */
    bool decision;     /* a finding */
    struct str *from, *clears;
    size_t from_n, clears_n;
    struct law_attach_row *attaches;
    size_t attaches_n;
    struct law_mark_row *marks;
    size_t marks_n;
    struct law_spawn_row *spawns;
    size_t spawns_n;
    struct law_outcome_row *outcomes; /* the first that holds stands instead of `outcome` */
    size_t outcomes_n;
    int64_t rank;
    const struct tree *next_when;
    struct law_particular *particulars; /* all it may carry, the request's included */
    size_t particulars_n;
    size_t own_n;           /* its own come first; beyond them, what it supplies */
    struct law_index names; /* of `particulars` */
    struct law_guard *guards;
    size_t guards_n;
    const struct law_clock_row **starts;
    size_t starts_n;
    const struct tree *stops;
    const struct tree *row;
};
struct law_role {
    struct str kind, function, direction, article;
    enum law_stream party;
    const struct tree *row;
};
/* What this side of the law covers: in when one of `accepts` holds, out when none can. */
struct law_scope {
    struct str scope, article;
    struct law_cond *accepts;
    size_t accepts_n;
    const struct tree *row;
};
/* What a State's profile lets one foresee of a request: `remark` when the condition holds. */
struct law_foretold {
    struct str article, remark;
    struct law_cond when;
    const struct tree *kinds, *row;
};
struct law_instrument;
struct law_kind {
    struct str kind, article;
    const struct law_instrument *instrument;
    const struct law_scope *scope; /* NULL: whatever the offence */
    struct law_particular *particulars;
    size_t particulars_n;
    struct law_ground *grounds; /* allowed and forbidden */
    size_t grounds_n;
    struct law_clock_row *clocks;
    size_t clocks_n;
    struct law_row *rows;
    size_t rows_n;
    struct law_role *roles; /* those of this kind */
    size_t roles_n;
    struct law_index acts, ground_names, clock_names;
    const struct tree *row;
};
struct law_instrument {
    struct str instrument, path;
    struct law_kind *kinds;
    size_t kinds_n;
    struct law_index kind_names, articles;
    struct law_scope *scopes;
    size_t scopes_n;
    struct law_role *roles;
    size_t roles_n;
    struct law_foretold *foretold;
    size_t foretold_n;
    /* What protocols change in its clocks, in the order of their files. */
    struct law_change {
        const struct law_instrument *protocol;
        const struct law_kind *kind; /* of this instrument */
        struct law_clock_row clock;
    } * changes;
    size_t changes_n;
    const struct tree *root;
};
struct law_remark_row {
    struct str remark;
    bool must;
    const struct tree *row, *titles, *remedy, *fine; /* the last two may be NULL */
};
/* One version of a State's holiday calendar. */
struct law_calendar {
    struct str state, path;
    int64_t version, from, to; /* days, both within */
    bool weekend[7];           /* from Monday */
    /* Rows of `holidays` and `workdays` by day, in order. */
    struct law_holiday {
        int64_t day;
        const struct tree *row;
    } * off, *on;
    size_t off_n, on_n;
    const struct tree *root;
};
/* Where a State stands with an instrument: bound from a day until another. */
struct law_party {
    int64_t from, until;        /* days; INT64_MAX: not, or without end */
    const struct tree *between; /* with these States alone; NULL: with all */
};
struct law_state_row {
    struct str state, path, zone;
    struct law_party *parties;
    struct law_index party_names; /* by instrument */
    const struct tree *root;
    const struct law_calendar *calendars; /* the highest version first */
    size_t calendars_n;
};
struct law_tables {
    struct hash hash;
    struct str hash_hex;
    const struct str *paths; /* of the files, by the numbers their values carry, from 1 */
    size_t paths_n;
    struct law_instrument *instruments;
    size_t instruments_n;
    struct law_state_row *states;
    size_t states_n;
    struct law_calendar *calendars; /* by State, the highest version first */
    size_t calendars_n;
    struct law_remark_row *remarks;
    size_t remarks_n;
    struct str *by_node; /* acts that a clock brings about, each once */
    size_t by_node_n;
    const struct tree *forms; /* what a value of each type looks like; may be NULL */
    struct law_index instrument_names, state_names, remark_names;
};

/* NULL when there is none. */
const struct law_instrument *law_instrument_find(const struct law_tables *l, struct str name);
const struct law_kind *law_kind_find(const struct law_instrument *i, struct str name);
const struct law_row *law_row_find(const struct law_kind *k, struct str act);
const struct law_ground *law_ground_find(const struct law_kind *k, struct str ground);
const struct law_clock_row *law_clock_row_find(const struct law_kind *k, struct str clock);
const struct law_state_row *law_state_find(const struct law_tables *l, struct str state);
const struct law_remark_row *law_remark_find(const struct law_tables *l, struct str remark);
bool law_state_reserved(const struct law_tables *l, struct str state, struct str instrument,
                        struct str article);
/* The line of the State's profile, the instrument's own before one for all ("any"); or NULL. */
const struct tree *law_state_profile(const struct law_tables *l, struct str state,
                                     struct str instrument, struct str field);

/* The row of `profile_fields`, or NULL (link_value.c). */
const struct tree *law_profile_field(const struct law_instrument *i, struct str field);

/* Reads the files into rows (load.c reads one instrument each, link.c checks what rows say of
 * others). */
MUST err law_instrument_load(struct turn *t, struct law_tables *l, struct str path,
                             const struct tree *root, struct law_instrument *out);
/* What a State's file says beside its rows, read once (bases.c). */
void law_parties_load(struct arena *a, const struct tree *root, struct law_state_row *out);
MUST err law_kind_load(struct turn *t, const struct law_tables *l, const struct law_instrument *i,
                       const struct tree *row, struct law_kind *out);
struct law_cond law_cond_load(struct arena *a, const struct tree *when);
MUST err law_link(struct turn *t, const struct law_tables *l);
void law_files_hash(struct arena *a, const struct law_file *files, size_t n, struct hash *out);

/* ---- judging --------------------------------------------------------------------------------- */

/* What was found about an act. `err` is what law_decide would answer with. */
struct law_finding {
    err err;
    bool must, fine, foretold;
    struct law_remark remark;
    struct str source;
    struct law_rests rests;
    struct law_finding *next;
};
/* One act before the tables. `dossier` is NULL when the act came from elsewhere: then only what can
 * be seen in the act itself is asked. */
struct judge {
    struct turn *t;
    const struct law_tables *l;
    const struct law_state *dossier;
    const struct law_who *who;
    const struct law_act *act;
    int64_t now_ms;
    struct str lang; /* of sentences; English if empty */
    const struct law_instrument *instrument;
    const struct law_kind *kind;
    const struct law_row *row;              /* NULL: the tables do not know it */
    const struct tree **given;              /* what the act carries, by the row's particulars */
    bool misplaced;                         /* given to the other side, or kept at home */
    const struct law_finding *functionless; /* the author holds none of the functions it takes */
    struct law_finding *findings, **last;
    size_t findings_n;
    bool full;                /* a preflight: what is fine is noted too */
    bool foretells;           /* what is noted now is about the other State */
    bool unsure;              /* the guard let it pass without knowing */
    const struct tree *about; /* the row that asks, for its source; may be NULL */
    struct law_rests rests;   /* what the answer rests on */
};

/* The clock as it runs between the two States on the day of the act: a protocol that binds both may
 * have changed it (changes.c). NULL for NULL. And its article, with whoever's it is. */
const struct law_clock_row *law_clock_between(const struct judge *j, const struct law_clock_row *c);
struct str law_cite_clock(const struct judge *j, const struct law_clock_row *c);
/* From the files, once all instruments stand (changes.c). */
MUST err law_changes_load(struct turn *t, struct law_tables *l);
/* Looks up the rows, then notes everything that stands in the way. */
void law_judge(struct judge *j);
/* The same without what the act carries: for options. */
void law_judge_place(struct judge *j);
/* Asks the row's guards about the dossier, or those about the act itself (guards.c). */
void law_judge_guards(struct judge *j, bool about_dossier);
/* Sorts what the act carries by the row's particulars (particulars.c). */
void law_judge_given(struct judge *j);
/* Form and completeness of what the act carries. */
void law_judge_particulars(struct judge *j);
/* What it carries and no row asks for; last, so that a flood of it hides nothing. */
void law_judge_strangers(struct judge *j);
/* "7(2)" stands within "7". */
bool law_article_within(struct str article, struct str whole);
/* Does the authority that a request goes to receive this kind; and which does (addressee.c)? */
void law_judge_addressee(struct judge *j);
void law_foretell_receiver(struct judge *j);
/* Is it one that the role asks for? */
bool law_function_fits(const struct judge *j, const struct law_function *f,
                       const struct law_role *r);
/* Notes a finding. The sentence is the remark row's and, after a colon, `detail`. */
struct law_finding *law_find(struct judge *j, err e, struct str code, struct str article,
                             struct str particular, struct str detail);
/* In a preflight, what is well: the `fine` of the same remark, where it has one. */
void law_find_fine(struct judge *j, struct str code, struct str article, struct str particular,
                   struct str detail);
/* From here on `row` asks, and nothing is known of what the answer rests on. */
void law_about(struct judge *j, const struct tree *row);
struct str law_cite(const struct judge *j, struct str article); /* "un-cybercrime 42(6)" */
/* The first finding that must be mended, or NULL. */
const struct law_finding *law_first(const struct judge *j);
/* The verdict of a judged act; `allowed` is left to the caller. */
void law_verdict_of(const struct judge *j, struct law_verdict *out);

/* What a particular says, as text: of a map of `lang` and `text`, the text. Empty when absent. */
struct str law_value_text(const struct tree *particulars, struct str name);
struct str law_text_of(const struct tree *value);
/* A number, or its digits as a text. */
bool law_number_of(const struct tree *value, int64_t *out);
/* Nothing, null and a text that shows nothing are the same: not there. */
bool law_is_absent(const struct tree *value);
/* What a condition comes to. `subject` holds the particulars it speaks of; `request` in it means
 * those of the dossier. */
enum law_answer law_cond_ask(const struct judge *j, const struct tree *subject,
                             const struct law_cond *c);
/* Is the value there, and of the form its row asks for? */
bool law_particular_given(const struct judge *j, const struct law_particular *p,
                          const struct tree *value);
/* Must this one be there, given the others? */
bool law_particular_due(const struct judge *j, const struct law_particular *p);
/* May a refusal rest on this ground, as far as reservation and request say? */
bool law_ground_holds(const struct judge *j, const struct law_ground *r);
/* What an answer rests on: the line of a State's profile, or where it stands with the instrument
 * (preflight.c). */
void law_rest_profile(struct judge *j, struct str state, struct str field);
/* A line of a State's file, where there is such a file; `row` gives article and source, or NULL. */
void law_rest_on(struct judge *j, struct str state, struct str field, struct str value,
                 const struct tree *row);
/* The first row of a list of a State's file; NULL: it has none. */
const struct tree *law_state_rows(const struct judge *j, struct str state, const char *list);
void law_rest_party(struct judge *j, struct str state);
void law_rest_languages(struct judge *j, struct str state);
/* The first line of a profile that a condition asks about. */
void law_rest_cond(struct judge *j, const struct law_cond *c);
/* Is the request within the kind's scope? */
enum law_answer law_in_scope(const struct judge *j, const struct tree *request);
/* The row's particulars for people to fill in (options.c). */
const struct tree *law_particulars_view(const struct judge *j);
/* What a decision looks at side by side; NULL where the row asks for none (worksheet.c). */
const struct tree *law_worksheet_view(const struct judge *j);
struct str law_title(const struct tree *titles, struct str lang);

/* May a request between the two rest on the instrument that day: does it bind both, or is it the
 * requested State's own law, or reciprocity? If not, `why_out` names the State. */
bool law_binds(const struct law_tables *l, const struct law_instrument *i, struct str requesting,
               struct str requested, int64_t day, struct str *why_out);

/* The rules of the clocks an act starts and stops. */
struct law_clock_rule *law_clock_rules(const struct judge *j);
/* Notes where working days are counted beyond what a calendar holds. */
void law_judge_clocks(struct judge *j);
/* The first day that is far enough for an `at_least` clock the act starts. */
int64_t law_clock_least_day(const struct judge *j, const struct law_clock_row *c);
/* When a clock ends whose last day is `day`. */
int64_t law_clock_end_of(const struct judge *j, const struct law_clock_row *c, int64_t day);
/* Is it a time that can be written and reckoned with (years 1970 to 9999)? */
bool law_time_is_usable(int64_t ms);

/* ---- lists ----------------------------------------------------------------------------------- */

struct law_list {
    struct arena *arena;
    struct str *p;
    size_t n, room;
};
void law_list_add(struct law_list *l, struct str s);
bool law_list_has(const struct str *p, size_t n, struct str s);

#endif
