/* SPDX-License-Identifier: Apache-2.0 */
/* One command line from start to exit code.
 *
 * Results go to standard output and faults for people to standard error. With --json there is one
 * document on standard output whatever happens, and a fault stands in it. */

#include "cli/inner.h"

#include <unistd.h>

static cli_step *const steps[CLI_COMMANDS] = {
#define COMMAND(name, word, least, most, arguments, help, manual) [CLI_##name] = cli_do_##name,
#include "cli/command.def"
#undef COMMAND
};

static err run(struct cli *c);
static bool is_said(const struct cli *c);
static void say(struct cli *c, err e);
static enum cli_doing doing_of(const struct cli *c);

int cli_main(int argc, char **argv, const struct cli_node *node)
{
    auto_arena arena = arena_new();
    struct cli *c = arena_take(arena, sizeof *c);
    c->node = node;
    c->t = (struct turn){.arena = arena, .clock = node->clock, .chance = node->chance};
    err e = cli_args_read(&c->t, argc, argv, &c->args);
    c->json = cli_has(&c->args, OPT_JSON);
    c->quiet = cli_has(&c->args, OPT_QUIET);
    c->color = !node->no_color && !cli_has(&c->args, OPT_NO_COLOR);
    struct str dir = cli_value(&c->args, OPT_DIR), lang = cli_value(&c->args, OPT_LANG);
    c->dir = dir.n ? str_c(arena, dir) : ".";
    c->lang = lang.n ? lang : STR("en");
    if (e == ERR_OK) e = run(c);
    say(c, e);
    /* Output that did not arrive is no success: a full disk, a closed pipe. */
    if ((fflush(stdout) || ferror(stdout)) && e == ERR_OK) return err_exit_code(ERR_INTERNAL);
    return e == ERR_OK ? 0 : err_exit_code(e);
}

static err run(struct cli *c)
{
    if (!c->args.has_command) {
        c->args.has_command = true;
        c->args.command = CLI_HELP;
    } else if (cli_has(&c->args, OPT_HELP) && c->args.command != CLI_HELP) {
        c->args.word[0] = str_of(cli_commands[c->args.command].word);
        c->args.words = 1;
        c->args.command = CLI_HELP;
    }
    return steps[c->args.command](c);
}

/* A command that speaks while it works (serve, demo) has said everything already. */
static bool is_said(const struct cli *c) { return !c->view && !c->text.n; }

static void put(FILE *to, struct str s)
{
    if (s.n) (void)fwrite(s.p, 1, s.n, to);
}

static void say(struct cli *c, err e)
{
    struct arena *a = c->t.arena;
    bool failed = e != ERR_OK;
    if (failed && c->t.fault.err == ERR_OK)
        e = turn_fail(&c->t, e, "unexplained", NULL, "Something failed and did not say what.");
    if (c->json) {
        if (failed || !is_said(c))
            put(stdout, cli_document(a, c->view, failed ? &c->t.fault : NULL, doing_of(c)));
        return;
    }
    if (c->text.n && !failed)
        put(stdout, c->text);
    else if (c->view && (failed || !c->quiet))
        put(stdout, cli_view_text(a, c->view, turn_now_ms(&c->t), c->color && isatty(1)));
    (void)fflush(stdout);
    if (failed) put(stderr, cli_fault_text(a, &c->t.fault, doing_of(c), c->color && isatty(2)));
}

static enum cli_doing doing_of(const struct cli *c)
{
    static const enum cli_command writing[] = {
        CLI_INIT,   CLI_NEW,      CLI_SEND,    CLI_ACT,     CLI_ASK,      CLI_REGISTER,
        CLI_ENTRY,  CLI_DISPATCH, CLI_CONFIRM, CLI_BIND,    CLI_INSTRUCT, CLI_NUMBER,
        CLI_MATTER, CLI_PEER,     CLI_USER,    CLI_REBUILD, CLI_BACKUP,   CLI_RESTORE};
    if (c->args.has_command && c->args.command == CLI_FSCK) return CLI_CHECKS;
    for (size_t k = 0; c->args.has_command && k < sizeof writing / sizeof *writing; k++)
        if (writing[k] == c->args.command) return CLI_WRITES;
    return CLI_READS;
}
