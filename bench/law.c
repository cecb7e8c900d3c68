/* SPDX-License-Identifier: Apache-2.0 */
/* How many decisions a second, and what they cost among more instruments: a whole request decided,
 * among the embedded tables and among as many copies of its instrument as make fifty. */

#include "law/law.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DECISIONS = 200000, COPIES_MAX = 50 };

static int64_t cpu_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void must(bool holds, const char *what)
{
    if (holds) return;
    fprintf(stderr, "bench-law: %s\n", what);
    exit(1);
}

/* clang-format off */
static const char minor[] =
    "instrument: copy-%03d\ntitles: {en: C, az: C}\nshort: {en: C, az: C}\ndocument: none\n"
    "articles: [{article: \"1\", source: text, titles: {en: O, az: B}}]\n"
    "topics: [{topic: own_law, article: \"1\", source: text}]\n"
    "functions: [{function: mla, article: \"1\", source: text, titles: {en: F, az: F}}]\n"
    "roles: []\n"
    "obligations:\n"
    "  - {obligation: information_restrictions, topic: own_law, party: both,"
    " titles: {en: I, az: I}}\n"
    "  - {obligation: personal_data, topic: own_law, party: both, titles: {en: P, az: P}}\n"
    "kinds:\n"
    "  - kind: told\n"
    "    topic: own_law\n"
    "    titles: {en: T, az: T}\n"
    "    force: shall\n"
    "    dual_criminality: never\n"
    "    patterns: [information]\n"
    "    roles: [{party: requesting, function: mla, direction: send, topic: own_law}]\n";
/* clang-format on */

static const struct law_tables *tables(struct turn *t, int copies)
{
    struct law_file *files = arena_take_many(t->arena, law_embedded_n + COPIES_MAX, sizeof *files);
    size_t n = law_embedded_n;
    memcpy(files, law_embedded, n * sizeof *files);
    for (int k = 0; k < copies; k++) {
        struct str text = str_printf(t->arena, minor, k);
        files[n++] = (struct law_file){
            str_c(t->arena, str_printf(t->arena, "instruments/copy-%03d.yaml", k)),
            (const unsigned char *)text.p, text.n};
    }
    const struct law_tables *l;
    must(law_load(t, files, n, &l) == ERR_OK, t->fault.sentence);
    return l;
}

static double decide(const struct law_tables *l, int64_t *ns_out)
{
    static const char *const values[][2] = {
        {"authority_seeking", "Cybercrime Bureau, duty officer"},
        {"offence", "Illegal access, section 12, up to six years"},
        {"offence_scope", "convention_offence"},
        {"facts", "A hospital was encrypted on 23 November."},
        {"data", "Two servers from 20 to 24 November UTC"},
        {"relation", "The stolen records were copied there."},
        {"custodian", "The hosting provider"},
        {"location", "Meridia"},
        {"necessity", "The rental ends in forty minutes."},
    };
    auto_arena kept = arena_new();
    auto_arena a = arena_new();
    struct tree *p = tree_map(kept);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        tree_add_str(kept, p, values[i][0], str_of(values[i][1]));
    tree_add_bool(kept, p, "mla_intended", true);
    tree_add_bool(kept, p, "confidential", true);
    struct law_function f = {STR("un-cybercrime"), STR("mla"), STR("*"), STR("*")};
    struct law_who who = {LAW_REQUESTING, &f, 1, false, STR("XN"), STR("XM")};
    struct law_state s = {.state = STR("new")};
    struct law_act act = {.act = STR("send"),
                          .instrument = STR("un-cybercrime"),
                          .kind = STR("preservation"),
                          .stream = LAW_REQUESTING,
                          .n = 1,
                          .at_ms = INT64_C(1795489634123),
                          .particulars = p};
    int64_t from = cpu_ns();
    for (int k = 0; k < DECISIONS; k++) {
        struct turn t = {.arena = a};
        struct law_verdict v;
        must(law_decide(&t, l, &s, &who, &act, act.at_ms, &v) == ERR_OK, t.fault.sentence);
        arena_reset(a);
    }
    *ns_out = (cpu_ns() - from) / DECISIONS;
    return 1e9 / (double)*ns_out;
}

int main(int argc, char **argv)
{
    bool json = argc > 1 && strcmp(argv[1], "--json") == 0;
    auto_arena a = arena_new();
    struct turn t = {.arena = a};
    int64_t few_ns, many_ns;
    double few = decide(tables(&t, 0), &few_ns),
           many = decide(tables(&t, COPIES_MAX - 1), &many_ns);
    if (json)
        printf("{\"bench\":\"law\",\"per_second\":%.0f,\"per_second_fifty_more\":%.0f}\n", few,
               many);
    else
        printf("law: %.0f decisions a second and core; with fifty more instruments %.0f\n", few,
               many);
    return few >= 200000 && 4 * few_ns >= 3 * many_ns ? 0 : 1;
}
