/* SPDX-License-Identifier: Apache-2.0 */
/* The commands of casework: what an officer drafts, sends, does and looks at. Each is one action of
 * the desk. */

#include "cli/inner.h"

err cli_do_STATUS(struct cli *c) { return cli_do(c, DESK_STATUS, cli_arguments(c)); }

err cli_do_LIST(struct cli *c) { return cli_do(c, DESK_LIST, cli_arguments(c)); }

static struct tree *with_ref(struct cli *c)
{
    struct tree *args = cli_arguments(c);
    tree_add_str(c->t.arena, args, "ref", c->args.word[0]);
    return args;
}

static const struct tree *option_find(const struct tree *view, struct str act)
{
    const struct tree *options = tree_get(view, "options");
    const struct tree *o = options ? options->child : NULL;
    while (o && !str_eq(tree_str(o, "act"), act)) o = o->next;
    return o;
}

err cli_do_SHOW(struct cli *c)
{
    try(cli_do(c, DESK_SHOW, with_ref(c)));
    if (c->args.words == 1) return ERR_OK;
    struct str act = c->args.word[1];
    const struct tree *option = option_find(c->view, act);
    c->view = option;
    if (option) return ERR_OK;
    return turn_fail(&c->t, ERR_NONE_SUCH, "act-none-such", NULL,
                     "This kind of request has no act \"" STR_FMT "\" for this State.",
                     STR_ARG(act));
}

err cli_do_LOG(struct cli *c) { return cli_do(c, DESK_LOG, with_ref(c)); }

/* ---- drafting -------------------------------------------------------------------------------- */

static void put_value(struct cli *c, struct tree *args, const char *name, enum cli_option option)
{
    struct str value = cli_value(&c->args, option);
    if (value.n) tree_add_str(c->t.arena, args, name, value);
}

/* A language from the file counts unless --lang says another. */
static struct tree *request_arguments(struct cli *c)
{
    struct tree *args = tree_map(c->t.arena);
    put_value(c, args, "lang", OPT_LANG);
    put_value(c, args, "to", OPT_TO);
    put_value(c, args, "instrument", OPT_INSTRUMENT);
    struct str name;
    struct tree *also =
        cli_has(&c->args, OPT_ALSO) ? tree_add_list(c->t.arena, args, "also") : NULL;
    for (size_t k = 0; also && cli_nth(&c->args, OPT_ALSO, k, &name); k++)
        tree_add_str(c->t.arena, also, NULL, name);
    return args;
}

err cli_do_NEW(struct cli *c)
{
    struct tree *args = request_arguments(c);
    tree_add_str(c->t.arena, args, "kind", c->args.word[0]);
    put_value(c, args, "act", OPT_EXPORT_ACT);
    try(cli_request_put(c, args));
    if (!tree_str(args, "lang").n) tree_add_str(c->t.arena, args, "lang", c->lang);
    return cli_do(c, DESK_NEW, args);
}

/* A draft of the node by its label, or a request in a file that never was one. */
static bool is_file(struct str word)
{
    for (size_t k = 0; k < word.n; k++)
        if (word.p[k] == '/') return true;
    return str_ends(word, ".json") || str_ends(word, ".yaml") || str_ends(word, ".yml");
}

/* Held against another State than the one the file names. */
static void to_put(struct cli *c, struct tree *file)
{
    struct tree *one = tree_map(c->t.arena);
    tree_add_str(c->t.arena, one, "to", cli_value(&c->args, OPT_TO));
    tree_set(c->t.arena, file, STR("to"), one->child);
}

err cli_do_CHECK(struct cli *c)
{
    struct tree *args = cli_arguments(c), *file;
    struct str word = c->args.word[0];
    if (!is_file(word)) {
        tree_add_str(c->t.arena, args, "draft", word);
        put_value(c, args, "to", OPT_TO);
        return cli_do(c, DESK_CHECK, args);
    }
    try(cli_tree_read(c, word, &file));
    if (!tree_str(file, "kind").n)
        return turn_fail_at(&c->t, ERR_REJECTED, "file-form", NULL, STR("kind"),
                            STR_FMT " does not say which kind of request it holds.", STR_ARG(word));
    if (cli_has(&c->args, OPT_TO)) to_put(c, file);
    return cli_do(c, DESK_CHECK, file);
}

err cli_do_SEND(struct cli *c)
{
    struct tree *args = cli_arguments(c);
    tree_add_str(c->t.arena, args, "draft", c->args.word[0]);
    if (cli_has(&c->args, OPT_PAPER)) tree_add_bool(c->t.arena, args, "paper", true);
    return cli_do(c, DESK_SEND, args);
}

/* ---- acting ---------------------------------------------------------------------------------- */

/* Where the text of -m goes: the first text the act asks for, one it must have before others. An
 * act that is not possible now says nothing of its particulars; then the node will say why. */
static err text_put(struct cli *c, struct str act, struct tree *args)
{
    const struct tree *view = NULL, *found = NULL;
    struct tree *particulars = tree_map(c->t.arena);
    try(cli_ask(c, c->dir, DESK_SHOW, with_ref(c), &view));
    const struct tree *option = option_find(view, act), *rows = tree_get(option, "particulars");
    for (const struct tree *r = rows ? rows->child : NULL; r; r = r->next) {
        bool must = str_is(tree_str(r, "required"), "always");
        if (!str_is(tree_str(r, "type"), "text")) continue;
        if (!found || (must && !str_is(tree_str(found, "required"), "always"))) found = r;
    }
    if (!found && tree_bool(option, "possible", false))
        return turn_fail(&c->t, ERR_USAGE, "no-text", NULL,
                         "The act " STR_FMT " asks for no text, so -m has no place.", STR_ARG(act));
    if (!found) return ERR_OK;
    const struct tree *there = tree_get(args, "particulars");
    for (const struct tree *p = there ? there->child : NULL; p; p = p->next)
        tree_set(c->t.arena, particulars, p->key, p);
    struct tree *one = tree_map(c->t.arena);
    tree_add_str(c->t.arena, one, "text", cli_value(&c->args, OPT_TEXT));
    tree_set(c->t.arena, particulars, tree_str(found, "name"), one->child);
    tree_set(c->t.arena, args, STR("particulars"), particulars);
    return ERR_OK;
}

static err act_do(struct cli *c, struct str act)
{
    struct tree *args = with_ref(c);
    tree_add_str(c->t.arena, args, "act", act);
    put_value(c, args, "idem", OPT_IDEM);
    try(cli_request_put(c, args));
    if (cli_has(&c->args, OPT_TEXT)) try(text_put(c, act, args));
    return cli_do(c, DESK_ACT, args);
}

err cli_do_ACT(struct cli *c) { return act_do(c, c->args.word[1]); }

/* The act is the one named as the command. */
err cli_do_ASK(struct cli *c) { return act_do(c, str_of(cli_commands[CLI_ASK].word)); }
