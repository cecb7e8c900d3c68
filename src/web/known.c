/* SPDX-License-Identifier: Apache-2.0 */
/* What a reader has already: the ETag of an answer beside the desk's stamp of the view it was made
 * of. Who asks again with that ETag sends the stamp along, and while the desk says that it holds
 * nothing is built, carried or written out. What is forgotten here is only built again. */

#include "web/api.h"

#include <string.h>

static uint64_t key_add(uint64_t h, struct str s)
{
    h = (h ^ '\n') * UINT64_C(0x100000001b3);
    for (size_t k = 0; k < s.n; k++) h = (h ^ (uint8_t)s.p[k]) * UINT64_C(0x100000001b3);
    return h;
}

/* Who asks, for what, in which language. */
static uint64_t key_of(const struct visit *v)
{
    const struct net_request_head *head = net_request_head(v->request);
    uint64_t h = key_add(UINT64_C(0xcbf29ce484222325), v->session);
    h = key_add(key_add(h, head->path), head->query);
    return key_add(h, str_of(lang_word(v->lang)));
}

static struct web_known *slot_of(const struct visit *v, uint64_t key)
{
    return &v->web->known[key % WEB_KNOWN_MAX];
}

static bool put(char *to, size_t room, struct str s)
{
    if (s.n >= room) return false;
    if (s.n) memcpy(to, s.p, s.n);
    to[s.n] = 0;
    return true;
}

void known_put(struct visit *v, struct str tag, struct str stamp)
{
    if (!v->request || !stamp.n) return;
    uint64_t key = key_of(v);
    struct web_known k = {.key = key};
    if (put(k.tag, sizeof k.tag, tag) && put(k.stamp, sizeof k.stamp, stamp)) *slot_of(v, key) = k;
}

struct str known_stamp(struct visit *v, const char **tag_out)
{
    uint64_t key = key_of(v);
    const struct web_known *k = slot_of(v, key);
    if (k->key != key || !*k->tag) return (struct str){0};
    if (!api_none_match(visit_header(v, "If-None-Match"), str_of(k->tag))) return (struct str){0};
    *tag_out = str_c(v->t.arena, str_dup(v->t.arena, str_of(k->tag)));
    return str_dup(v->t.arena, str_of(k->stamp));
}
