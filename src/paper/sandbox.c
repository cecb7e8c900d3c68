/* SPDX-License-Identifier: Apache-2.0 */
/* What comity-paper gives away before it reads. It needs three descriptors, the font files, memory
 * and some seconds; everything else that can be given up without a filter of system calls is. */

#include "paper/paper.h"

#include <errno.h>
#include <sys/prctl.h>
#include <sys/resource.h>
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

err paper_sandbox(struct turn *t)
{
    if (close_range(3, ~0u, 0) != 0) return refused(t, "descriptors");
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return refused(t, "new privileges");
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return refused(t, "core dumps");
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        struct rlimit now = {limits[i].most, limits[i].most};
        if (SANITIZED && limits[i].plain_only) continue;
        if (setrlimit(limits[i].what, &now) != 0) return refused(t, "memory and time");
    }
    return ERR_OK;
}
