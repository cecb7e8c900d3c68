/* SPDX-License-Identifier: Apache-2.0 */
/* Help, exit codes, version and the manual page, all from the tables of commands, options and
 * failures, so that none of them can say something else than the program does. */

#include "cli/inner.h"

#include <string.h>

#define COMITY_VERSION "0.1.0"

static void help_view(struct cli *c, struct str text);
static err help_exit_codes(struct cli *c);

err cli_do_HELP(struct cli *c)
{
    struct arena *a = c->t.arena;
    enum cli_command command;
    struct str what = c->args.words ? c->args.word[0] : STR("");
    if (str_is(what, "exit-codes")) return help_exit_codes(c);
    if (str_is(what, "law-rows")) {
        struct str text;
        try(cli_chapter_text(c, &text));
        help_view(c, text);
        return ERR_OK;
    }
    if (!what.n)
        help_view(c, cli_help_text(a));
    else if (str_is(what, "manual"))
        help_view(c, cli_manual_text(a));
    else if (cli_command_find(what, &command))
        help_view(c, cli_help_command(a, command));
    else
        return turn_fail(&c->t, ERR_NONE_SUCH, "help-none-such", NULL,
                         "There is no help for \"" STR_FMT "\".", STR_ARG(what));
    return ERR_OK;
}

static void help_view(struct cli *c, struct str text)
{
    struct tree *v = tree_map(c->t.arena);
    tree_add_str(c->t.arena, v, "help", text);
    c->view = v;
    c->text = text;
}

/* Whoever gets here was not taken over by comity-simulate (src/node/main.c). */
err cli_do_SIMULATE(struct cli *c)
{
    return turn_fail(&c->t, ERR_NONE_SUCH, "simulate-none-such", NULL,
                     "comity-simulate does not lie beside this program; build it with: make.");
}

err cli_do_VERSION(struct cli *c)
{
    struct arena *a = c->t.arena;
    const struct law_tables *tables;
    try(law_load(&c->t, law_embedded, law_embedded_n, &tables));
    struct tree *v = tree_map(a);
    tree_add_str(a, v, "version", STR(COMITY_VERSION));
    tree_add_str(a, v, "tables", hex(a, hash_bytes(law_tables_hash(tables))));
    c->view = v;
    c->text = str_printf(a, "comity " COMITY_VERSION ", law tables " STR_FMT "\n",
                         STR_ARG(tree_str(v, "tables")));
    return ERR_OK;
}

/* ---- exit codes ------------------------------------------------------------------------------ */

static const char *const exit_words[] = {
    "all went well",
    "the answer is no: altered, to be mended, differs",
    "the command was not understood",
    "there is no such thing",
    "not allowed: by the state of the dossier, or for this person; the article is named",
    "a conflict: something is there already, or a key was used for something else",
    "the node or a counterpart was not reached; what was recorded is sent again by itself",
    "integrity: something stored was altered or is missing",
    "the input breaks a format, a rule or a limit",
    "the program's own failure, no room, too busy, or interrupted",
};
enum { EXIT_CODES = sizeof exit_words / sizeof *exit_words };

struct str cli_exit_codes_text(struct arena *a)
{
    struct buf b = buf_in(a);
    for (int code = 0; code < EXIT_CODES; code++) {
        buf_printf(&b, "%d  %s", code, exit_words[code]);
        const char *sep = " (";
        for (int e = ERR_NO; e <= ERR_UNKNOWN; e++) {
            if (err_exit_code((err)e) != code) continue;
            buf_printf(&b, "%s%s", sep, err_word((err)e));
            sep = ", ";
        }
        buf_str(&b, code ? STR(")\n") : STR("\n"));
    }
    return buf_as_str(&b);
}

static err help_exit_codes(struct cli *c)
{
    struct arena *a = c->t.arena;
    struct tree *v = tree_map(a), *list = tree_add_list(a, v, "exit_codes");
    for (int code = 0; code < EXIT_CODES; code++) {
        struct tree *one = tree_add_map(a, list, NULL);
        tree_add_int(a, one, "exit", code);
        tree_add_str(a, one, "sentence", str_of(exit_words[code]));
    }
    c->view = v;
    c->text = cli_exit_codes_text(a);
    return ERR_OK;
}

/* ---- help ------------------------------------------------------------------------------------ */

static const char *option_text(struct arena *a, const struct cli_option_row *o)
{
    struct buf b = buf_in(a);
    if (o->letter) buf_printf(&b, "-%c, ", o->letter);
    buf_printf(&b, "--%s", o->word);
    if (o->value) buf_printf(&b, " %s", o->value);
    return str_c(a, buf_as_str(&b));
}

/* Fills lines of at most 78 columns. */
static void fill(struct buf *b, const char *text, const char *indent)
{
    struct str rest = str_of(text), word;
    size_t at = 0;
    while (rest.n) {
        str_split(rest, ' ', &word, &rest);
        if (at && at + 1 + word.n > 78) {
            buf_byte(b, '\n');
            at = 0;
        }
        buf_printf(b, "%s" STR_FMT, at ? " " : indent, STR_ARG(word));
        at += word.n + (at ? 1 : strlen(indent));
    }
    buf_byte(b, '\n');
}

struct str cli_help_text(struct arena *a)
{
    struct buf b = buf_in(a);
    buf_str(&b, STR("comity [-C DIR] [--json] COMMAND ...\n\n"
                    "The node of a State in the UN Convention against Cybercrime.\n\n"));
    for (int k = 0; k < CLI_COMMANDS; k++)
        buf_printf(&b, "  %-8s  %s\n", cli_commands[k].word, cli_commands[k].help);
    buf_str(&b, STR("\nWith every command:\n"));
    for (int k = 0; k < CLI_OPTIONS; k++)
        if (strcmp(cli_options[k].commands, "*") == 0)
            buf_printf(&b, "  %-14s  %s\n", option_text(a, &cli_options[k]), cli_options[k].help);
    buf_str(&b, STR("\nTo see it work: comity demo. One command: comity help COMMAND.\n"));
    return buf_as_str(&b);
}

struct str cli_help_command(struct arena *a, enum cli_command command)
{
    const struct cli_command_row *row = &cli_commands[command];
    struct buf b = buf_in(a);
    buf_printf(&b, "comity %s%s%s: %s\n\n", row->word, *row->arguments ? " " : "", row->arguments,
               row->help);
    fill(&b, row->manual, "  ");
    const char *title = "\nOptions:\n";
    for (int k = 0; k < CLI_OPTIONS; k++) {
        if (strcmp(cli_options[k].commands, "*") == 0) continue;
        if (!cli_option_fits((enum cli_option)k, command)) continue;
        buf_printf(&b, "%s  %-27s  %s\n", title, option_text(a, &cli_options[k]),
                   cli_options[k].help);
        title = "";
    }
    return buf_as_str(&b);
}

/* ---- the manual page ------------------------------------------------------------------------- */

/* Text for roff: a line may not begin with a dot or a quote, and a minus is escaped. The tables
 * have no backslash. */
static void roff(struct buf *b, const char *text)
{
    for (const char *p = text; *p; p++) {
        if (p == text && (*p == '.' || *p == '\'')) buf_str(b, STR("\\&"));
        if (*p == '-') buf_byte(b, '\\');
        buf_byte(b, (uint8_t)*p);
    }
    buf_byte(b, '\n');
}

static void manual_options(struct buf *b, struct arena *a, enum cli_command command, bool global)
{
    for (int k = 0; k < CLI_OPTIONS; k++) {
        bool is_global = strcmp(cli_options[k].commands, "*") == 0;
        if (is_global != global) continue;
        if (!global && !cli_option_fits((enum cli_option)k, command)) continue;
        buf_str(b, STR(".TP\n.B "));
        roff(b, option_text(a, &cli_options[k]));
        roff(b, cli_options[k].help);
    }
}

static const char manual_head[] =
    ".\\\" SPDX-License-Identifier: Apache-2.0\n"
    ".\\\" Made by: comity help manual\n"
    ".TH COMITY 1 \"\" \"comity " COMITY_VERSION "\" \"User commands\"\n"
    ".SH NAME\n"
    "comity \\- node of a State in the UN Convention against Cybercrime\n"
    ".SH SYNOPSIS\n"
    ".B comity\n"
    "[\\-C DIR] [\\-\\-json] COMMAND ...\n"
    ".SH DESCRIPTION\n"
    "Comity is the node through which the authorities of a State receive, decide, carry out,\n"
    "send and prove acts of international cooperation. A node lives in a folder. One process\n"
    "serves it; the other commands speak to that process over the socket in the folder, as the\n"
    "person who runs them. With the node stopped, what only reads is done all the same.\n"
    ".PP\n"
    "Results go to standard output, faults to standard error. With \\-\\-json there is exactly\n"
    "one JSON document on standard output; a fault stands in its member \"error\".\n";

static const char manual_files[] =
    ".SH FILES\n"
    ".TP\n"
    ".B comity.yaml\n"
    "The node's settings, in its folder.\n"
    ".TP\n"
    ".B " CLI_SOCKET "\n"
    "Where a running node listens for commands.\n"
    ".SH EXAMPLES\n"
    ".nf\n"
    "comity demo\n"
    "comity \\-C norland init \\-\\-state XN \\-\\-port 8471\n"
    "comity \\-C norland serve\n"
    "comity \\-C norland peer add https://127.0.0.1:8472\n"
    "comity \\-C norland new preservation \\-\\-to XM/dts \\-f request.yaml\n"
    "comity verify XN\\-CSB\\-2026\\-0001.asice \\-\\-root norland.pem\n"
    ".fi\n";

struct str cli_manual_text(struct arena *a)
{
    struct buf b = buf_in(a);
    buf_str(&b, str_of(manual_head));
    buf_str(&b, STR(".SH OPTIONS\n"));
    manual_options(&b, a, CLI_HELP, true);
    buf_str(&b, STR(".SH COMMANDS\n"));
    for (int k = 0; k < CLI_COMMANDS; k++) {
        const struct cli_command_row *row = &cli_commands[k];
        buf_printf(&b, ".SS comity %s %s\n", row->word, row->arguments);
        roff(&b, row->manual);
        manual_options(&b, a, (enum cli_command)k, false);
    }
    buf_str(&b, STR(".SH EXIT STATUS\n.nf\n"));
    buf_str(&b, cli_exit_codes_text(a));
    buf_str(&b, STR(".fi\n"));
    buf_str(&b, str_of(manual_files));
    return buf_as_str(&b);
}
