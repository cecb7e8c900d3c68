/* SPDX-License-Identifier: Apache-2.0 */
/* What comity-paper gives away before it reads. It needs three descriptors, the font files, memory
 * and some seconds; everything else that can be given up without a filter of system calls is. The
 * module `guard` does the same for the parts of a node, by rows that this program is none of. */

#include "paper/paper.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

static const struct {
    __rlimit_resource_t what;
    rlim_t most;
    bool plain_only; /* a sanitizer reserves more */
} limits[] = {
    {RLIMIT_CPU, 30, false},    {RLIMIT_FSIZE, PAPER_PDF_MAX, false}, {RLIMIT_CORE, 0, false},
    {RLIMIT_NOFILE, 64, false}, {RLIMIT_AS, (rlim_t)1 << 30, true},   {RLIMIT_MEMLOCK, 0, false},
};

static err refused(struct turn *t, const char *what)
{
    return turn_fail(t, ERR_INTERNAL, "paper-sandbox", NULL,
                     "The system refused to take %s from the printing program: %s. Nothing was "
                     "read or printed.",
                     what, errno_words(errno));
}

/* All that the first Landlock knows; a newer one knows more, and a file system has no other way to
 * be changed by who may open nothing for writing. */
#define EVERYTHING (LANDLOCK_ACCESS_FS_MAKE_SYM * 2 - 1)

/* Of all files, only those below `fonts` can be opened from here on, for reading. */
static err files_close(struct turn *t, const char *fonts)
{
    struct landlock_ruleset_attr all = {.handled_access_fs = EVERYTHING};
    struct landlock_path_beneath_attr below = {
        .allowed_access = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR,
        .parent_fd = open(fonts, O_PATH | O_DIRECTORY | O_CLOEXEC)};
    if (below.parent_fd < 0)
        return turn_fail(t, ERR_NONE_SUCH, "paper-font", NULL,
                         "The folder of fonts %s cannot be opened: %s. Nothing was read or "
                         "printed.",
                         fonts, errno_words(errno));
    int rules = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof all, 0);
    bool good = rules >= 0 &&
                syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &below, 0) == 0 &&
                syscall(SYS_landlock_restrict_self, rules, 0) == 0;
    err e = good ? ERR_OK : refused(t, "files (Landlock)");
    close(below.parent_fd);
    if (rules >= 0) close(rules);
    return e;
}

err paper_sandbox(struct turn *t, const char *fonts)
{
    if (close_range(3, ~0u, 0) != 0) return refused(t, "descriptors");
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return refused(t, "new privileges");
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return refused(t, "core dumps");
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        struct rlimit now = {limits[i].most, limits[i].most};
        if (SANITIZED && limits[i].plain_only) continue;
        if (setrlimit(limits[i].what, &now) != 0) return refused(t, "memory and time");
    }
    return files_close(t, fonts ? fonts : PAPER_FONTS);
}
