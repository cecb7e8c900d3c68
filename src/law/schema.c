/* SPDX-License-Identifier: Apache-2.0 */
/* The shapes of the files that make an instrument: its main file, its parts, and the patterns that
 * several instruments share.
 *
 * This is the schema that law/README.md explains to a lawyer: a key that does not stand here is an
 * error. The other files are in schema_state.c. */

#include "law/field.h"

/* clang-format off */

/* ---- words people read ----------------------------------------------------------------------- */

static const struct law_field titles_fields[] = {TEXT("en", TITLE_MAX), TEXT("az", TITLE_MAX)};
const struct law_shape law_shape_titles = {
    "texts in each language", titles_fields, 2, NULL, false};

static const struct law_field help_fields[] = {TEXT("en", HELP_MAX), TEXT("az", HELP_MAX)};
const struct law_shape law_shape_help = {
    "longer texts in each language", help_fields, 2, NULL, false};

/* ---- the rows of an instrument --------------------------------------------------------------- */

static const struct law_field cited_fields[] = {CITED};
SHAPE_CITED(cited, "an article and its source", NULL);

static const struct law_field article_row_fields[] = {
    ARTICLE, SOURCE, TITLES, WORDS_OPT("kinds"), MAP_OPT("no_part", law_shape_help)};
SHAPE(article_row, "an article", "article");

static const struct law_field topic_row_fields[] = {WORD("topic"), ARTICLE, SOURCE};
SHAPE(topic_row, "a topic", "topic");

static const struct law_field function_row_fields[] = {WORD("function"), CITED, TITLES};
SHAPE_CITED(function_row, "a function", "function");

static const struct law_field role_fields[] = {
    WORD("kind"), ENUM("party", PARTY), WORD("function"), ENUM("direction", "send receive"), CITED};
SHAPE_CITED(role, "a role", NULL);

static const struct law_field own_role_fields[] = {
    ENUM("party", PARTY), WORD("function"), ENUM("direction", "send receive"), CITED};
SHAPE_CITED(own_role, "a role", NULL);

static const struct law_field obligation_fields[] = {
    WORD("obligation"), CITED, ENUM("party", PARTY " both"), TITLES};
SHAPE_CITED(obligation, "an obligation", "obligation");

/* ---- conditions ------------------------------------------------------------------------------ */

static const struct law_shape condition;
static const struct law_field condition_fields[] = {
    WORD_OPT("particular"), WORD_OPT("request"), WORD_OPT("profile"), ENUM_OPT("of", PARTY),
    WORD_OPT("mark"), WORD_OPT("equals"), WORDS_OPT("one_of"), INT_OPT("at_least", 0, DAYS_MAX),
    INT_OPT("below", 0, DAYS_MAX), FLAG_OPT("not"), MAP_OPT("also", condition)};
SHAPE(condition, "a condition", NULL);

static const struct law_field scope_fields[] = {
    WORD("scope"), CITED, TITLES, ROWS("accepts", condition)};
SHAPE_CITED(scope, "a scope", "scope");

static const struct law_field offence_fields[] = {ARTICLE, SOURCE, TITLES};
SHAPE(offence, "an offence", "article");

static const struct law_field foretold_fields[] = {
    WORD("foretold"), CITED, WORDS("kinds"), MAP("when", condition), WORD("remark")};
SHAPE_CITED(foretold, "what is foretold", "foretold");

/* What the profile of a State may say; "unknown" is a value of each. */
static const struct law_field profile_field_fields[] = {
    WORD("field"), CITED, TITLES, TEXTS("values", LINE_LONG_MAX)};
SHAPE_CITED(profile_field, "a field of profiles", "field");

/* ---- particulars, grounds, clocks ------------------------------------------------------------ */

static const struct law_field choice_fields[] = {
    WORD("choice"), CITE_OPT("article"), ENUM_OPT("source", "text parent unverified"), TITLES};
SHAPE(choice, "a choice", "choice");

static const struct law_field limit_fields[] = {
    WORD_OPT("not_before"), WORD_OPT("not_after"), INT_OPT("days", 1, DAYS_MAX), WORD("remark")};
SHAPE(limit, "a limit of a day", NULL);

static const struct law_field particular_fields[] = {
    WORD("name"), CITED, ENUM("required", "always where_available optional conditional"),
    MAP_OPT("when", condition),
    ENUM("type", LAW_TYPES),
    INT_OPT("min", 0, LAW_NUMBER_MAX), INT_OPT("max", 1, LAW_NUMBER_MAX), FLAG_OPT("must_be"),
    FLAG_OPT("summary"), ENUM_OPT("suggest", "today least request"), WORD_OPT("link"),
    ROWS_OPT("choices", choice), ROWS_OPT("limits", limit), TITLES, MAP("help", law_shape_help)};
SHAPE_CITED(particular, "a particular", "name");

static const struct law_field pre_duty_fields[] = {
    WORD("duty"), CITED, FLAG("strict"), WORD_OPT("remark")};
SHAPE_CITED(pre_duty, "a duty to fulfil first", NULL);

static const struct law_field ground_fields[] = {
    WORD("ground"), CITED, CITE("via"), CITE_OPT("reservation"),
    MAP_OPT("when", condition), MAP_OPT("pre_duty", pre_duty), TITLES};
SHAPE_CITED(ground, "a ground", "ground");

static const struct law_field forbidden_fields[] = {WORD("ground"), CITED, TITLES};
SHAPE_CITED(forbidden, "a forbidden ground", "ground");

static const struct law_field code_fields[] = {
    WORD("code"), CITED, TITLES, MAP("next_step", law_shape_titles)};
SHAPE_CITED(code, "a code", "code");

static const struct law_field state_word_fields[] = {WORD("state"), FLAG_OPT("end"), TITLES};
SHAPE(state_word, "a state", "state");

static const struct law_field outcome_fields[] = {WORD("outcome"), CITED, TITLES};
SHAPE_CITED(outcome, "an outcome", "outcome");

static const struct law_field clock_fields[] = {
    WORD("clock"), ENUM("sort", "term duty"), ENUM("whose", PARTY), CITED, WORD("start"),
    WORD_OPT("end_particular"), INT_OPT("days", 1, DAYS_MAX), INT_OPT("minutes", 1, MINUTES_MAX),
    INT_OPT("hours", 1, HOURS_MAX), INT_OPT("months", 1, MONTHS_MAX),
    ENUM_OPT("count", "working_days"), ENUM_OPT("calendar", PARTY " both"),
    ENUM_OPT("zone", PARTY " both"), WORDS_OPT("stops_while"), WORD_OPT("suspended_by"),
    WORD_OPT("setting"), INT_OPT("renew_before", 1, DAYS_MAX),
    ENUM_OPT("bound", "at_least at_most"), WORD_OPT("on_end"), MAP_OPT("only_when", condition),
    TITLES};
SHAPE_CITED(clock, "a clock", "clock");

/* ---- the lifecycle --------------------------------------------------------------------------- */

static const struct law_field guard_fields[] = {
    WORD("guard"), WORD_OPT("mark"), WORDS_OPT("marks"), WORD_OPT("clock"), WORD_OPT("particular"),
    MAP_OPT("when", condition), MAP_OPT("only_when", condition), WORD("remark"), CITED};
SHAPE_CITED(guard, "a guard", NULL);

static const struct law_field mark_fields[] = {WORD("mark"), MAP("when", condition)};
SHAPE(mark, "a mark", NULL);

static const struct law_field ending_fields[] = {WORD("outcome"), MAP("when", condition)};
SHAPE(ending, "an outcome that may be", NULL);

static const struct law_field attach_fields[] = {WORD("obligation"), MAP("when", condition)};
SHAPE(attach, "an obligation that may attach", NULL);

static const struct law_field spawns_fields[] = {
    WORD("kind"), WORD("link"), ENUM("by", PARTY), MAP_OPT("when", condition)};
SHAPE(spawns, "a dossier that follows", NULL);

static const struct law_field says_fields[] = {WORD("particular"), WORD_OPT("of")};
SHAPE(says, "what an act of the node says", NULL);

static const struct law_field on_link_fields[] = {WORD("link"), WORD("act"), WORD("does"),
                                                  ROWS_OPT("says", says), CITED};
SHAPE_CITED(on_link, "what a linked dossier brings about", NULL);

static const struct law_field worksheet_fields[] = {WORD("offence"), WORD("conduct")};
SHAPE(worksheet, "a worksheet", NULL);

static const struct law_field act_fields[] = {
    WORD("act"), ENUM("by", PARTY), ENUM("stream", "outward inward"), FLAG_OPT("system"),
    FLAG_OPT("needs_no_function"), WORDS("from"), WORD_OPT("to"), FLAG_OPT("back"),
    FLAG_OPT("after_end"), WORD_OPT("outcome"),
    ROWS_OPT("outcomes_when", ending), CITED, ENUM("crossed", "takes_effect no_effect"),
    WORD_OPT("mark"), ROWS_OPT("marks", mark), WORDS_OPT("clears"), WORD_OPT("pends"),
    WORD_OPT("settles"),
    INT("rank", 1, RANK_MAX), WORDS_OPT("next_when"),
    FLAG_OPT("carries_request"), FLAG_OPT("supplies_request"), FLAG_OPT("decision"),
    FLAG_OPT("urgent"),
    ROWS_OPT("particulars", particular), ROWS_OPT("guards", guard), WORDS_OPT("starts"),
    WORDS_OPT("stops"), WORDS_OPT("duty_done"), WORDS_OPT("attaches"),
    ROWS_OPT("attaches_when", attach), ROWS_OPT("spawns", spawns),
    MAP_OPT("worksheet", worksheet), TITLES};
SHAPE_CITED(act, "an act", "act");

/* ---- kinds and patterns ---------------------------------------------------------------------- */

/* The lists that a kind and a pattern have in common; those of patterns come first. */
#define LISTS(HOW) \
    HOW("states", state_word), HOW("outcomes", outcome), HOW("particulars", particular), \
    HOW("grounds", ground), HOW("forbidden_grounds", forbidden), HOW("not_executable", code), \
    HOW("clocks", clock), HOW("lifecycle", act)

static const struct law_field amend_fields[] = {LISTS(PARTS_OPT)};
SHAPE(amend, "rows to amend, by name", NULL);

static const struct law_field without_fields[] = {
    WORDS_OPT("states"), WORDS_OPT("outcomes"), WORDS_OPT("particulars"), WORDS_OPT("grounds"),
    WORDS_OPT("forbidden_grounds"), WORDS_OPT("not_executable"), WORDS_OPT("clocks"),
    WORDS_OPT("lifecycle")};
SHAPE(without, "names of rows to leave out", NULL);

static const struct law_field kind_fields[] = {
    WORD("kind"), CITED, TITLES, ENUM("force", "shall endeavour consider"),
    ENUM("dual_criminality", "never may required domestic"), WORD_OPT("scope"), WORD_OPT("need"),
    FLAG_OPT("case_free"), FLAG_OPT("urgent"), ROWS_OPT("topics", topic_row),
    WORDS_OPT("patterns"), WORDS_OPT("obligations"), WORDS_OPT("form"), ROWS_OPT("roles", own_role),
    ROWS_OPT("on_link", on_link), LISTS(ROWS_OPT), MAP_OPT("amend", amend),
    MAP_OPT("without", without)};
const struct law_shape law_shape_kind = {
    "a kind", kind_fields, sizeof kind_fields / sizeof *kind_fields, "kind", true};

static const struct law_field pattern_fields[] = {
    WORD("pattern"), FLAG_OPT("urgent"), WORDS_OPT("form"), ROWS_OPT("roles", own_role),
    ROWS_OPT("on_link", on_link),
    LISTS(ROWS_OPT)};
const struct law_shape law_shape_pattern = {
    "a pattern", pattern_fields, sizeof pattern_fields / sizeof *pattern_fields, "pattern", false};

/* ---- the files ------------------------------------------------------------------------------- */

/* What the main file of an instrument and its parts may hold alike. */
#define ROWS_OF_INSTRUMENT(HOW) \
    HOW("articles", article_row), HOW("functions", function_row), HOW("roles", role), \
    HOW("obligations", obligation), HOW("kinds", law_shape_kind)
#define FURTHER_ROWS \
    ROWS_OPT("topics", topic_row), ROWS_OPT("scopes", scope), ROWS_OPT("offences", offence), \
    ROWS_OPT("profile_fields", profile_field), ROWS_OPT("foretold", foretold), \
    ROWS_OPT("patterns", law_shape_pattern)

static const struct law_field change_fields[] = {
    WORD("kind"), WORD("clock"), CITED, INT_OPT("days", 1, DAYS_MAX),
    INT_OPT("minutes", 1, MINUTES_MAX), INT_OPT("hours", 1, HOURS_MAX),
    INT_OPT("months", 1, MONTHS_MAX), TITLES};
SHAPE_CITED(change, "a change of a clock", NULL);

static const struct law_field account_fields[] = {
    INT("from", 1, ARTICLE_NUMBER_MAX), INT("to", 1, ARTICLE_NUMBER_MAX)};
SHAPE(account, "the articles to account for", NULL);

static const struct law_field instrument_fields[] = {
    WORD("instrument"), TITLES, MAP("short", law_shape_titles), TEXT("document", LINE_LONG_MAX),
    DAY_OPT("adopted"), MAP_OPT("in_force_rule", cited), MAP_OPT("accounts_for", account),
    MAP_OPT("usual", cited),
    ENUM_OPT("layer", "treaty protocol bilateral national reciprocity"), STATE_OPT("of_state"),
    WORD_OPT("protocol_to"), ROWS_OPT("changes", change), MAP_OPT("note", law_shape_help),
    ROWS_OF_INSTRUMENT(ROWS), FURTHER_ROWS};
const struct law_shape law_shape_instrument = {
    "an instrument", instrument_fields, sizeof instrument_fields / sizeof *instrument_fields, NULL,
    false};

static const struct law_field part_fields[] = {
    WORD("part_of"), ROWS_OF_INSTRUMENT(ROWS_OPT), FURTHER_ROWS};
const struct law_shape law_shape_part = {
    "a part of an instrument", part_fields, sizeof part_fields / sizeof *part_fields, NULL, false};
/* clang-format on */
