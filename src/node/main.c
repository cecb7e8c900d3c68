/* SPDX-License-Identifier: Apache-2.0 */
/* The program: the command line, with what this floor gives it. Whatever is read from the
 * environment is read here. */

#include "node/internal.h"

#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The simulator is a program of its own, since it holds what is broken on purpose; it lies beside
 * this one. Comes back only when it does not. */
static void simulate(char **argv)
{
    auto_arena a = arena_new();
    char self[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self);
    while (n > 0 && self[n - 1] != '/') n--;
    if (n <= 0) return;
    argv[1] = (char *)(uintptr_t)str_c(a, str_printf(a, "%.*scomity-simulate", (int)n, self));
    execv(argv[1], argv + 1);
    argv[1] = (char *)(uintptr_t) "simulate";
}

int main(int argc, char **argv)
{
    bool helps = argc > 2 && (strcmp(argv[2], "--help") == 0 || strcmp(argv[2], "-h") == 0);
    if (argc > 1 && strcmp(argv[1], "simulate") == 0 && !helps) simulate(argv);
    const char *no_color = getenv("NO_COLOR");
    auto_arena life = arena_new();
    const struct cli_node node = {.init = node_init,
                                  .serve = node_serve,
                                  .backup = node_backup,
                                  .restore = node_restore,
                                  .desk_open = node_desk_open,
                                  .carry = node_carry,
                                  .take_over = node_take_over,
                                  .clock = &node_clock,
                                  .chance = &node_chance,
                                  .start = node_start,
                                  .press = node_press,
                                  .letter_mail = node_letter_mail,
                                  .profile_sign = node_profile_sign,
                                  .zones = node_zones_hook(node_zones_new(life)),
                                  .no_color = no_color && *no_color};
    arena_spare();
    signal(SIGPIPE, SIG_IGN);
    umask(077);
    return cli_main(argc, argv, &node);
}
