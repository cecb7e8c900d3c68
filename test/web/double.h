/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_WEB_DOUBLE_H
#define COMITY_WEB_DOUBLE_H
/* A desk that answers from files.
 *
 * fixture/ACTION.json is a view, or {"fault","view"}. In it a map with the keys "en" and "az" is
 * the text in the language asked for; a key that begins with "!" loses that sign. Sessions: "good"
 * is an officer's, everything else a stranger's; the link "once" lets in. */

#include "web/web.h"

struct desk_double {
    const char *folder;
    struct arena *arena;     /* NULL: what is asked is not noted */
    struct tree *asked;      /* list of {action, session, args}, in order */
    const char *refuse;      /* this action is refused ... */
    struct fault fault;      /* ... with this */
    const struct tree *view; /* ... and this view beside it */
    struct str stamp;        /* every view has this; asked with it, it is unchanged */
    bool holds;              /* answers wait for double_release */
    struct web_ask *held[64];
    size_t held_n;
};
struct web_desk double_desk(struct desk_double *d);
void double_release(struct desk_double *d);
/* The args of the newest question of that action; NULL when it was not asked. */
const struct tree *double_args(const struct desk_double *d, const char *action);
size_t double_count(const struct desk_double *d, const char *action);

/* Something that prints letters, and something that makes mails of them. */
void double_print(void *ctx, struct web_print *p);
err double_make(void *ctx, struct turn *t, const struct tree *letter, struct bytes pdf,
                const struct str *to_pem, size_t n, struct bytes *message_out);

#endif
