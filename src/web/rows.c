/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of views made fit for pages: a word without its title gets one, a label table is looked
 * into, and what a template would have to compare is said plainly. */

#include "web/inner.h"

/* "not_executable" is read as "not executable" where the view brought no title. */
static struct str plain(struct arena *a, struct str word)
{
    struct buf b = buf_in(a);
    for (size_t k = 0; k < word.n; k++)
        buf_byte(&b, (uint8_t)(word.p[k] == '_' || word.p[k] == '-' ? ' ' : word.p[k]));
    return buf_as_str(&b);
}

/* Where the next step is done: an act at its form, a letter or an instruction on its page. */
static void next_put(struct visit *v, struct tree *row)
{
    struct arena *a = v->t.arena;
    struct str next = tree_str(row, "next"), ref = tree_str(row, "ref");
    if (!next.n || !ref.n || tree_get(row, "next_path")) return;
    if (str_is(next, "dispatch") || str_is(next, "mail")) {
        tree_add_str(a, row, "next_path",
                     str_printf(a, "/dossier/" STR_FMT "/letter/" STR_FMT, STR_ARG(ref),
                                STR_ARG(tree_str(row, "id"))));
    } else if (str_is(next, "instruction")) {
        tree_add_str(a, row, "next_path",
                     str_printf(a, "/dossier/" STR_FMT "/papers", STR_ARG(ref)));
    } else {
        tree_add_str(
            a, row, "next_path",
            str_printf(a, "/dossier/" STR_FMT "/do/" STR_FMT, STR_ARG(ref), STR_ARG(next)));
    }
}

/* Steps that the law gives no title, for they are no acts. */
static struct str house_step(const struct visit *v, struct str next)
{
    if (str_is(next, "dispatch")) return text_of(v->lang, TEXT("Carry the letter"));
    if (str_is(next, "instruction")) return text_of(v->lang, TEXT("Instruction of the head"));
    if (str_is(next, "mail")) return text_of(v->lang, TEXT("Look at the mail"));
    return STR("");
}

void row_titles(struct visit *v, struct tree *row)
{
    static const char *const words[] = {"kind", "state", "next", "act", "outcome", "clock", "to"};
    struct arena *a = v->t.arena;
    for (size_t k = 0; k < sizeof words / sizeof *words; k++) {
        struct str word = tree_str(row, words[k]);
        const char *title = str_c(a, str_printf(a, "%s_title", words[k]));
        struct str step = str_is(str_of(words[k]), "next") ? house_step(v, word) : STR("");
        if (step.n && !tree_get(row, title)) tree_add_str(a, row, title, step);
        if (word.n && !tree_get(row, title)) tree_add_str(a, row, title, plain(a, word));
    }
    if (tree_str(row, "theirs").n && !tree_get(row, "theirs_title"))
        tree_add_str(a, row, "theirs_title", tree_str(row, "theirs"));
    if (tree_str(row, "kind").n && !tree_str(row, "title").n)
        tree_add_str(a, row, "title", tree_str(row, "kind_title"));
    if (tree_str(row, "side").n)
        tree_add_bool(a, row, "comes_in", str_is(tree_str(row, "side"), "requested"));
    struct str level = tree_str(row, "level");
    if (level.n) {
        tree_add_str(a, row, "level_title", visit_label(v, "level", level));
        tree_add_str(a, row, "level_tone", visit_tone("level", level));
    }
    next_put(v, row);
    if (tree_str(row, "stream").n)
        tree_add_str(a, row, "stream_title", visit_label(v, "stream", tree_str(row, "stream")));
}

struct tree *rows_put(struct visit *v, struct tree *to, const char *key, const struct tree *list)
{
    struct arena *a = v->t.arena;
    struct tree *out = tree_add_list(a, to, key);
    for (const struct tree *r = list ? list->child : NULL; r; r = r->next) {
        struct tree *one = tree_add_copy(a, out, NULL, r);
        if (one->kind == TREE_MAP) row_titles(v, one);
    }
    return out;
}

/* hot, warm or calm by how much of its time is left; empty without a time. */
struct str row_tone(struct visit *v, const struct tree *row)
{
    int64_t end, now = turn_now_ms(&v->t);
    if (!time_read(tree_str(row, "end"), &end)) return STR("");
    if (end - now < 30 * 60000) return STR("hot");
    return end - now < 3 * DAY_MS ? STR("warm") : STR("calm");
}
