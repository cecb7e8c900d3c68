/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_SIM_SIM_H
#define COMITY_SIM_SIM_H
/* Many nodes and their officers in one process, under one seed, a virtual clock, a virtual network
 * and disks that know what is durable. Real desk, real SQL, real post. What is injected, what it
 * hit and whether everything promised held is counted; the same seed does the same again. */

#include "base/base.h"

/* ---- what can go wrong, and where ------------------------------------------------------------ */

/* Steps of the protocol (RELIABILITY 4.2): S1 an officer asks, S2 rows are written, S3 synced, S4
 * he is told; S5 the parcel is built and leaves; S6 what came back is kept. R1 bytes at the door,
 * R2 who sent them, R3 whether they came before, R4 rows are written, R5 synced, R6 the receipt
 * goes.
 */
enum sim_step { S1, S2, S3, S4, S5, S6, R1, R2, R3, R4, R5, R6, SIM_STEPS };
enum sim_fault {
#define FAULT(name, word, steps, why) SIM_##name,
#include "sim/fault.def"
#undef FAULT
    SIM_FAULTS
};
const char *sim_step_word(enum sim_step s);
const char *sim_fault_word(enum sim_fault f);
/* Whether the fault can hit the step, and what keeps it from the others. */
bool sim_can_hit(enum sim_fault f, enum sim_step s);
const char *sim_fault_why(enum sim_fault f);

/* ---- a run ----------------------------------------------------------------------------------- */

enum { SIM_STATES_MAX = 193, SIM_PEERS_MAX = 16, SIM_WORLD_FAULTS = 50000, SIM_SAMPLES = 240 };
struct sim_options {
    int states; /* 2 to SIM_STATES_MAX */
    int peers;  /* that each of them has pinned, at most; 0: as many as a run of that size has */
    uint64_t seed;
    uint64_t faults;       /* to inject; 0: none, and the run fails */
    int mutant;            /* number of one of sim_mutant_find; 0: the program as it is */
    uint64_t only;         /* faults that may be on, a bit each; 0: all */
    uint64_t world_faults; /* injected into one world; 0: SIM_WORLD_FAULTS */
    int jobs;              /* worlds at a time */
    bool progress;         /* a line on standard error, again and again */
};
/* One moment of the first world, for the page. */
struct sim_sample {
    int64_t at_ms;
    uint32_t flying, waiting, faults, down;
};
enum { SIM_SAID_MAX = 480 };
struct sim_result {
    uint64_t hits[SIM_FAULTS][SIM_STEPS + 1]; /* the last column: between steps */
    uint64_t periods[SIM_FAULTS]; /* of what lasts: how often it began and then hit something */
    uint64_t faults, acts, delivered, asked, refused, told_full, events, messages,
        stale, /* receipts of a life that is over, which came after the new one was heard of */
        split, /* refusals of one of two parcels with one number, from two of one node */
        lost_one, lost_both, /* acts, with the only disk that had them, or with both */
        lost_to_partitions, restarts, heads, worlds, virtual_ms, compared, dossiers;
    uint64_t calm_ms_max; /* the longest a world took to deliver everything after faults stopped */
    uint64_t memory_max;  /* bytes held by the largest world */
    uint8_t trace[32];
    uint64_t violations[9];  /* of O1 to O8, from 1 */
    char said[SIM_SAID_MAX]; /* the first violation, as a sentence; empty: none */
    struct sim_sample samples[SIM_SAMPLES];
    uint32_t samples_n;
};
/* Runs as many worlds as the faults need, `jobs` at a time in processes of their own, and sums what
 * they found in their order. ERR_REJECTED: a promise did not hold, or nothing was injected; the
 * fault says which. ERR_INTERNAL: a world could not be made or ended before its time. A process
 * that was one of the worlds comes back too, with ERR_NONE_SUCH, and has nothing to do but end. */
MUST err sim_run(struct turn *t, const struct sim_options *o, struct sim_result *out);

/* ---- mutants --------------------------------------------------------------------------------- */

/* A program broken on purpose: what is broken, with the run that must notice. */
struct sim_mutant {
    int number;
    const char *word, *breaks;
    int states;
    uint64_t seed, faults, only;
};
/* NULL beyond the last; in the order of the table. */
const struct sim_mutant *sim_mutant_at(size_t index);
const struct sim_mutant *sim_mutant_find(int number);

/* ---- telling --------------------------------------------------------------------------------- */

struct str sim_text(struct arena *a, const struct sim_options *o, const struct sim_result *r);
struct str sim_json(struct arena *a, const struct sim_options *o, const struct sim_result *r);
/* A page with drawings (SVG) and no script. */
struct str sim_page(struct arena *a, const struct sim_options *o, const struct sim_result *r);
/* The program: 0 when all held, 1 when not, 2 when it was called wrongly. */
int sim_main(int argc, char **argv);

#endif
