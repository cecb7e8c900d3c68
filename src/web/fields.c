/* SPDX-License-Identifier: Apache-2.0 */
/* Fields of forms, drawn from the rows of particulars that the law gives: nothing here knows a kind
 * of request. A field is named "p.NAME" in the form, so no particular can take the place of a field
 * of the machinery. */

#include "web/inner.h"

enum { LONG_TEXT = 400, RADIOS_MAX = 6 };

static const char *field_name(struct visit *v, struct str name)
{
    return str_c(v->t.arena, str_printf(v->t.arena, "p." STR_FMT, STR_ARG(name)));
}

/* ---- showing --------------------------------------------------------------------------------- */

/* What a form begins with. */
static struct str suggested(struct visit *v, const struct tree *row)
{
    struct str s = tree_str(row, "suggest");
    return str_is(s, "today") ? visit_today(v) : s;
}

/* What a field shows: typed, or kept before, or else what the row suggests, as text. */
static struct str shown(struct visit *v, const struct tree *values, const struct tree *row)
{
    struct str name = tree_str(row, "name");
    const struct web_field *typed = form_get(&v->form, field_name(v, name));
    if (typed) return typed->value;
    const struct tree *kept = tree_get_s(values, name);
    if (v->form.n) return STR("");
    if (!kept) return suggested(v, row);
    if (kept->kind == TREE_BOOL) return kept->num ? STR("yes") : STR("");
    if (kept->kind == TREE_INT) return str_printf(v->t.arena, "%lld", (long long)kept->num);
    return kept->kind == TREE_MAP ? tree_str(kept, "text") : kept->str;
}

static void put_choices(struct visit *v, struct tree *field, const struct tree *row, struct str is)
{
    const struct tree *choices = tree_get(row, "choices");
    struct tree *list = tree_add_list(v->t.arena, field, "choices");
    for (const struct tree *c = choices ? choices->child : NULL; c; c = c->next) {
        struct tree *one = tree_add_copy(v->t.arena, list, NULL, c);
        tree_add_bool(v->t.arena, one, "chosen", str_eq(tree_str(c, "value"), is));
    }
}

static const struct tree *remark_of(const struct tree *remarks, struct str name)
{
    for (const struct tree *r = remarks ? remarks->child : NULL; r; r = r->next)
        if (str_eq(tree_str(r, "particular"), name) && !str_is(tree_str(r, "grade"), "fine") &&
            !str_is(tree_str(r, "grade"), "should"))
            return r;
    return NULL;
}

/* How a field looks: a few choices lie open, many are picked from a list; a dossier may be any
 * number, those that he can see are offered. */
static struct str shape_of(const struct tree *row)
{
    struct str type = tree_str(row, "type");
    const struct tree *choices = tree_get(row, "choices");
    bool is_long = tree_int(row, "max", LONG_TEXT + 1) > LONG_TEXT;
    if (str_is(type, "dossier")) return type;
    if (choices) return choices->count > RADIOS_MAX ? STR("pick") : STR("choice");
    if (str_is(type, "number") || str_is(type, "days")) return STR("number");
    return str_is(type, "text") && is_long ? STR("long") : type;
}

static void put_field(struct visit *v, struct tree *list, const struct tree *row,
                      const struct tree *values, const struct tree *remarks)
{
    static const char *const copied[] = {"name", "title", "help",     "article",
                                         "min",  "max",   "required", "type"};
    struct arena *a = v->t.arena;
    struct str name = tree_str(row, "name");
    struct tree *f = tree_add_map(a, list, NULL);
    for (size_t k = 0; k < sizeof copied / sizeof *copied; k++)
        tree_add_copy(a, f, copied[k], tree_get(row, copied[k]));
    tree_add_str(a, f, "field", str_of(field_name(v, name)));
    struct str value = shown(v, values, row);
    tree_add_str(a, f, "value", value);
    bool chooses = tree_get(row, "choices") != NULL;
    tree_add_str(a, f, "shape", shape_of(row));
    tree_add_bool(a, f, "is_days", str_is(tree_str(row, "type"), "days"));
    tree_add_bool(a, f, "must", str_is(tree_str(row, "required"), "always"));
    if (chooses) put_choices(v, f, row, value);
    const struct tree *remark = remark_of(remarks, name);
    if (remark) tree_add_str(a, f, "error", tree_str(remark, "sentence"));
}

void fields_put(struct visit *v, const struct tree *rows, const struct tree *values,
                const struct tree *remarks)
{
    struct arena *a = v->t.arena;
    struct tree *list = tree_add_list(a, v->page, "fields");
    for (const struct tree *r = rows ? rows->child : NULL; r; r = r->next)
        put_field(v, list, r, values, remarks);
    struct tree *errors = tree_add_list(a, v->page, "errors");
    for (const struct tree *f = list->child; f; f = f->next) {
        if (!tree_str(f, "error").n) continue;
        struct tree *one = tree_add_map(a, errors, NULL);
        tree_add_copy(a, one, "field", tree_get(f, "field"));
        tree_add_copy(a, one, "title", tree_get(f, "title"));
        tree_add_copy(a, one, "sentence", tree_get(f, "error"));
    }
}

/* ---- reading --------------------------------------------------------------------------------- */

struct tree *fields_read(struct visit *v, const struct tree *rows)
{
    struct arena *a = v->t.arena;
    struct tree *out = tree_map(a);
    for (const struct tree *r = rows ? rows->child : NULL; r; r = r->next) {
        struct str name = tree_str(r, "name");
        const char *key = str_c(a, name);
        struct str value = form_text(&v->form, field_name(v, name));
        if (str_is(tree_str(r, "type"), "flag")) {
            if (value.n) tree_add_bool(a, out, key, true);
        } else if (str_trim(value).n) {
            bool is_text = str_is(tree_str(r, "type"), "text");
            tree_add_str(a, out, key, is_text ? value : str_trim(value));
        }
    }
    return out;
}

const struct tree *fields_missing(struct visit *v, const struct tree *rows)
{
    struct arena *a = v->t.arena;
    struct tree *list = tree_list(a);
    for (const struct tree *r = rows ? rows->child : NULL; r; r = r->next) {
        if (!str_is(tree_str(r, "required"), "always")) continue;
        struct str value = form_text(&v->form, field_name(v, tree_str(r, "name")));
        if (!str_is_blank(value)) continue;
        struct tree *one = tree_add_map(a, list, NULL);
        tree_add_str(a, one, "particular", tree_str(r, "name"));
        tree_add_str(a, one, "sentence",
                     text_say(a, v->lang, TEXT("Fill in: {field}"), "field",
                              str_c(a, tree_str(r, "title")), NULL));
    }
    return list;
}

const struct tree *fields_fault(struct visit *v, const struct fault *f)
{
    struct arena *a = v->t.arena;
    struct tree *list = tree_list(a);
    struct tree *one = tree_add_map(a, list, NULL);
    tree_add_str(a, one, "particular", str_of(f->particular));
    tree_add_str(a, one, "sentence", str_of(f->sentence));
    return list;
}

void fields_answers(struct visit *v, const struct tree *rows)
{
    struct arena *a = v->t.arena;
    struct tree *list = tree_add_list(a, v->page, "answers");
    for (const struct tree *r = rows ? rows->child : NULL; r; r = r->next) {
        struct str name = tree_str(r, "name"), value = form_text(&v->form, field_name(v, name));
        if (!str_trim(value).n) continue;
        struct tree *one = tree_add_map(a, list, NULL);
        tree_add_str(a, one, "field", str_of(field_name(v, name)));
        tree_add_copy(a, one, "title", tree_get(r, "title"));
        tree_add_copy(a, one, "article", tree_get(r, "article"));
        tree_add_str(a, one, "value", value);
        const struct tree *choices = tree_get(r, "choices");
        for (const struct tree *c = choices ? choices->child : NULL; c; c = c->next)
            if (str_eq(tree_str(c, "value"), value))
                tree_add_copy(a, one, "said", tree_get(c, "title"));
        tree_add_bool(a, one, "is_flag", str_is(tree_str(r, "type"), "flag"));
    }
}

/* ---- files ----------------------------------------------------------------------------------- */

err fields_documents(struct visit *v, struct tree **out)
{
    struct arena *a = v->t.arena;
    struct tree *list = tree_list(a);
    for (size_t k = 0; k < v->form.n; k++) {
        const struct web_field *f = &v->form.fields[k];
        if (!f->is_file || !str_is(f->name, "documents") || !f->file_name.n) continue;
        if (f->data.n == 0)
            return turn_fail_at(&v->t, ERR_REJECTED, "document-empty", NULL, STR("documents"),
                                "The file \"" STR_FMT "\" is empty. Nothing was recorded.",
                                STR_ARG(str_printable(a, f->file_name)));
        struct tree *one = tree_add_map(a, list, NULL);
        tree_add_str(a, one, "name", f->file_name);
        tree_add_str(a, one, "type", f->type.n ? f->type : STR("application/octet-stream"));
        tree_add_str(a, one, "data", base64(a, f->data));
    }
    *out = list;
    return ERR_OK;
}
