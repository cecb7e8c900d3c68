/* SPDX-License-Identifier: Apache-2.0 */
/* The shapes of the files about States, of their calendars, and of the remarks. */

#include "law/field.h"

/* clang-format off */

/* ---- remarks --------------------------------------------------------------------------------- */

static const struct law_field remark_fields[] = {
    WORD("remark"), ENUM("grade", "must look"), TITLES,
    MAP_OPT("remedy", law_shape_titles), MAP_OPT("fine", law_shape_titles)};
SHAPE(remark, "a remark", "remark");

static const struct law_field form_fields[] = {ENUM("form", LAW_TYPES), TITLES};
SHAPE(form, "the form of a type", "form");

static const struct law_field remarks_fields[] = {
    ROWS_OPT("forms", form), ROWS("remarks", remark)};
const struct law_shape law_shape_remarks = {"the remarks", remarks_fields, 2, NULL, false};

/* ---- the parts of a State -------------------------------------------------------------------- */

static const struct law_field party_fields[] = {
    WORD("instrument"), ENUM("status", "signed approved ratified in_force denounced unknown"),
    DAY_OPT("signed"), DAY_OPT("approved"), DAY_OPT("ratified"), DAY_OPT("in_force"),
    DAY_OPT("denounced"), TEXTS_OPT("between", 2), SOURCE, MAP_OPT("note", law_shape_help)};
SHAPE(party, "an instrument of the State", "instrument");

static const struct law_field holds_fields[] = {
    WORD("instrument"), WORD("function"), ENUM("direction", "send receive *"), WORD_ANY("kind"),
    ARTICLE, SOURCE, MAP_OPT("note", law_shape_help)};
SHAPE(holds, "a function held", NULL);

static const struct law_field authority_fields[] = {
    WORD("authority"), TITLES, LANGUAGES("languages"), TEXT("time_zone", 64),
    TEXT_OPT("email", LINE_LONG_MAX), TEXT_OPT("phone", 64), TEXT_OPT("address", TITLE_MAX),
    TEXT_OPT("post_address", TITLE_MAX), ROWS("functions", holds)};
SHAPE(authority, "an authority", "authority");

static const struct law_field reservation_fields[] = {
    WORD("instrument"), ARTICLE, SOURCE, TITLES};
SHAPE(reservation, "a reservation", NULL);

static const struct law_field profile_fields[] = {
    WORD("field"), WORD("instrument"), TEXT("value", LINE_LONG_MAX), ARTICLE, SOURCE,
    MAP_OPT("note", law_shape_help)};
SHAPE(profile, "a line of the profile", NULL);

static const struct law_field provision_fields[] = {
    WORD("instrument"), ARTICLE, TEXT("provision", LINE_LONG_MAX), SOURCE,
    ENUM("certainty", "sure likely doubtful unknown"), INT_OPT("max_years", 0, 100), TITLES};
SHAPE(provision, "an offence of the State's own law", NULL);

static const struct law_field elsewhere_fields[] = {
    TEXT("citation", LINE_LONG_MAX), SOURCE, TITLES};
SHAPE(elsewhere, "what another instrument says", NULL);

static const struct law_field state_fields[] = {
    STATE("state"), FLAG("training"), ENUM_OPT("node", "none"), TITLES, LANGUAGES("languages"),
    TEXT("time_zone", 64), ROWS("instruments", party), ROWS("authorities", authority),
    ROWS_OPT("unassigned", holds), ROWS("reservations", reservation),
    NUMBERS_OPT("settings", 1, DAYS_MAX), ROWS_OPT("profile", profile),
    ROWS_OPT("offences", provision), ROWS_OPT("elsewhere", elsewhere)};
const struct law_shape law_shape_state = {
    "a State", state_fields, sizeof state_fields / sizeof *state_fields, NULL, false};

/* ---- a calendar ------------------------------------------------------------------------------ */

static const struct law_field holiday_fields[] = {
    DAY("day"), SOURCE, TITLES, MAP_OPT("note", law_shape_help)};
SHAPE(holiday, "a day of the calendar", NULL);

static const struct law_field calendar_fields[] = {
    STATE("state"), INT("version", 1, VERSION_MAX), DAY("from"), DAY("to"), WORDS("weekend"),
    SOURCE, MAP_OPT("note", law_shape_help), ROWS("holidays", holiday),
    ROWS_OPT("workdays", holiday)};
const struct law_shape law_shape_calendar = {
    "a calendar of working days", calendar_fields, sizeof calendar_fields / sizeof *calendar_fields,
    NULL, false};
/* clang-format on */
