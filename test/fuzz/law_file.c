/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target of the law files: the same bytes as an instrument, a State, a calendar and the
 * remarks, beside the files that are embedded. What is refused names its place; what loads can be
 * looked at.
 */

#include "law/law.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char bare_state[] =
    "state: ZZ\ntraining: true\ntitles: {en: Zed, az: Zed}\nlanguages: []\ntime_zone: Etc/UTC\n"
    "instruments: []\nauthorities: []\nreservations: []\n";

static void load_as(const char *path, const uint8_t *data, size_t size)
{
    auto_arena a = arena_new();
    struct turn t = {.arena = a};
    struct law_file files[3] = {{path, data, size}};
    const struct law_tables *l;
    size_t n = 1;
    for (size_t i = 0; i < law_embedded_n && strcmp(path, "remarks.yaml") != 0; i++)
        if (strcmp(law_embedded[i].path, "remarks.yaml") == 0) files[n++] = law_embedded[i];
    if (strcmp(path, "calendars/zz.yaml") == 0)
        files[n++] = (struct law_file){"states/zz.yaml", (const unsigned char *)bare_state,
                                       sizeof bare_state - 1};
    if (law_load(&t, files, n, &l) != ERR_OK) {
        assert(t.fault.err == ERR_REJECTED || t.fault.err == ERR_TOO_LARGE);
        assert(t.fault.sentence[0]);
        return;
    }
    const struct tree *view;
    err e = law_look(&t, l, STR(""), false, &view);
    assert(e == ERR_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    load_as("instruments/small.yaml", data, size);
    load_as("states/zz.yaml", data, size);
    load_as("calendars/zz.yaml", data, size);
    load_as("remarks.yaml", data, size);
    return 0;
}
