/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_LAW_FIELD_H
#define COMITY_LAW_FIELD_H
/* The short spellings in which the schema's tables are written. Inside law only. */

#include "law/law.h"
#include "law/shape.h"

/* clang-format off */
enum { TITLE_MAX = 300, HELP_MAX = 1000, LINE_LONG_MAX = 200, DAYS_MAX = 36600, RANK_MAX = 1000,
       MINUTES_MAX = 525600, HOURS_MAX = 8784, MONTHS_MAX = 1200, ARTICLE_NUMBER_MAX = 999,
       VERSION_MAX = 9999 };

#define SHAPE(name, said, unique_key) \
    static const struct law_shape name = \
        {said, name##_fields, sizeof name##_fields / sizeof name##_fields[0], unique_key, false}
/* Rows that stand on an article: `CITED` is among their fields. */
#define SHAPE_CITED(name, said, unique_key) \
    static const struct law_shape name = \
        {said, name##_fields, sizeof name##_fields / sizeof name##_fields[0], unique_key, true}

#define WORD(key)        {key, FORM_WORD, true, NULL, NULL, 0, 0}
#define WORD_OPT(key)    {key, FORM_WORD, false, NULL, NULL, 0, 0}
#define WORD_ANY(key)    {key, FORM_WORD_OR_ANY, true, NULL, NULL, 0, 0}
#define WORDS(key)       {key, FORM_WORDS, true, NULL, NULL, 0, 0}
#define WORDS_OPT(key)   {key, FORM_WORDS, false, NULL, NULL, 0, 0}
#define ARTICLE          {"article", FORM_ARTICLE, true, NULL, NULL, 0, 0}
#define CITE_OPT(key)    {key, FORM_CITE, false, NULL, NULL, 0, 0}
#define CITE(key)        {key, FORM_CITE, true, NULL, NULL, 0, 0}
#define ENUM(key, words) {key, FORM_ENUM, true, words, NULL, 0, 0}
#define ENUM_OPT(key, words) {key, FORM_ENUM, false, words, NULL, 0, 0}
#define SOURCE           ENUM("source", "text parent unverified")
#define CITED            ARTICLE, SOURCE, WORD_OPT("topic")
#define FLAG(key)        {key, FORM_FLAG, true, NULL, NULL, 0, 0}
#define FLAG_OPT(key)    {key, FORM_FLAG, false, NULL, NULL, 0, 0}
#define INT(key, lo, hi) {key, FORM_INT, true, NULL, NULL, lo, hi}
#define INT_OPT(key, lo, hi) {key, FORM_INT, false, NULL, NULL, lo, hi}
#define NUMBERS_OPT(key, lo, hi) {key, FORM_NUMBERS, false, NULL, NULL, lo, hi}
#define TEXT(key, most)  {key, FORM_TEXT, true, NULL, NULL, 1, most}
#define TEXT_OPT(key, most) {key, FORM_TEXT, false, NULL, NULL, 1, most}
#define DAY(key)         {key, FORM_DAY, true, NULL, NULL, 0, 0}
#define DAY_OPT(key)     {key, FORM_DAY, false, NULL, NULL, 0, 0}
#define STATE(key)       {key, FORM_STATE, true, NULL, NULL, 0, 0}
#define STATE_OPT(key)   {key, FORM_STATE, false, NULL, NULL, 0, 0}
#define TEXTS(key, most) {key, FORM_TEXTS, true, NULL, NULL, 1, most}
#define TEXTS_OPT(key, most) {key, FORM_TEXTS, false, NULL, NULL, 1, most}
#define LANGUAGES(key)   {key, FORM_LANGUAGES, true, NULL, NULL, 0, 0}
#define MAP(key, of)     {key, FORM_MAP, true, NULL, &of, 0, 0}
#define MAP_OPT(key, of) {key, FORM_MAP, false, NULL, &of, 0, 0}
#define ROWS(key, of)    {key, FORM_ROWS, true, NULL, &of, 0, 0}
#define ROWS_OPT(key, of) {key, FORM_ROWS, false, NULL, &of, 0, 0}
#define PARTS_OPT(key, of) {key, FORM_PARTS, false, NULL, &of, 0, 0}
#define TITLES           MAP("titles", law_shape_titles)
#define TITLES_OPT       MAP_OPT("titles", law_shape_titles)
#define PARTY            "requesting requested"
#define LAW_TYPES \
    "text day flag choice ground code number days state dossier article language"
/* clang-format on */

extern const struct law_shape law_shape_titles; /* texts in each language */
extern const struct law_shape law_shape_help;   /* longer ones */

#endif
