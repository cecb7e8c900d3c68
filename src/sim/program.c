/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of comity-simulate. */

#include "sim/sim.h"

#include <malloc.h>
#include <string.h>
#include <unistd.h>

enum { JOBS_USUAL = 2 };

struct wanted {
    struct sim_options o;
    bool json, list;
    const char *report;
};

static int usage(const char *what)
{
    fprintf(stderr,
            "comity-simulate: %s\n"
            "usage: comity-simulate [--states N] [--peers N] [--faults N] [--seed N] [--only "
            "FAULT,...]\n"
            "           [--mutant N | --mutants] [--jobs N] [--world-faults N] [--json]\n"
            "           [--report FILE.html]\n",
            what);
    return 2;
}

static bool only_read(struct str list, uint64_t *out)
{
    struct str one;
    *out = 0;
    while (list.n) {
        str_split(list, ',', &one, &list);
        int f = 0;
        while (f < SIM_FAULTS && !str_is(one, sim_fault_word((enum sim_fault)f))) f++;
        if (f == SIM_FAULTS) return false;
        *out |= UINT64_C(1) << f;
    }
    return *out != 0;
}

static bool number(const char *text, int64_t least, int64_t most, int64_t *out)
{
    return text && str_to_int(str_of(text), out) && *out >= least && *out <= most;
}

/* Answers how many arguments it took; 0: it is not understood. */
static int option(struct wanted *x, char **argv)
{
    const char *name = argv[0], *value = argv[1];
    int64_t n = 0;
    static const char *const names[] = {"--states", "--peers", "--faults",      "--seed",
                                        "--mutant", "--jobs",  "--world-faults"};
    static const int64_t limits[][2] = {{2, SIM_STATES_MAX}, {1, SIM_PEERS_MAX},
                                        {0, 1000000000},     {0, (INT64_C(1) << 53) - 1},
                                        {1, 1000},           {1, 64},
                                        {1, 1000000000}};
    if (strcmp(name, "--json") == 0) return x->json = true, 1;
    if (strcmp(name, "--mutants") == 0) return x->list = true, 1;
    if (!value) return 0;
    if (strcmp(name, "--only") == 0) return only_read(str_of(value), &x->o.only) ? 2 : 0;
    if (strcmp(name, "--report") == 0) return x->report = value, 2;
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        if (strcmp(name, names[k]) != 0) continue;
        if (!number(value, limits[k][0], limits[k][1], &n)) return 0;
        if (k == 0) x->o.states = (int)n;
        if (k == 1) x->o.peers = (int)n;
        if (k == 2) x->o.faults = (uint64_t)n;
        if (k == 3) x->o.seed = (uint64_t)n;
        if (k == 4) x->o.mutant = (int)n;
        if (k == 5) x->o.jobs = (int)n;
        if (k == 6) x->o.world_faults = (uint64_t)n;
        return 2;
    }
    return 0;
}

static bool page_write(const struct wanted *x, const struct sim_result *r)
{
    auto_arena a = arena_new();
    struct str page = sim_page(a, &x->o, r);
    FILE *f = fopen(x->report, "w");
    if (!f) return false;
    bool whole = fwrite(page.p, 1, page.n, f) == page.n;
    return fclose(f) == 0 && whole;
}

/* number|word|states|seed|faults|only */
static int mutants_list(void)
{
    const struct sim_mutant *m;
    for (size_t k = 0; (m = sim_mutant_at(k)); k++) {
        printf("%d|%s|%d|%llu|%llu|", m->number, m->word, m->states, (unsigned long long)m->seed,
               (unsigned long long)m->faults);
        const char *between = "";
        for (int f = 0; f < SIM_FAULTS; f++) {
            if (!(m->only >> f & 1)) continue;
            printf("%s%s", between, sim_fault_word((enum sim_fault)f));
            between = ",";
        }
        printf("\n");
    }
    return 0;
}

int sim_main(int argc, char **argv)
{
    struct wanted x = {.o = {.states = 12, .faults = 5000, .jobs = JOBS_USUAL, .seed = 1}};
    for (int k = 1; k < argc;) {
        int n = option(&x, argv + k);
        if (!n) return usage("an argument is not understood");
        k += n;
    }
    if (x.list) return mutants_list();
    /* What was freed is soon wanted again: none of it goes back to the system. */
    mallopt(M_TRIM_THRESHOLD, INT32_MAX);
    mallopt(M_MMAP_THRESHOLD, INT32_MAX);
    x.o.progress = isatty(STDERR_FILENO) != 0;
    auto_arena a = arena_new();
    struct turn t = {.arena = a};
    struct sim_result *r = arena_take(a, sizeof *r);
    err e = sim_run(&t, &x.o, r);
    if (e == ERR_NONE_SUCH) return 0; /* a process that was one of the worlds */
    if (x.o.progress) fprintf(stderr, "\n");
    if (e != ERR_INTERNAL) {
        struct str out = x.json ? sim_json(a, &x.o, r) : sim_text(a, &x.o, r);
        printf(STR_FMT "\n", STR_ARG(out));
    }
    if (e != ERR_INTERNAL && x.report && !page_write(&x, r))
        e = turn_fail(&t, ERR_INTERNAL, "report", NULL, "The page cannot be written to %s.",
                      x.report);
    if (e != ERR_OK) fprintf(stderr, "comity-simulate: %s\n", t.fault.sentence);
    return e == ERR_OK ? 0 : 1;
}
