/* SPDX-License-Identifier: Apache-2.0 */
/* web-host FOLDER PORT: the pages over fixtures, for eyes and for browsers under test. It serves on
 * loopback as meridia.localhost until it is ended; the link is /enter/once. Its clock stands at the
 * moment the fixtures tell of and goes on from there. */

#include "double.h"

#include <signal.h>
#include <stdio.h>
#include <time.h>

enum { STORY_S = 1795475261, WAIT_MS = 1000 }; /* 2026-11-23T23:07:41Z */

static int64_t mono_ms(void *ctx)
{
    (void)ctx;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t wall_ms(void *ctx)
{
    const int64_t *began = ctx;
    return (int64_t)STORY_S * 1000 + mono_ms(NULL) - *began;
}

static void fill(void *ctx, void *out, size_t n)
{
    uint64_t *seed = ctx;
    for (size_t k = 0; k < n; k++) {
        *seed = *seed * 6364136223846793005u + 1442695040888963407u;
        ((uint8_t *)out)[k] = (uint8_t)(*seed >> 56);
    }
}

static int32_t offset(void *ctx, struct str zone, int64_t at_ms)
{
    (void)ctx, (void)at_ms;
    return str_is(zone, "Asia/Baku") ? 240 : INT32_MAX;
}

int main(int argc, char **argv)
{
    int64_t port, began = mono_ms(NULL);
    uint64_t seed = (uint64_t)began;
    if (argc != 3 || !str_to_int(str_of(argv[2]), &port)) return 2;
    signal(SIGPIPE, SIG_IGN);
    auto_arena arena = arena_new();
    struct clock clock = {wall_ms, mono_ms, &began};
    struct chance chance = {fill, &seed};
    struct turn t = {.arena = arena, .clock = &clock, .chance = &chance};
    struct desk_double desk = {.folder = argv[1]};
    struct net_loop *loop;
    struct web *web;
    if (net_loop_new(&t, &clock, &loop) != ERR_OK) return 1;
    struct web_options o = {.loop = loop,
                            .desk = double_desk(&desk),
                            .press = {double_print, NULL},
                            .mail = {double_make, NULL, "desk@dts.meridia.example"},
                            .clock = &clock,
                            .chance = &chance,
                            .zones = {offset, NULL},
                            .address = "127.0.0.1",
                            .port = (uint16_t)port,
                            .name = "meridia.localhost",
                            .node = "meridia"};
    if (web_start(&t, &o, &web) != ERR_OK) return fprintf(stderr, "%s\n", t.fault.sentence), 1;
    printf("http://meridia.localhost:%u/enter/once\n", web_port(web));
    fflush(stdout);
    while (net_loop_turn(&t, loop, WAIT_MS) == ERR_OK) continue;
    return 1;
}
