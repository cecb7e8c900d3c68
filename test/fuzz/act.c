/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target of act.json and carriage.json: what is taken has the members that the desk counts on,
 * and what is refused names a clause. */

#include "post/post_internal.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void act_is_whole(const struct tree *act)
{
    struct id id;
    struct hash hash;
    assert(id_read(tree_str(act, "id"), &id) && id_read(tree_str(act, "dossier"), &id));
    assert(tree_int(act, "v", 0) == 1 && tree_int(act, "n", 0) >= 1);
    assert(tree_int(act, "suite", 0) >= 1 && tree_int(tree_get(act, "seen"), "n", -1) >= 0);
    assert(hash_read(tree_str(tree_get(act, "law"), "tables"), &hash));
    assert(tree_str(act, "from").p[2] == '/' && tree_str(act, "to").p[2] == '/');
    const struct tree *docs = tree_get(act, "documents");
    assert(docs->count <= POST_DOCUMENTS_MAX);
    for (const struct tree *d = docs->child; d; d = d->next)
        assert(hash_read(tree_str(d, "sha256"), &hash) && tree_str(d, "name").n);
}

static void carriage_is_whole(const struct tree *carriage)
{
    struct hash hash;
    assert(hash_read(tree_str(carriage, "act"), &hash));
    assert(tree_int(carriage, "seq", 0) >= 1 && tree_int(carriage, "incarnation", 0) >= 1);
}

static void try_form(struct turn *t, err (*form)(struct turn *t, const struct tree *m),
                     void (*is_whole)(const struct tree *m), const struct tree *m)
{
    turn_forgive(t);
    err e = form(t, m);
    if (e == ERR_OK)
        is_whole(m);
    else
        assert(e == ERR_REJECTED && t->fault.code[0] && t->fault.article[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    auto_arena a = arena_new();
    struct turn t = {.arena = a};
    struct tree *m;
    if (json_read_canonical(&t, (struct bytes){data, size}, &codec_limits, &m) != ERR_OK) return 0;
    try_form(&t, form_act, act_is_whole, m);
    try_form(&t, form_carriage, carriage_is_whole, m);
    return 0;
}
