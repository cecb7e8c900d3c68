/* SPDX-License-Identifier: Apache-2.0 */
/* Exports altered by somebody who may also hold the exporter's seal, and what tests ask of the
 * verdict on them. */

#include "proof_test.h"

#include <string.h>

struct forge *forge_new(struct world *w)
{
    struct parcel p;
    struct forge *f = arena_take(w->t->arena, sizeof *f);
    assert_int_equal(parcel_read(w->t, w->container, &p), ERR_OK);
    assert_true(p.n <= 24);
    f->w = w;
    f->n = p.n;
    memcpy(f->entries, p.entries, p.n * sizeof *p.entries);
    f->first = p.seals[0];
    f->second = p.seals[1];
    return f;
}

struct zip_entry *forge_entry(struct forge *f, const char *name)
{
    for (size_t i = 0; i < f->n; i++)
        if (str_is(f->entries[i].name, name)) return &f->entries[i];
    fail_msg("the export has no %s", name);
    return NULL;
}

void forge_drop(struct forge *f, const char *name)
{
    struct zip_entry *e = forge_entry(f, name);
    size_t after = (size_t)(f->entries + f->n - (e + 1));
    memmove(e, e + 1, after * sizeof *e);
    f->n--;
}

void forge_put(struct forge *f, const char *name, struct bytes data)
{
    f->entries[f->n++] = (struct zip_entry){str_of(name), data};
}

void forge_swap(struct forge *f, const char *one, const char *two)
{
    struct zip_entry *a = forge_entry(f, one), *b = forge_entry(f, two), held = *a;
    *a = *b;
    *b = held;
}

struct bytes forge_leave(const struct forge *f)
{
    const struct parcel_seal seals[] = {f->first, f->second};
    return parcel_write(f->w->t->arena, f->entries, f->n, seals, 2);
}

struct bytes forge_seal(struct forge *f)
{
    struct world *w = f->w;
    struct zip_entry covered[34];
    size_t n = 0;
    for (size_t i = 0; i < f->n; i++)
        if (str_starts(f->entries[i].name, "proof/")) covered[n++] = f->entries[i];
    covered[n++] = (struct zip_entry){STR(ENTRY_MANIFEST_1), f->first.manifest};
    covered[n++] = (struct zip_entry){STR(ENTRY_SIGNATURE_1), f->first.signature};
    f->second.manifest = parcel_manifest(w->t->arena, 2, covered, n);
    struct bytes bare;
    const struct bytes ders[] = {w->norland.seal_der, w->norland.root_der};
    assert_int_equal(kit_sign(&w->norland, w->t, f->second.manifest, &bare), ERR_OK);
    assert_int_equal(seal_cms_add_certs(w->t, bare, ders, 2, &f->second.signature), ERR_OK);
    return forge_leave(f);
}

static struct tree *json_take(struct forge *f, struct bytes json)
{
    struct tree *map;
    assert_int_equal(json_read(f->w->t, json, &codec_limits, &map), ERR_OK);
    return map;
}

struct bytes forge_text(struct forge *f, struct bytes json, const char *key, const char *value)
{
    struct arena *a = f->w->t->arena;
    struct tree *map = json_take(f, json), *holder = tree_map(a);
    tree_set(a, map, str_of(key), tree_add_str(a, holder, key, str_of(value)));
    return str_bytes(json_write(a, map));
}

struct bytes forge_int(struct forge *f, struct bytes json, const char *key, int64_t value)
{
    struct arena *a = f->w->t->arena;
    struct tree *map = json_take(f, json), *holder = tree_map(a);
    tree_set(a, map, str_of(key), tree_add_int(a, holder, key, value));
    return str_bytes(json_write(a, map));
}

/* ---- what is asked of a verdict -------------------------------------------------------------- */

struct proof_verdict kit_verify(struct world *w, struct bytes container)
{
    struct proof_verdict v;
    const struct bytes roots[] = {w->norland.root_der, w->meridia.root_der};
    assert_int_equal(proof_verify(w->t, container, roots, 2, &v), ERR_OK);
    assert_int_equal(w->t->fault.err, ERR_OK);
    assert_int_equal(v.sound, v.integrity == NULL);
    assert_int_equal(v.sound, v.act != NULL);
    return v;
}

static void show(const struct proof_remark *list)
{
    for (; list; list = list->next)
        print_message("# " STR_FMT " [" STR_FMT "] " STR_FMT ": " STR_FMT "\n", STR_ARG(list->code),
                      STR_ARG(list->article), STR_ARG(list->entry), STR_ARG(list->sentence));
}

void assert_remark(const struct proof_remark *list, const char *code, const char *entry)
{
    for (const struct proof_remark *r = list; r; r = r->next)
        if (str_is(r->code, code) && (!entry || str_is(r->entry, entry))) {
            assert_true(r->article.n && r->sentence.n && r->entry.n);
            return;
        }
    show(list);
    fail_msg("no remark %s on %s", code, entry ? entry : "any entry");
}

void assert_no_remarks(const struct proof_remark *list)
{
    show(list);
    assert_null(list);
}

void assert_unsound(struct world *w, struct bytes container, const char *code, const char *entry)
{
    struct proof_verdict v = kit_verify(w, container);
    assert_false(v.sound);
    assert_remark(v.integrity, code, entry);
}

void assert_text(struct str s, const char *expected)
{
    struct str e = str_of(expected);
    if (!str_eq(s, e)) fail_msg("\"" STR_FMT "\" is not \"%s\"", STR_ARG(s), expected);
}

void assert_fault(struct turn *t, err is, err expected, const char *code)
{
    if (is != expected || strcmp(t->fault.code, code) != 0)
        fail_msg("%s (%s: %s) is not %s (%s)", err_word(is), t->fault.code, t->fault.sentence,
                 err_word(expected), code);
    assert_int_equal(t->fault.err, expected);
    assert_true(t->fault.sentence[0] != 0);
    turn_forgive(t);
}
