/* SPDX-License-Identifier: Apache-2.0 */
/* The register: the original is stored by its hash before anything else is looked at, and stays
 * whatever is wrong with the rest. Sender, date and numbers may follow. What an entry becomes is
 * decided in filing.c. */

#include "desk/desk_internal.h"

#include <string.h>

enum { FIELD_TEXT_MAX = 4000, MAIL_TEXT_MAX = 65536 };
enum { NUMBERS_MAX = 32, NUMBER_MAX = 100, ENTRIES_USUAL = 200, ENTRIES_MAX = 1000 };

/* ---- originals ------------------------------------------------------------------------------- */

/* The last step of the name as given, without what deceives who reads it; else a name of ours, for
 * no name may cost an original. */
static struct str safe_name(struct turn *t, struct str name, size_t nth)
{
    struct str base = name.n ? mail_name_safe(t->arena, name) : name;
    struct str path = str_printf(t->arena, "documents/" STR_FMT, STR_ARG(base));
    if (base.n && zip_name_is_safe(path)) return base;
    return str_printf(t->arena, "document-%zu", nth + 1);
}

static bool is_name_taken(const struct tree *files, struct str name)
{
    for (const struct tree *f = files->child; f; f = f->next)
        if (str_eq(tree_str(f, "name"), name)) return true;
    return false;
}

err desk_original_put(struct desk *d, struct turn *t, const struct id *key, const struct tree *from,
                      size_t size_max, struct tree *files, struct tree *vaults)
{
    struct bytes data;
    struct desk_doc doc = {.name = safe_name(t, tree_str(from, "name"), files->count),
                           .type = tree_str(from, "type")};
    if (!base64_read(t->arena, tree_str(from, "data"), &data) || !data.n)
        return turn_fail_at(t, ERR_REJECTED, "document-data", "RFC 4648 4", doc.name,
                            "The document's bytes are not base64, or there are none.");
    if (data.n > size_max)
        return turn_fail_at(t, ERR_TOO_LARGE, "document-too-large", NULL, doc.name,
                            "A document of the register holds at most %zu bytes.", size_max);
    try(desk_document_keep(d, t, key, data, &doc));
    if (tree_get_s(vaults, doc.sha256)) return ERR_OK; /* the same bytes once */
    if (is_name_taken(files, doc.name))
        doc.name = str_printf(t->arena, "%zu-" STR_FMT, files->count + 1, STR_ARG(doc.name));
    struct tree *one = tree_add_map(t->arena, files, NULL);
    tree_add_str(t->arena, one, "name", doc.name);
    tree_add_str(t->arena, one, "sha256", doc.sha256);
    tree_add_int(t->arena, one, "size", doc.size);
    tree_add_str(t->arena, one, "type", doc.type.n ? doc.type : STR("application/octet-stream"));
    tree_add_str(t->arena, vaults, str_c(t->arena, doc.sha256), desk_hex_hash(t, &doc.vault));
    return ERR_OK;
}

err desk_originals_put(struct desk *d, struct turn *t, const struct id *key,
                       const struct tree *list, struct tree *files, struct tree *vaults)
{
    if (list && list->count > DESK_ORIGINALS_MAX)
        return turn_fail(t, ERR_TOO_LARGE, "documents-too-many", NULL,
                         "At most %d documents are taken at once.", DESK_ORIGINALS_MAX);
    for (const struct tree *f = list ? list->child : NULL; f; f = f->next)
        try(desk_original_put(d, t, key, f, DESK_ORIGINAL_MAX, files, vaults));
    return ERR_OK;
}

/* ---- fields ---------------------------------------------------------------------------------- */

static const char *const carriages[] = {"email",   "interpol", "note-verbale", "post",
                                        "courier", "by-hand",  "telephone"};

bool desk_is_carriage(struct str word)
{
    for (size_t k = 0; k < sizeof carriages / sizeof *carriages; k++)
        if (str_is(word, carriages[k])) return true;
    return false;
}

/* Whose register it is: a day is one of theirs. */
struct whose {
    struct desk *d;
    struct turn *t;
    struct str ours;
};

static const char *carriage_wrong(const struct whose *by, struct str s)
{
    (void)by;
    return desk_is_carriage(s) ? NULL
                               : "is one of: email interpol note-verbale post courier by-hand "
                                 "telephone";
}

static const char *state_wrong(const struct whose *by, struct str s)
{
    const struct desk *d = by->d;
    struct turn *t = by->t;
    const struct tree *file;
    if (law_state_file(t, d->tables, s, &file) == ERR_OK) return NULL;
    turn_forgive(t);
    for (size_t k = 0; k < d->peers_n; k++)
        if (str_eq(d->peers[k].state, s)) return NULL;
    return "names no State of the tables";
}

static const char *from_wrong(const struct whose *by, struct str s)
{
    struct desk *d = by->d;
    struct turn *t = by->t;
    const struct tree *authority, *state;
    if (desk_peer(d, s)) return NULL;
    if (desk_authority_row(d, t, s, &authority, &state) == ERR_OK) return NULL;
    turn_forgive(t);
    return "names no authority of the tables; say in from_text who it was";
}

/* False where the zone is not known: then the day is that of UTC. */
static bool day_begins(const struct desk *d, struct str authority, int64_t day, int64_t *ms_out)
{
    return law_zone_day_begins(&d->zones, law_authority_zone(d->tables, authority), day, ms_out);
}

int64_t desk_day_ms(const struct desk *d, struct str authority, int64_t day)
{
    int64_t ms;
    (void)day_begins(d, authority, day, &ms);
    return ms;
}

#define DAY_AHEAD_MS (INT64_C(14) * 3600 * 1000) /* UTC+14: where a day begins first */

static const char *received_wrong(const struct whose *by, struct str s)
{
    int64_t ms, day, latest = turn_now_ms(by->t) + LAW_CLOCK_AHEAD_MAX_MS;
    if (day_read(s, &day))
        latest += day_begins(by->d, by->ours, day, &ms) ? 0 : DAY_AHEAD_MS;
    else if (!time_read(s, &ms))
        return "is a day (2026-11-24) or a time (2026-11-24T10:00:00Z)";
    return ms > latest ? "lies in the future" : NULL;
}

static const char *day_wrong(const struct whose *by, struct str s)
{
    int64_t day;
    (void)by;
    return day_read(s, &day) ? NULL : "is a day, like 2026-11-24";
}

/* What an entry can say. An empty text takes back what was said. */
static const struct {
    const char *name;
    size_t max;
    const char *(*wrong)(const struct whose *by, struct str s); /* NULL: any text */
} fields_known[] = {
    {"carriage", 20, carriage_wrong},
    {"deadline", 10, day_wrong},
    {"from", 64, from_wrong},
    {"from_text", 400, NULL},
    {"instrument", 64, NULL},
    {"kind", 64, NULL},
    {"lang", 8, NULL},
    {"note", FIELD_TEXT_MAX, NULL},
    {"received", 30, received_wrong},
    {"registry", NUMBER_MAX, NULL},
    {"state", 2, state_wrong},
    {"subject", FIELD_TEXT_MAX, NULL},
    {"text", MAIL_TEXT_MAX, NULL},
};

static void not_take(struct turn *t, struct tree *list, const char *field, const char *why)
{
    struct tree *one = tree_add_map(t->arena, list, NULL);
    tree_add_str(t->arena, one, "field", str_of(field));
    tree_add_str(t->arena, one, "sentence", str_printf(t->arena, "%s %s.", field, why));
}

static const char *const sorts[] = {"theirs", "registry", "registry-out", "interpol",
                                    "note",   "court",    "provider",     "other"};

bool desk_is_sort(struct str word)
{
    for (size_t k = 0; k < sizeof sorts / sizeof *sorts; k++)
        if (str_is(word, sorts[k])) return true;
    return false;
}

static void numbers_take(struct turn *t, const struct tree *list, struct tree *fields,
                         struct tree *not_taken)
{
    struct tree *taken = tree_list(t->arena);
    if (list->kind != TREE_LIST || list->count > NUMBERS_MAX) {
        not_take(t, not_taken, "numbers", "is a list of at most 32 numbers");
        return;
    }
    for (const struct tree *n = list->child; n; n = n->next) {
        struct str number = n->kind == TREE_STR ? n->str : tree_str(n, "number");
        struct str sort = n->kind == TREE_STR ? STR("theirs") : tree_str(n, "sort");
        number = str_trim(number);
        if (!number.n || number.n > NUMBER_MAX || !desk_is_sort(sort)) {
            not_take(t, not_taken, "numbers",
                     "is a number of up to 100 characters and its sort: theirs registry "
                     "registry-out interpol note court provider other");
            continue;
        }
        struct tree *one = tree_add_map(t->arena, taken, NULL);
        tree_add_str(t->arena, one, "number", number);
        tree_add_str(t->arena, one, "sort", sort);
    }
    tree_set(t->arena, fields, STR("numbers"), taken);
}

/* A day becomes its first and last moment now: what a zone is may be ruled otherwise later. */
static void day_settle(const struct whose *by, struct tree *fields)
{
    int64_t day;
    struct arena *a = by->t->arena;
    if (!day_read(tree_str(fields, "received"), &day)) return;
    struct tree *when = tree_map(a);
    tree_add_int(a, when, "from", desk_day_ms(by->d, by->ours, day));
    tree_add_int(a, when, "to", desk_day_ms(by->d, by->ours, day + 1) - 1);
    tree_set(a, fields, STR("received_in"), when);
}

void desk_entry_fields(struct desk *d, struct turn *t, struct str ours, const struct tree *args,
                       struct tree *fields, struct tree *not_taken)
{
    const struct whose by = {d, t, ours};
    for (size_t k = 0; k < sizeof fields_known / sizeof *fields_known; k++) {
        const char *name = fields_known[k].name;
        const struct tree *given = tree_get(args, name);
        if (!given) continue;
        const char *wrong = NULL;
        if (given->kind != TREE_STR)
            wrong = "is a text";
        else if (given->str.n > fields_known[k].max)
            wrong = "is too long";
        else if (given->str.n && fields_known[k].wrong)
            wrong = fields_known[k].wrong(&by, given->str);
        if (wrong)
            not_take(t, not_taken, name, wrong);
        else
            tree_set(t->arena, fields, str_of(name), given);
    }
    day_settle(&by, fields);
    const struct tree *numbers = tree_get(args, "numbers");
    if (numbers) numbers_take(t, numbers, fields, not_taken);
    struct str from = tree_str(fields, "from"), state, rest;
    if (!from.n) return;
    str_split(from, '/', &state, &rest); /* an authority says its State */
    if (!tree_str(fields, "state").n)
        tree_set(t->arena, fields, STR("state"), &(struct tree){.kind = TREE_STR, .str = state});
    else if (!str_eq(tree_str(fields, "state"), state))
        not_take(t, not_taken, "state", "is not the State of the authority in from");
}

struct desk_when desk_received(const struct tree *fields, int64_t registered_ms)
{
    int64_t ms, day;
    struct str received = tree_str(fields, "received");
    if (time_read(received, &ms)) return (struct desk_when){ms, ms};
    const struct tree *in = day_read(received, &day) ? tree_get(fields, "received_in") : NULL;
    struct desk_when w = {tree_int(in, "from", 0), tree_int(in, "to", INT64_MAX)};
    /* Of a day that was not over, and where none was said, the moment it was registered. */
    return w.to_ms < registered_ms ? w : (struct desk_when){registered_ms, registered_ms};
}

/* ---- keeping --------------------------------------------------------------------------------- */

static const struct tree *by_of(struct turn *t, const struct store_officer *o)
{
    struct tree *by = tree_map(t->arena);
    tree_add_str(t->arena, by, "officer", o->officer);
    tree_add_str(t->arena, by, "post", o->post);
    return by;
}

/* `open` is what may be shown with a proof: that these originals were here then. */
static struct str entry_open(struct turn *t, const struct desk_arrival *a, struct str label)
{
    struct tree *m = tree_map(t->arena);
    tree_add_int(t->arena, m, "v", 1);
    tree_add_str(t->arena, m, "entry", label);
    tree_add_str(t->arena, m, "ours", a->ours);
    tree_add_int(t->arena, m, "at", turn_now_ms(t));
    struct tree *list = tree_add_list(t->arena, m, "sha256");
    for (const struct tree *f = a->files->child; f; f = f->next)
        tree_add_str(t->arena, list, NULL, tree_str(f, "sha256"));
    return json_write(t->arena, m);
}

err desk_entry_keep(struct desk *d, struct turn *t, const struct desk_arrival *a,
                    struct store_entry *out)
{
    struct arena *m = t->arena;
    struct tree *rest = tree_map(m);
    struct str label;
    try(desk_number_mint(d, t, a->ours, "IN", rest, &label));
    tree_add_str(m, rest, "label", label);
    tree_add_str(m, rest, "ours", a->ours);
    tree_add_copy(m, rest, "by", a->by);
    tree_add_copy(m, rest, "fields", a->fields);
    tree_add_copy(m, rest, "files", a->files);
    tree_add_copy(m, rest, "documents", a->vaults);
    if (!id_eq(&a->dossier, &store_house)) {
        tree_add_str(m, rest, "dossier", desk_hex_id(t, &a->dossier));
        tree_add_str(m, rest, "act", desk_hex_id(t, &a->act));
    }
    if (a->message.n) tree_add_str(m, rest, "message", hex(m, a->message));
    struct id *id = arena_take(m, sizeof *id);
    *id = a->id;
    struct store_record r = {.dossier = a->id,
                             .kind = STR("entry"),
                             .subject = id_bytes(id),
                             .at_ms = turn_now_ms(t),
                             .open = str_bytes(entry_open(t, a, label)),
                             .rest = rest};
    try(desk_record(d, t, &r));
    return store_entry_get(t, d->store, id, out);
}

/* ---- reading --------------------------------------------------------------------------------- */

static void edit_apply(struct turn *t, struct desk_paper *p, const struct tree *rest)
{
    const struct tree *fields = tree_get(rest, "fields");
    for (const struct tree *f = fields ? fields->child : NULL; f; f = f->next)
        tree_set(t->arena, p->fields, f->key, f);
    const struct tree *files = tree_get(rest, "files");
    for (const struct tree *f = files ? files->child : NULL; f; f = f->next)
        tree_add_copy(t->arena, p->files, NULL, f);
    const struct tree *vaults = tree_get(rest, "documents");
    for (const struct tree *f = vaults ? vaults->child : NULL; f; f = f->next)
        tree_set(t->arena, p->vaults, f->key, f);
}

err desk_paper_load(struct desk *d, struct turn *t, const struct store_entry *row,
                    struct desk_paper *out)
{
    struct store_record r;
    struct store_slip *slips;
    size_t n;
    struct desk_paper p = {.row = *row,
                           .fields = tree_map(t->arena),
                           .files = tree_list(t->arena),
                           .vaults = tree_map(t->arena)};
    try(store_record_get(t, d->store, "entry", id_bytes(&row->id), &r));
    p.by = tree_get(r.rest, "by");
    p.registered_ms = r.at_ms;
    edit_apply(t, &p, r.rest);
    try(store_slips_of_entry(t, d->store, &row->id, &slips, &n));
    for (size_t k = 0; k < n; k++) {
        if (!str_is(slips[k].kind, "entry-edit")) continue;
        try(store_record_at(t, d->store, slips[k].leaf, &r));
        edit_apply(t, &p, r.rest);
    }
    *out = p;
    return ERR_OK;
}

err desk_entry_seen(struct desk *d, struct desk_turn *dt, enum store_right right,
                    const struct store_entry *row, bool *out)
{
    struct turn *t = &dt->t;
    struct store_reader who;
    struct store_entry seen;
    *out = false;
    desk_reader(dt, right, &who);
    err e = store_access_entry(t, d->store, &who, &row->id, &seen);
    if (e != ERR_OK && e != ERR_NONE_SUCH) return e;
    turn_forgive(t);
    *out = e == ERR_OK;
    return ERR_OK;
}

err desk_arg_entry(struct desk *d, struct desk_turn *dt, enum store_right right,
                   struct desk_paper *out)
{
    struct turn *t = &dt->t;
    struct str label;
    struct store_entry row;
    bool seen = false, may = false;
    try(desk_arg(t, dt->args, "entry", &label));
    err e = store_entry_find(t, d->store, label, &row);
    if (e == ERR_OK) try(desk_entry_seen(d, dt, RIGHT_READ, &row, &seen));
    if (seen) try(desk_entry_seen(d, dt, right, &row, &may));
    if (may) return desk_paper_load(d, t, &row, out);
    if (seen) return desk_may_not(t);
    if (e != ERR_OK && e != ERR_NONE_SUCH) return e;
    turn_forgive(t);
    return turn_fail(t, ERR_NONE_SUCH, "entry-none-such", NULL,
                     "There is no entry " STR_FMT " in the register.",
                     STR_ARG(str_printable(t->arena, label)));
}

/* ---- what an officer does -------------------------------------------------------------------- */

/* A telephone call or a remark without paper: its text is the original. */
static const struct tree *note_as_original(struct turn *t, const struct tree *args)
{
    struct str note = tree_str(args, "note");
    struct tree *list = tree_list(t->arena), *one;
    if (!note.n) return NULL;
    one = tree_add_map(t->arena, list, NULL);
    tree_add_str(t->arena, one, "name", STR("note.txt"));
    tree_add_str(t->arena, one, "type", STR("text/plain"));
    tree_add_str(t->arena, one, "data", base64(t->arena, str_bytes(note)));
    return list;
}

static err done_view(struct desk *d, struct desk_turn *dt, const struct store_entry *row,
                     const struct tree *not_taken)
{
    struct turn *t = &dt->t;
    struct desk_paper p;
    struct tree *v = tree_map(t->arena);
    try(desk_paper_load(d, t, row, &p));
    try(desk_entry_view(d, dt, &p, true, v));
    if (not_taken && not_taken->count) tree_add_copy(t->arena, v, "not_taken", not_taken);
    dt->view = v;
    return ERR_OK;
}

err desk_do_ENTRY_ADD(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct store_officer officer;
    struct store_entry row;
    struct tree *not_taken = tree_list(t->arena);
    struct desk_arrival a = {.id = desk_random_id(t),
                             .fields = tree_map(t->arena),
                             .files = tree_list(t->arena),
                             .vaults = tree_map(t->arena)};
    try(desk_officer(d, dt, &officer));
    const struct tree *documents = tree_get(dt->args, "documents");
    if (!documents || !documents->count) documents = note_as_original(t, dt->args);
    if (!documents)
        return turn_fail_at(t, ERR_USAGE, "original-missing", NULL, STR("documents"),
                            "Register the scan, the file or the mail itself; of a telephone call, "
                            "a note.");
    try(store_key_make(t, d->store, &a.id));
    try(desk_originals_put(d, t, &a.id, documents, a.files, a.vaults));
    a.ours = officer.authority;
    a.by = by_of(t, &officer);
    desk_entry_fields(d, t, a.ours, dt->args, a.fields, not_taken);
    try(desk_entry_keep(d, t, &a, &row));
    return done_view(d, dt, &row, not_taken);
}

err desk_do_ENTRY_EDIT(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct store_officer officer;
    struct desk_paper p;
    struct tree *fields = tree_map(t->arena), *wrong = tree_list(t->arena);
    struct tree *files = tree_list(t->arena), *vaults = tree_map(t->arena);
    try(desk_officer(d, dt, &officer));
    try(desk_arg_entry(d, dt, RIGHT_REGISTER, &p));
    if (str_is(p.row.stage, "filed"))
        return turn_fail(t, ERR_CONFLICT, "entry-filed", NULL,
                         "The entry " STR_FMT " is filed; what stands in it drove a clock and "
                         "stays.",
                         STR_ARG(p.row.label));
    desk_entry_fields(d, t, p.row.ours, dt->args, fields, wrong);
    if (wrong->count)
        return turn_fail_at(t, ERR_REJECTED, "entry-field", NULL, tree_str(wrong->child, "field"),
                            STR_FMT " The entry stays as it was.",
                            STR_ARG(tree_str(wrong->child, "sentence")));
    try(desk_originals_put(d, t, &p.row.id, tree_get(dt->args, "documents"), files, vaults));
    struct tree *rest = tree_map(t->arena);
    tree_add_copy(t->arena, rest, "by", by_of(t, &officer));
    tree_add_copy(t->arena, rest, "fields", fields);
    tree_add_copy(t->arena, rest, "files", files);
    tree_add_copy(t->arena, rest, "documents", vaults);
    struct desk_hang h = {.key = &p.row.id, .ours = p.row.ours, .entry = p.row.id};
    try(desk_slip_put(d, t, "entry-edit", &h, rest, NULL));
    try(store_entry_get(t, d->store, &p.row.id, &p.row));
    return done_view(d, dt, &p.row, NULL);
}

err desk_do_ENTRY(struct desk *d, struct desk_turn *dt)
{
    struct desk_paper p;
    try(desk_arg_entry(d, dt, RIGHT_READ, &p));
    try(desk_read_note(d, dt, NULL));
    return done_view(d, dt, &p.row, NULL);
}

err desk_do_ENTRIES(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct store_reader who;
    struct store_entry *rows;
    size_t n;
    int64_t limit = tree_int(dt->args, "limit", ENTRIES_USUAL);
    desk_reader(dt, RIGHT_READ, &who);
    if (limit < 1 || limit > ENTRIES_MAX)
        return turn_fail_at(t, ERR_USAGE, "argument", NULL, STR("limit"),
                            "A list shows between 1 and %d entries.", ENTRIES_MAX);
    try(store_access_entries(t, d->store, &who, tree_bool(dt->args, "open", false),
                             tree_int(dt->args, "before", INT64_MAX), limit, &rows, &n));
    struct tree *v = tree_map(t->arena), *list = tree_add_list(t->arena, v, "entries");
    try(desk_read_note(d, dt, NULL));
    for (size_t k = 0; k < n; k++) {
        struct desk_paper p;
        try(desk_paper_load(d, t, &rows[k], &p));
        try(desk_entry_view(d, dt, &p, false, tree_add_map(t->arena, list, NULL)));
    }
    if (n == (size_t)limit) tree_add_int(t->arena, v, "before", rows[n - 1].leaf);
    dt->view = v;
    return ERR_OK;
}

/* An original, as it came: bytes to be saved, never to be opened here. */
err desk_do_ENTRY_DOCUMENT(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct desk_paper p;
    struct str sha256;
    struct hash vault;
    try(desk_arg(t, dt->args, "sha256", &sha256));
    try(desk_arg_entry(d, dt, RIGHT_READ, &p));
    try(desk_read_note(d, dt, NULL));
    const struct tree *f = p.files->child;
    while (f && !str_eq(tree_str(f, "sha256"), sha256)) f = f->next;
    if (!f || !hash_read(tree_str(p.vaults, str_c(t->arena, sha256)), &vault))
        return turn_fail(t, ERR_NONE_SUCH, "document-none-such", NULL,
                         "The entry has no document with that hash.");
    struct bytes locked, plain;
    try(vault_get(t, d->vault, &vault, VAULT_FILE_MAX, &locked));
    try(store_unlock(t, d->store, &p.row.id, sha256, locked, &plain));
    struct tree *v = tree_map(t->arena);
    tree_add_str(t->arena, v, "name", tree_str(f, "name"));
    tree_add_str(t->arena, v, "type", tree_str(f, "type"));
    tree_add_int(t->arena, v, "size", (int64_t)plain.n);
    tree_add_str(t->arena, v, "sha256", sha256);
    tree_add_str(t->arena, v, "data", base64(t->arena, plain));
    dt->view = v;
    return ERR_OK;
}
