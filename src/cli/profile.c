/* SPDX-License-Identifier: Apache-2.0 */
/* `profile`: what our State says of itself, and who has what the law left open. Signing needs no
 * node: it is done where the State's root key is kept. */

#include "cli/inner.h"

enum { BODY_MAX = 1 << 20, ASSIGN_WORDS = 5 };

static err next(struct cli *c)
{
    struct tree *args = cli_arguments(c);
    tree_add_bool(c->t.arena, args, "next", true);
    try(cli_do(c, DESK_PROFILE, args));
    struct str text = tree_str(c->view, "next");
    const char *path = str_c(c->t.arena, cli_value(&c->args, OPT_OUTPUT));
    if (!*path) path = "profile.json";
    try(cli_file_put(c, path, str_bytes(text), 0644));
    struct tree *v = tree_map(c->t.arena);
    tree_add_str(c->t.arena, v, "file", str_of(path));
    tree_add_copy(c->t.arena, v, "waits_for_signature", tree_get(c->view, "waits_for_signature"));
    c->view = v;
    return ERR_OK;
}

static err sign(struct cli *c, struct str file)
{
    struct arena *a = c->t.arena;
    struct bytes body, cms;
    struct str root = cli_value(&c->args, OPT_ROOT);
    const char *path = str_c(a, cli_value(&c->args, OPT_OUTPUT));
    if (!*path) path = "profile.cms";
    if (!str_ends(root, ".key"))
        return turn_fail_at(&c->t, ERR_USAGE, "root-key", NULL, STR("root"),
                            "Name the State's root key: --root root/root.key.");
    root.n -= sizeof ".key" - 1;
    try(file_read(&c->t, str_c(a, file), BODY_MAX, &body));
    try(c->node->profile_sign(&c->t, str_c(a, root), body, &cms));
    try(cli_file_put(c, path, cms, 0644));
    struct tree *v = tree_map(a);
    tree_add_str(a, v, "file", str_of(path));
    c->view = v;
    return ERR_OK;
}

static err set(struct cli *c, struct str file)
{
    struct bytes cms;
    struct tree *args = cli_arguments(c);
    try(file_read(&c->t, str_c(c->t.arena, file), BODY_MAX, &cms));
    tree_add_str(c->t.arena, args, "profile", base64(c->t.arena, cms));
    return cli_do(c, DESK_PROFILE_SET, args);
}

static err assign(struct cli *c)
{
    static const char *const names[] = {"authority", "instrument", "function", "direction"};
    struct arena *a = c->t.arena;
    struct tree *args = cli_arguments(c);
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
        tree_add_str(a, args, names[k], c->args.word[k + 1]);
    tree_add_str(a, args, "order_number", cli_value(&c->args, OPT_ORDER));
    tree_add_str(a, args, "order_date", cli_value(&c->args, OPT_DATE));
    try(cli_words_as_files(c, args, ASSIGN_WORDS));
    return cli_do(c, DESK_FUNCTION_ASSIGN, args);
}

err cli_do_PROFILE(struct cli *c)
{
    struct str what = c->args.words ? c->args.word[0] : STR("");
    if (c->args.words == 0) return cli_do(c, DESK_PROFILE, cli_arguments(c));
    if (str_is(what, "next") && c->args.words == 1) return next(c);
    if (str_is(what, "sign") && c->args.words == 2) return sign(c, c->args.word[1]);
    if (str_is(what, "set") && c->args.words == 2) return set(c, c->args.word[1]);
    if (str_is(what, "assign") && c->args.words >= ASSIGN_WORDS) return assign(c);
    return turn_fail(&c->t, ERR_USAGE, "arguments", NULL,
                     "It is: comity profile, comity profile next, comity profile sign FILE --root "
                     "KEY, comity profile set FILE, or comity profile assign AUTHORITY INSTRUMENT "
                     "FUNCTION DIRECTION SCAN... --order NUMBER --date DAY.");
}
