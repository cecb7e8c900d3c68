/* SPDX-License-Identifier: Apache-2.0 */
/* A small instrument and a small State, to be broken one way at a time. They are also seeds of the
 * fuzz target, and stand there as files. Run from the root of the tree. */

#include "law_test.h"

#include <string.h>

static struct str seed(struct kit *k, const char *path)
{
    struct bytes in;
    if (file_read(&k->t, path, 1 << 16, &in) != ERR_OK)
        fail_msg("no %s: run from the root of the tree", path);
    return bytes_str(in);
}

struct str small_instrument(struct kit *k)
{
    return seed(k, "test/fuzz/corpus/law_file/instrument.yaml");
}
struct str small_state(struct kit *k) { return seed(k, "test/fuzz/corpus/law_file/state.yaml"); }

err load_small(struct kit *k, struct str instrument, struct str state,
               const struct law_tables **out)
{
    struct law_file files[3] = {
        {"instruments/small.yaml", (const unsigned char *)instrument.p, instrument.n},
        {"states/zz.yaml", (const unsigned char *)state.p, state.n},
    };
    for (size_t i = 0; i < law_embedded_n; i++)
        if (strcmp(law_embedded[i].path, "remarks.yaml") == 0) files[2] = law_embedded[i];
    return law_load(&k->t, files, 3, out);
}

static struct str with(struct kit *k, struct str text, const char *piece, const char *by)
{
    const char *all = str_c(k->t.arena, text);
    const char *at = strstr(all, piece);
    if (!at) fail_msg("the fixture has no \"%s\"", piece);
    return str_printf(k->t.arena, "%.*s%s%s", (int)(at - all), all, by, at + strlen(piece));
}

void breaks(struct kit *k, const struct breakage *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        bool state = str_starts(str_of(rows[i].place), "states/");
        struct str instrument = small_instrument(k), zz = small_state(k);
        if (state)
            zz = with(k, zz, rows[i].piece, rows[i].by);
        else
            instrument = with(k, instrument, rows[i].piece, rows[i].by);
        const struct law_tables *l;
        err e = load_small(k, instrument, zz, &l);
        if (e == ERR_OK) fail_msg("it loads with \"%s\"", rows[i].by);
        if (!str_is(str_of(k->t.fault.particular), rows[i].place) ||
            !strstr(k->t.fault.sentence, rows[i].says))
            fail_msg("row %zu: wanted %s and \"%s\", got %s \"%s\"", i, rows[i].place, rows[i].says,
                     k->t.fault.particular, k->t.fault.sentence);
        assert_int_equal(e, ERR_REJECTED);
        assert_true(str_starts(str_of(k->t.fault.sentence), rows[i].place));
        turn_forgive(&k->t);
    }
}
