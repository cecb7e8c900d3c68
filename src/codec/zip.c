/* SPDX-License-Identifier: Apache-2.0 */
/* The stored-only ZIP of ASiC containers.
 *
 * A container is signed entry by entry and read by strangers, so there is one spelling of it: the
 * reader builds with the writer's own functions what each header must be, and compares. Nothing is
 * inflated, so nothing can burst; nothing is skipped, so nothing can hide. It holds a container in
 * memory and does not stream. Clauses are of PKWARE's APPNOTE 6.3. */

#include "codec/codec.h"

#include "codec/inner.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
    LOCAL_MAGIC = 0x04034b50,
    CENTRAL_MAGIC = 0x02014b50,
    END64_MAGIC = 0x06064b50,
    LOCATOR64_MAGIC = 0x07064b50,
    END_MAGIC = 0x06054b50,
    LOCAL_SIZE = 30,
    CENTRAL_SIZE = 46,
    VERSION = 20,
    VERSION_ZIP64 = 45,
    FLAG_ENCRYPTED = 1,
    FLAG_TRAILING = 8, /* sizes after the data, which a reader in order cannot trust */
    FLAG_UTF8 = 0x0800,
    DATE_1980 = 0x0021, /* the first of January 1980, the earliest there is */
    ZIP64_TAG = 1,
};

/* What a header says of an entry. */
struct stored {
    struct str name;
    uint64_t size, offset;
    uint32_t crc;
};

static uint32_t crc32_of(struct bytes b);
static struct bytes directory_of(struct arena *a, const struct stored *s, size_t n, uint64_t at,
                                 uint64_t big, size_t *records_n);
static void local_put(struct buf *b, const struct stored *s, uint64_t big);

struct bytes zip_write(struct arena *a, const struct zip_entry *entries, size_t n)
{
    return zip_write_at(a, entries, n, ZIP_BIG);
}

err zip_read(struct turn *t, struct bytes in, struct zip_entry **entries_out, size_t *n_out)
{
    return zip_read_at(t, in, ZIP_BIG, entries_out, n_out);
}

static bool step_is_safe(struct str step)
{
    if (step.n == 0 || str_is(step, ".") || str_is(step, "..")) return false;
    for (size_t i = 0; i < step.n; i++)
        if (step.p[i] == '\\' || step.p[i] == ':') return false;
    return str_is_plain(step);
}

bool zip_name_is_safe(struct str name)
{
    if (name.n == 0 || name.n > ZIP_NAME_MAX) return false;
    struct str step;
    bool more = true;
    while (more) {
        more = str_split(name, '/', &step, &name);
        if (!step_is_safe(step)) return false;
    }
    return true;
}

/* ---- writing --------------------------------------------------------------------------------- */

static int name_cmp(const void *left, const void *right)
{
    const struct zip_entry *a = *(const struct zip_entry *const *)left;
    const struct zip_entry *b = *(const struct zip_entry *const *)right;
    int c = str_cmp(a->name, b->name);
    return c ? c : (a > b) - (a < b);
}

/* The later of two entries of one name, or NULL when each name is new. */
static const struct zip_entry *duplicate_in(const struct zip_entry *entries, size_t n)
{
    auto_arena scratch = arena_new();
    const struct zip_entry **by_name = arena_take_many(scratch, n, sizeof(struct zip_entry *));
    for (size_t i = 0; i < n; i++) by_name[i] = &entries[i];
    if (n) qsort(by_name, n, sizeof(struct zip_entry *), name_cmp);
    for (size_t i = 1; i < n; i++)
        if (str_eq(by_name[i - 1]->name, by_name[i]->name)) return by_name[i];
    return NULL;
}

struct bytes zip_write_at(struct arena *a, const struct zip_entry *entries, size_t n, uint64_t big)
{
    assert(n <= ZIP_ENTRIES_MAX && !duplicate_in(entries, n));
    struct stored *all = arena_take_many(a, n, sizeof *all);
    struct buf b = buf_in(a);
    for (size_t i = 0; i < n; i++) {
        assert(zip_name_is_safe(entries[i].name));
        all[i] = (struct stored){.name = entries[i].name,
                                 .size = entries[i].data.n,
                                 .offset = b.n,
                                 .crc = crc32_of(entries[i].data)};
        local_put(&b, &all[i], big);
        buf_put(&b, entries[i].data.p, entries[i].data.n);
    }
    size_t records_n;
    struct bytes directory = directory_of(a, all, n, b.n, big, &records_n);
    buf_put(&b, directory.p, directory.n);
    return buf_as_bytes(&b);
}

/* ZIP counts from the little end. */
static void le_put(struct buf *b, uint64_t value, int width)
{
    for (int i = 0; i < width; i++) buf_byte(b, (uint8_t)(value >> (8 * i)));
}

static void le32_or_big_put(struct buf *b, uint64_t value, uint64_t big)
{
    le_put(b, value >= big ? ZIP_BIG : value, 4);
}

static uint64_t flags_of(struct str name)
{
    for (size_t i = 0; i < name.n; i++)
        if ((unsigned char)name.p[i] >= 0x80) return FLAG_UTF8;
    return 0;
}

/* What local header and directory record share: version to extra length (4.3.7, 4.3.12). */
static void common_put(struct buf *b, const struct stored *s, uint64_t big, size_t extra)
{
    le_put(b, extra ? VERSION_ZIP64 : VERSION, 2);
    le_put(b, flags_of(s->name), 2);
    le_put(b, 0, 2); /* stored */
    le_put(b, 0, 2);
    le_put(b, DATE_1980, 2);
    le_put(b, s->crc, 4);
    le32_or_big_put(b, s->size, big);
    le32_or_big_put(b, s->size, big);
    le_put(b, s->name.n, 2);
    le_put(b, extra, 2);
}

/* 4.3.7; the extra field of 4.5.3 holds both sizes. */
static void local_put(struct buf *b, const struct stored *s, uint64_t big)
{
    size_t extra = s->size >= big ? 20 : 0;
    le_put(b, LOCAL_MAGIC, 4);
    common_put(b, s, big, extra);
    buf_str(b, s->name);
    if (!extra) return;
    le_put(b, ZIP64_TAG, 2);
    le_put(b, extra - 4, 2);
    le_put(b, s->size, 8);
    le_put(b, s->size, 8);
}

/* 4.3.12; here the extra field holds only what did not fit. */
static void record_put(struct buf *b, const struct stored *s, uint64_t big)
{
    size_t held = (s->size >= big ? 16u : 0u) + (s->offset >= big ? 8u : 0u);
    size_t extra = held ? held + 4 : 0;
    le_put(b, CENTRAL_MAGIC, 4);
    le_put(b, extra ? VERSION_ZIP64 : VERSION, 2); /* made by */
    common_put(b, s, big, extra);
    le_put(b, 0, 2 + 2 + 2); /* no comment, disk 0, internal attributes */
    le_put(b, 0, 4);         /* external attributes */
    le32_or_big_put(b, s->offset, big);
    buf_str(b, s->name);
    if (!extra) return;
    le_put(b, ZIP64_TAG, 2);
    le_put(b, held, 2);
    if (s->size >= big) {
        le_put(b, s->size, 8);
        le_put(b, s->size, 8);
    }
    if (s->offset >= big) le_put(b, s->offset, 8);
}

/* 4.3.14 to 4.3.16, for `n` records of `size` bytes that begin at `at` of the file. */
static void end_put(struct buf *b, size_t n, uint64_t at, uint64_t size, uint64_t big)
{
    if (at >= big || size >= big) {
        le_put(b, END64_MAGIC, 4);
        le_put(b, 44, 8);
        le_put(b, VERSION_ZIP64, 2);
        le_put(b, VERSION_ZIP64, 2);
        le_put(b, 0, 4 + 4); /* this disk, disk of the directory */
        le_put(b, n, 8);
        le_put(b, n, 8);
        le_put(b, size, 8);
        le_put(b, at, 8);
        le_put(b, LOCATOR64_MAGIC, 4);
        le_put(b, 0, 4);
        le_put(b, at + size, 8);
        le_put(b, 1, 4);
    }
    le_put(b, END_MAGIC, 4);
    le_put(b, 0, 2 + 2);
    le_put(b, n, 2);
    le_put(b, n, 2);
    le32_or_big_put(b, size, big);
    le32_or_big_put(b, at, big);
    le_put(b, 0, 2);
}

/* All that follows the last entry, which ends at `at`; the records take `records_n` bytes of it. */
static struct bytes directory_of(struct arena *a, const struct stored *s, size_t n, uint64_t at,
                                 uint64_t big, size_t *records_n)
{
    struct buf b = buf_in(a);
    for (size_t i = 0; i < n; i++) record_put(&b, &s[i], big);
    *records_n = b.n;
    end_put(&b, n, at, b.n, big);
    return buf_as_bytes(&b);
}

/* ---- reading --------------------------------------------------------------------------------- */

struct walk {
    struct turn *t;
    struct arena *scratch;
    struct bytes in;
    size_t at;
    uint64_t big;
    struct zip_entry *entries;
    struct stored *all;
    size_t n;
};

static uint64_t le(const uint8_t *p, int width)
{
    uint64_t value = 0;
    for (int i = width - 1; i >= 0; i--) value = value << 8 | p[i];
    return value;
}

static size_t differs_at(struct bytes a, struct bytes b)
{
    size_t i = 0;
    while (i < a.n && i < b.n && a.p[i] == b.p[i]) i++;
    return i;
}

static err refuse(struct walk *w, const char *code, const char *article, struct str particular,
                  const char *what)
{
    struct str shown = codec_quote(w->scratch, particular);
    return turn_fail_at(w->t, ERR_REJECTED, code, article, particular,
                        "The container is not accepted: \"" STR_FMT "\" %s.", STR_ARG(shown), what);
}

/* What the directory calls the entry that is being read: its own header may be what was altered.
 * The directory is only looked at here, never believed. */
static struct str name_in_directory(const struct walk *w)
{
    enum { END_SIZE = 22, RECORD_SIZE = 46 };
    struct str none = {0};
    uint64_t at = le(w->in.p + w->in.n - END_SIZE + 16, 4);
    for (size_t k = 0;; k++) {
        if (at >= w->in.n || w->in.n - at < RECORD_SIZE) return none;
        const uint8_t *r = w->in.p + at;
        size_t name = (size_t)le(r + 28, 2), rest = (size_t)(le(r + 30, 2) + le(r + 32, 2));
        if (le(r, 4) != CENTRAL_MAGIC || w->in.n - at - RECORD_SIZE < name + rest) return none;
        struct str is = {(const char *)r + RECORD_SIZE, name};
        if (k == w->n) return zip_name_is_safe(is) ? is : none;
        at += RECORD_SIZE + name + rest;
    }
}

static err refuse_entry(struct walk *w, const char *code, const char *article, struct str name,
                        const char *what)
{
    struct str called = name_in_directory(w);
    return refuse(w, code, article, called.n && called.n != name.n ? called : name, what);
}

/* The name of the entry whose local header begins here, checked before anything else is believed.
 */
static err name_read(struct walk *w, struct str *out)
{
    size_t left = w->in.n - w->at;
    const uint8_t *h = w->in.p + w->at;
    struct str nth = str_printf(w->scratch, "entry %zu", w->n + 1);
    if (left < LOCAL_SIZE || le(h, 4) != LOCAL_MAGIC)
        return refuse_entry(w, "zip", "APPNOTE 4.3.7", nth,
                            "has no local header where one must be");
    struct str name = {(const char *)h + LOCAL_SIZE, (size_t)le(h + 26, 2)};
    if (left - LOCAL_SIZE < name.n)
        return refuse_entry(w, "zip", "APPNOTE 4.3.7", nth, "has a name that is cut short");
    if (name.n == 0) return refuse_entry(w, "zip-name", "APPNOTE 4.4.17", nth, "has no name");
    if (!zip_name_is_safe(name))
        return refuse_entry(w, "zip-name", "APPNOTE 4.4.17", name, "is not a safe relative name");
    *out = name;
    return ERR_OK;
}

/* The size of the data; where 32 bits do not hold it, the extra field must. */
static uint64_t size_read(const struct walk *w, struct str name)
{
    const uint8_t *h = w->in.p + w->at;
    size_t extra_at = LOCAL_SIZE + name.n;
    uint64_t size = le(h + 22, 4);
    if (size != ZIP_BIG || w->in.n - w->at < extra_at + 20) return size;
    return le(h + extra_at + 4, 8);
}

/* One entry, whole: its header must be the one the writer gives to its name, size and checksum. */
static err entry_read(struct walk *w)
{
    struct str name;
    try(name_read(w, &name));
    const uint8_t *h = w->in.p + w->at;
    if (le(h + 6, 2) & FLAG_ENCRYPTED)
        return refuse_entry(w, "zip-encrypted", "APPNOTE 4.4.4", name, "is encrypted");
    if (le(h + 8, 2) != 0)
        return refuse_entry(w, "zip-compressed", "EN 319 162-1 A.1", name,
                            "is compressed, and must be stored");
    if (le(h + 6, 2) & FLAG_TRAILING)
        return refuse_entry(w, "zip", "APPNOTE 4.4.4", name, "has its sizes after its data");
    struct stored s = {
        .name = name, .size = size_read(w, name), .offset = w->at, .crc = (uint32_t)le(h + 14, 4)};
    struct buf must = buf_in(w->scratch);
    local_put(&must, &s, w->big);
    struct bytes rest = {h, w->in.n - w->at};
    if (differs_at(rest, buf_as_bytes(&must)) != must.n)
        return refuse_entry(w, "zip", "APPNOTE 4.3.7", name,
                            "has a local header that is not plain");
    if (rest.n - must.n < s.size)
        return refuse_entry(w, "zip", "APPNOTE 4.3.8", name, "is cut short");
    struct bytes data = {h + must.n, (size_t)s.size};
    if (crc32_of(data) != s.crc)
        return refuse_entry(w, "zip-checksum", "APPNOTE 4.4.7", name,
                            "does not match its checksum");
    w->all[w->n] = s;
    w->entries[w->n++] = (struct zip_entry){name, data};
    w->at += must.n + data.n;
    return ERR_OK;
}

/* How many entries the end record promises. It must be the last thing in the file. */
static err end_read(struct walk *w, size_t *n_out)
{
    enum { END_SIZE = 22 };
    struct str end = STR("end of directory");
    if (w->in.n < END_SIZE || le(w->in.p + w->in.n - END_SIZE, 4) != END_MAGIC)
        return refuse(w, "zip", "APPNOTE 4.3.16", end, "does not end the file");
    *n_out = (size_t)le(w->in.p + w->in.n - END_SIZE + 10, 2);
    if (*n_out <= ZIP_ENTRIES_MAX) return ERR_OK;
    return turn_fail_at(w->t, ERR_TOO_LARGE, "count", "APPNOTE 4.4.22", end,
                        "The container has %zu entries; at most %d are read.", *n_out,
                        ZIP_ENTRIES_MAX);
}

static err directory_check(struct walk *w)
{
    size_t records_n;
    struct bytes must = directory_of(w->scratch, w->all, w->n, w->at, w->big, &records_n);
    struct bytes rest = {w->in.p + w->at, w->in.n - w->at};
    if (bytes_eq(must, rest)) return ERR_OK;
    bool in_end = differs_at(must, rest) >= records_n;
    return refuse(w, "zip", in_end ? "APPNOTE 4.3.16" : "APPNOTE 4.3.12",
                  in_end ? STR("end of directory") : STR("central directory"),
                  "does not agree with the entries");
}

err zip_read_at(struct turn *t, struct bytes in, uint64_t big, struct zip_entry **entries_out,
                size_t *n_out)
{
    auto_arena scratch = arena_new();
    struct walk w = {.t = t, .scratch = scratch, .in = in, .big = big};
    size_t n = 0;
    try(end_read(&w, &n));
    w.entries = arena_take_many(t->arena, n, sizeof *w.entries);
    w.all = arena_take_many(scratch, n, sizeof *w.all);
    while (w.n < n) try(entry_read(&w));
    try(directory_check(&w));
    const struct zip_entry *twice = duplicate_in(w.entries, w.n);
    if (twice) return refuse(&w, "zip-name", "APPNOTE 4.4.17", twice->name, "stands there twice");
    *entries_out = w.entries;
    *n_out = w.n;
    return ERR_OK;
}

/* ---- the checksum (4.4.7) -------------------------------------------------------------------- */

/* The remainders of all single bytes by the polynomial EDB88320, lowest bit first. */
/* clang-format off */
static const uint32_t remainders[256] = {
    0x00000000, 0x77073096, 0xee0e612c, 0x990951ba, 0x076dc419, 0x706af48f, 0xe963a535, 0x9e6495a3,
    0x0edb8832, 0x79dcb8a4, 0xe0d5e91e, 0x97d2d988, 0x09b64c2b, 0x7eb17cbd, 0xe7b82d07, 0x90bf1d91,
    0x1db71064, 0x6ab020f2, 0xf3b97148, 0x84be41de, 0x1adad47d, 0x6ddde4eb, 0xf4d4b551, 0x83d385c7,
    0x136c9856, 0x646ba8c0, 0xfd62f97a, 0x8a65c9ec, 0x14015c4f, 0x63066cd9, 0xfa0f3d63, 0x8d080df5,
    0x3b6e20c8, 0x4c69105e, 0xd56041e4, 0xa2677172, 0x3c03e4d1, 0x4b04d447, 0xd20d85fd, 0xa50ab56b,
    0x35b5a8fa, 0x42b2986c, 0xdbbbc9d6, 0xacbcf940, 0x32d86ce3, 0x45df5c75, 0xdcd60dcf, 0xabd13d59,
    0x26d930ac, 0x51de003a, 0xc8d75180, 0xbfd06116, 0x21b4f4b5, 0x56b3c423, 0xcfba9599, 0xb8bda50f,
    0x2802b89e, 0x5f058808, 0xc60cd9b2, 0xb10be924, 0x2f6f7c87, 0x58684c11, 0xc1611dab, 0xb6662d3d,
    0x76dc4190, 0x01db7106, 0x98d220bc, 0xefd5102a, 0x71b18589, 0x06b6b51f, 0x9fbfe4a5, 0xe8b8d433,
    0x7807c9a2, 0x0f00f934, 0x9609a88e, 0xe10e9818, 0x7f6a0dbb, 0x086d3d2d, 0x91646c97, 0xe6635c01,
    0x6b6b51f4, 0x1c6c6162, 0x856530d8, 0xf262004e, 0x6c0695ed, 0x1b01a57b, 0x8208f4c1, 0xf50fc457,
    0x65b0d9c6, 0x12b7e950, 0x8bbeb8ea, 0xfcb9887c, 0x62dd1ddf, 0x15da2d49, 0x8cd37cf3, 0xfbd44c65,
    0x4db26158, 0x3ab551ce, 0xa3bc0074, 0xd4bb30e2, 0x4adfa541, 0x3dd895d7, 0xa4d1c46d, 0xd3d6f4fb,
    0x4369e96a, 0x346ed9fc, 0xad678846, 0xda60b8d0, 0x44042d73, 0x33031de5, 0xaa0a4c5f, 0xdd0d7cc9,
    0x5005713c, 0x270241aa, 0xbe0b1010, 0xc90c2086, 0x5768b525, 0x206f85b3, 0xb966d409, 0xce61e49f,
    0x5edef90e, 0x29d9c998, 0xb0d09822, 0xc7d7a8b4, 0x59b33d17, 0x2eb40d81, 0xb7bd5c3b, 0xc0ba6cad,
    0xedb88320, 0x9abfb3b6, 0x03b6e20c, 0x74b1d29a, 0xead54739, 0x9dd277af, 0x04db2615, 0x73dc1683,
    0xe3630b12, 0x94643b84, 0x0d6d6a3e, 0x7a6a5aa8, 0xe40ecf0b, 0x9309ff9d, 0x0a00ae27, 0x7d079eb1,
    0xf00f9344, 0x8708a3d2, 0x1e01f268, 0x6906c2fe, 0xf762575d, 0x806567cb, 0x196c3671, 0x6e6b06e7,
    0xfed41b76, 0x89d32be0, 0x10da7a5a, 0x67dd4acc, 0xf9b9df6f, 0x8ebeeff9, 0x17b7be43, 0x60b08ed5,
    0xd6d6a3e8, 0xa1d1937e, 0x38d8c2c4, 0x4fdff252, 0xd1bb67f1, 0xa6bc5767, 0x3fb506dd, 0x48b2364b,
    0xd80d2bda, 0xaf0a1b4c, 0x36034af6, 0x41047a60, 0xdf60efc3, 0xa867df55, 0x316e8eef, 0x4669be79,
    0xcb61b38c, 0xbc66831a, 0x256fd2a0, 0x5268e236, 0xcc0c7795, 0xbb0b4703, 0x220216b9, 0x5505262f,
    0xc5ba3bbe, 0xb2bd0b28, 0x2bb45a92, 0x5cb36a04, 0xc2d7ffa7, 0xb5d0cf31, 0x2cd99e8b, 0x5bdeae1d,
    0x9b64c2b0, 0xec63f226, 0x756aa39c, 0x026d930a, 0x9c0906a9, 0xeb0e363f, 0x72076785, 0x05005713,
    0x95bf4a82, 0xe2b87a14, 0x7bb12bae, 0x0cb61b38, 0x92d28e9b, 0xe5d5be0d, 0x7cdcefb7, 0x0bdbdf21,
    0x86d3d2d4, 0xf1d4e242, 0x68ddb3f8, 0x1fda836e, 0x81be16cd, 0xf6b9265b, 0x6fb077e1, 0x18b74777,
    0x88085ae6, 0xff0f6a70, 0x66063bca, 0x11010b5c, 0x8f659eff, 0xf862ae69, 0x616bffd3, 0x166ccf45,
    0xa00ae278, 0xd70dd2ee, 0x4e048354, 0x3903b3c2, 0xa7672661, 0xd06016f7, 0x4969474d, 0x3e6e77db,
    0xaed16a4a, 0xd9d65adc, 0x40df0b66, 0x37d83bf0, 0xa9bcae53, 0xdebb9ec5, 0x47b2cf7f, 0x30b5ffe9,
    0xbdbdf21c, 0xcabac28a, 0x53b39330, 0x24b4a3a6, 0xbad03605, 0xcdd70693, 0x54de5729, 0x23d967bf,
    0xb3667a2e, 0xc4614ab8, 0x5d681b02, 0x2a6f2b94, 0xb40bbe37, 0xc30c8ea1, 0x5a05df1b, 0x2d02ef8d,
};
/* clang-format on */

static uint32_t crc32_of(struct bytes b)
{
    uint32_t crc = 0xffffffff;
    for (size_t i = 0; i < b.n; i++) crc = crc >> 8 ^ remainders[(crc ^ b.p[i]) & 0xff];
    return ~crc;
}
