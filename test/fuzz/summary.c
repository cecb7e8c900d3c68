/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: summaries of what is held, as they come from a peer. The signature is taken for
 * good, so that what lies behind it is reached; one that is taken has one spelling. */

#include "post/post.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static err summary_taken_for_good(struct turn *t, struct bytes der, struct bytes cms,
                                  struct bytes *content_out)
{
    (void)t, (void)der;
    *content_out = cms;
    return ERR_OK;
}

static int64_t stands_still(void *ctx)
{
    (void)ctx;
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct suite suite = {.verify_attached = summary_taken_for_good};
    static const struct clock clock = {stands_still, stands_still, NULL};
    auto_arena a = arena_new();
    struct turn t = {.arena = a, .clock = &clock};
    struct summary *s = arena_take(a, sizeof *s);
    struct post_reading r = {.ours = {STR("XN/csb")}, .ours_n = 1, .senders_n = 1};
    r.senders[0].address = STR("XM/dts");
    err e = post_summary_read(&t, &r, &suite, (struct bytes){data, size}, s);
    if (e != ERR_OK) {
        assert(t.fault.err == e && t.fault.code[0] && t.fault.sentence[0]);
        return 0;
    }
    assert(str_eq(json_write(a, summary_write(a, s)), (struct str){(const char *)data, size}));
    for (size_t k = 0; k < s->ranges_n; k++)
        assert(s->ranges[k].unit >= 1 && (s->ranges[k].first - 1) % s->ranges[k].unit == 0);
    return 0;
}
