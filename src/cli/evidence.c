/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence: what is written out for a court, and how it is checked.
 *
 * `verify` needs no node. It asks three questions and mixes none of the answers; the one word it
 * adds for people says which one decided. */

#include "cli/inner.h"

enum { ROOTS_MAX = 256, ROOT_FILE_MAX = 65536 };

/* ---- export ---------------------------------------------------------------------------------- */

err cli_do_EXPORT(struct cli *c)
{
    struct arena *a = c->t.arena;
    struct tree *args = cli_arguments(c);
    struct str ref = c->args.word[0], act = cli_value(&c->args, OPT_EXPORT_ACT);
    tree_add_str(a, args, "ref", ref);
    if (act.n) tree_add_str(a, args, "act", act);
    const struct tree *view = NULL;
    struct str file = cli_value(&c->args, OPT_OUTPUT), root = cli_value(&c->args, OPT_ROOT);
    bool to_output = str_is(file, "-");
    if (to_output && c->json)
        return turn_fail(&c->t, ERR_USAGE, "output", NULL,
                         "With --json standard output holds one document: -o needs a file.");
    try(cli_ask(c, c->dir, DESK_EXPORT, args, &view));
    struct bytes container;
    if (!base64_read(a, tree_str(view, "container"), &container))
        return turn_fail(&c->t, ERR_INTERNAL, "export-form", "RFC 4648 4",
                         "The node's export does not read.");
    if (!file.n) file = str_printf(a, STR_FMT ".asice", STR_ARG(tree_str(view, "ref")));
    if (!to_output) try(cli_file_put(c, str_c(a, file), container, 0600));
    if (root.n) try(cli_file_put(c, str_c(a, root), str_bytes(tree_str(view, "root")), 0644));
    struct tree *v = tree_map(a);
    for (const struct tree *m = view->child; m; m = m->next)
        if (!str_is(m->key, "container") && !str_is(m->key, "root")) tree_set(a, v, m->key, m);
    tree_add_str(a, v, "file", file);
    if (root.n) tree_add_str(a, v, "root_file", root);
    c->view = v;
    if (to_output) c->text = bytes_str(container);
    return ERR_OK;
}

/* ---- verify ---------------------------------------------------------------------------------- */

struct roots {
    struct bytes der[ROOTS_MAX];
    size_t n;
};

static err root_add(struct cli *c, struct roots *r, struct str pem)
{
    if (r->n == ROOTS_MAX)
        return turn_fail(&c->t, ERR_TOO_LARGE, "roots", NULL, "At most %d roots are looked at.",
                         ROOTS_MAX);
    return seal_pem_read(&c->t, pem, "CERTIFICATE", &r->der[r->n++]);
}

static err roots_given(struct cli *c, struct roots *r)
{
    struct str path;
    for (size_t k = 0; cli_nth(&c->args, OPT_ROOT, k, &path); k++) {
        struct bytes pem;
        try(file_read(&c->t, str_c(c->t.arena, path), ROOT_FILE_MAX, &pem));
        try(root_add(c, r, bytes_str(pem)));
    }
    return ERR_OK;
}

/* What the node believes: its own root, and those pinned in a ceremony. */
static err roots_of_node(struct cli *c, struct roots *r)
{
    if (!cli_has(&c->args, OPT_DIR)) return ERR_OK;
    const struct tree *view = NULL;
    try(cli_ask(c, c->dir, DESK_PEERS, cli_arguments(c), &view));
    if (tree_str(view, "own").n) try(root_add(c, r, tree_str(view, "own")));
    const struct tree *list = tree_get(view, "peers");
    for (const struct tree *p = list ? list->child : NULL; p; p = p->next)
        if (str_is(tree_str(p, "stage"), "pinned") && tree_str(p, "certificate").n)
            try(root_add(c, r, tree_str(p, "certificate")));
    return ERR_OK;
}

err cli_verify_one(struct cli *c, struct str name, struct bytes container,
                   const struct bytes *roots, size_t roots_n, struct tree *list,
                   struct cli_verdict *out)
{
    struct arena *a = c->t.arena;
    struct proof_verdict v;
    try(proof_verify(&c->t, container, roots, roots_n, &v));
    *out = (struct cli_verdict){v.sound, v.sound && v.trust == PROOF_TRUSTED};
    struct tree *one = tree_add_map(a, list, NULL);
    tree_add_str(a, one, "file", name);
    tree_add_str(a, one, "answer",
                 !v.sound        ? STR("altered")
                 : !out->trusted ? STR("cannot-tell")
                                 : STR("unaltered"));
    const struct tree *view = proof_verdict_view(a, &v);
    for (const struct tree *m = view->child; m; m = m->next) tree_set(a, one, m->key, m);
    return ERR_OK;
}

/* What all files together come to. */
struct verified {
    bool altered, unknown;
    struct fault unread; /* of the first that could not be read */
    struct str bad;      /* the first of the worst */
};

static void unread_add(struct cli *c, struct str name, struct tree *list, struct verified *all)
{
    struct arena *a = c->t.arena;
    struct tree *one = tree_add_map(a, list, NULL);
    tree_add_str(a, one, "file", name);
    tree_add_str(a, one, "answer", STR("not-read"));
    tree_add_str(a, one, "code", str_dup(a, str_of(c->t.fault.code)));
    tree_add_str(a, one, "sentence", str_dup(a, str_of(c->t.fault.sentence)));
    if (all->unread.err == ERR_OK) all->unread = c->t.fault;
    turn_forgive(&c->t);
}

static err verify_file(struct cli *c, struct str name, const struct roots *roots, struct tree *list,
                       struct verified *all)
{
    struct bytes container;
    struct cli_verdict one;
    if (file_read(&c->t, str_c(c->t.arena, name), PROOF_CONTAINER_MAX, &container) != ERR_OK) {
        unread_add(c, name, list, all);
        return ERR_OK;
    }
    try(cli_verify_one(c, name, container, roots->der, roots->n, list, &one));
    if (!one.sound && !all->altered) all->bad = name;
    if (one.sound && !one.trusted && !all->altered && !all->unknown) all->bad = name;
    all->altered = all->altered || !one.sound;
    all->unknown = all->unknown || !one.trusted;
    return ERR_OK;
}

err cli_do_VERIFY(struct cli *c)
{
    struct turn *t = &c->t;
    struct roots *roots = arena_take(t->arena, sizeof *roots);
    struct verified all = {0};
    try(roots_given(c, roots));
    try(roots_of_node(c, roots));
    struct tree *v = tree_map(t->arena), *list = tree_add_list(t->arena, v, "files");
    for (size_t k = 0; k < c->args.words; k++)
        try(verify_file(c, c->args.word[k], roots, list, &all));
    c->view = v;
    if (all.altered)
        return turn_fail_at(t, ERR_NO, "altered", NULL, all.bad,
                            "Not every byte is what was signed; what is altered, missing or not "
                            "covered is named.");
    if (all.unread.err != ERR_OK) {
        t->fault = all.unread;
        return all.unread.err;
    }
    if (!all.unknown) return ERR_OK;
    return turn_fail_at(t, ERR_NO, "root-unknown", NULL, all.bad,
                        "Nothing is altered, but the signature leads to no root you trust. Name "
                        "the State's root, as you hold it, with --root.");
}
