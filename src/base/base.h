/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_BASE_H
#define COMITY_BASE_H
/* Memory, text, time, failure and log: what every other module stands on.
 *
 * Memory belongs to a lifetime (an arena). Text is bytes with a length, borrowed. What can fail
 * returns `err`, and the function that finds the fault writes it once into the turn. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* ---- failure --------------------------------------------------------------------------------- */

enum err {
    ERR_OK = 0,
#define ERR(name, word, exit_code, http_status) ERR_##name,
#include "base/err.def"
#undef ERR
};
typedef enum err err;

/* Marks a declaration whose result must be looked at. */
#define MUST __attribute__((warn_unused_result))

/* Passes a failure up. The only macro of this program that changes control flow. */
#define try(call)                                                                                  \
    do {                                                                                           \
        err try_err_ = (call);                                                                     \
        if (try_err_ != ERR_OK) return try_err_;                                                   \
    } while (0)

/* The word, exit code and HTTP status of a failure, from err.def. */
const char *err_word(err e);
int err_exit_code(err e);
int err_http_status(err e);

/* What went wrong, once, in words a person can act on. `code` is a stable lower-case word for
 * programs; `article` the article or clause that says so (instrument first: "un-cybercrime 42(6)",
 * "RFC 8785 3.1"); `particular` the field concerned. Empty strings where there is none. */
struct fault {
    err err;
    char code[48];
    char article[64];
    char particular[64];
    char sentence[480];
};

/* ---- memory ---------------------------------------------------------------------------------- */

/* A lifetime. Everything taken from it is freed at once with it. Taking never returns NULL: a
 * process that cannot get memory ends (its limits are set by `node`). */
struct arena;
struct arena *arena_new(void);
/* Once in a process that stays: up to 2 MiB that arenas give back is kept for the next ones. */
void arena_spare(void);
void arena_rest(void); /* nothing is to be done for now: all that is free goes to the system */
void arena_free(struct arena *a); /* NULL is allowed */
/* Empties the arena and keeps its first block, so a loop does not grow. */
void arena_reset(struct arena *a);
void arena_reuse(struct arena *a); /* and up to 256 KiB more, for who takes it next */
/* `size` zeroed bytes, aligned for any type. */
void *arena_take(struct arena *a, size_t size);
/* `count` items of `size`, zeroed; ends the process if the product overflows. */
void *arena_take_many(struct arena *a, size_t count, size_t size);
/* Runs `undo(what)` when the arena is reset or freed, newest first. */
void arena_on_free(struct arena *a, void (*undo)(void *what), void *what);
size_t arena_used(const struct arena *a); /* bytes handed out since the last reset */

static inline void arena_free_ptr_(struct arena **a) { arena_free(*a); }
/* A scratch arena that ends with its block: `auto_arena scratch = arena_new();` */
#define auto_arena __attribute__((cleanup(arena_free_ptr_))) struct arena *

/* A key or another secret of at most 64 bytes. `secret_wipe` before it goes out of scope. */
struct secret {
    uint8_t b[64];
    size_t n;
};
void secret_wipe(struct secret *s);
void wipe(void *p, size_t n); /* overwrites memory in a way the compiler keeps */

/* ---- text and bytes -------------------------------------------------------------------------- */

/* Text: UTF-8, not terminated, borrowed. `p` may be NULL only when `n` is 0. */
struct str {
    const char *p;
    size_t n;
};
/* Bytes, borrowed. */
struct bytes {
    const uint8_t *p;
    size_t n;
};
/* A random id of a dossier or an act. */
struct id {
    uint8_t b[16];
};
/* A SHA-256 value. */
struct hash {
    uint8_t b[32];
};

#define STR(literal) ((struct str){"" literal, sizeof(literal) - 1})
#define STR_FMT "%.*s"
#define STR_ARG(s) (int)(s).n, (s).p ? (s).p : ""

struct str str_of(const char *c); /* NULL gives the empty text */
bool str_eq(struct str a, struct str b);
bool str_is(struct str a, const char *c);
int str_cmp(struct str a, struct str b); /* by bytes, shorter first */
bool str_starts(struct str s, const char *prefix);
bool str_ends(struct str s, const char *suffix);
/* Splits at the first `sep`: `head` gets what is before, `rest` what is after. Without `sep`, all
 * is head, rest is empty, and the answer is false. */
bool str_split(struct str s, char sep, struct str *head, struct str *rest);
struct str str_trim(struct str s); /* ASCII blanks off both ends */
struct str str_dup(struct arena *a, struct str s);
const char *str_c(struct arena *a, struct str s); /* a terminated copy */
struct str str_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* A decimal integer in range of int64: no blanks, plus sign, leading zero or "-0". */
bool str_to_int(struct str s, int64_t *out);
/* True when `s` is well-formed UTF-8 (RFC 3629: shortest form, no surrogates) without NUL. */
bool str_is_utf8(struct str s);
/* UTF-8 without controls and what turns text about (UAX 9). And a copy with `?` for them. */
bool str_is_plain(struct str s);
struct str str_printable(struct arena *a, struct str s);
bool str_is_blank(struct str s); /* nothing in it shows: white space, controls, invisible marks */
bool str_misleads(struct str s); /* a control but tab and line ends, or what turns a line about */

static inline struct bytes str_bytes(struct str s)
{
    return (struct bytes){(const uint8_t *)s.p, s.n};
}
static inline struct str bytes_str(struct bytes b) { return (struct str){(const char *)b.p, b.n}; }
bool bytes_eq(struct bytes a, struct bytes b);
struct bytes bytes_dup(struct arena *a, struct bytes b);

bool id_eq(const struct id *a, const struct id *b);
bool hash_eq(const struct hash *a, const struct hash *b);
static inline struct bytes id_bytes(const struct id *i)
{
    return (struct bytes){i->b, sizeof i->b};
}
static inline struct bytes hash_bytes(const struct hash *h)
{
    return (struct bytes){h->b, sizeof h->b};
}

/* Lower-case hexadecimal, and back (exact length, lower case only: one value, one spelling). */
struct str hex(struct arena *a, struct bytes b);
bool hex_read(struct str s, void *out, size_t n);
bool id_read(struct str s, struct id *out);
bool hash_read(struct str s, struct hash *out);
/* Base64 (RFC 4648 4, padded), and back; only the canonical spelling is accepted. */
struct str base64(struct arena *a, struct bytes b);
bool base64_read(struct arena *a, struct str s, struct bytes *out);
/* The same in the alphabet of RFC 4648 5 without padding, as browsers write it. */
struct str base64url(struct arena *a, struct bytes b);
bool base64url_read(struct arena *a, struct str s, struct bytes *out);

/* A growing run of bytes in an arena. */
struct buf {
    struct arena *arena;
    uint8_t *p;
    size_t n, room;
};
struct buf buf_in(struct arena *a);
void buf_put(struct buf *b, const void *p, size_t n);
void buf_str(struct buf *b, struct str s);
void buf_byte(struct buf *b, uint8_t byte);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_be(struct buf *b, uint64_t value, int width); /* big-endian, `width` bytes */
static inline struct str buf_as_str(const struct buf *b)
{
    return (struct str){(const char *)b->p, b->n};
}
static inline struct bytes buf_as_bytes(const struct buf *b) { return (struct bytes){b->p, b->n}; }

/* ---- files, small and whole ------------------------------------------------------------------ */

struct turn;
/* Reads a whole file of at most `limit` bytes. ERR_NONE_SUCH, ERR_TOO_LARGE, ERR_INTERNAL. */
MUST err file_read(struct turn *t, const char *path, size_t limit, struct bytes *out);
/* What the system says about an errno value, in any locale the same. */
const char *errno_words(int e);
/* Writes a file whole: temporary name, fsync, rename, fsync of the folder. `mode` as in open(2). */
MUST err file_write(struct turn *t, const char *path, struct bytes data, unsigned mode);
/* Makes the name of a file or folder that was just made durable: fsync of the folder it is in. */
MUST err file_name_sync(struct turn *t, const char *path);

/* ---- time and chance, always by argument ----------------------------------------------------- */

/* Milliseconds UTC since 1970, and milliseconds of a clock that only goes forward. */
struct clock {
    int64_t (*wall_ms)(void *ctx);
    int64_t (*mono_ms)(void *ctx);
    void *ctx;
};
/* Unpredictable bytes (or seeded ones in the simulator). Cannot fail: a source that does ends the
 * process. */
struct chance {
    void (*fill)(void *ctx, void *out, size_t n);
    void *ctx;
};
/* "2026-11-24T03:07:14.123Z" (RFC 3339), and back. Years 1970 to 9999; beyond them the text is
 * empty. Read with milliseconds or without, always upper case and UTC. */
struct str time_text(struct arena *a, int64_t ms);
bool time_read(struct str s, int64_t *ms_out);
/* The legal day in UTC, "YYYY-MM-DD"; days since 1970-01-01 and back. */
struct str day_text(struct arena *a, int64_t day);
bool day_read(struct str s, int64_t *day_out);
int64_t day_of_ms(int64_t ms);
#define DAY_MS INT64_C(86400000)
/* How far a place's clocks are ahead of UTC, by the name of its time zone ("Asia/Baku"): minutes;
 * INT32_MAX for a zone that is not known. */
struct zones {
    int32_t (*offset_min)(void *ctx, struct str zone, int64_t at_ms); /* NULL: none is known */
    void *ctx;
};

/* ---- the turn -------------------------------------------------------------------------------- */

/* One piece of work from knock to answer. First argument of whatever can fail or allocate. */
struct turn {
    struct arena *arena;       /* ends with the turn; what you are handed lives here */
    const struct clock *clock; /* NULL in pure tools that must not know the time      */
    const struct chance *chance;
    struct fault fault; /* the first fault found; err == ERR_OK while there is none */
};
/* Records the fault, unless one stands already, and returns `e`. `code` is the stable word;
 * `article` may be NULL. The sentence says what was tried, with what. */
MUST err turn_fail(struct turn *t, err e, const char *code, const char *article, const char *fmt,
                   ...) __attribute__((format(printf, 5, 6)));
/* The same, naming the particular (field) concerned. */
MUST err turn_fail_at(struct turn *t, err e, const char *code, const char *article,
                      struct str particular, const char *fmt, ...)
    __attribute__((format(printf, 6, 7)));
/* Forgets a fault that was expected and handled. */
void turn_forgive(struct turn *t);
int64_t turn_now_ms(const struct turn *t);

/* ---- log ------------------------------------------------------------------------------------- */

/* One JSON line on standard error: time, level, event, and name/value pairs ended by NULL. Values
 * are escaped. Only doors and `node` log. Never a particular, a name or a key. */
void log_event(int64_t now_ms, const char *level, const char *event, ...) __attribute__((sentinel));

#endif
