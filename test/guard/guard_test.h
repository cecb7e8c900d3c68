/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_GUARD_TEST_H
#define COMITY_GUARD_TEST_H
/* What the tests of guard share: the probe, which tries what a process should not be able to do. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "guard/inner.h"

#include <sys/types.h>

int enter_tests(void);
int spawn_tests(void);

/* What the probe reaches for, made before powers are given up. */
struct ground {
    char dir[64]; /* with keys/seal.key, comity.db, old, and an empty folder */
    char key[96], database[96], old[96], fresh[96], folder[96];
    int calling, unbound, bound; /* sockets: to connect with, to bind, to listen on */
    int port;                    /* where somebody listens */
    int listening;
    pid_t victim;     /* sleeps */
    const char *word; /* in the victim's memory at the same address */
};
void ground_up(struct ground *g);
void ground_down(struct ground *g);

/* One thing to try: true when it was possible. */
struct action {
    const char *name;
    bool (*go)(struct ground *g);
};
enum { ACTIONS = 25, PRIVILEGED = 5 };
extern const struct action actions[ACTIONS];       /* possible for root wherever tests run */
extern const struct action privileged[PRIVILEGED]; /* some machines forbid them to everybody */

/* Tries it in a process of its own, inside the row of `p` or (GUARD_PROCESSES) outside. Fails the
 * test when the process broke down instead of answering. */
bool possible(struct ground *g, const struct action *a, enum guard_process p);

#endif
