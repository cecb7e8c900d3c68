/* SPDX-License-Identifier: Apache-2.0 */
/* The commands of what people carry: the register, letters, how acts travelled, instructions,
 * matters. Each is one action of the desk, but for `register`, which stores the original before it
 * says anything about it. */

#include "cli/inner.h"

#include <string.h>

/* ---- arguments ------------------------------------------------------------------------------- */

struct given {
    enum cli_option option;
    const char *name;
};

static void put_given(struct cli *c, struct tree *args, const struct given *rows, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        if (!cli_has(&c->args, rows[k].option)) continue;
        if (cli_options[rows[k].option].value)
            tree_add_str(c->t.arena, args, rows[k].name, cli_value(&c->args, rows[k].option));
        else
            tree_add_bool(c->t.arena, args, rows[k].name, true);
    }
}
#define PUT(c, args, rows) put_given(c, args, rows, sizeof(rows) / sizeof *(rows))

static struct tree *named(struct cli *c, const char *name, struct str value)
{
    struct tree *args = cli_arguments(c);
    tree_add_str(c->t.arena, args, name, value);
    return args;
}

static err file_add(struct cli *c, struct tree *list, struct str path)
{
    struct bytes data;
    try(file_read(&c->t, str_c(c->t.arena, path), CLI_FILE_MAX, &data));
    cli_document_add(c, list, path, data);
    return ERR_OK;
}

err cli_words_as_files(struct cli *c, struct tree *args, size_t first)
{
    if (c->args.words <= first) return ERR_OK;
    struct tree *list = tree_add_list(c->t.arena, args, "documents");
    for (size_t k = first; k < c->args.words; k++) try(file_add(c, list, c->args.word[k]));
    return ERR_OK;
}

static err attached(struct cli *c, struct tree *args)
{
    struct str path;
    if (!cli_has(&c->args, OPT_ATTACH)) return ERR_OK;
    struct tree *list = tree_add_list(c->t.arena, args, "documents");
    for (size_t k = 0; cli_nth(&c->args, OPT_ATTACH, k, &path); k++) try(file_add(c, list, path));
    return ERR_OK;
}

static err wrong(struct cli *c)
{
    const struct cli_command_row *row = &cli_commands[c->args.command];
    return turn_fail(&c->t, ERR_USAGE, "arguments", NULL, "It is: comity %s %s", row->word,
                     row->arguments);
}

/* ---- the register ---------------------------------------------------------------------------- */

static const struct given fields[] = {
    {OPT_CARRIAGE, "carriage"},     {OPT_DEADLINE, "deadline"}, {OPT_FROM, "from_text"},
    {OPT_INSTRUMENT, "instrument"}, {OPT_KIND, "kind"},         {OPT_TEXT, "note"},
    {OPT_RECEIVED, "received"},     {OPT_REGISTRY, "registry"}, {OPT_STATE, "state"},
};

/* "XL/pgo" is an authority, other words say who it was. "note=12/4" is a number with its sort. */
static void fields_put(struct cli *c, struct tree *args)
{
    struct arena *a = c->t.arena;
    struct str from = cli_value(&c->args, OPT_FROM), number;
    PUT(c, args, fields);
    bool address = from.n > 3 && from.p[2] == '/';
    for (size_t k = 0; address && k < from.n; k++) address = from.p[k] != ' ';
    if (address) tree_add_str(a, args, "from", from);
    if (!cli_has(&c->args, OPT_NUMBER)) return;
    struct tree *list = tree_add_list(a, args, "numbers");
    for (size_t k = 0; cli_nth(&c->args, OPT_NUMBER, k, &number); k++) {
        struct str sort, rest;
        bool sorted = str_split(number, '=', &sort, &rest);
        struct tree *one = tree_add_map(a, list, NULL);
        tree_add_str(a, one, "number", sorted ? rest : number);
        tree_add_str(a, one, "sort", sorted ? sort : STR("theirs"));
    }
}

static bool says_something(const struct tree *args)
{
    for (const struct tree *m = args->child; m; m = m->next)
        if (!str_is(m->key, "lang") && !str_is(m->key, "entry")) return true;
    return false;
}

/* First the files, then what is known of them: a mistake in the second leaves the first. */
err cli_do_REGISTER(struct cli *c)
{
    struct tree *args = cli_arguments(c);
    try(cli_words_as_files(c, args, 0));
    try(cli_do(c, DESK_ENTRY_ADD, args));
    const struct tree *kept = c->view;
    struct tree *edit = named(c, "entry", tree_str(kept, "entry"));
    fields_put(c, edit);
    if (!says_something(edit)) return ERR_OK;
    err e = cli_do(c, DESK_ENTRY_EDIT, edit);
    if (e != ERR_OK) c->view = kept; /* it stands in the register all the same */
    return e;
}

static err entry_edit(struct cli *c)
{
    struct tree *args = named(c, "entry", c->args.word[1]);
    fields_put(c, args);
    try(cli_words_as_files(c, args, 2));
    return cli_do(c, DESK_ENTRY_EDIT, args);
}

/* entry file ENTRY request | copy REF [ACT] | act REF ACT | note REF */
static err entry_file(struct cli *c)
{
    static const struct given said[] = {
        {OPT_FROM, "from"}, {OPT_KIND, "kind"},   {OPT_INSTRUMENT, "instrument"},
        {OPT_TO, "to"},     {OPT_AGAIN, "again"}, {OPT_CONFIRMATION, "confirmation"}};
    struct tree *args = named(c, "entry", c->args.word[1]);
    tree_add_str(c->t.arena, args, "as", c->args.word[2]);
    if (c->args.words > 3) tree_add_str(c->t.arena, args, "ref", c->args.word[3]);
    if (c->args.words > 4) tree_add_str(c->t.arena, args, "act", c->args.word[4]);
    PUT(c, args, said);
    try(cli_request_put(c, args));
    return cli_do(c, DESK_ENTRY_FILE, args);
}

static err entry_get(struct cli *c)
{
    struct arena *a = c->t.arena;
    struct tree *args = named(c, "entry", c->args.word[1]);
    const struct tree *view = NULL;
    struct bytes data;
    tree_add_str(a, args, "sha256", c->args.word[2]);
    try(cli_ask(c, c->dir, DESK_ENTRY_DOCUMENT, args, &view));
    struct str file = cli_value(&c->args, OPT_OUTPUT);
    if (!file.n) file = tree_str(view, "name");
    if (!base64_read(a, tree_str(view, "data"), &data))
        return turn_fail(&c->t, ERR_INTERNAL, "document-form", "RFC 4648 4",
                         "The node's document does not read.");
    try(cli_file_put(c, str_c(a, file), data, 0600));
    struct tree *v = tree_map(a);
    tree_add_str(a, v, "file", file);
    tree_add_copy(a, v, "sha256", tree_get(view, "sha256"));
    tree_add_copy(a, v, "size", tree_get(view, "size"));
    c->view = v;
    return ERR_OK;
}

static err entry_list(struct cli *c)
{
    static const struct given said[] = {{OPT_OPEN, "open"}};
    struct tree *args = cli_arguments(c);
    PUT(c, args, said);
    return cli_do(c, DESK_ENTRIES, args);
}

static err entry_show(struct cli *c)
{
    return cli_do(c, DESK_ENTRY, named(c, "entry", c->args.word[1]));
}

struct verb {
    const char *word;
    size_t least, most;
    err (*run)(struct cli *c);
};

static err verb_run(struct cli *c, const struct verb *verbs, size_t n)
{
    for (size_t k = 0; k < n; k++)
        if (str_is(c->args.word[0], verbs[k].word) && c->args.words >= verbs[k].least &&
            c->args.words <= verbs[k].most)
            return verbs[k].run(c);
    return wrong(c);
}

err cli_do_ENTRY(struct cli *c)
{
    static const struct verb verbs[] = {
        {"list", 1, 1, entry_list}, {"show", 2, 2, entry_show}, {"edit", 2, 64, entry_edit},
        {"file", 3, 5, entry_file}, {"get", 3, 3, entry_get},
    };
    return verb_run(c, verbs, sizeof verbs / sizeof *verbs);
}

/* ---- how an act travelled -------------------------------------------------------------------- */

static err carried(struct cli *c, enum desk_action action)
{
    static const struct given said[] = {{OPT_EXPORT_ACT, "act"},
                                        {OPT_CARRIAGE, "carriage"},
                                        {OPT_AT, "at"},
                                        {OPT_PROOF, "proof"},
                                        {OPT_BY, "by"}};
    struct tree *args = named(c, "ref", c->args.word[0]);
    PUT(c, args, said);
    try(attached(c, args));
    return cli_do(c, action, args);
}

err cli_do_DISPATCH(struct cli *c) { return carried(c, DESK_DISPATCH); }

err cli_do_CONFIRM(struct cli *c) { return carried(c, DESK_CONFIRM); }

err cli_do_BIND(struct cli *c)
{
    static const struct given said[] = {{OPT_EXPORT_ACT, "act"}, {OPT_CODE, "code"}};
    struct tree *args = named(c, "ref", c->args.word[0]);
    PUT(c, args, said);
    try(cli_words_as_files(c, args, 1));
    return cli_do(c, DESK_BIND, args);
}

/* ---- letters --------------------------------------------------------------------------------- */

/* The page, or, where no page maker is there, the document it would have been made of. */
static err page_put(struct cli *c, const struct tree *letter, struct str file, struct tree *files)
{
    struct arena *a = c->t.arena;
    struct bytes page;
    if (c->node->press) {
        try(c->node->press(&c->t, letter, &page));
        if (!str_ends(file, ".pdf")) file = str_printf(a, STR_FMT ".pdf", STR_ARG(file));
    } else {
        page = str_bytes(json_write_pretty(a, letter));
        file = str_printf(a, STR_FMT ".json", STR_ARG(file));
    }
    try(cli_file_put(c, str_c(a, file), page, 0600));
    tree_add_str(a, files, NULL, file);
    return ERR_OK;
}

static err documents_put(struct cli *c, const struct tree *view, struct str stem,
                         struct tree *files)
{
    struct arena *a = c->t.arena;
    const struct tree *list = tree_get(view, "documents");
    for (const struct tree *f = list ? list->child : NULL; f; f = f->next) {
        struct bytes data;
        struct str file = str_printf(a, STR_FMT ".asice", STR_ARG(stem));
        if (!base64_read(a, tree_str(f, "data"), &data))
            return turn_fail(&c->t, ERR_INTERNAL, "export-form", "RFC 4648 4",
                             "The node's container does not read.");
        try(cli_file_put(c, str_c(a, file), data, 0600));
        tree_add_str(a, files, NULL, file);
    }
    return ERR_OK;
}

err cli_do_LETTER(struct cli *c)
{
    static const struct given said[] = {{OPT_EXPORT_ACT, "act"}};
    struct arena *a = c->t.arena;
    struct tree *args = named(c, "ref", c->args.word[0]), *v = tree_map(a);
    const struct tree *view = NULL;
    PUT(c, args, said);
    try(cli_ask(c, c->dir, DESK_LETTER, args, &view));
    struct str stem = cli_value(&c->args, OPT_OUTPUT);
    if (!stem.n)
        stem = str_printf(a, STR_FMT "-" STR_FMT, STR_ARG(tree_str(view, "ref")),
                          STR_ARG(tree_str(view, "act")));
    if (str_ends(stem, ".pdf")) stem.n -= 4;
    static const char *const shown[] = {"ref", "act", "id", "code", "hash", "token", "mail"};
    for (size_t k = 0; k < sizeof shown / sizeof *shown; k++)
        tree_add_copy(a, v, shown[k], tree_get(view, shown[k]));
    struct tree *files = tree_add_list(a, v, "files");
    try(page_put(c, tree_get(view, "letter"), stem, files));
    try(documents_put(c, view, stem, files));
    c->view = v;
    return ERR_OK;
}

/* ---- mail ------------------------------------------------------------------------------------ */

enum { CERTIFICATES_MAX = 8 };

static err certificates_read(struct cli *c, struct str *out, size_t *n_out)
{
    struct str path;
    size_t n = 0;
    for (; n < CERTIFICATES_MAX && cli_nth(&c->args, OPT_SEAL_TO, n, &path); n++) {
        struct bytes pem;
        try(file_read(&c->t, str_c(c->t.arena, path), CLI_FILE_MAX, &pem));
        out[n] = bytes_str(pem);
    }
    *n_out = n;
    return ERR_OK;
}

/* The same letter to another mailbox. */
static const struct tree *addressed(struct cli *c, const struct tree *view, struct str mailbox)
{
    struct arena *a = c->t.arena;
    struct tree *list = tree_list(a), *to = tree_add_str(a, list, NULL, mailbox);
    struct tree *copy = tree_add_copy(a, list, NULL, view);
    struct tree *mail = tree_add_copy(a, list, NULL, tree_get(view, "mail"));
    if (!mail) mail = tree_add_map(a, list, NULL);
    tree_set(a, mail, STR("to"), to);
    tree_set(a, copy, STR("mail"), mail);
    return copy;
}

err cli_do_MAIL(struct cli *c)
{
    static const struct given said[] = {{OPT_EXPORT_ACT, "act"}}, to[] = {{OPT_TO, "to"}};
    struct arena *a = c->t.arena;
    struct tree *args = named(c, "ref", c->args.word[0]), *out = named(c, "ref", c->args.word[0]);
    const struct tree *view = NULL;
    struct str pem[CERTIFICATES_MAX];
    struct bytes pdf, message;
    size_t n;
    PUT(c, args, said);
    PUT(c, out, to);
    try(certificates_read(c, pem, &n));
    try(cli_ask(c, c->dir, DESK_LETTER, args, &view));
    if (cli_has(&c->args, OPT_TO)) view = addressed(c, view, cli_value(&c->args, OPT_TO));
    if (!c->node->press || !c->node->letter_mail)
        return turn_fail(&c->t, ERR_NONE_SUCH, "paper-program", NULL,
                         "This program makes no pages, so there is no letter to send.");
    /* The act of the letter, though another may have been done meanwhile. */
    tree_add_copy(a, out, "act", tree_get(view, "id"));
    try(c->node->press(&c->t, tree_get(view, "letter"), &pdf));
    try(c->node->letter_mail(&c->t, c->dir, view, pdf, pem, n, &message));
    tree_add_str(a, out, "message", base64(a, message));
    return cli_do(c, DESK_MAIL_OUT, out);
}

/* ---- instructions, numbers, matters ---------------------------------------------------------- */

static bool is_entry(struct str word)
{
    for (size_t k = 0; k + 4 <= word.n; k++)
        if (memcmp(word.p + k, "-IN-", 4) == 0) return true;
    return false;
}

err cli_do_INSTRUCT(struct cli *c)
{
    static const struct given said[] = {
        {OPT_EXECUTOR, "executor"}, {OPT_BY, "by"}, {OPT_TEXT, "text"}, {OPT_REGISTRY, "registry"}};
    struct str what = c->args.word[0];
    bool done = str_is(what, "done") && c->args.words == 2;
    if (!done && c->args.words != 1) return wrong(c);
    struct tree *args = done ? named(c, "instruction", c->args.word[1])
                             : named(c, is_entry(what) ? "entry" : "ref", what);
    PUT(c, args, said);
    return cli_do(c, done ? DESK_INSTRUCTED : DESK_INSTRUCT, args);
}

err cli_do_NUMBER(struct cli *c)
{
    static const struct given said[] = {{OPT_SORT, "sort"}};
    struct tree *args = named(c, "ref", c->args.word[0]);
    tree_add_str(c->t.arena, args, "number", c->args.word[1]);
    PUT(c, args, said);
    return cli_do(c, DESK_NUMBER_ADD, args);
}

static void refs_put(struct cli *c, struct tree *args, const char *key)
{
    struct tree *list = tree_add_list(c->t.arena, args, key);
    for (size_t k = 2; k < c->args.words; k++)
        tree_add_str(c->t.arena, list, NULL, c->args.word[k]);
}

static err matter_list(struct cli *c) { return cli_do(c, DESK_MATTERS, cli_arguments(c)); }

static err matter_show(struct cli *c)
{
    return cli_do(c, DESK_MATTER, named(c, "matter", c->args.word[1]));
}

static err matter_new(struct cli *c)
{
    struct tree *args = named(c, "title", c->args.word[1]);
    refs_put(c, args, "refs");
    return cli_do(c, DESK_MATTER_ADD, args);
}

static err matter_add(struct cli *c)
{
    struct tree *args = named(c, "matter", c->args.word[1]);
    refs_put(c, args, "add");
    return cli_do(c, DESK_MATTER_SET, args);
}

static err matter_drop(struct cli *c)
{
    struct tree *args = named(c, "matter", c->args.word[1]);
    refs_put(c, args, "drop");
    return cli_do(c, DESK_MATTER_SET, args);
}

err cli_do_MATTER(struct cli *c)
{
    static const struct verb verbs[] = {
        {"list", 1, 1, matter_list}, {"show", 2, 2, matter_show},  {"new", 2, 64, matter_new},
        {"add", 3, 64, matter_add},  {"drop", 3, 64, matter_drop},
    };
    return verb_run(c, verbs, sizeof verbs / sizeof *verbs);
}
