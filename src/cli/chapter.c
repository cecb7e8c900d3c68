/* SPDX-License-Identifier: Apache-2.0 */
/* The manual's chapter of the law, from the rows: each instrument, each kind, what it must state,
 * on which grounds it may be refused and by when what is due. None of it is authentic text. */

#include "cli/inner.h"

static const char head[] =
    ".\\\" SPDX-License-Identifier: Apache-2.0\n"
    ".\\\" Made by: comity help law-rows\n"
    ".TH COMITY-LAW 7 \"\" \"comity\" \"What the tables say\"\n"
    ".SH NAME\n"
    "comity\\-law \\- what comity knows of the law, from its rows\n"
    ".SH DESCRIPTION\n"
    "The words are the program's own, not authentic text. A star marks what was not yet compared\n"
    "with the authentic text. The rows stand in the folder law/; comity law shows each of them.\n";

struct chapter {
    struct cli *c;
    const struct law_tables *tables;
    struct buf b;
};

/* A line may not begin with a dot or a quote, and a minus is escaped. */
static void put(struct buf *b, struct str text)
{
    for (size_t k = 0; k < text.n; k++) {
        char ch = text.p[k];
        if (k == 0 && (ch == '.' || ch == '\'')) buf_str(b, STR("\\&"));
        if (ch == '-' || ch == '\\') buf_byte(b, '\\');
        buf_byte(b, (uint8_t)ch);
    }
}

static void row_put(struct chapter *x, const struct tree *row, const char *more)
{
    bool unverified = str_is(tree_str(row, "source"), "unverified");
    buf_str(&x->b, STR(".br\n"));
    put(&x->b, tree_str(row, "title"));
    buf_str(&x->b, STR(" ("));
    put(&x->b, tree_str(row, "article"));
    buf_printf(&x->b, "%s)%s\n", unverified ? " *" : "", more);
}

static const char *length_of(struct arena *a, const struct tree *row)
{
    static const char *const units[] = {"days", "months", "hours", "minutes"};
    const char *bound = str_is(tree_str(row, "bound"), "at_least")  ? "at least "
                        : str_is(tree_str(row, "bound"), "at_most") ? "at most "
                                                                    : "";
    for (size_t k = 0; k < sizeof units / sizeof *units; k++)
        if (tree_get(row, units[k]))
            return str_c(a, str_printf(a, ": %s%lld %s", bound,
                                       (long long)tree_int(row, units[k], 0), units[k]));
    return ": until the day that is stated";
}

static void list_put(struct chapter *x, const struct tree *kind, const char *key, const char *title)
{
    const struct tree *rows = tree_get(kind, key);
    if (!rows || !rows->count) return;
    buf_printf(&x->b, ".TP\n.B %s\n", title);
    for (const struct tree *r = rows->child; r; r = r->next) {
        bool must = str_is(tree_str(r, "required"), "always");
        bool clock = tree_get(r, "clock") != NULL;
        row_put(x, r, clock ? length_of(x->c->t.arena, r) : must ? ": always" : "");
    }
}

static err kind_put(struct chapter *x, struct str instrument, struct str name)
{
    const struct tree *kind;
    try(law_kind_view(&x->c->t, x->tables, instrument, name, x->c->lang, &kind));
    buf_str(&x->b, STR(".SS "));
    put(&x->b, tree_str(kind, "title"));
    buf_byte(&x->b, '\n');
    put(&x->b, tree_str(kind, "article"));
    buf_printf(&x->b, "%s\n", str_is(tree_str(kind, "source"), "unverified") ? " *" : "");
    list_put(x, kind, "particulars", "States");
    list_put(x, kind, "grounds", "Grounds of refusal");
    list_put(x, kind, "forbidden_grounds", "No ground");
    list_put(x, kind, "acts", "Acts");
    list_put(x, kind, "clocks", "Clocks");
    return ERR_OK;
}

err cli_chapter_text(struct cli *c, struct str *out)
{
    struct chapter x = {.c = c, .b = buf_in(c->t.arena)};
    try(law_load(&c->t, law_embedded, law_embedded_n, &x.tables));
    buf_str(&x.b, str_of(head));
    const struct tree *rows = tree_get(law_look_over(c->t.arena, x.tables), "rows");
    for (const struct tree *r = rows->child; r; r = r->next) {
        struct str in = tree_str(r, "in");
        if (str_is(tree_str(r, "list"), "kinds")) {
            try(kind_put(&x, in, tree_str(r, "name")));
            continue;
        }
        struct str none = STR("");
        buf_str(&x.b, STR(".SH "));
        put(&x.b, law_said(x.tables, LAW_SAYS_INSTRUMENT, in, none, none, c->lang));
        buf_byte(&x.b, '\n');
    }
    *out = buf_as_str(&x.b);
    return ERR_OK;
}
