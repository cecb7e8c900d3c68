/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_LAW_VERDICT_H
#define COMITY_LAW_VERDICT_H
/* Part of law.h: what follows from an act, and how that is stored. */

#include "base/base.h"
#include "codec/codec.h"

/* Something to be said about an act beside yes or no: missing particular, unknown kind, a clock
 * ahead, a ground the article does not list. Codes are rows of law/remarks.yaml. */
struct law_remark {
    struct str code, article, particular, sentence;
    struct law_remark *next;
};
/* A clock the act starts, moves or stops. What a legal day is stands in clock.h; end is exclusive.
 */
struct law_clock_rule {
    struct str clock, article;
    enum { LAW_CLOCK_START, LAW_CLOCK_STOP } what;
    bool duty;                /* a service target, not a term of the law */
    int64_t start_ms, end_ms; /* 0 in `end_ms`: without end */
    struct str on_end;        /* the act that may follow when it ends; may be empty */
    struct str proof;         /* "2026-11-24 + 60 days, un-cybercrime 42(8)" */
    struct str *stops_while;  /* states of the dossier in which it stands still */
    size_t stops_while_n;
    struct str suspended_by; /* the mark while which it stands still; may be empty */
    int64_t renew_ms;        /* since then it is due to be renewed; 0: it need not be */
    struct law_clock_rule *next;
};
/* What follows from an act: everything the fold needs, so that it can be folded without tables. */
struct law_verdict {
    bool allowed;       /* law_decide only: may this be done now; always true from law_record */
    bool known;         /* the tables have this kind and act */
    struct str article; /* of the lifecycle row */
    struct str source;  /* text, parent, unverified */
    struct str *from;   /* states the row starts from; "*" means any open one */
    size_t from_n;
    struct str to; /* empty: the state stays */
    enum { LAW_CROSSED_NO_EFFECT, LAW_CROSSED_TAKES_EFFECT } crossed;
    bool ends;            /* `to` is an end state */
    struct str outcome;   /* set on acts that end: executed, refused, … */
    struct str duty_done; /* names of the duty clocks this act fulfils, by blanks; may be empty */
    struct str mark;      /* what this act leaves in the state's marks; may be empty */
    bool back;            /* leads back to the state before the present one; then `to` is empty */
    bool after_end;       /* may follow an end, and leaves it an end */
    bool decision;        /* a finding of the requested State on what the request states */
    struct str *marks;    /* what its choices leave in the marks beside `mark` */
    size_t marks_n;
    struct str *clears; /* marks it takes away */
    size_t clears_n;
    struct str *attaches; /* obligations that stay attached from now on, whatever ends */
    size_t attaches_n;
    struct law_clock_rule *clocks;
    struct law_remark *remarks;
    struct str *missing; /* particulars missing in what the act carries */
    size_t missing_n;
    struct str *supplies; /* particulars the act carries that complete an earlier one */
    size_t supplies_n;
    struct str tables; /* hex hash of the set it was decided with */
};
/* The stored form, canonical: write(read(x)) is x. */
const struct tree *law_verdict_write(struct arena *a, const struct law_verdict *v);
MUST err law_verdict_read(struct turn *t, const struct tree *from, struct law_verdict *out);

#endif
