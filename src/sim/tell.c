/* SPDX-License-Identifier: Apache-2.0 */
/* What a run found, as text and as JSON, and the program around it. */

#include "sim/sim.h"

#include "codec/codec.h"

#include <string.h>
#include <unistd.h>

static uint64_t hits_of(const struct sim_result *r, int f)
{
    uint64_t n = 0;
    for (int s = 0; s <= SIM_STEPS; s++) n += r->hits[f][s];
    return n;
}

static struct str trace_text(struct arena *a, const struct sim_result *r)
{
    return hex(a, (struct bytes){r->trace, sizeof r->trace});
}

/* Cells of the matrix that a fault can hit and none did. */
static uint64_t unhit(const struct sim_result *r)
{
    uint64_t n = 0;
    for (int f = 0; f < SIM_FAULTS; f++)
        for (int s = 0; s < SIM_STEPS; s++)
            n += sim_can_hit((enum sim_fault)f, (enum sim_step)s) && !r->hits[f][s];
    return n;
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static void count(struct arena *a, struct tree *m, const char *name, uint64_t n)
{
    tree_add_int(a, m, name, (int64_t)n);
}

struct str sim_json(struct arena *a, const struct sim_options *o, const struct sim_result *r)
{
    struct tree *m = tree_map(a);
    count(a, m, "acts", r->acts);
    count(a, m, "calm_ms", r->calm_ms_max);
    count(a, m, "compared", r->compared);
    count(a, m, "delivered", r->delivered);
    count(a, m, "dossiers", r->dossiers);
    count(a, m, "events", r->events);
    count(a, m, "faults", r->faults);
    struct tree *periods = tree_add_map(a, m, "periods");
    for (int f = 0; f < SIM_FAULTS; f++)
        if (r->periods[f]) count(a, periods, sim_fault_word((enum sim_fault)f), r->periods[f]);
    struct tree *by = tree_add_map(a, m, "faults_by_kind");
    struct tree *matrix = tree_add_map(a, m, "matrix");
    for (int f = 0; f < SIM_FAULTS; f++) {
        count(a, by, sim_fault_word((enum sim_fault)f), hits_of(r, f));
        struct tree *row = tree_add_map(a, matrix, sim_fault_word((enum sim_fault)f));
        for (int s = 0; s < SIM_STEPS; s++)
            if (sim_can_hit((enum sim_fault)f, (enum sim_step)s))
                count(a, row, sim_step_word((enum sim_step)s), r->hits[f][s]);
    }
    count(a, m, "heads", r->heads);
    count(a, m, "lost_with_both_disks", r->lost_both);
    count(a, m, "lost_with_its_disk", r->lost_one);
    count(a, m, "memory", r->memory_max);
    count(a, m, "messages", r->messages);
    count(a, m, "mutant", (uint64_t)o->mutant);
    tree_add_str(a, m, "said", str_of(r->said));
    count(a, m, "seed", o->seed);
    count(a, m, "split", r->split);
    count(a, m, "states", (uint64_t)o->states);
    tree_add_str(a, m, "trace", trace_text(a, r));
    count(a, m, "stale_receipts", r->stale);
    struct tree *violations = tree_add_map(a, m, "violations");
    for (int k = 1; k <= 8; k++)
        count(a, violations, str_c(a, str_printf(a, "O%d", k)), r->violations[k]);
    count(a, m, "unhit", unhit(r));
    count(a, m, "virtual_ms", r->virtual_ms);
    count(a, m, "worlds", r->worlds);
    return json_write(a, m);
}

/* ---- text ------------------------------------------------------------------------------------ */

#define U(x) ((unsigned long long)(x))

static void matrix_put(struct buf *b, const struct sim_result *r)
{
    buf_printf(b, "%-15s%8s", "", "all");
    for (int s = 0; s < SIM_STEPS; s++) buf_printf(b, "%7s", sim_step_word((enum sim_step)s));
    buf_printf(b, "\n");
    for (int f = 0; f < SIM_FAULTS; f++) {
        buf_printf(b, "%-15s%8llu", sim_fault_word((enum sim_fault)f), U(hits_of(r, f)));
        for (int s = 0; s < SIM_STEPS; s++) {
            if (sim_can_hit((enum sim_fault)f, (enum sim_step)s))
                buf_printf(b, "%*llu%s", r->hits[f][s] ? 7 : 6, U(r->hits[f][s]),
                           r->hits[f][s] ? "" : "!");
            else
                buf_printf(b, "%7s", "-");
        }
        buf_printf(b, "  %s\n", sim_fault_why((enum sim_fault)f));
    }
}

struct str sim_text(struct arena *a, const struct sim_options *o, const struct sim_result *r)
{
    struct buf b = buf_in(a);
    buf_printf(&b, "Seed %llu, %d States, %llu worlds: %llu faults were injected.\n", U(o->seed),
               o->states, U(r->worlds), U(r->faults));
    buf_printf(&b,
               "Officers were told of %llu acts in %llu dossiers; %llu were delivered, in %llu "
               "messages. %llu asked for were refused by law, %llu for want of room.\n",
               U(r->acts), U(r->dossiers), U(r->delivered), U(r->messages), U(r->refused),
               U(r->told_full));
    buf_printf(&b,
               "%llu nodes died and came back. %llu heads were signed. Partitions kept %llu "
               "messages.\n",
               U(r->restarts), U(r->heads), U(r->lost_to_partitions));
    buf_printf(
        &b,
        "%llu acts went with the only disk that had them, %llu with both: no protocol brings "
        "these back.\n",
        U(r->lost_one), U(r->lost_both));
    buf_printf(&b, "After the last fault everything was delivered within %llu s.\n",
               U(r->calm_ms_max / 1000));
    matrix_put(&b, r);
    static const char *const words[] = {
        "applied exactly once",           "nothing held is lost", "nothing told failed was sent",
        "heads are consistent",           "queues are empty",     "no act without an officer",
        "both halves of a dossier agree", "memory is bounded"};
    for (int k = 1; k <= 8; k++)
        buf_printf(&b, "O%d %-32s %s (%llu)\n", k, words[k - 1],
                   r->violations[k] ? "BROKEN" : "held", U(r->violations[k]));
    buf_printf(&b, "Trace " STR_FMT "\n", STR_ARG(trace_text(a, r)));
    return buf_as_str(&b);
}
