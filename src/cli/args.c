/* SPDX-License-Identifier: Apache-2.0 */
/* The words of a command line, held against the tables of commands and options.
 *
 * Options may stand before the command, as with git, or after it. Everything after "--" is an
 * argument. It knows no meaning of any option. */

#include "cli/inner.h"

#include <string.h>

const struct cli_command_row cli_commands[CLI_COMMANDS] = {
#define COMMAND(name, word, least, most, arguments, help, manual)                                  \
    [CLI_##name] = {word, arguments, help, manual, least, most},
#include "cli/command.def"
#undef COMMAND
};
const struct cli_option_row cli_options[CLI_OPTIONS] = {
#define OPTION(name, word, letter, value, commands, help)                                          \
    [OPT_##name] = {word, value, commands, help, letter},
#include "cli/option.def"
#undef OPTION
};

static err word_read(struct turn *t, struct cli_args *a, struct str word);
static err long_read(struct turn *t, struct cli_args *a, int argc, char *const *argv, int *at);
static err letters_read(struct turn *t, struct cli_args *a, int argc, char *const *argv, int *at);
static err command_check(struct turn *t, const struct cli_args *a);

err cli_args_read(struct turn *t, int argc, char *const *argv, struct cli_args *out)
{
    *out = (struct cli_args){0};
    /* Whoever asked for JSON gets it for a word that is wrong before it, too. */
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--") == 0) break;
        if (strcmp(argv[i], "--json") == 0) {
            out->given[out->given_n++] = (struct cli_given){OPT_JSON, STR("")};
            break;
        }
    }
    if (argc > CLI_WORDS_MAX - 1)
        return turn_fail(t, ERR_USAGE, "words", NULL, "A command has at most %d words.",
                         CLI_WORDS_MAX - 1);
    bool open = true;
    for (int i = 1; i < argc; i++) {
        if (!str_is_utf8(str_of(argv[i])))
            return turn_fail(t, ERR_USAGE, "utf-8", "RFC 3629 3", "Word %d is not UTF-8 text.", i);
        if (open && strcmp(argv[i], "--") == 0)
            open = false;
        else if (open && argv[i][0] == '-' && argv[i][1])
            try(argv[i][1] == '-' ? long_read(t, out, argc, argv, &i)
                                  : letters_read(t, out, argc, argv, &i));
        else
            try(word_read(t, out, str_of(argv[i])));
    }
    return out->has_command ? command_check(t, out) : ERR_OK;
}

bool cli_command_find(struct str word, enum cli_command *out)
{
    for (int k = 0; k < CLI_COMMANDS; k++) {
        if (!str_is(word, cli_commands[k].word)) continue;
        *out = (enum cli_command)k;
        return true;
    }
    return false;
}

static err word_read(struct turn *t, struct cli_args *a, struct str word)
{
    if (a->has_command) {
        a->word[a->words++] = word;
        return ERR_OK;
    }
    a->has_command = cli_command_find(word, &a->command);
    if (a->has_command) return ERR_OK;
    return turn_fail(t, ERR_USAGE, "command-unknown", NULL,
                     "There is no command \"" STR_FMT "\"; comity help lists them.", STR_ARG(word));
}

static err give(struct turn *t, struct cli_args *a, enum cli_option option, struct str value)
{
    if (a->given_n == CLI_WORDS_MAX)
        return turn_fail(t, ERR_USAGE, "words", NULL, "A command has at most %d options.",
                         CLI_WORDS_MAX);
    a->given[a->given_n++] = (struct cli_given){option, value};
    return ERR_OK;
}

/* The value stands in the same word, or is the next one. */
static err value_read(struct turn *t, struct cli_args *a, enum cli_option option, struct str here,
                      bool has_here, int argc, char *const *argv, int *at)
{
    const struct cli_option_row *row = &cli_options[option];
    if (!row->value && has_here)
        return turn_fail(t, ERR_USAGE, "option-value", NULL, "--%s takes no value.", row->word);
    if (row->value && !has_here) {
        if (*at + 1 >= argc)
            return turn_fail(t, ERR_USAGE, "option-value", NULL, "--%s needs a value: %s.",
                             row->word, row->value);
        here = str_of(argv[++*at]);
        if (!str_is_utf8(here))
            return turn_fail(t, ERR_USAGE, "utf-8", "RFC 3629 3", "Word %d is not UTF-8 text.",
                             *at);
    }
    return give(t, a, option, here);
}

static err long_read(struct turn *t, struct cli_args *a, int argc, char *const *argv, int *at)
{
    struct str word = {argv[*at] + 2, strlen(argv[*at]) - 2}, value;
    struct str name;
    bool has_value = str_split(word, '=', &name, &value);
    for (int k = 0; k < CLI_OPTIONS; k++)
        if (str_is(name, cli_options[k].word))
            return value_read(t, a, (enum cli_option)k, value, has_value, argc, argv, at);
    return turn_fail(t, ERR_USAGE, "option-unknown", NULL, "There is no option \"--" STR_FMT "\".",
                     STR_ARG(name));
}

/* "-C DIR", "-CDIR" and "-qh" are read as other programs read them. */
static err letters_read(struct turn *t, struct cli_args *a, int argc, char *const *argv, int *at)
{
    const char *word = argv[*at];
    for (const char *p = word + 1; *p; p++) {
        int k = 0;
        while (k < CLI_OPTIONS && cli_options[k].letter != *p) k++;
        if (k == CLI_OPTIONS)
            return turn_fail(t, ERR_USAGE, "option-unknown", NULL,
                             "There is no option \"-%c\" (in \"%s\").", *p, word);
        if (cli_options[k].value)
            return value_read(t, a, (enum cli_option)k, str_of(p + 1), p[1] != 0, argc, argv, at);
        try(give(t, a, (enum cli_option)k, STR("")));
    }
    return ERR_OK;
}

bool cli_option_fits(enum cli_option option, enum cli_command command)
{
    struct str list = str_of(cli_options[option].commands), word;
    if (str_is(list, "*")) return true;
    while (list.n) {
        str_split(list, ' ', &word, &list);
        if (str_is(word, cli_commands[command].word)) return true;
    }
    return false;
}

static err command_check(struct turn *t, const struct cli_args *a)
{
    const struct cli_command_row *row = &cli_commands[a->command];
    for (size_t k = 0; k < a->given_n; k++)
        if (!cli_option_fits(a->given[k].option, a->command))
            return turn_fail(t, ERR_USAGE, "option-elsewhere", NULL,
                             "comity %s has no option --%s; comity help %s lists what it has.",
                             row->word, cli_options[a->given[k].option].word, row->word);
    if (cli_has(a, OPT_HELP) || (a->words >= row->least && a->words <= row->most)) return ERR_OK;
    return turn_fail(t, ERR_USAGE, "arguments", NULL, "%s: comity %s%s%s.",
                     a->words < row->least ? "Something is missing" : "There is a word too many",
                     row->word, *row->arguments ? " " : "", row->arguments);
}

bool cli_has(const struct cli_args *a, enum cli_option option)
{
    struct str value;
    return cli_nth(a, option, 0, &value);
}

struct str cli_value(const struct cli_args *a, enum cli_option option)
{
    struct str value = STR("");
    for (size_t k = 0; k < a->given_n; k++)
        if (a->given[k].option == option) value = a->given[k].value;
    return value;
}

bool cli_nth(const struct cli_args *a, enum cli_option option, size_t nth, struct str *out)
{
    for (size_t k = 0; k < a->given_n; k++) {
        if (a->given[k].option != option || nth--) continue;
        *out = a->given[k].value;
        return true;
    }
    return false;
}
