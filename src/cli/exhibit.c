/* SPDX-License-Identifier: Apache-2.0 */
/* Files too large for one message: handed to the node piece after piece, and got out of it the same
 * way. No more than one piece is in memory, here and there. */

#include "cli/inner.h"

#include "seal/seal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void close_fd(int *fd)
{
    if (*fd >= 0) close(*fd);
}
#define auto_fd __attribute__((cleanup(close_fd))) int

static err fail_file(struct cli *c, const char *verb, struct str path)
{
    const char *words = strerrordesc_np(errno);
    return turn_fail(&c->t, errno == ENOENT ? ERR_NONE_SUCH : ERR_INTERNAL, "file", NULL,
                     "cannot %s " STR_FMT ": %s", verb, STR_ARG(path), words ? words : "error");
}

/* An action whose arguments and view go with a scratch arena. */
static err ask(struct cli *c, struct arena *scratch, enum desk_action action,
               const struct tree *args, const struct tree **view_out)
{
    struct arena *kept = c->t.arena;
    c->t.arena = scratch;
    err e = cli_ask(c, c->dir, action, args, view_out);
    c->t.arena = kept;
    return e;
}

/* ---- in -------------------------------------------------------------------------------------- */

bool cli_is_exhibit(struct cli *c, struct str path)
{
    struct stat st;
    return stat(str_c(c->t.arena, path), &st) == 0 && S_ISREG(st.st_mode) &&
           st.st_size > DESK_EXHIBIT_ABOVE;
}

/* A whole piece, or less at the end of the file. */
static err piece_read(struct cli *c, int fd, struct str path, uint8_t *out, size_t *n_out)
{
    size_t have = 0;
    while (have < SEAL_SEGMENT_SIZE) {
        ssize_t n = read(fd, out + have, SEAL_SEGMENT_SIZE - have);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return fail_file(c, "read", path);
        if (n == 0) break;
        have += (size_t)n;
    }
    *n_out = have;
    return ERR_OK;
}

static err piece_put(struct cli *c, struct str *exhibit, int64_t number, struct bytes piece,
                     bool last)
{
    auto_arena scratch = arena_new();
    struct tree *args = tree_map(scratch);
    const struct tree *v;
    if (exhibit->n) tree_add_str(scratch, args, "exhibit", *exhibit);
    tree_add_int(scratch, args, "number", number);
    tree_add_bool(scratch, args, "last", last);
    tree_add_str(scratch, args, "data", base64(scratch, piece));
    try(ask(c, scratch, DESK_EXHIBIT_ADD, args, &v));
    if (!exhibit->n) *exhibit = str_dup(c->t.arena, tree_str(v, "exhibit"));
    return ERR_OK;
}

err cli_exhibit_add(struct cli *c, struct tree *list, struct str path)
{
    auto_fd fd = open(str_c(c->t.arena, path), O_RDONLY | O_CLOEXEC);
    uint8_t *here = arena_take(c->t.arena, SEAL_SEGMENT_SIZE),
            *next = arena_take(c->t.arena, SEAL_SEGMENT_SIZE);
    size_t here_n, next_n;
    struct str exhibit = {0};
    if (fd < 0) return fail_file(c, "open", path);
    try(piece_read(c, fd, path, here, &here_n));
    for (int64_t number = 0; here_n > 0; number++) {
        try(piece_read(c, fd, path, next, &next_n)); /* whether another one follows */
        try(piece_put(c, &exhibit, number, (struct bytes){here, here_n}, next_n == 0));
        uint8_t *spare = here;
        here = next;
        here_n = next_n;
        next = spare;
    }
    struct tree *one = cli_document_named(c, list, path);
    tree_add_str(c->t.arena, one, "exhibit", exhibit);
    return ERR_OK;
}

/* ---- out ------------------------------------------------------------------------------------- */

/* A document of a dossier by its SHA-256, or by its name. */
static err find(struct cli *c, struct str ref, struct str which, struct str *sha256_out)
{
    struct tree *args = cli_arguments(c);
    const struct tree *v;
    tree_add_str(c->t.arena, args, "ref", ref);
    try(cli_ask(c, c->dir, DESK_SHOW, args, &v));
    const struct tree *docs = tree_get(v, "documents");
    for (const struct tree *f = docs ? docs->child : NULL; f; f = f->next)
        if (str_eq(tree_str(f, "sha256"), which) || str_eq(tree_str(f, "name"), which)) {
            *sha256_out = tree_str(f, "sha256");
            return ERR_OK;
        }
    return turn_fail_at(&c->t, ERR_NONE_SUCH, "document-none-such", NULL, which,
                        "The dossier has no document of that name or digest.");
}

struct fetching {
    struct str ref, sha256, name, file;
    int64_t segments, size;
    struct seal_sum sum;
    struct hash is;
    int fd;
};

static err write_all(struct cli *c, struct fetching *x, struct bytes b)
{
    while (b.n) {
        ssize_t n = write(x->fd, b.p, b.n);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return fail_file(c, "write", x->file);
        b.p += n;
        b.n -= (size_t)n;
    }
    return ERR_OK;
}

/* The file appears with the first piece: what is refused leaves none. */
static err file_begin(struct cli *c, struct fetching *x, struct str name)
{
    struct stat st;
    if (!x->file.n) x->file = str_dup(c->t.arena, name);
    const char *path = str_c(c->t.arena, x->file);
    if (stat(path, &st) == 0 && !cli_has(&c->args, OPT_YES))
        return turn_fail(&c->t, ERR_CONFLICT, "file-exists", NULL,
                         "%s is there already; --yes overwrites it.", path);
    x->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    return x->fd < 0 ? fail_file(c, "write", x->file) : ERR_OK;
}

static err piece_get(struct cli *c, struct fetching *x, int64_t number)
{
    auto_arena scratch = arena_new();
    struct tree *args = tree_map(scratch);
    const struct tree *v;
    struct bytes data;
    tree_add_str(scratch, args, "ref", x->ref);
    tree_add_str(scratch, args, "sha256", x->sha256);
    tree_add_int(scratch, args, "segment", number);
    try(ask(c, scratch, DESK_DOCUMENT, args, &v));
    if (!base64_read(scratch, tree_str(v, "data"), &data))
        return turn_fail(&c->t, ERR_INTERNAL, "document-form", "RFC 4648 4",
                         "The node's document does not read.");
    if (number == 0) try(file_begin(c, x, tree_str(v, "name")));
    x->segments = tree_int(v, "segments", 1); /* a document that is no exhibit comes whole */
    x->size += (int64_t)data.n;
    bool last = number == x->segments - 1;
    if (!last && data.n != SEAL_SEGMENT_SIZE)
        return turn_fail(&c->t, ERR_INTERNAL, "document-form", NULL, "A segment has a wrong size.");
    if (last)
        x->is = seal_sum_end(&x->sum, data);
    else
        seal_sum_add(&x->sum, data);
    return write_all(c, x, data);
}

static err fetch(struct cli *c, struct fetching *x)
{
    seal_sum_begin(&x->sum);
    x->segments = 1;
    for (int64_t k = 0; k < x->segments; k++) try(piece_get(c, x, k));
    if (fsync(x->fd) < 0) return fail_file(c, "sync", x->file);
    if (str_eq(hex(c->t.arena, hash_bytes(&x->is)), x->sha256)) return ERR_OK;
    return turn_fail(&c->t, ERR_INTEGRITY, "document-differs", "comity act 1: documents",
                     "What the node gave is not what the act names; do not use " STR_FMT ".",
                     STR_ARG(x->file));
}

err cli_do_DOCUMENT(struct cli *c)
{
    struct fetching x = {.ref = c->args.word[0], .file = cli_value(&c->args, OPT_OUTPUT), .fd = -1};
    try(find(c, x.ref, c->args.word[1], &x.sha256));
    err e = fetch(c, &x);
    close_fd(&x.fd);
    try(e);
    struct tree *v = tree_map(c->t.arena);
    tree_add_str(c->t.arena, v, "file", x.file);
    tree_add_str(c->t.arena, v, "sha256", x.sha256);
    tree_add_int(c->t.arena, v, "size", x.size);
    c->view = v;
    return ERR_OK;
}
