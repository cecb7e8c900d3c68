/* SPDX-License-Identifier: Apache-2.0 */
/* The officers of a node: who is there, who is added, let in, or ended. */

#include "cli/inner.h"

static void text_put(struct cli *c, struct tree *args, const char *name, enum cli_option option)
{
    struct str value = cli_value(&c->args, option);
    if (value.n) tree_add_str(c->t.arena, args, name, value);
}

static err user_add(struct cli *c, struct tree *args)
{
    struct str uid = cli_value(&c->args, OPT_UID), role;
    int64_t n;
    text_put(c, args, "post", OPT_POST);
    text_put(c, args, "name", OPT_NAME);
    text_put(c, args, "authority", OPT_AUTHORITY);
    text_put(c, args, "cert", OPT_CERT);
    if (uid.n && (!str_to_int(uid, &n) || n < 0))
        return turn_fail_at(&c->t, ERR_USAGE, "uid", NULL, STR("uid"),
                            "A user number is 0 or more; id -u NAME tells it.");
    if (uid.n) tree_add_int(c->t.arena, args, "uid", n);
    struct tree *roles = tree_add_list(c->t.arena, args, "roles");
    for (size_t k = 0; cli_nth(&c->args, OPT_ROLE, k, &role); k++)
        tree_add_str(c->t.arena, roles, NULL, role);
    if (roles->count == 0)
        return turn_fail_at(&c->t, ERR_USAGE, "role-missing", NULL, STR("role"),
                            "Say what he may do: --role duty, for example.");
    return cli_do(c, DESK_USER_ADD, args);
}

err cli_do_USER(struct cli *c)
{
    static const struct {
        const char *word;
        enum desk_action action;
    } verbs[] = {{"link", DESK_USER_LINK}, {"end", DESK_USER_END}};
    struct str what = c->args.word[0];
    bool whole = c->args.words == 2;
    struct tree *args = cli_arguments(c);
    if (str_is(what, "list") && !whole) return cli_do(c, DESK_USERS, args);
    if (whole) tree_add_str(c->t.arena, args, "officer", c->args.word[1]);
    if (str_is(what, "add") && whole) return user_add(c, args);
    for (size_t k = 0; k < sizeof verbs / sizeof *verbs; k++)
        if (whole && str_is(what, verbs[k].word)) return cli_do(c, verbs[k].action, args);
    return turn_fail(&c->t, ERR_USAGE, "arguments", NULL,
                     "It is: comity user list, or user add, link or end with an officer's name.");
}
