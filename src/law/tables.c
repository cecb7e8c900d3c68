/* SPDX-License-Identifier: Apache-2.0 */
/* A set of tables: which file is what, its hash, its packed form, and finding rows.
 *
 * A set is whole or not at all, and never changes once loaded. */

#include "law/days.h"
#include "law/expand.h"

#include "seal/seal.h"

#include <stdlib.h>
#include <string.h>

/* A law file may hold more values than what peers send. */
enum { FILE_DEPTH_MAX = 14 };
static const struct tree_limits file_limits = {
    .size_max = LAW_FILE_SIZE_MAX, .depth_max = FILE_DEPTH_MAX, .count_max = 65536};
static const struct tree_limits pack_limits = {
    .size_max = LAW_PACK_SIZE_MAX, .depth_max = 2, .count_max = LAW_FILES_MAX + 1};

struct reading {
    struct turn *t;
    struct law_tables *l;
    struct law_sources s;
    struct str *paths;
    const struct tree **mains, **parts;
    size_t mains_n, parts_n;
};

static err file_load(struct reading *r, const struct law_file *f);
static err instruments_load(struct reading *r);
static void names_index(struct turn *t, struct law_tables *l);

static int file_order(const void *a, const void *b)
{
    const struct law_file *x = a, *y = b;
    return strcmp(x->path, y->path);
}

static struct law_file *files_sorted(struct arena *a, const struct law_file *files, size_t n)
{
    struct law_file *sorted = arena_take_many(a, n ? n : 1, sizeof *sorted);
    if (n) memcpy(sorted, files, n * sizeof *files);
    qsort(sorted, n, sizeof *sorted, file_order);
    return sorted;
}

static struct reading reading_new(struct turn *t, size_t n)
{
    struct arena *a = t->arena;
    struct reading r = {.t = t, .l = arena_take(a, sizeof *r.l)};
    size_t room = n ? n : 1;
    r.l->instruments = arena_take_many(a, room, sizeof *r.l->instruments);
    r.l->states = arena_take_many(a, room, sizeof *r.l->states);
    r.l->calendars = arena_take_many(a, room, sizeof *r.l->calendars);
    r.paths = arena_take_many(a, room, sizeof *r.paths);
    r.mains = arena_take_many(a, room, sizeof *r.mains);
    r.parts = arena_take_many(a, room, sizeof *r.parts);
    r.s = (struct law_sources){
        .t = t, .paths = r.paths, .patterns = arena_take_many(a, room, sizeof *r.s.patterns)};
    r.l->paths = r.paths;
    return r;
}

static bool is_listed(const struct law_tables *l, struct str act)
{
    for (size_t k = 0; k < l->by_node_n; k++)
        if (str_eq(l->by_node[k], act)) return true;
    return false;
}

/* In the order of the tables: of each kind the acts that some clock of it names. */
static void by_node_list(struct arena *a, struct law_tables *l)
{
    size_t most = 0;
    for (size_t i = 0; i < l->instruments_n; i++)
        for (size_t k = 0; k < l->instruments[i].kinds_n; k++)
            most += l->instruments[i].kinds[k].clocks_n;
    l->by_node = arena_take_many(a, most + 1, sizeof *l->by_node);
    for (size_t i = 0; i < l->instruments_n; i++)
        for (size_t k = 0; k < l->instruments[i].kinds_n; k++) {
            const struct law_kind *kind = &l->instruments[i].kinds[k];
            for (size_t c = 0; c < kind->clocks_n; c++) {
                const struct law_row *row = law_row_find(kind, kind->clocks[c].on_end);
                if (row && row->system && !is_listed(l, row->act))
                    l->by_node[l->by_node_n++] = row->act;
            }
        }
}

struct str law_by_node(const struct law_tables *l, size_t nth)
{
    return nth < l->by_node_n ? l->by_node[nth] : (struct str){0};
}

err law_load(struct turn *t, const struct law_file *files, size_t n, const struct law_tables **out)
{
    if (n > LAW_FILES_MAX)
        return turn_fail(t, ERR_TOO_LARGE, "law-files", NULL, "%zu law files, at most %d.", n,
                         LAW_FILES_MAX);
    struct law_file *sorted = files_sorted(t->arena, files, n);
    struct reading r = reading_new(t, n);
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && strcmp(sorted[i].path, sorted[i - 1].path) == 0)
            return law_file_fail(t, str_of(sorted[i].path), NULL, "found the file twice");
        try(file_load(&r, &sorted[i]));
    }
    try(instruments_load(&r));
    names_index(t, r.l);
    try(law_changes_load(t, r.l));
    try(law_calendars_link(&r.s, r.l));
    try(law_link(t, r.l));
    law_files_hash(t->arena, sorted, n, &r.l->hash);
    r.l->hash_hex = hex(t->arena, hash_bytes(&r.l->hash));
    by_node_list(t->arena, r.l);
    *out = r.l;
    return ERR_OK;
}

/* ---- one file -------------------------------------------------------------------------------- */

/* Each value says from which file it came, so that a fault can name it wherever its row ends up. */
static void number(struct tree *v, uint32_t file, int depth)
{
    v->file = file;
    for (struct tree *c = v->child; c && depth < FILE_DEPTH_MAX; c = c->next)
        number(c, file, depth + 1);
}

static err file_read_in(struct reading *r, const struct law_file *f, const struct law_shape *shape,
                        const struct tree **out)
{
    struct tree *root = NULL;
    try(yaml_read(r->t, f->path, (struct bytes){f->p, f->n}, &file_limits, &root));
    number(root, (uint32_t)r->l->paths_n, 0);
    try(law_shape_check(r->t, "law-file", str_of(f->path), root, shape));
    *out = root;
    return ERR_OK;
}

/* The name in a file must be the name of the file, so that nobody mends the wrong one. */
static err name_check(struct turn *t, struct str path, const struct tree *root, const char *folder,
                      struct str name)
{
    auto_arena a = arena_new();
    struct buf expected = buf_in(a);
    buf_printf(&expected, "%s/" STR_FMT ".yaml", folder, STR_ARG(name));
    for (size_t i = 0; i < expected.n; i++)
        if (expected.p[i] >= 'A' && expected.p[i] <= 'Z')
            expected.p[i] = (uint8_t)(expected.p[i] - 'A' + 'a');
    if (str_eq(path, buf_as_str(&expected))) return ERR_OK;
    return law_file_fail(t, path, root, "found \"" STR_FMT "\", expected it in the file " STR_FMT,
                         STR_ARG(name), STR_ARG(buf_as_str(&expected)));
}

static void remarks_load(struct turn *t, const struct tree *root, struct law_tables *l)
{
    const struct tree *rows = tree_get(root, "remarks");
    l->forms = tree_get(root, "forms");
    l->remarks = arena_take_many(t->arena, rows->count + 1, sizeof *l->remarks);
    for (const struct tree *r = rows->child; r; r = r->next)
        l->remarks[l->remarks_n++] = (struct law_remark_row){
            .row = r,
            .remark = tree_str(r, "remark"),
            .must = str_is(tree_str(r, "grade"), "must"),
            .titles = tree_get(r, "titles"),
            .remedy = tree_get(r, "remedy"),
            .fine = tree_get(r, "fine"),
        };
}

/* A further file of an instrument stands in the folder of its name. */
static err part_load(struct reading *r, const struct law_file *f, struct str path)
{
    const struct tree *root;
    try(file_read_in(r, f, &law_shape_part, &root));
    struct str of = tree_str(root, "part_of");
    struct str folder = str_printf(r->t->arena, "instruments/" STR_FMT "/", STR_ARG(of));
    if (!str_starts(path, str_c(r->t->arena, folder)))
        return law_file_fail(r->t, path, root,
                             "`part_of`: found \"" STR_FMT "\", expected the name of the folder",
                             STR_ARG(of));
    r->parts[r->parts_n++] = root;
    return ERR_OK;
}

static err instrument_read(struct reading *r, const struct law_file *f, struct str path)
{
    const struct tree *root;
    struct str rest = {path.p + 12, path.n - 12}, head; /* behind "instruments/" */
    if (str_split(rest, '/', &head, &rest)) return part_load(r, f, path);
    try(file_read_in(r, f, &law_shape_instrument, &root));
    r->mains[r->mains_n++] = root;
    return name_check(r->t, path, root, "instruments", tree_str(root, "instrument"));
}

static err state_read(struct reading *r, const struct law_file *f, struct str path)
{
    const struct tree *root;
    try(file_read_in(r, f, &law_shape_state, &root));
    struct str state = tree_str(root, "state");
    struct law_state_row *to = &r->l->states[r->l->states_n++];
    *to = (struct law_state_row){
        .state = state, .path = path, .zone = tree_str(root, "time_zone"), .root = root};
    law_parties_load(r->t->arena, root, to);
    return name_check(r->t, path, root, "states", state);
}

/* One version of a State's calendar: in the file of its name, or in the folder of that name in a
 * file of its number. */
static err calendar_read(struct reading *r, const struct law_file *f, struct str path)
{
    const struct tree *root;
    try(file_read_in(r, f, &law_shape_calendar, &root));
    struct str name = tree_str(root, "state");
    if (memchr(path.p + 10, '/', path.n - 10)) /* behind "calendars/" */
        name = str_printf(r->t->arena, STR_FMT "/%d", STR_ARG(name),
                          (int)tree_int(root, "version", 0));
    try(name_check(r->t, path, root, "calendars", name));
    return law_calendar_load(&r->s, path, root, &r->l->calendars[r->l->calendars_n++]);
}

static err file_load(struct reading *r, const struct law_file *f)
{
    struct str path = str_dup(r->t->arena, str_of(f->path));
    const struct tree *root;
    r->paths[r->l->paths_n++] = path;
    r->s.paths_n = r->l->paths_n;
    if (str_is(path, "remarks.yaml")) {
        try(file_read_in(r, f, &law_shape_remarks, &root));
        remarks_load(r->t, root, r->l);
        return ERR_OK;
    }
    bool is_yaml = str_ends(path, ".yaml");
    if (is_yaml && str_starts(path, "states/")) return state_read(r, f, path);
    if (is_yaml && str_starts(path, "calendars/")) return calendar_read(r, f, path);
    if (is_yaml && str_starts(path, "instruments/")) return instrument_read(r, f, path);
    if (is_yaml && str_starts(path, "patterns/")) {
        try(file_read_in(r, f, &law_shape_pattern, &root));
        r->s.patterns[r->s.patterns_n++] = root;
        return name_check(r->t, path, root, "patterns", tree_str(root, "pattern"));
    }
    return law_file_fail(
        r->t, path, NULL,
        "expected remarks.yaml, instruments/NAME.yaml, instruments/NAME/PART.yaml, "
        "patterns/NAME.yaml, states/NAME.yaml, calendars/NAME.yaml or calendars/NAME/VERSION.yaml");
}

/* ---- instruments ----------------------------------------------------------------------------- */

static err instruments_load(struct reading *r)
{
    struct law_tables *l = r->l;
    const struct tree **own = arena_take_many(r->t->arena, r->parts_n + 1, sizeof *own);
    size_t placed = 0;
    for (size_t i = 0; i < r->mains_n; i++) {
        struct str name = tree_str(r->mains[i], "instrument");
        struct tree *root;
        size_t n = 0;
        for (size_t k = 0; k < r->parts_n; k++)
            if (str_eq(tree_str(r->parts[k], "part_of"), name)) own[n++] = r->parts[k];
        placed += n;
        try(law_expand(&r->s, r->mains[i], own, n, &root));
        struct str path = law_path_of(l->paths, l->paths_n, r->mains[i]);
        try(law_instrument_load(r->t, l, path, root, &l->instruments[l->instruments_n++]));
    }
    for (size_t k = 0; placed < r->parts_n && k < r->parts_n; k++) {
        struct str name = tree_str(r->parts[k], "part_of");
        size_t i = 0;
        while (i < r->mains_n && !str_eq(tree_str(r->mains[i], "instrument"), name)) i++;
        if (i == r->mains_n)
            return law_row_fail(&r->s, r->parts[k],
                                "`part_of`: expected the file instruments/" STR_FMT ".yaml",
                                STR_ARG(name));
    }
    return ERR_OK;
}

static void names_index(struct turn *t, struct law_tables *l)
{
    l->instrument_names = law_index_new(t->arena, l->instruments_n);
    for (size_t i = 0; i < l->instruments_n; i++)
        law_index_put(&l->instrument_names, l->instruments[i].instrument, i);
    l->state_names = law_index_new(t->arena, l->states_n);
    for (size_t i = 0; i < l->states_n; i++) law_index_put(&l->state_names, l->states[i].state, i);
    l->remark_names = law_index_new(t->arena, l->remarks_n);
    for (size_t i = 0; i < l->remarks_n; i++)
        law_index_put(&l->remark_names, l->remarks[i].remark, i);
}

/* ---- hash and packed form -------------------------------------------------------------------- */

/* Each path and each content goes in behind its length, so no two sets share their bytes. */
void law_files_hash(struct arena *a, const struct law_file *files, size_t n, struct hash *out)
{
    struct law_file *sorted = files_sorted(a, files, n);
    struct bytes *parts = arena_take_many(a, 3 * n + 1, sizeof *parts);
    for (size_t i = 0; i < n; i++) {
        struct buf sizes = buf_in(a);
        buf_be(&sizes, strlen(sorted[i].path), 8);
        buf_be(&sizes, sorted[i].n, 8);
        parts[3 * i] = buf_as_bytes(&sizes);
        parts[3 * i + 1] = str_bytes(str_of(sorted[i].path));
        parts[3 * i + 2] = (struct bytes){sorted[i].p, sorted[i].n};
    }
    seal_sha256(parts, 3 * n, out);
}

const struct hash *law_tables_hash(const struct law_tables *l) { return &l->hash; }

struct str law_tables_pack(struct arena *a, const struct law_file *files, size_t n)
{
    struct law_file *sorted = files_sorted(a, files, n);
    struct tree *map = tree_map(a);
    for (size_t i = 0; i < n; i++)
        tree_add_str(a, map, sorted[i].path, bytes_str((struct bytes){sorted[i].p, sorted[i].n}));
    return json_write(a, map);
}

err law_tables_unpack(struct turn *t, struct str packed, struct law_file **files_out, size_t *n_out)
{
    struct tree *map;
    try(json_read_canonical(t, str_bytes(packed), &pack_limits, &map));
    if (map->kind != TREE_MAP)
        return turn_fail(t, ERR_REJECTED, "law-pack", NULL,
                         "A packed table set is a map of paths and texts.");
    struct law_file *files = arena_take_many(t->arena, map->count + 1, sizeof *files);
    size_t n = 0;
    for (const struct tree *f = map->child; f; f = f->next) {
        if (f->kind != TREE_STR)
            return turn_fail_at(t, ERR_REJECTED, "law-pack", NULL, f->key,
                                "A packed table set holds texts only.");
        files[n++] =
            (struct law_file){str_c(t->arena, f->key), (const unsigned char *)f->str.p, f->str.n};
    }
    *files_out = files;
    *n_out = n;
    return ERR_OK;
}

/* ---- finding --------------------------------------------------------------------------------- */

err law_state_file(struct turn *t, const struct law_tables *l, struct str state,
                   const struct tree **out)
{
    const struct law_state_row *row = law_state_find(l, state);
    if (!row)
        return turn_fail_at(t, ERR_NONE_SUCH, "state-unknown", NULL, state,
                            "The tables have no State \"" STR_FMT "\".", STR_ARG(state));
    *out = row->root;
    return ERR_OK;
}

err law_kind_row(struct turn *t, const struct law_tables *l, struct str instrument, struct str kind,
                 const struct tree **out)
{
    const struct law_instrument *i = law_instrument_find(l, instrument);
    const struct law_kind *k = i ? law_kind_find(i, kind) : NULL;
    if (!k)
        return turn_fail_at(t, ERR_NONE_SUCH, "kind-unknown", NULL, kind,
                            "The tables have no kind \"" STR_FMT "\" of \"" STR_FMT "\".",
                            STR_ARG(kind), STR_ARG(instrument));
    *out = k->row;
    return ERR_OK;
}

bool law_form_is_head(struct str word)
{
    static const char *const heads[] = {"date",
                                        "reference",
                                        "status",
                                        "requested_authority",
                                        "requesting_authority",
                                        "confirmation_contact"};
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        if (str_is(word, heads[i])) return true;
    return false;
}

const struct law_instrument *law_instrument_find(const struct law_tables *l, struct str name)
{
    int64_t n = law_index_get(&l->instrument_names, name);
    return n == LAW_NO_ROW ? NULL : &l->instruments[n];
}

const struct law_kind *law_kind_find(const struct law_instrument *i, struct str name)
{
    int64_t n = law_index_get(&i->kind_names, name);
    return n == LAW_NO_ROW ? NULL : &i->kinds[n];
}

const struct law_row *law_row_find(const struct law_kind *k, struct str act)
{
    int64_t n = law_index_get(&k->acts, act);
    return n == LAW_NO_ROW ? NULL : &k->rows[n];
}

const struct law_ground *law_ground_find(const struct law_kind *k, struct str ground)
{
    int64_t n = law_index_get(&k->ground_names, ground);
    return n == LAW_NO_ROW ? NULL : &k->grounds[n];
}

const struct law_clock_row *law_clock_row_find(const struct law_kind *k, struct str clock)
{
    int64_t n = law_index_get(&k->clock_names, clock);
    return n == LAW_NO_ROW ? NULL : &k->clocks[n];
}

const struct law_state_row *law_state_find(const struct law_tables *l, struct str state)
{
    int64_t n = law_index_get(&l->state_names, state);
    return n == LAW_NO_ROW ? NULL : &l->states[n];
}

const struct law_remark_row *law_remark_find(const struct law_tables *l, struct str remark)
{
    int64_t n = law_index_get(&l->remark_names, remark);
    return n == LAW_NO_ROW ? NULL : &l->remarks[n];
}

bool law_state_reserved(const struct law_tables *l, struct str state, struct str instrument,
                        struct str article)
{
    const struct law_state_row *s = law_state_find(l, state);
    const struct tree *rows = s ? tree_get(s->root, "reservations") : NULL;
    for (const struct tree *r = rows ? rows->child : NULL; r; r = r->next)
        if (str_eq(tree_str(r, "instrument"), instrument) &&
            str_eq(tree_str(r, "article"), article))
            return true;
    return false;
}

const struct tree *law_state_profile(const struct law_tables *l, struct str state,
                                     struct str instrument, struct str field)
{
    const struct law_state_row *s = law_state_find(l, state);
    const struct tree *rows = s ? tree_get(s->root, "profile") : NULL, *any = NULL;
    for (const struct tree *r = rows ? rows->child : NULL; r; r = r->next) {
        if (!str_eq(tree_str(r, "field"), field)) continue;
        if (str_eq(tree_str(r, "instrument"), instrument)) return r;
        if (str_is(tree_str(r, "instrument"), "any")) any = r;
    }
    return any;
}

struct str law_title(const struct tree *titles, struct str lang)
{
    const struct tree *said = tree_get_s(titles, lang);
    return said && said->kind == TREE_STR ? said->str : tree_str(titles, "en");
}

/* ---- lists ----------------------------------------------------------------------------------- */

void law_list_add(struct law_list *l, struct str s)
{
    if (l->n == l->room) {
        size_t room = l->room ? 2 * l->room : 8;
        struct str *p = arena_take_many(l->arena, room, sizeof *p);
        if (l->n) memcpy(p, l->p, l->n * sizeof *p);
        l->p = p;
        l->room = room;
    }
    l->p[l->n++] = s;
}

bool law_list_has(const struct str *p, size_t n, struct str s)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(p[i], s)) return true;
    return false;
}
