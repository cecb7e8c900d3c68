/* SPDX-License-Identifier: Apache-2.0 */
/* The program: the command line, with what this floor gives it. Whatever is read from the
 * environment is read here. */

#include "node/internal.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>

int main(int argc, char **argv)
{
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
