/* SPDX-License-Identifier: Apache-2.0 */
/* How acts travel by people: carried, confirmed by a person there, the signed paper bound to what
 * it prints, the head's instructions, and the numbers others gave a dossier.
 *
 * A level is only ever what was proved: held-here, dispatched, confirmed by a person there, held by
 * the other State's node. The last is said by a receipt alone. */

#include "desk/desk_internal.h"

enum { PROOF_MAX = 400, PERSON_MAX = 200, INSTRUCTION_MAX = 4000 };
#define INSTRUCTION_AHEAD_MS (3660 * DAY_MS)

/* ---- what is asked for ----------------------------------------------------------------------- */

struct errand {
    struct store_officer officer;
    struct store_dossier row;
    struct desk_case c;
    const struct desk_entry *e; /* the act */
};

err desk_arg_act(struct turn *t, const struct desk_case *c, const struct tree *args,
                 const struct desk_entry **out)
{
    struct str wanted = tree_str(args, "act");
    *out = NULL;
    for (size_t k = 0; k < c->n; k++) {
        const struct desk_entry *e = &c->entries[k];
        if (!str_is(e->row.way, "out")) continue;
        if (!wanted.n || str_eq(wanted, e->row.act) || str_eq(wanted, desk_hex_id(t, &e->row.id)))
            *out = e;
    }
    if (*out) return ERR_OK;
    return turn_fail_at(t, ERR_NONE_SUCH, "act-none-such", NULL, wanted,
                        "No such act of ours goes out in " STR_FMT ".", STR_ARG(c->row.ref));
}

static err errand_load(struct desk *d, struct desk_turn *dt, struct errand *x)
{
    struct turn *t = &dt->t;
    try(desk_officer(d, dt, &x->officer));
    try(desk_arg_dossier(d, dt, RIGHT_SEND, &x->row));
    try(desk_case_load(d, t, &x->row.id, INT64_MAX, &x->c));
    return desk_arg_act(t, &x->c, dt->args, &x->e);
}

static err text_arg(struct turn *t, const struct tree *args, const char *name, size_t max,
                    struct str *out)
{
    *out = str_trim(tree_str(args, name));
    if (out->n <= max) return ERR_OK;
    return turn_fail_at(t, ERR_REJECTED, "text-too-long", NULL, str_of(name),
                        "%s holds at most %zu characters.", name, max);
}

/* When it happened: now, or a time that is not still to come. */
static err moment_arg(struct turn *t, const struct tree *args, int64_t *out)
{
    struct str at = tree_str(args, "at");
    int64_t day, now_ms = turn_now_ms(t);
    *out = now_ms;
    if (!at.n) return ERR_OK;
    if (!time_read(at, out)) {
        if (!day_read(at, &day))
            return turn_fail_at(t, ERR_REJECTED, "time-form", "RFC 3339 5.6", STR("at"),
                                "A time is written 2026-11-24T10:00:00Z, or as a day.");
        *out = day == day_of_ms(now_ms) ? now_ms : day * DAY_MS;
    }
    if (*out <= now_ms + LAW_CLOCK_AHEAD_MAX_MS) return ERR_OK;
    return turn_fail_at(t, ERR_REJECTED, "time-ahead", NULL, STR("at"),
                        "What is still to come cannot be recorded as done.");
}

static void by_put(struct turn *t, struct tree *rest, const struct store_officer *o)
{
    tree_add_str(t->arena, rest, "officer", o->officer);
    tree_add_str(t->arena, rest, "post", o->post);
}

static err proofs_put(struct desk *d, struct turn *t, const struct id *key, const struct tree *args,
                      struct tree *rest)
{
    struct tree *files = tree_add_list(t->arena, rest, "files");
    struct tree *vaults = tree_add_map(t->arena, rest, "documents");
    return desk_originals_put(d, t, key, tree_get(args, "documents"), files, vaults);
}

static struct desk_hang hang_on(const struct errand *x)
{
    return (struct desk_hang){.key = &x->row.id,
                              .ours = x->row.ours,
                              .dossier = x->row.id,
                              .act = x->e ? x->e->row.id : store_house};
}

static err done_view(struct desk *d, struct desk_turn *dt, const struct errand *x)
{
    struct turn *t = &dt->t;
    struct desk_slips slips;
    try(desk_slips_load(d, t, &x->row.id, INT64_MAX, &slips));
    struct tree *v = tree_map(t->arena);
    tree_add_str(t->arena, v, "ref", x->row.ref);
    if (x->e) {
        tree_add_str(t->arena, v, "act", x->e->row.act);
        tree_add_str(t->arena, v, "id", desk_hex_id(t, &x->e->row.id));
        tree_add_str(t->arena, v, "level", desk_level(d, t, &slips, &x->e->row));
        desk_carriages_add(t, v, &slips, &x->e->row);
    }
    dt->view = v;
    return ERR_OK;
}

/* ---- carried, confirmed ---------------------------------------------------------------------- */

static err carriage_keep(struct desk *d, struct desk_turn *dt, struct errand *x, const char *what)
{
    struct turn *t = &dt->t;
    struct str carriage, proof, person;
    int64_t at_ms;
    bool confirms = str_is(str_of(what), "confirmed");
    try(errand_load(d, dt, x));
    try(desk_arg(t, dt->args, "carriage", &carriage));
    if (!desk_is_carriage(carriage))
        return turn_fail_at(t, ERR_REJECTED, "carriage-unknown", NULL, STR("carriage"),
                            "People carry by: email interpol note-verbale post courier by-hand "
                            "telephone. The wire between nodes records itself.");
    try(text_arg(t, dt->args, "proof", PROOF_MAX, &proof));
    try(text_arg(t, dt->args, "by", PERSON_MAX, &person));
    try(moment_arg(t, dt->args, &at_ms));
    const struct tree *documents = tree_get(dt->args, "documents");
    if (!confirms && !proof.n && (!documents || !documents->count))
        return turn_fail_at(t, ERR_REJECTED, "proof-missing", NULL, STR("proof"),
                            "Say what proves that it left: a document, or the number of the "
                            "posting, message or note.");
    if (confirms && !person.n)
        return turn_fail_at(t, ERR_REJECTED, "person-missing", NULL, STR("by"),
                            "Say who there confirmed that it was received.");
    struct tree *rest = tree_map(t->arena);
    try(proofs_put(d, t, &x->row.id, dt->args, rest));
    tree_add_int(t->arena, rest, "at", at_ms);
    tree_add_str(t->arena, rest, "carriage", carriage);
    by_put(t, rest, &x->officer);
    tree_add_str(t->arena, rest, "person", person);
    tree_add_str(t->arena, rest, "proof", proof);
    tree_add_str(t->arena, rest, "what", str_of(what));
    struct desk_hang h = hang_on(x);
    try(desk_slip_put(d, t, "carriage", &h, rest, NULL));
    try(store_mail_drop_refused(t, d->store, &x->e->row.id));
    return done_view(d, dt, x);
}

err desk_do_DISPATCH(struct desk *d, struct desk_turn *dt)
{
    struct errand x = {0};
    return carriage_keep(d, dt, &x, "dispatched");
}

err desk_do_CONFIRM(struct desk *d, struct desk_turn *dt)
{
    struct errand x = {0};
    return carriage_keep(d, dt, &x, "confirmed");
}

/* ---- ink ------------------------------------------------------------------------------------- */

/* The act of this dossier that prints a code; NULL when none does. */
static const struct desk_entry *act_of_code(struct turn *t, const struct desk_case *c,
                                            struct str typed)
{
    for (size_t k = 0; k < c->n; k++)
        if (desk_code_is(typed, desk_code(t, &c->entries[k].row.hash))) return &c->entries[k];
    return NULL;
}

/* Paper of another version is refused by what is printed on it, and both are named. */
static err code_fits(struct turn *t, const struct errand *x, struct str typed)
{
    struct str code = desk_code(t, &x->e->row.hash);
    if (desk_code_is(typed, code)) return ERR_OK;
    const struct desk_entry *other = act_of_code(t, &x->c, typed);
    struct str shown = str_printable(t->arena, typed);
    if (shown.n > 40) shown.n = 40;
    if (other)
        return turn_fail_at(
            t, ERR_REJECTED, "code-of-another", "comity letter 1: code", STR("code"),
            "The paper bears " STR_FMT ", the code of act " STR_FMT " no. %lld; act " STR_FMT
            " no. %lld bears " STR_FMT ". Nothing was bound.",
            STR_ARG(shown), STR_ARG(other->row.act), (long long)other->row.n,
            STR_ARG(x->e->row.act), (long long)x->e->row.n, STR_ARG(code));
    return turn_fail_at(t, ERR_REJECTED, "code-of-another", "comity letter 1: code", STR("code"),
                        "The paper bears " STR_FMT ", which no act of " STR_FMT
                        " bears; act " STR_FMT " no. %lld bears " STR_FMT
                        ". It is another version; nothing was bound.",
                        STR_ARG(shown), STR_ARG(x->row.ref), STR_ARG(x->e->row.act),
                        (long long)x->e->row.n, STR_ARG(code));
}

err desk_do_BIND(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct errand x = {0};
    struct str code;
    try(errand_load(d, dt, &x));
    try(desk_arg(t, dt->args, "code", &code));
    try(code_fits(t, &x, code));
    const struct tree *documents = tree_get(dt->args, "documents");
    if (!documents || !documents->count)
        return turn_fail_at(t, ERR_USAGE, "original-missing", NULL, STR("documents"),
                            "Give the scan of the signed paper.");
    struct tree *rest = tree_map(t->arena);
    try(proofs_put(d, t, &x.row.id, dt->args, rest));
    by_put(t, rest, &x.officer);
    tree_add_str(t->arena, rest, "code", desk_code(t, &x.e->row.hash));
    tree_add_str(t->arena, rest, "hash", desk_hex_hash(t, &x.e->row.hash));
    struct desk_hang h = hang_on(&x);
    try(desk_slip_put(d, t, "bound", &h, rest, NULL));
    return done_view(d, dt, &x);
}

/* ---- instructions ---------------------------------------------------------------------------- */

/* A dossier by `ref`, or an entry by `entry`. */
static err place_load(struct desk *d, struct desk_turn *dt, struct errand *x, struct desk_hang *h)
{
    struct turn *t = &dt->t;
    struct desk_paper *p = arena_take(t->arena, sizeof *p);
    try(desk_officer(d, dt, &x->officer));
    if (tree_str(dt->args, "entry").n) {
        try(desk_arg_entry(d, dt, RIGHT_ASSIGN, p));
        *h = (struct desk_hang){.key = &p->row.id,
                                .ours = p->row.ours,
                                .entry = p->row.id,
                                .dossier =
                                    str_is(p->row.stage, "filed") ? p->row.dossier : store_house};
        return ERR_OK;
    }
    try(desk_arg_dossier(d, dt, RIGHT_ASSIGN, &x->row));
    *h = hang_on(x);
    return ERR_OK;
}

err desk_do_INSTRUCT(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct errand x = {0};
    struct desk_hang h;
    struct str executor, by, text, registry;
    struct id name;
    int64_t day;
    try(place_load(d, dt, &x, &h));
    try(desk_arg(t, dt->args, "executor", &executor));
    try(desk_arg(t, dt->args, "by", &by));
    try(text_arg(t, dt->args, "executor", PERSON_MAX, &executor));
    try(text_arg(t, dt->args, "text", INSTRUCTION_MAX, &text));
    try(text_arg(t, dt->args, "registry", PERSON_MAX, &registry));
    if (!day_read(by, &day))
        return turn_fail_at(t, ERR_REJECTED, "day-form", NULL, STR("by"),
                            "Say by which day, like 2026-11-24.");
    int64_t due_ms = desk_day_ms(d, x.officer.authority, day + 1); /* that day runs out whole */
    if (due_ms <= turn_now_ms(t) || due_ms > turn_now_ms(t) + INSTRUCTION_AHEAD_MS)
        return turn_fail_at(t, ERR_REJECTED, "day-range", NULL, STR("by"),
                            "The day " STR_FMT " is over already, or more than ten years ahead.",
                            STR_ARG(by));
    struct tree *rest = tree_map(t->arena);
    tree_add_str(t->arena, rest, "by", by);
    tree_add_int(t->arena, rest, "due_ms", due_ms);
    tree_add_str(t->arena, rest, "executor", executor);
    by_put(t, rest, &x.officer);
    tree_add_bool(t->arena, rest, "open", true);
    tree_add_str(t->arena, rest, "registry", registry);
    tree_add_str(t->arena, rest, "text", text);
    try(desk_slip_put(d, t, "instruction", &h, rest, &name));
    struct tree *v = tree_map(t->arena);
    tree_add_str(t->arena, v, "instruction", desk_hex_id(t, &name));
    tree_add_str(t->arena, v, "executor", executor);
    tree_add_str(t->arena, v, "end", time_text(t->arena, due_ms));
    dt->view = v;
    return ERR_OK;
}

/* An instruction in a dossier, or on an entry, as far as one has the right there. */
static err instruction_seen(struct desk *d, struct desk_turn *dt, enum store_right right,
                            const struct store_slip *p, bool *out)
{
    struct turn *t = &dt->t;
    struct store_reader who;
    struct store_dossier dossier;
    struct store_entry entry;
    *out = false;
    desk_reader(dt, right, &who);
    if (!str_is(p->kind, "instruction") || !str_eq(p->ours, who.authority)) return ERR_OK;
    if (id_eq(&p->dossier, &store_house)) {
        try(store_entry_get(t, d->store, &p->entry, &entry));
        return desk_entry_seen(d, dt, right, &entry, out);
    }
    err e = store_access_get(t, d->store, &who, &p->dossier, &dossier);
    if (e != ERR_OK && e != ERR_NONE_SUCH) return e;
    turn_forgive(t);
    *out = e == ERR_OK;
    return ERR_OK;
}

err desk_arg_instruction(struct desk *d, struct desk_turn *dt, enum store_right right,
                         struct store_slip *out)
{
    struct turn *t = &dt->t;
    struct id name;
    bool seen = false, may = false;
    if (!id_read(tree_str(dt->args, "instruction"), &name))
        return turn_fail_at(t, ERR_USAGE, "argument", NULL, STR("instruction"),
                            "Name the instruction by its id in show.");
    err e = store_slip_get(t, d->store, &name, out);
    if (e == ERR_OK) try(instruction_seen(d, dt, RIGHT_READ, out, &seen));
    if (seen) try(instruction_seen(d, dt, right, out, &may));
    if (may) return ERR_OK;
    if (seen) return desk_may_not(t);
    if (e != ERR_OK && e != ERR_NONE_SUCH) return e;
    turn_forgive(t);
    return turn_fail(t, ERR_NONE_SUCH, "instruction-none-such", NULL,
                     "There is no such instruction.");
}

err desk_do_INSTRUCTED(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct store_officer officer;
    struct store_slip p;
    struct str text;
    try(desk_officer(d, dt, &officer));
    try(text_arg(t, dt->args, "text", INSTRUCTION_MAX, &text));
    try(desk_arg_instruction(d, dt, RIGHT_ACT_INWARD, &p));
    if (!p.open)
        return turn_fail(t, ERR_CONFLICT, "already-done", NULL, "It is carried out already.");
    struct tree *rest = tree_map(t->arena);
    tree_add_str(t->arena, rest, "instruction", desk_hex_id(t, &p.name));
    by_put(t, rest, &officer);
    tree_add_str(t->arena, rest, "text", text);
    bool on_entry = id_eq(&p.dossier, &store_house);
    struct desk_hang h = {.key = on_entry ? &p.entry : &p.dossier,
                          .ours = p.ours,
                          .entry = p.entry,
                          .dossier = p.dossier};
    try(desk_slip_put(d, t, "instructed", &h, rest, NULL));
    struct tree *v = tree_map(t->arena);
    tree_add_str(t->arena, v, "instruction", desk_hex_id(t, &p.name));
    tree_add_bool(t->arena, v, "open", false);
    dt->view = v;
    return ERR_OK;
}

/* ---- numbers --------------------------------------------------------------------------------- */

err desk_do_NUMBER_ADD(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct errand x = {0};
    struct str number, sort = tree_str(dt->args, "sort");
    try(desk_officer(d, dt, &x.officer));
    try(desk_arg_dossier(d, dt, RIGHT_REGISTER, &x.row));
    try(desk_arg(t, dt->args, "number", &number));
    try(text_arg(t, dt->args, "number", 100, &number));
    if (!sort.n) sort = STR("other");
    if (!desk_is_sort(sort) || !number.n)
        return turn_fail_at(t, ERR_REJECTED, "number-sort", NULL, STR("sort"),
                            "A number is one of: theirs registry registry-out interpol note court "
                            "provider other.");
    struct tree *rest = tree_map(t->arena);
    struct tree *one = tree_add_map(t->arena, tree_add_list(t->arena, rest, "numbers"), NULL);
    tree_add_str(t->arena, one, "number", number);
    tree_add_str(t->arena, one, "sort", sort);
    by_put(t, rest, &x.officer);
    struct desk_hang h = hang_on(&x);
    try(desk_slip_put(d, t, "number", &h, rest, NULL));
    struct tree *v = tree_map(t->arena);
    tree_add_str(t->arena, v, "ref", x.row.ref);
    tree_add_str(t->arena, v, "number", number);
    tree_add_str(t->arena, v, "sort", sort);
    dt->view = v;
    return ERR_OK;
}
