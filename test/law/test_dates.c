/* SPDX-License-Identifier: Apache-2.0 */
/* The days that officers state, and the authorisations that have their time: what cannot be is
 * refused, by kinds of law/ as they stand. One day is 2026-11-24 in UTC. */

#include "law_test.h"

#include <string.h>

enum { STEPS_MAX = 12 };

/* One step of a dossier: who, what, what it says as name=value, after so many hours. */
struct step {
    enum law_stream stream;
    const char *act, *says;
    int64_t hours;
};
/* What led to it, the step that is asked about, and what is answered: an empty code lets it pass,
 * with the remark where one is named; the article only where it is what matters. */
struct asked_of {
    const char *kind;
    struct step before[STEPS_MAX], step;
    const char *code, *article, *remark;
};

static const struct tree *said(struct kit *k, const char *pairs)
{
    struct tree *map = tree_map(k->t.arena);
    struct str rest = str_of(pairs), one, name, value;
    for (bool more = rest.n > 0; more;) {
        more = str_split(rest, ';', &one, &rest);
        str_split(one, '=', &name, &value);
        tree_add_str(k->t.arena, map, str_c(k->t.arena, name), value);
    }
    return map;
}

static struct str made_up(const struct law_kind *kind, const struct law_particular *p)
{
    switch (p->type) {
    case LAW_DAY:
        return STR("2026-11-24");
    case LAW_CHOICE:
        return tree_str(tree_get(p->row, "choices")->child, "choice");
    case LAW_CODE:
        return tree_str(tree_get(kind->row, "not_executable")->child, "code");
    case LAW_ARTICLE:
        return tree_str(tree_get(kind->instrument->root, "offences")->child, "article");
    case LAW_GROUND:
        return kind->grounds[0].ground;
    case LAW_STATE:
        return STR("XM");
    case LAW_LANGUAGE:
        return STR("en");
    case LAW_DOSSIER:
        return STR("XN-CSB-2026-0001");
    case LAW_NUMBER:
    case LAW_DAYS:
        return STR("5");
    case LAW_TEXT:
    case LAW_FLAG:
        break;
    }
    return STR("Said.");
}

/* What the act must say, made up, and over it what the row says. */
static const struct tree *filled(struct kit *k, const struct law_kind *kind,
                                 const struct law_row *r, const char *pairs)
{
    struct arena *a = k->t.arena;
    struct tree *map = tree_map(a);
    for (size_t n = 0; n < r->own_n; n++) {
        const struct law_particular *p = &r->particulars[n];
        bool named = p->required == LAW_CONDITIONAL && p->type == LAW_ARTICLE;
        if (p->required != LAW_ALWAYS && !named) continue;
        if (p->type == LAW_FLAG)
            tree_add_bool(a, map, str_c(a, p->name), true);
        else
            tree_add_str(a, map, str_c(a, p->name), made_up(kind, p));
    }
    for (const struct tree *v = said(k, pairs)->child; v; v = v->next) tree_set(a, map, v->key, v);
    return map;
}

struct played {
    struct law_entry entries[STEPS_MAX];
    size_t n;
    int64_t count[3], now_ms;
};

/* Whoever stands on this side of the kind; which State he is of is not asked here. */
static struct law_who who_of(const struct law_row *r)
{
    static const struct law_function any[] = {
        {STR("*"), STR("mla"), STR("*"), STR("*")},
        {STR("*"), STR("extradition"), STR("*"), STR("*")},
        {STR("*"), STR("preservation"), STR("*"), STR("*")},
        {STR("*"), STR("contact"), STR("*"), STR("*")},
    };
    return (struct law_who){.side = r->by,
                            .functions = any,
                            .functions_n = sizeof any / sizeof *any,
                            .system = r->system};
}

/* Takes the step, where it is allowed. */
static err try_step(struct kit *k, const struct law_kind *kind, struct played *p,
                    const struct step *s, struct law_verdict *out)
{
    const struct law_row *r = law_row_find(kind, str_of(s->act));
    if (!r) fail_msg("no act %s", s->act);
    struct law_who who = who_of(r);
    p->now_ms += s->hours * 60 * MINUTE;
    enum law_stream stream = r->inward ? LAW_INWARD : r->by;
    struct law_act act = {.act = r->act,
                          .instrument = kind->instrument->instrument,
                          .kind = kind->kind,
                          .stream = stream,
                          .n = p->count[stream] + 1,
                          .seen = p->count[r->by == LAW_REQUESTED ? LAW_REQUESTING : LAW_REQUESTED],
                          .at_ms = p->now_ms,
                          .particulars =
                              r->system ? NULL : filled(k, kind, r, s->says ? s->says : "")};
    struct law_state now;
    assert_int_equal(law_fold(&k->t, p->entries, p->n, &now), ERR_OK);
    now.instrument = act.instrument;
    now.kind = act.kind;
    err e = law_decide(&k->t, k->l, &now, &who, &act, p->now_ms, out);
    if (e != ERR_OK) return e;
    struct law_verdict *kept = arena_take(k->t.arena, sizeof *kept);
    *kept = *out;
    p->entries[p->n++] = (struct law_entry){act, kept};
    p->count[stream]++;
    return ERR_OK;
}

static void row_asked(struct kit *k, const struct asked_of *row, size_t at)
{
    struct str instrument, name;
    str_split(str_of(row->kind), ' ', &instrument, &name);
    const struct law_kind *kind = law_kind_find(law_instrument_find(k->l, instrument), name);
    if (!kind) fail_msg("row %zu: no kind %s", at, row->kind);
    struct played p = {.now_ms = NOON};
    struct law_verdict v;
    for (size_t n = 0; n < STEPS_MAX && row->before[n].act; n++)
        if (try_step(k, kind, &p, &row->before[n], &v) != ERR_OK)
            fail_msg("row %zu: %s: %s", at, row->before[n].act, k->t.fault.sentence);
    err e = try_step(k, kind, &p, &row->step, &v);
    if (!row->code[0]) {
        if (e != ERR_OK) fail_msg("row %zu: %s: %s", at, row->step.act, k->t.fault.sentence);
        bool found = false;
        for (const struct law_remark *r = v.remarks; r && row->remark; r = r->next)
            found = found || str_is(r->code, row->remark);
        if (row->remark && !found) fail_msg("row %zu: no remark %s", at, row->remark);
        return;
    }
    if (e == ERR_OK) fail_msg("row %zu: %s was allowed", at, row->step.act);
    bool cites = !row->article || strcmp(k->t.fault.article, row->article) == 0;
    if (strcmp(k->t.fault.code, row->code) != 0 || !cites)
        fail_msg("row %zu: %s by %s: %s", at, k->t.fault.code, k->t.fault.article,
                 k->t.fault.sentence);
    turn_forgive(&k->t);
}

static void rows_asked(struct kit *k, const struct asked_of *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) row_asked(k, &rows[i], i);
}

/* clang-format off */
#define ASKS(act, says) {LAW_REQUESTING, act, says, 0}
#define IS_ASKED(act, says) {LAW_REQUESTED, act, says, 0}
#define AFTER(hours, act, says) {LAW_REQUESTED, act, says, hours}
#define LATER(hours, act, says) {LAW_REQUESTING, act, says, hours}
#define KEEP "un-cybercrime preservation"
#define GET "un-cybercrime mla.stored-data"
#define WATCH "un-cybercrime mla.traffic-realtime"
#define ARREST "un-cybercrime arrest.provisional"
#define TREATY_ARREST "ets-024 arrest.provisional"
#define EXTRADITE "un-cybercrime extradition"
#define TREATY_EXTRADITE "ets-024 extradition"
#define SENT ASKS("send", NULL)
#define ORDERED SENT, IS_ASKED("order", NULL)
#define PRESERVED ORDERED, IS_ASKED("preserve", "preserved_until=2027-02-01")
#define EXECUTING SENT, IS_ASKED("execute", NULL), IS_ASKED("assess_human_rights", NULL)
#define GRANTING \
    IS_ASKED("assess_dual_criminality", "finding=met"), IS_ASKED("assess_human_rights", NULL)

static const struct asked_of days[] = {
    {KEEP, {SENT}, IS_ASKED("order", "order_date=2026-11-25"), "day-to-come",
     "un-cybercrime 25(2)", NULL},
    {KEEP, {SENT}, IS_ASKED("order", "order_date=2026-11-24"), "", NULL, NULL},
    {KEEP, {SENT}, IS_ASKED("order", "order_date=2026-11-17"), "", NULL, NULL},
    {KEEP, {SENT, IS_ASKED("order", "order_date=2020-01-01")},
     IS_ASKED("preserve", "preserved_until=2027-02-01"), "order-over", "un-cybercrime 25(2)", NULL},
    {KEEP, {SENT, IS_ASKED("order", "order_date=2026-08-28")},
     IS_ASKED("preserve", "preserved_until=2027-02-01"), "", NULL, NULL},
    {KEEP, {PRESERVED}, ASKS("ask_extension", "extension_until=2026-11-28"), "extension-needless",
     NULL, NULL},
    {KEEP, {PRESERVED}, ASKS("ask_extension", "extension_until=2027-02-01"), "extension-needless",
     NULL, NULL},
    {KEEP, {PRESERVED}, ASKS("ask_extension", "extension_until=2027-02-02"), "", NULL, NULL},
    {KEEP, {{0}}, ASKS("send", "deadline=2026-11-23;deadline_reasons=Soon."), "", NULL,
     "deadline-gone"},
    {GET, {{0}}, ASKS("send", "deadline=2020-01-01;deadline_reasons=Soon."), "", NULL,
     "deadline-gone"},
    {GET, {EXECUTING, IS_ASKED("consult", "intention=postpone")},
     IS_ASKED("postpone", "review_date=2999-01-01"), "", NULL, "day-far"},
    {WATCH, {{0}}, ASKS("send", "from_day=2026-12-31;until_day=2026-12-30"),
     "days-reversed", NULL, NULL},
    {WATCH, {{0}}, ASKS("ask_orally", "from_day=2026-12-31;until_day=2026-01-01"),
     "days-reversed", NULL, NULL},
    {WATCH, {{0}}, ASKS("send", "from_day=2026-12-31;until_day=2026-12-31"), "", NULL,
     NULL},
    {WATCH, {{0}}, ASKS("send", "from_day=2026-01-01;until_day=2026-12-01"),
     "collection-past", NULL, NULL},
    {WATCH, {{0}}, ASKS("send", "from_day=2026-12-01;until_day=2999-12-01"), "", NULL, "day-far"},
    {"un-cybercrime mla.content", {{0}},
     ASKS("send", "from_day=2026-12-31;until_day=2026-01-01"), "days-reversed", NULL,
     NULL},
    {ARREST, {SENT}, IS_ASKED("arrested", "arrested_on=2026-11-25;custody_until=2027-01-01"),
     "day-to-come", NULL, NULL},
    {ARREST, {SENT}, IS_ASKED("arrested", "arrested_on=2026-11-20;custody_until=2020-01-01"),
     "days-reversed", NULL, NULL},
    {ARREST, {SENT}, IS_ASKED("arrested", "arrested_on=2026-11-20;custody_until=2026-12-30"), "",
     NULL, NULL},
    {EXTRADITE, {SENT, GRANTING},
     IS_ASKED("grant", "surrender_date=2026-11-23;surrender_by=2026-12-01"), "day-past", NULL,
     NULL},
    {EXTRADITE, {SENT, GRANTING},
     IS_ASKED("grant", "surrender_date=2026-12-02;surrender_by=2026-12-01"), "days-reversed", NULL,
     NULL},
    {EXTRADITE, {SENT, GRANTING},
     IS_ASKED("grant", "surrender_date=2026-12-01;surrender_by=2026-12-01"), "", NULL, NULL},
    {TREATY_EXTRADITE, {SENT, GRANTING, IS_ASKED("grant", NULL), AFTER(48, "surrender", NULL)},
     LATER(48, "note_freedom", "free_since=2026-11-25"), "free-too-early", NULL, NULL},
    {TREATY_EXTRADITE, {SENT, GRANTING, IS_ASKED("grant", NULL), AFTER(48, "surrender", NULL)},
     LATER(48, "note_freedom", "free_since=2026-11-29"), "day-to-come", NULL, NULL},
    {TREATY_EXTRADITE, {SENT, GRANTING, IS_ASKED("grant", NULL), AFTER(48, "surrender", NULL)},
     LATER(48, "note_freedom", "free_since=2026-11-26"), "", NULL, NULL},
    {TREATY_ARREST, {SENT, IS_ASKED("arrested", NULL)}, IS_ASKED("release", NULL), "clock-running",
     "ets-024 16(4)", NULL},
    {TREATY_ARREST, {SENT, IS_ASKED("arrested", NULL)},
     IS_ASKED("release_early", "released_on=2026-11-25"), "day-to-come", "ets-024 16(4)", NULL},
    {TREATY_ARREST, {SENT, IS_ASKED("arrested", NULL)}, IS_ASKED("release_early", NULL), "", NULL,
     NULL},
    {ARREST, {SENT, IS_ASKED("arrested", NULL)}, IS_ASKED("release_early", NULL), "", NULL, NULL},
};

static const struct asked_of authorisations[] = {
    {GET, {EXECUTING}, IS_ASKED("authorise", "valid_until=2020-01-01"), "days-reversed",
     "un-cybercrime 24", NULL},
    {GET, {EXECUTING}, IS_ASKED("authorise", "authorised_on=2019-12-01;valid_until=2020-01-01"),
     "authorisation-over", "un-cybercrime 24", NULL},
    {GET, {EXECUTING}, IS_ASKED("authorise", "authorised_on=2026-11-25;valid_until=2026-12-01"),
     "day-to-come", "un-cybercrime 24", NULL},
    {GET, {EXECUTING, IS_ASKED("authorise", "valid_until=2026-11-24")}, IS_ASKED("deliver", NULL),
     "", NULL, NULL},
    {GET, {EXECUTING, IS_ASKED("authorise", "valid_until=2026-11-24")},
     AFTER(24, "deliver", NULL), "authorisation-over", "un-cybercrime 24", NULL},
    {WATCH, {ASKS("send", NULL), IS_ASKED("execute", NULL), IS_ASKED("assess_human_rights", NULL),
     IS_ASKED("authorise", "valid_until=2026-11-25")}, AFTER(48, "deliver_part", NULL),
     "authorisation-over", "un-cybercrime 24", NULL},
    {"budapest mla.stored-data", {ASKS("send", NULL), IS_ASKED("execute", NULL),
     IS_ASKED("assess_human_rights", NULL), IS_ASKED("authorise", "valid_until=2026-11-24")},
     AFTER(24, "deliver", NULL), "authorisation-over", "budapest 15", NULL},
    {GET, {EXECUTING, IS_ASKED("authorise", "valid_until=2026-11-24"),
     AFTER(24, "end_authorisation", NULL)}, IS_ASKED("deliver", NULL), "authorisation-missing",
     "un-cybercrime 24", NULL},
    {GET, {EXECUTING, IS_ASKED("authorise", "valid_until=2026-11-24"),
     AFTER(24, "end_authorisation", NULL), IS_ASKED("authorise", "valid_until=2026-11-30")},
     IS_ASKED("deliver", NULL), "", NULL, NULL},
    {GET, {EXECUTING, IS_ASKED("authorise_urgently", NULL)}, IS_ASKED("deliver_part", NULL), "",
     NULL, NULL},
    {GET, {EXECUTING, IS_ASKED("authorise_urgently", NULL)}, IS_ASKED("deliver", NULL),
     "validation-missing", "un-cybercrime 24", NULL},
    {GET, {EXECUTING, IS_ASKED("authorise_urgently", NULL),
     IS_ASKED("authorise", "valid_until=2026-11-30")}, IS_ASKED("deliver", NULL), "", NULL, NULL},
    {GET, {EXECUTING, IS_ASKED("authorise_urgently", NULL)}, AFTER(48, "deliver_part", NULL),
     "authorisation-over", "un-cybercrime 24", NULL},
    {GET, {EXECUTING, IS_ASKED("authorise_urgently", NULL)}, IS_ASKED("authorise_urgently", NULL),
     "already-done", "un-cybercrime 24", NULL},
    {GET, {EXECUTING, IS_ASKED("authorise_urgently", NULL), AFTER(48, "lapse", NULL)},
     IS_ASKED("authorise_urgently", NULL), "urgent-once", "un-cybercrime 24", NULL},
    {GET, {EXECUTING, IS_ASKED("authorise_urgently", NULL),
     IS_ASKED("authorise", "valid_until=2026-11-24"), AFTER(24, "end_authorisation", NULL)},
     IS_ASKED("authorise_urgently", NULL), "urgent-once", "un-cybercrime 24", NULL},
    {GET, {EXECUTING, IS_ASKED("authorise_urgently", NULL), AFTER(48, "lapse", NULL),
     IS_ASKED("authorise", "authorised_on=2026-11-26;valid_until=2026-12-24")},
     IS_ASKED("deliver", NULL), "", NULL, NULL},
};

#define PART EXECUTING, IS_ASKED("authorise", "valid_until=2026-11-30"), \
    IS_ASKED("deliver_part", NULL)
static const struct asked_of after_a_part[] = {
    {GET, {PART}, ASKS("ask_use", NULL), "", NULL, NULL},
    {GET, {PART, ASKS("withdraw", NULL)}, ASKS("ask_use", NULL), "", NULL, NULL},
    {GET, {PART, ASKS("withdraw", NULL), ASKS("ask_use", NULL)}, IS_ASKED("decide_use", NULL), "",
     NULL, NULL},
    {GET, {PART, ASKS("withdraw", NULL)}, ASKS("exculpatory_notice", NULL), "", NULL, NULL},
    {GET, {PART, ASKS("withdraw", NULL)}, ASKS("ask_onward_transfer", NULL), "", NULL, NULL},
    {GET, {PART, IS_ASKED("not_executable", NULL)}, ASKS("exculpatory_notice", NULL), "", NULL,
     NULL},
    {GET, {EXECUTING, ASKS("withdraw", NULL)}, ASKS("ask_use", NULL), "nothing-delivered", NULL,
     NULL},
    {GET, {EXECUTING, IS_ASKED("not_executable", NULL)}, ASKS("exculpatory_notice", NULL),
     "nothing-delivered", NULL, NULL},
};
/* clang-format on */

static void a_day_that_cannot_be_is_refused(void **state)
{
    rows_asked(*state, days, sizeof days / sizeof *days);
}

static void an_authorisation_that_ended_carries_nothing(void **state)
{
    rows_asked(*state, authorisations, sizeof authorisations / sizeof *authorisations);
}

static void what_was_delivered_in_part_binds_whatever_ends(void **state)
{
    rows_asked(*state, after_a_part, sizeof after_a_part / sizeof *after_a_part);
}

int dates_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_kit(a_day_that_cannot_be_is_refused),
        with_kit(an_authorisation_that_ended_carries_nothing),
        with_kit(what_was_delivered_in_part_binds_whatever_ends),
    };
    return cmocka_run_group_tests_name("dates", tests, NULL, NULL);
}
