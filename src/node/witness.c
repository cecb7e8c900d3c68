/* SPDX-License-Identifier: Apache-2.0 */
/* Keeper as a witness: the last head it saw of each other log, one note a file, and its cosignature
 * on the next one that follows.
 *
 * Two files a log, like those of its own head: `seen.X` is written at once and without waiting for
 * the disk, `kept.X` is durable before a cosignature is given away (C2SP tlog-witness). The larger
 * head of the two is the last. X names the origin by its digest, so that nothing a peer writes
 * becomes part of a file name. */

#include "node/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { NAME_BYTES = 16 };

static const char *path_of(struct arena *a, const char *folder, const char *sort, struct str origin)
{
    struct hash h = seal_sha256_of(str_bytes(origin));
    struct str name = hex(a, (struct bytes){h.b, NAME_BYTES});
    return str_c(a, str_printf(a, "%s/%s." STR_FMT, folder, sort, STR_ARG(name)));
}

err node_note_write(struct turn *t, const char *path, struct str note)
{
    const char *fresh = str_c(t->arena, str_printf(t->arena, "%s.new", path));
    int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool ok = fd >= 0 && write(fd, note.p, note.n) == (ssize_t)note.n;
    if (fd >= 0 && close(fd) != 0) ok = false;
    if (ok && rename(fresh, path) == 0) return ERR_OK;
    return turn_fail(t, errno == ENOSPC ? ERR_FULL : ERR_INTERNAL, "head-unwritten", NULL,
                     "Cannot remember the head in %s: %s.", path, errno_words(errno));
}

/* Whole, and of that log; who signed it was looked at before it was written. */
static err note_load(struct turn *t, const char *path, struct str origin, struct str *note_out,
                     struct ledger_checkpoint *head_out)
{
    struct bytes note;
    struct str text, lines;
    try(file_read(t, path, LEDGER_NOTE_MAX, &note));
    try(ledger_note_part(t, bytes_str(note), &text, &lines));
    try(ledger_checkpoint_read(t, text, head_out));
    if (!str_eq(head_out->origin, origin))
        return turn_fail(t, ERR_INTEGRITY, "seen-other", NULL, "%s is of another log.", path);
    *note_out = bytes_str(note);
    return ERR_OK;
}

err node_witness_seen(struct turn *t, const char *folder, struct str origin, struct str *note_out)
{
    static const char *const sorts[] = {"kept", "seen"};
    struct fault torn = {0};
    struct str last = {0};
    uint64_t size = 0;
    for (size_t k = 0; k < 2; k++) {
        struct str note = {0};
        struct ledger_checkpoint head = {0};
        err e = note_load(t, path_of(t->arena, folder, sorts[k], origin), origin, &note, &head);
        if (e == ERR_OK && head.size >= size) {
            last = note;
            size = head.size;
        } else if (e != ERR_OK && e != ERR_NONE_SUCH) {
            torn = t->fault;
        }
        turn_forgive(t);
    }
    if (!last.n && torn.err != ERR_OK)
        return turn_fail(t, ERR_INTEGRITY, "seen-torn", "C2SP tlog-witness",
                         "The last head that keeper saw of " STR_FMT " cannot be read: %s",
                         STR_ARG(origin), torn.sentence);
    *note_out = last;
    return ERR_OK;
}

/* The line under a note, over its text. */
static struct str cosign(struct turn *t, const struct node_witness *w, struct str text)
{
    struct ledger_cosignature c = {.time_s = turn_now_ms(t) / 1000};
    struct str said = ledger_cosign_text(t->arena, c.time_s, text);
    seal_ed25519_sign(w->seed, str_bytes(said), c.signature);
    return ledger_cosign_line(t->arena, w->key, &c);
}

err node_witness(struct turn *t, const struct node_witness *w, const struct ledger_vkey *log,
                 const struct ledger_add *x, bool cosigns, struct str *line_out)
{
    struct ledger_checkpoint head;
    struct str text, last, line = {0};
    try(ledger_note_open(t, x->note, log, seal_ed25519_holds, &text));
    try(ledger_checkpoint_read(t, text, &head));
    if (str_eq(head.origin, w->key->name) || str_eq(log->name, w->key->name))
        return turn_fail(t, ERR_NOT_ALLOWED, "witness-self", "C2SP tlog-witness",
                         "A log is no witness of itself.");
    try(node_witness_seen(t, w->folder, head.origin, &last));
    try(ledger_witness(t, log, last, x, seal_ed25519_holds, &head));
    if (cosigns) line = cosign(t, w, text);
    struct str kept = str_printf(t->arena, STR_FMT STR_FMT, STR_ARG(x->note), STR_ARG(line));
    if (cosigns)
        try(file_write(t, path_of(t->arena, w->folder, "kept", head.origin), str_bytes(kept),
                       0600));
    else
        try(node_note_write(t, path_of(t->arena, w->folder, "seen", head.origin), kept));
    *line_out = line;
    return ERR_OK;
}
