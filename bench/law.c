/* SPDX-License-Identifier: Apache-2.0 */
/* What a decision costs, and whether it costs more among more instruments: a whole request for
 * preservation is decided with one instrument, with those of law/, and with fifty. Its peer is to
 * read the same act as JSON, which comes before each decision. */

#include "law/law.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DECISIONS = 20000, FIFTY = 50, ROUNDS = 9, ROUNDS_MAX = 101, A_SECOND = 200000 };
enum line { ONE, EMBEDDED, MANY, PEER, LINES };
static const char *const keys[LINES] = {"one", "embedded", "fifty", "json"};
static const char *const says_of[LINES] = {"ours, one instrument", "ours, the instruments of law/",
                                           "ours, fifty instruments",
                                           "peer: to read the act as JSON"};

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
    "    roles: [{party: requesting, function: mla, direction: send, topic: own_law},"
    " {party: requested, function: mla, direction: receive, topic: own_law}]\n";
/* clang-format on */

/* Is it a file of the one instrument that is decided under, or one that all share? */
static bool is_of_one(const char *path)
{
    return strncmp(path, "instruments/un-cybercrime", 25) == 0 ||
           strncmp(path, "patterns/", 9) == 0 || strcmp(path, "remarks.yaml") == 0;
}

static size_t instruments_of(const struct law_file *files, size_t n)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count +=
            strncmp(files[i].path, "instruments/", 12) == 0 && !strchr(files[i].path + 12, '/');
    return count;
}

static const struct law_tables *tables(struct turn *t, enum line line)
{
    struct law_file *files = arena_take_many(t->arena, law_embedded_n + FIFTY, sizeof *files);
    size_t n = 0;
    for (size_t i = 0; i < law_embedded_n; i++)
        if (line != ONE || is_of_one(law_embedded[i].path)) files[n++] = law_embedded[i];
    for (int k = 0; line == MANY && instruments_of(files, n) < FIFTY; k++) {
        struct str text = str_printf(t->arena, minor, k);
        files[n++] = (struct law_file){
            str_c(t->arena, str_printf(t->arena, "instruments/copy-%03d.yaml", k)),
            (const unsigned char *)text.p, text.n};
    }
    const struct law_tables *l;
    must(law_load(t, files, n, &l) == ERR_OK, t->fault.sentence);
    return l;
}

static struct tree *request(struct arena *a)
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
    struct tree *p = tree_map(a);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        tree_add_str(a, p, values[i][0], str_of(values[i][1]));
    tree_add_bool(a, p, "mla_intended", true);
    tree_add_bool(a, p, "confidential", true);
    return p;
}

/* Nanoseconds of one decision. */
static double decide(const struct law_tables *l, const struct tree *p, struct arena *a)
{
    struct law_function f = {STR("un-cybercrime"), STR("mla"), STR("*"), STR("*")};
    struct law_who who = {.side = LAW_REQUESTING,
                          .functions = &f,
                          .functions_n = 1,
                          .state = STR("XN"),
                          .other = STR("XM")};
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
    return (double)(cpu_ns() - from) / DECISIONS;
}

static double read_json(struct str text, struct arena *a)
{
    static const struct tree_limits limits = {
        .size_max = 1 << 16, .depth_max = 4, .count_max = 256};
    int64_t from = cpu_ns();
    for (int k = 0; k < DECISIONS; k++) {
        struct turn t = {.arena = a};
        struct tree *out;
        must(json_read(&t, str_bytes(text), &limits, &out) == ERR_OK, t.fault.sentence);
        arena_reset(a);
    }
    return (double)(cpu_ns() - from) / DECISIONS;
}

static int number_order(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *ns, int rounds)
{
    qsort(ns, (size_t)rounds, sizeof *ns, number_order);
    return ns[rounds / 2];
}

static void print_goal(const char *what, double is, double goal, bool at_most)
{
    bool met = at_most ? is <= goal : is >= goal;
    printf("  %-50s %8.2f   goal at %s %.2f: %s\n", what, is, at_most ? "most" : "least", goal,
           met ? "met" : "missed");
}

static void print_all(const double *ns, int rounds, bool json)
{
    double flat = ns[MANY] / ns[ONE], a_second = 1e9 / ns[MANY];
    if (json) {
        printf("{\"bench\":\"law\",\"rounds\":%d,\"cpu_us\":{", rounds);
        for (int k = 0; k < LINES; k++) printf("%s\"%s\":%.3f", k ? "," : "", keys[k], ns[k] / 1e3);
        printf("},\"ratios\":{\"fifty_to_one\":%.3f,\"fifty_to_json\":%.3f},"
               "\"per_second\":%.0f}\n",
               flat, ns[MANY] / ns[PEER], a_second);
        return;
    }
    printf("law, processor time for each decision, median of %d rounds\n\n", rounds);
    for (int k = 0; k < LINES; k++) printf("  %-50s %8.2f us\n", says_of[k], ns[k] / 1e3);
    printf("\n");
    print_goal("fifty instruments / one", flat, 1.25, true);
    printf("  %-50s %8.2f\n", "ours / peer", ns[MANY] / ns[PEER]);
    print_goal("decisions a second and core, of 200,000", a_second / A_SECOND, 1.0, false);
    printf("\n");
}

int main(int argc, char **argv)
{
    int rounds = ROUNDS;
    bool json = false;
    for (int k = 1; k < argc; k++) {
        int64_t n;
        if (strcmp(argv[k], "--json") == 0)
            json = true;
        else if (str_to_int(str_of(argv[k]), &n) && n >= 1 && n <= ROUNDS_MAX)
            rounds = (int)n;
        else
            must(false, "usage: run [--json] [ROUNDS, 1 to 101]");
    }
    auto_arena kept = arena_new();
    auto_arena a = arena_new();
    struct turn t = {.arena = kept};
    const struct law_tables *l[] = {tables(&t, ONE), tables(&t, EMBEDDED), tables(&t, MANY)};
    const struct tree *p = request(kept);
    struct str text = json_write(kept, p);
    double ns[LINES][ROUNDS_MAX], middle[LINES];
    for (int r = 0; r < rounds; r++) {
        for (int k = ONE; k <= MANY; k++) ns[k][r] = decide(l[k], p, a);
        ns[PEER][r] = read_json(text, a);
    }
    for (int k = 0; k < LINES; k++) middle[k] = median(ns[k], rounds);
    print_all(middle, rounds, json);
    return 0;
}
