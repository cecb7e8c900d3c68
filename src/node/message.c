/* SPDX-License-Identifier: Apache-2.0 */
/* Faults as they travel between processes, and to the command line. */

#include "node/split.h"

#include <string.h>

void node_fault_put(struct arena *a, struct tree *to, const struct fault *f)
{
    tree_add_str(a, to, "err", str_of(err_word(f->err)));
    tree_add_str(a, to, "code", str_of(f->code));
    tree_add_str(a, to, "article", str_of(f->article));
    tree_add_str(a, to, "particular", str_of(f->particular));
    tree_add_str(a, to, "sentence", str_of(f->sentence));
}

err node_err_of(struct str word)
{
    for (int e = ERR_NO; e <= ERR_UNKNOWN; e++)
        if (str_is(word, err_word((err)e))) return (err)e;
    return ERR_INTERNAL;
}

static void text_get(const struct tree *from, const char *key, char *to, size_t room)
{
    struct str s = tree_str(from, key);
    size_t n = s.n < room ? s.n : room - 1;
    if (n) memcpy(to, s.p, n);
    to[n] = 0;
}

void node_fault_get(const struct tree *from, struct fault *out)
{
    struct fault f = {.err = node_err_of(tree_str(from, "err"))};
    text_get(from, "code", f.code, sizeof f.code);
    text_get(from, "article", f.article, sizeof f.article);
    text_get(from, "particular", f.particular, sizeof f.particular);
    text_get(from, "sentence", f.sentence, sizeof f.sentence);
    *out = f;
}
