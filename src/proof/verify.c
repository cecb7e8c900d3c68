/* SPDX-License-Identifier: Apache-2.0 */
/* The verdict on an exported parcel, offline.
 *
 * Three questions are kept apart: is every byte what was signed, does the signature lead to a root
 * the reader holds, and are algorithms, times and functions what is asked. Nothing stops at the
 * first finding but what cannot be taken apart at all. What a court makes of the answers is its
 * own. */

#include "proof/proof_internal.h"

#include <stdarg.h>

static void judge_nothing(struct inspection *i)
{
    const char *why = "The container could not be taken apart, so there is nothing to judge.";
    remark(i, &i->v->trusting, "not-judged", "EN 319 102-1 5.1", STR("container"), "%s", why);
    remark(i, &i->v->policy, "not-judged", "EN 319 102-1 5.1", STR("container"), "%s", why);
}

static bool take_apart(struct inspection *i)
{
    if (i->container.n > PROOF_CONTAINER_MAX) {
        remark(i, &i->v->integrity, "size", "comity export 1", STR("container"),
               "The container has %zu bytes; at most %d are read.", i->container.n,
               PROOF_CONTAINER_MAX);
        return false;
    }
    if (parcel_read(i->t, i->container, &i->p) != ERR_OK) {
        remark_fault(i, &i->v->integrity, STR(""));
        return false;
    }
    if (i->p.n > PROOF_ENTRIES_MAX) {
        remark(i, &i->v->integrity, "count", "comity export 1", STR("container"),
               "The container has %zu entries; at most %d are read.", i->p.n, PROOF_ENTRIES_MAX);
        return false;
    }
    return true;
}

err proof_verify(struct turn *t, struct bytes container, const struct bytes *roots, size_t roots_n,
                 struct proof_verdict *out)
{
    struct proof_verdict v = {.trust = PROOF_UNTRUSTED};
    struct inspection i = {
        .t = t,
        .v = &v,
        .container = container,
        .author = {.what = "author",
                   .root_entry = ENTRY_AUTHOR_ROOT,
                   .profile_entry = ENTRY_AUTHOR_PROFILE,
                   .manifest_entry = ENTRY_MANIFEST_1,
                   .signature_entry = ENTRY_SIGNATURE_1},
        .exporter = {.what = "exporter",
                     .root_entry = ENTRY_ROOT,
                     .profile_entry = ENTRY_PROFILE,
                     .manifest_entry = ENTRY_MANIFEST_2,
                     .signature_entry = ENTRY_SIGNATURE_2},
        .receiver = {.what = "receiver",
                     .root_entry = ENTRY_RECEIPTS_ROOT,
                     .profile_entry = ENTRY_RECEIPTS_PROFILE,
                     .signature_entry = ENTRY_RECEIPTS_SEAL},
    };
    if (take_apart(&i)) {
        inspect_form(&i);
        inspect_parties(&i);
        inspect_signatures(&i);
        inspect_act(&i);
        inspect_log(&i);
        inspect_receipts(&i);
        judge_trust(&i, roots, roots_n);
        judge_policy(&i);
    } else {
        judge_nothing(&i);
    }
    v.sound = !v.integrity;
    if (v.sound) v.act = i.act;
    *out = v;
    return ERR_OK;
}

const char *proof_trust_word(enum proof_trust trust)
{
    switch (trust) {
    case PROOF_TRUSTED:
        return "trusted";
    case PROOF_ROOT_UNKNOWN:
        return "root-unknown";
    case PROOF_UNTRUSTED:
        break;
    }
    return "untrusted";
}

/* ---- remarks --------------------------------------------------------------------------------- */

static void remark_put(struct inspection *i, struct proof_remark **list, struct proof_remark r)
{
    size_t n = 0;
    while (*list) {
        if (++n >= PROOF_REMARKS_MAX) return;
        list = &(*list)->next;
    }
    *list = arena_take(i->t->arena, sizeof **list);
    **list = r;
}

void remark(struct inspection *i, struct proof_remark **list, const char *code, const char *article,
            struct str entry, const char *fmt, ...)
{
    char sentence[480];
    va_list args;
    va_start(args, fmt);
    vsnprintf(sentence, sizeof sentence, fmt, args);
    va_end(args);
    struct arena *a = i->t->arena;
    remark_put(i, list,
               (struct proof_remark){.code = str_of(code),
                                     .article = str_of(article),
                                     .entry = str_printable(a, entry),
                                     .sentence = str_printable(a, str_of(sentence))});
}

void remark_fault(struct inspection *i, struct proof_remark **list, struct str entry)
{
    struct arena *a = i->t->arena;
    const struct fault *f = &i->t->fault;
    struct str particular = str_dup(a, str_of(f->particular));
    if (!entry.n) entry = particular.n ? particular : STR("container");
    remark_put(i, list,
               (struct proof_remark){.code = str_dup(a, str_of(f->code)),
                                     .article = str_dup(a, str_of(f->article)),
                                     .entry = str_printable(a, entry),
                                     .sentence = str_dup(a, str_of(f->sentence))});
    turn_forgive(i->t);
}
