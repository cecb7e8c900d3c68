/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_CLI_INNER_H
#define COMITY_CLI_INNER_H
/* What the files of cli share: one command line, from its words to what is printed. */

#include "cli/cli.h"
#include "desk/desk.h"

enum { CLI_WORDS_MAX = 256, CLI_FILE_MAX = 12 << 20, CLI_WAIT_MS = 120000 };

enum cli_command {
#define COMMAND(name, word, least, most, arguments, help, manual) CLI_##name,
#include "cli/command.def"
#undef COMMAND
    CLI_COMMANDS
};
enum cli_option {
#define OPTION(name, word, letter, value, commands, help) OPT_##name,
#include "cli/option.def"
#undef OPTION
    CLI_OPTIONS
};

/* ---- the command line, read ------------------------------------------------------------------ */

struct cli_given {
    enum cli_option option;
    struct str value;
};
struct cli_args {
    bool has_command;
    enum cli_command command;
    struct str word[CLI_WORDS_MAX]; /* arguments that are no options */
    size_t words;
    struct cli_given given[CLI_WORDS_MAX];
    size_t given_n;
};
/* Reads the words after the program's name. ERR_USAGE names the word that was not understood; what
 * was read before it, and --json wherever it stands, is in `out` all the same. */
MUST err cli_args_read(struct turn *t, int argc, char *const *argv, struct cli_args *out);
bool cli_has(const struct cli_args *a, enum cli_option option);
/* The last value given, or the empty text. */
struct str cli_value(const struct cli_args *a, enum cli_option option);
/* The value given `nth`, from 0. */
bool cli_nth(const struct cli_args *a, enum cli_option option, size_t nth, struct str *out);

struct cli_command_row {
    const char *word, *arguments, *help, *manual;
    size_t least, most;
};
struct cli_option_row {
    const char *word, *value, *commands, *help;
    char letter;
};
extern const struct cli_command_row cli_commands[CLI_COMMANDS];
extern const struct cli_option_row cli_options[CLI_OPTIONS];
bool cli_option_fits(enum cli_option option, enum cli_command command);
bool cli_command_find(struct str word, enum cli_command *out);

/* ---- one run --------------------------------------------------------------------------------- */

struct cli {
    struct turn t;
    const struct cli_node *node;
    struct cli_args args;
    const char *dir;
    struct str lang;
    bool json, quiet, color;
    const struct tree *view; /* what to print; may stand beside a fault */
    struct str text;         /* printed instead of the view for people (help) */
};
typedef err cli_step(struct cli *c);
#define COMMAND(name, word, least, most, arguments, help, manual) cli_step cli_do_##name;
#include "cli/command.def"
#undef COMMAND

/* Brings an action to the node of a folder: over its socket, or, when nobody listens, in this
 * process if it only reads. ERR_PEER when it writes and no node runs. A fault of the desk is the
 * turn's, and the view may be there beside it. */
MUST err cli_ask(struct cli *c, const char *dir, enum desk_action action, const struct tree *args,
                 const struct tree **view_out);
/* The same for the command's own folder; the view is what will be printed. */
MUST err cli_do(struct cli *c, enum desk_action action, const struct tree *args);
/* An empty map with the language, for arguments. */
struct tree *cli_arguments(struct cli *c);

/* ---- input ----------------------------------------------------------------------------------- */

/* A file of JSON or, by its name, YAML. */
MUST err cli_tree_read(struct cli *c, struct str path, struct tree **out);
/* Puts what -f, -p and --attach say into `to`: particulars, documents, and for a whole request its
 * kind, addressee, instrument and language unless they stand there already. */
MUST err cli_request_put(struct cli *c, struct tree *to);
/* Adds one document as desk.h wants it. */
void cli_document_add(struct cli *c, struct tree *list, struct str path, struct bytes data);
/* The same without its bytes, for who adds them. */
struct tree *cli_document_named(struct cli *c, struct tree *list, struct str path);
/* A file that is too large for a message is handed in first, piece after piece. */
bool cli_is_exhibit(struct cli *c, struct str path);
MUST err cli_exhibit_add(struct cli *c, struct tree *list, struct str path);
/* The words of the command from `first` on are files: `documents`. */
MUST err cli_words_as_files(struct cli *c, struct tree *args, size_t first);
/* Writes a file, unless one is there and --yes was not given. */
MUST err cli_file_put(struct cli *c, const char *path, struct bytes data, unsigned mode);

/* ---- output ---------------------------------------------------------------------------------- */

/* What the command would have done, which decides what is said beside a fault. */
enum cli_doing { CLI_READS, CLI_WRITES, CLI_CHECKS };
/* The document of --json: the view, the fault as its member "error": {err, exit, code, article,
 * particular, sentence, recorded (where it would have written), next}. */
struct str cli_document(struct arena *a, const struct tree *view, const struct fault *f,
                        enum cli_doing doing);
const struct tree *cli_fault_tree(struct arena *a, const struct fault *f, enum cli_doing doing);
/* A view for people; the labels are rows of label.def. `now_ms` says what is left of a clock. */
struct str cli_view_text(struct arena *a, const struct tree *view, int64_t now_ms, bool color);
/* The dates of a dossier, each with its proof, as CLOCKS shows them: no time of looking at them
 * stands in it. */
struct str cli_clocks_text(struct arena *a, const struct tree *view);
/* A fault for people: what happened, by which article, what was saved, what to do next. */
struct str cli_fault_text(struct arena *a, const struct fault *f, enum cli_doing doing, bool color);
/* "2026-11-24 03:07:14 UTC" of a time as views have it; other text as it is. */
struct str cli_time_text(struct arena *a, struct str time);
struct str cli_help_text(struct arena *a);
struct str cli_help_command(struct arena *a, enum cli_command command);
struct str cli_exit_codes_text(struct arena *a);
struct str cli_manual_text(struct arena *a);
/* The tables of a folder, checked as those of the program are: ERR_REJECTED names file, line and
 * column. ERR_NONE_SUCH when there is no such folder, or no file in it. */
struct cli_tables {
    const struct law_tables *tables;
    struct law_file *files;
    size_t n;
};
MUST err cli_tables_read(struct cli *c, struct str dir, struct cli_tables *out);
/* The manual's chapter of the law, as roff, in the language asked for. */
MUST err cli_chapter_text(struct cli *c, struct str *out);

/* ---- peers and evidence, shared with the demo ------------------------------------------------ */

/* The document GET /comity/1/profile of a node answers; nobody is trusted by it. ERR_PEER. */
MUST err cli_profile_fetch(struct cli *c, struct str url, struct tree **out);
/* Proposes the peer of such a document, or pins it when the words heard are given. */
MUST err cli_peer_add(struct cli *c, const char *dir, const struct tree *document, struct str words,
                      const struct tree **view_out);
/* Adds the verdict on one container to a list; answers whether it is sound, and trusted. */
struct cli_verdict {
    bool sound, trusted;
};
MUST err cli_verify_one(struct cli *c, struct str name, struct bytes container,
                        const struct bytes *roots, size_t roots_n, struct tree *list,
                        struct cli_verdict *out);

#endif
