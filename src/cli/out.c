/* SPDX-License-Identifier: Apache-2.0 */
/* What leaves the program: the one JSON document, and faults in words. */

#include "cli/inner.h"

static const char *next_of(const struct fault *f, enum cli_doing doing);
static const char *recorded_of(const struct fault *f);

struct str cli_document(struct arena *a, const struct tree *view, const struct fault *f,
                        enum cli_doing doing)
{
    struct tree *m = tree_map(a);
    for (const struct tree *v = view ? view->child : NULL; v; v = v->next)
        tree_set(a, m, v->key, v);
    if (f) tree_set(a, m, STR("error"), cli_fault_tree(a, f, doing));
    return json_write_pretty(a, m);
}

const struct tree *cli_fault_tree(struct arena *a, const struct fault *f, enum cli_doing doing)
{
    struct tree *m = tree_map(a);
    tree_add_str(a, m, "err", str_of(err_word(f->err)));
    tree_add_int(a, m, "exit", err_exit_code(f->err));
    tree_add_str(a, m, "code", str_of(f->code));
    tree_add_str(a, m, "article", str_of(f->article));
    tree_add_str(a, m, "particular", str_of(f->particular));
    tree_add_str(a, m, "sentence", str_of(f->sentence));
    if (doing == CLI_WRITES) tree_add_str(a, m, "recorded", str_of(recorded_of(f)));
    tree_add_str(a, m, "next", str_of(next_of(f, doing)));
    return m;
}

/* What to do next, where the sentence does not say it already. */
static const char *next_of(const struct fault *f, enum cli_doing doing)
{
    switch (f->err) {
    case ERR_OK:
    case ERR_NO:
    case ERR_PEER:
    case ERR_TOO_LARGE:
        return "";
    case ERR_USAGE:
        return "comity help COMMAND shows how it is called.";
    case ERR_NONE_SUCH:
        return str_starts(str_of(f->code), "dossier") ? "comity list shows the references." : "";
    case ERR_NOT_ALLOWED:
        return "comity show REF lists what can be done now.";
    case ERR_STRANGER:
        return "Ask whoever runs the node to make you an officer of it.";
    case ERR_CONFLICT:
        return "Look at what is there, then decide again.";
    case ERR_INTEGRITY:
        return doing == CLI_CHECKS
                   ? "Change nothing; keep a copy of the folder, and put back what is named."
                   : "Change nothing; keep a copy of the folder, and look at: comity fsck.";
    case ERR_REJECTED:
        return "Mend what is named, and do it again.";
    case ERR_INTERNAL:
        return "If it stays, the node's log on standard error says more.";
    case ERR_FULL:
        return "Make room on the disk, and do it again.";
    case ERR_BUSY:
        return "Do it again in a moment.";
    case ERR_UNKNOWN:
        return "See with comity list or comity log REF whether it is there, before doing it again.";
    }
    return "";
}

static const char *recorded_of(const struct fault *f)
{
    return f->err == ERR_UNKNOWN ? "not known" : "nothing; all is as it was";
}

struct str cli_fault_text(struct arena *a, const struct fault *f, enum cli_doing doing, bool color)
{
    struct buf b = buf_in(a);
    buf_printf(&b, color ? "\033[1;31mcomity:\033[0m %s\n" : "comity: %s\n", f->sentence);
    if (f->article[0]) buf_printf(&b, "  article     %s\n", f->article);
    if (f->particular[0]) buf_printf(&b, "  concerns    %s\n", f->particular);
    if (doing == CLI_WRITES) buf_printf(&b, "  recorded    %s\n", recorded_of(f));
    const char *next = next_of(f, doing);
    if (next[0]) buf_printf(&b, "  what next   %s\n", next);
    return buf_as_str(&b);
}
