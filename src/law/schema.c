/* SPDX-License-Identifier: Apache-2.0 */
/* The shapes of the three kinds of law files: instrument, State, remarks.
 *
 * This is the schema that law/README.md explains to a lawyer: a key that does not stand here is an
 * error. Some keys carry what other articles need and the rows of today use little of. */

#include "law/law.h"
#include "law/shape.h"

/* clang-format off */
enum { TITLE_MAX = 300, HELP_MAX = 1000, LINE_LONG_MAX = 200, DAYS_MAX = 36600, RANK_MAX = 1000,
       MINUTES_MAX = 525600 };

#define SHAPE(name, said, unique_key) \
    static const struct law_shape name = \
        {said, name##_fields, sizeof name##_fields / sizeof name##_fields[0], unique_key}

#define WORD(key)        {key, FORM_WORD, true, NULL, NULL, 0, 0}
#define WORD_OPT(key)    {key, FORM_WORD, false, NULL, NULL, 0, 0}
#define WORD_ANY(key)    {key, FORM_WORD_OR_ANY, true, NULL, NULL, 0, 0}
#define WORDS(key)       {key, FORM_WORDS, true, NULL, NULL, 0, 0}
#define WORDS_OPT(key)   {key, FORM_WORDS, false, NULL, NULL, 0, 0}
#define ARTICLE          {"article", FORM_ARTICLE, true, NULL, NULL, 0, 0}
#define ARTICLE_OF(key)  {key, FORM_ARTICLE, true, NULL, NULL, 0, 0}
#define ARTICLE_OPT(key) {key, FORM_ARTICLE, false, NULL, NULL, 0, 0}
#define ENUM(key, words) {key, FORM_ENUM, true, words, NULL, 0, 0}
#define ENUM_OPT(key, words) {key, FORM_ENUM, false, words, NULL, 0, 0}
#define SOURCE           ENUM("source", "text parent unverified")
#define FLAG(key)        {key, FORM_FLAG, true, NULL, NULL, 0, 0}
#define FLAG_OPT(key)    {key, FORM_FLAG, false, NULL, NULL, 0, 0}
#define INT(key, lo, hi) {key, FORM_INT, true, NULL, NULL, lo, hi}
#define INT_OPT(key, lo, hi) {key, FORM_INT, false, NULL, NULL, lo, hi}
#define TEXT(key, most)  {key, FORM_TEXT, true, NULL, NULL, 1, most}
#define TEXT_OPT(key, most) {key, FORM_TEXT, false, NULL, NULL, 1, most}
#define DAY_OPT(key)     {key, FORM_DAY, false, NULL, NULL, 0, 0}
#define STATE(key)       {key, FORM_STATE, true, NULL, NULL, 0, 0}
#define TEXTS(key, most) {key, FORM_TEXTS, true, NULL, NULL, 1, most}
#define MAP(key, of)     {key, FORM_MAP, true, NULL, &of, 0, 0}
#define MAP_OPT(key, of) {key, FORM_MAP, false, NULL, &of, 0, 0}
#define ROWS(key, of)    {key, FORM_ROWS, true, NULL, &of, 0, 0}
#define ROWS_OPT(key, of) {key, FORM_ROWS, false, NULL, &of, 0, 0}
#define TITLES           MAP("titles", titles)
#define DIRECTION        ENUM("direction", "send receive *")

/* ---- words people read ----------------------------------------------------------------------- */

static const struct law_field titles_fields[] = {TEXT("en", TITLE_MAX), TEXT("az", TITLE_MAX)};
SHAPE(titles, "texts in each language", NULL);

static const struct law_field help_fields[] = {TEXT("en", HELP_MAX), TEXT("az", HELP_MAX)};
SHAPE(help, "longer texts in each language", NULL);

/* ---- the parts of an instrument -------------------------------------------------------------- */

static const struct law_field cited_fields[] = {ARTICLE, SOURCE};
SHAPE(cited, "an article and its source", NULL);

static const struct law_field article_row_fields[] = {ARTICLE, SOURCE, TITLES};
SHAPE(article_row, "an article", "article");

static const struct law_field function_row_fields[] = {
    WORD("function"), ARTICLE, SOURCE, TITLES};
SHAPE(function_row, "a function", "function");

static const struct law_field role_fields[] = {
    WORD("kind"), ENUM("party", "requesting requested"), WORD("function"),
    ENUM("direction", "send receive"), ARTICLE, SOURCE};
SHAPE(role, "a role", NULL);

static const struct law_field obligation_fields[] = {
    WORD("obligation"), ARTICLE, SOURCE, ENUM("party", "requesting requested both"), TITLES};
SHAPE(obligation, "an obligation", "obligation");

static const struct law_field condition_fields[] = {WORD("particular"), WORD_OPT("equals")};
SHAPE(condition, "a condition", NULL);

static const struct law_field choice_fields[] = {WORD("choice"), TITLES};
SHAPE(choice, "a choice", "choice");

static const struct law_field particular_fields[] = {
    WORD("name"), ARTICLE, SOURCE, ENUM("required", "always where_available optional conditional"),
    MAP_OPT("when", condition), ENUM("type", "text day flag choice ground code"),
    INT_OPT("max", 1, LAW_TEXT_MAX), FLAG_OPT("must_be"), FLAG_OPT("summary"),
    ENUM_OPT("suggest", "today least request"),
    ROWS_OPT("choices", choice), TITLES, MAP("help", help)};
SHAPE(particular, "a particular", "name");

static const struct law_field pre_duty_fields[] = {WORD("duty"), ARTICLE, SOURCE, FLAG("strict")};
SHAPE(pre_duty, "a duty to fulfil first", NULL);

static const struct law_field ground_fields[] = {
    WORD("ground"), ARTICLE, ARTICLE_OF("via"), SOURCE, ARTICLE_OPT("reservation"),
    MAP_OPT("when", condition), MAP_OPT("pre_duty", pre_duty), TITLES};
SHAPE(ground, "a ground", "ground");

static const struct law_field forbidden_fields[] = {WORD("ground"), ARTICLE, SOURCE, TITLES};
SHAPE(forbidden, "a forbidden ground", "ground");

static const struct law_field code_fields[] = {
    WORD("code"), ARTICLE, SOURCE, TITLES, MAP("next_step", titles)};
SHAPE(code, "a code", "code");

static const struct law_field state_word_fields[] = {WORD("state"), FLAG_OPT("end"), TITLES};
SHAPE(state_word, "a state", "state");

static const struct law_field outcome_fields[] = {WORD("outcome"), ARTICLE, SOURCE, TITLES};
SHAPE(outcome, "an outcome", "outcome");

static const struct law_field clock_fields[] = {
    WORD("clock"), ENUM("sort", "term duty"), ENUM("whose", "requesting requested"), ARTICLE,
    SOURCE, WORD("start"), WORD_OPT("end_particular"), INT_OPT("days", 1, DAYS_MAX),
    INT_OPT("minutes", 1, MINUTES_MAX), WORD_OPT("setting"), ENUM_OPT("bound", "at_least at_most"),
    WORD_OPT("on_end"), TITLES};
SHAPE(clock, "a clock", "clock");

static const struct law_field guard_fields[] = {
    WORD("guard"), WORD_OPT("mark"), WORD_OPT("clock"), WORD_OPT("particular"), WORD("remark"),
    ARTICLE, SOURCE};
SHAPE(guard, "a guard", NULL);

static const struct law_field act_fields[] = {
    WORD("act"), ENUM("by", "requesting requested"), ENUM("stream", "outward inward"),
    FLAG_OPT("system"), WORDS("from"), WORD_OPT("to"), WORD_OPT("outcome"), ARTICLE, SOURCE,
    ENUM("crossed", "takes_effect no_effect"), WORD_OPT("mark"), INT("rank", 1, RANK_MAX),
    WORDS_OPT("next_when"), FLAG_OPT("carries_request"), FLAG_OPT("supplies_request"),
    ROWS_OPT("particulars", particular), ROWS_OPT("guards", guard), WORDS_OPT("starts"),
    WORDS_OPT("stops"), WORDS_OPT("duty_done"), TITLES};
SHAPE(act, "an act", "act");

static const struct law_field kind_fields[] = {
    WORD("kind"), ARTICLE, SOURCE, TITLES, ENUM("force", "shall endeavour consider"),
    ENUM("dual_criminality", "never may required domestic"), WORDS_OPT("obligations"),
    WORDS_OPT("form"),
    ROWS("states", state_word), ROWS("outcomes", outcome), ROWS("particulars", particular),
    ROWS("grounds", ground), ROWS("forbidden_grounds", forbidden), ROWS("not_executable", code),
    ROWS("clocks", clock), ROWS("lifecycle", act)};
SHAPE(kind, "a kind", "kind");

static const struct law_field instrument_fields[] = {
    WORD("instrument"), TITLES, MAP("short", titles), TEXT("document", LINE_LONG_MAX),
    DAY_OPT("adopted"), MAP_OPT("in_force_rule", cited), ROWS("articles", article_row),
    ROWS("functions", function_row), ROWS("roles", role), ROWS("obligations", obligation),
    ROWS("kinds", kind)};
const struct law_shape law_shape_instrument = {
    "an instrument", instrument_fields, sizeof instrument_fields / sizeof *instrument_fields, NULL};

/* ---- remarks --------------------------------------------------------------------------------- */

static const struct law_field remark_fields[] = {
    WORD("remark"), ENUM("grade", "must look"), TITLES};
SHAPE(remark, "a remark", "remark");

static const struct law_field remarks_fields[] = {ROWS("remarks", remark)};
const struct law_shape law_shape_remarks = {"the remarks", remarks_fields, 1, NULL};

/* ---- the parts of a State -------------------------------------------------------------------- */

static const struct law_field party_fields[] = {
    WORD("instrument"), ENUM("status", "signed approved ratified in_force denounced"),
    DAY_OPT("signed"), DAY_OPT("approved"), DAY_OPT("ratified"), DAY_OPT("in_force"),
    DAY_OPT("denounced"), SOURCE};
SHAPE(party, "an instrument of the State", "instrument");

static const struct law_field holds_fields[] = {
    WORD("instrument"), WORD("function"), DIRECTION, WORD_ANY("kind"), ARTICLE, SOURCE,
    MAP_OPT("note", help)};
SHAPE(holds, "a function held", NULL);

static const struct law_field authority_fields[] = {
    WORD("authority"), TITLES, TEXTS("languages", 16), TEXT("time_zone", 64),
    TEXT_OPT("email", LINE_LONG_MAX), TEXT_OPT("phone", 64), TEXT_OPT("address", TITLE_MAX),
    TEXT_OPT("post_address", TITLE_MAX), ROWS("functions", holds)};
SHAPE(authority, "an authority", "authority");

static const struct law_field reservation_fields[] = {
    WORD("instrument"), ARTICLE, SOURCE, TITLES};
SHAPE(reservation, "a reservation", NULL);

static const struct law_field settings_fields[] = {
    INT_OPT("preservation_default_days", 1, DAYS_MAX),
    INT_OPT("preservation_order_max_days", 1, DAYS_MAX)};
SHAPE(settings, "the State's own numbers", NULL);

static const struct law_field elsewhere_fields[] = {
    TEXT("citation", LINE_LONG_MAX), SOURCE, TITLES};
SHAPE(elsewhere, "what another instrument says", NULL);

static const struct law_field state_fields[] = {
    STATE("state"), FLAG("training"), ENUM_OPT("node", "none"), TITLES, TEXTS("languages", 16),
    TEXT("time_zone", 64), ROWS("instruments", party), ROWS("authorities", authority),
    ROWS_OPT("unassigned", holds),
    ROWS("reservations", reservation), MAP_OPT("settings", settings),
    ROWS_OPT("elsewhere", elsewhere)};
const struct law_shape law_shape_state = {
    "a State", state_fields, sizeof state_fields / sizeof *state_fields, NULL};
/* clang-format on */
