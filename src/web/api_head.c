/* SPDX-License-Identifier: Apache-2.0 */
/* The few headers that the API reads, each whole or not at all. */

#include "web/api.h"

enum { KEY_MAX = 128 };

static bool is_quoted(struct str s) { return s.n >= 2 && s.p[0] == '"' && s.p[s.n - 1] == '"'; }

static struct str unquoted(struct str s) { return (struct str){s.p + 1, s.n - 2}; }

enum api_match api_match_read(struct str header, int64_t *version_out)
{
    struct str s = str_trim(header), version, rest;
    bool weak = str_starts(s, "W/");
    if (weak) s = (struct str){s.p + 2, s.n - 2};
    if (!is_quoted(s)) return API_MATCH_BROKEN;
    str_split(unquoted(s), '-', &version, &rest);
    for (size_t k = 0; k < rest.n; k++)
        if (rest.p[k] == '"') return API_MATCH_BROKEN;
    int64_t n;
    if (!str_to_int(version, &n) || n < 0 || n > TREE_INT_MAX) return API_MATCH_BROKEN;
    if (weak) return API_MATCH_WEAK;
    *version_out = n;
    return API_MATCH_READ;
}

bool api_none_match(struct str header, struct str tag)
{
    struct str one;
    while (header.n) {
        str_split(header, ',', &one, &header);
        one = str_trim(one);
        if (str_starts(one, "W/")) one = (struct str){one.p + 2, one.n - 2};
        if (str_is(one, "*") || (one.n && str_eq(one, tag))) return true;
    }
    return false;
}

bool api_key_read(struct str header, struct str *out)
{
    struct str s = str_trim(header);
    if (is_quoted(s)) s = unquoted(s);
    if (s.n == 0 || s.n > KEY_MAX) return false;
    for (size_t k = 0; k < s.n; k++)
        if (s.p[k] <= ' ' || s.p[k] > '~' || s.p[k] == '"' || s.p[k] == '\\') return false;
    *out = s;
    return true;
}

struct str api_bearer(struct str header)
{
    struct str scheme, token;
    str_split(header, ' ', &scheme, &token);
    bool is_bearer = scheme.n == 6;
    for (size_t k = 0; is_bearer && k < scheme.n; k++)
        is_bearer = (scheme.p[k] | 0x20) == "bearer"[k];
    return is_bearer ? str_trim(token) : STR("");
}
