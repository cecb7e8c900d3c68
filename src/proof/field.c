/* SPDX-License-Identifier: Apache-2.0 */
/* Members of a JSON map, by table.
 *
 * Our formats are few and small: what a map must have is a table, and what is not in the table is
 * refused where the format is closed. Values are checked by whoever knows what they mean. */

#include "proof/proof_internal.h"

static const char *const kind_words[] = {
    [TREE_NULL] = "null", [TREE_BOOL] = "true or false", [TREE_INT] = "a number",
    [TREE_STR] = "text",  [TREE_LIST] = "a list",        [TREE_MAP] = "a map",
};

static bool is_listed(struct str key, const struct field *fields, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_is(key, fields[i].key)) return true;
    return false;
}

err fields_require(struct turn *t, const struct tree *map, const struct field *fields, size_t n,
                   bool closed, const char *article)
{
    if (!map || map->kind != TREE_MAP)
        return turn_fail(t, ERR_REJECTED, "form", article, "A map was expected here.");
    for (size_t i = 0; i < n; i++) {
        const struct tree *member = tree_get(map, fields[i].key);
        if (!member && fields[i].may_lack) continue;
        if (!member || member->kind != fields[i].kind)
            return turn_fail_at(t, ERR_REJECTED, "form", article, str_of(fields[i].key),
                                "The member %s must be there and be %s.", fields[i].key,
                                kind_words[fields[i].kind]);
    }
    if (!closed) return ERR_OK;
    for (const struct tree *m = map->child; m; m = m->next)
        if (!is_listed(m->key, fields, n)) {
            struct str shown = str_printable(t->arena, m->key);
            return turn_fail_at(t, ERR_REJECTED, "form", article, shown,
                                "The member \"%.*s\" is not known to this format.",
                                (int)(shown.n < 64 ? shown.n : 64), shown.p);
        }
    return ERR_OK;
}

bool address_is_sound(struct str a)
{
    enum { ADDRESS_MIN = 4, ADDRESS_MAX = 64 };
    if (a.n < ADDRESS_MIN || a.n > ADDRESS_MAX || a.p[2] != '/') return false;
    for (size_t i = 0; i < 2; i++)
        if (a.p[i] < 'A' || a.p[i] > 'Z') return false;
    for (size_t i = 3; i < a.n; i++) {
        char c = a.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) return false;
    }
    return true;
}

err field_hash(struct turn *t, const struct tree *map, const char *key, const char *article,
               struct hash *out)
{
    if (hash_read(tree_str(map, key), out)) return ERR_OK;
    return turn_fail_at(t, ERR_REJECTED, "form", article, str_of(key),
                        "The member %s must be a SHA-256 value in lower-case hexadecimal.", key);
}

err field_base64(struct turn *t, const struct tree *map, const char *key, const char *article,
                 struct bytes *out)
{
    if (base64_read(t->arena, tree_str(map, key), out) && out->n) return ERR_OK;
    return turn_fail_at(t, ERR_REJECTED, "form", article, str_of(key),
                        "The member %s must be base64 and not empty.", key);
}
