/* SPDX-License-Identifier: Apache-2.0 */
/* What lists say of a dossier, and the words it is found by. Both come from content, so neither
 * stands in the tables as it reads: titles are sealed, words are keyed hashes. Both always give the
 * same bytes for the same content, so that a rebuild can be compared. */

#include "store/store_internal.h"

#include <string.h>

/* ---- sealed, always to the same bytes -------------------------------------------------------- */

/* A nonce made from what is sealed (as RFC 5297 does): equal texts of one dossier seal alike, and
 * different ones never share a nonce. */
static void nonce_fill(void *ctx, void *out, size_t n)
{
    const struct hash *h = ctx;
    memcpy(out, h->b, n < sizeof h->b ? n : sizeof h->b);
}

static struct bytes title_bound(struct turn *t, const struct id *dossier)
{
    return str_bytes(
        str_printf(t->arena, "title " STR_FMT, STR_ARG(hex(t->arena, id_bytes(dossier)))));
}

static err title_seal(struct turn *t, struct store *s, const struct id *dossier, struct str title,
                      struct bytes *out)
{
    uint8_t key[SEAL_KEY_SIZE];
    struct hash nonce;
    if (!title.n) {
        *out = (struct bytes){0};
        return ERR_OK;
    }
    try(store_key(t, s, &store_house, key));
    struct bytes bound = title_bound(t, dossier), parts[] = {bound, str_bytes(title)};
    seal_hmac((struct bytes){key, sizeof key}, parts, 2, &nonce);
    struct chance chance = {nonce_fill, &nonce};
    struct turn one = *t;
    one.chance = &chance;
    *out = seal_lock(&one, key, bound, str_bytes(title));
    wipe(key, sizeof key);
    return ERR_OK;
}

static err title_open(struct turn *t, struct store *s, const struct id *dossier,
                      struct bytes sealed, struct str *out)
{
    uint8_t key[SEAL_KEY_SIZE];
    struct bytes plain = {0};
    if (sealed.n) {
        try(store_key(t, s, &store_house, key));
        err e = seal_unlock(t, key, title_bound(t, dossier), sealed, &plain);
        wipe(key, sizeof key);
        try(e);
    }
    *out = bytes_str(plain);
    return ERR_OK;
}

struct brief_row {
    struct id dossier;
    struct bytes title;
    struct str marks, missing;
    int64_t touched_leaf;
};
#define B(kind, member) FIELD(brief_row, kind, member, #member)
static const struct field brief_fields[] = {
    B(FIELD_ID, dossier),  B(FIELD_BYTES, title),      B(FIELD_STR, marks),
    B(FIELD_STR, missing), B(FIELD_INT, touched_leaf),
};
enum { BRIEF_FIELDS = sizeof brief_fields / sizeof *brief_fields };

err store_brief_set(struct turn *t, struct store *s, const struct store_brief *b)
{
    struct brief_row row = {b->dossier, {0}, b->marks, b->missing, b->touched_leaf};
    try(title_seal(t, s, &b->dossier, b->title, &row.title));
    return row_put(t, s, SQL_BRIEF_SET, brief_fields, BRIEF_FIELDS, &row);
}

err store_brief_touch(struct turn *t, struct store *s, const struct id *dossier, int64_t leaf)
{
    return DB_RUN(t, s->db, store_sql[SQL_BRIEF_TOUCH], {"dossier", db_id(dossier)},
                  {"leaf", db_int(leaf)});
}

err store_brief_get(struct turn *t, struct store *s, const struct id *dossier,
                    struct store_brief *out)
{
    struct brief_row row = {0};
    struct db_rows r = DB_ASK(t, s->db, store_sql[SQL_BRIEF_GET], {"dossier", db_id(dossier)});
    try(row_one(t, r, brief_fields, BRIEF_FIELDS, &row, "dossier"));
    struct store_brief b = {row.dossier, {0}, row.marks, row.missing, row.touched_leaf};
    try(title_open(t, s, dossier, row.title, &b.title));
    *out = b;
    return ERR_OK;
}

/* ---- the fold -------------------------------------------------------------------------------- */

/* From the first to the last letter, what they are compared as. What stands in no row is itself. */
struct fold_row {
    uint32_t first, last;
    const char *as;
};
/* clang-format off */
static const struct fold_row folds[] = {
    {0x00, 0x2F, " "}, {0x3A, 0x40, " "}, {0x5B, 0x60, " "}, {0x7B, 0xBF, " "},
    {0xC0, 0xC5, "a"}, {0xC6, 0xC6, "ae"}, {0xC7, 0xC7, "c"}, {0xC8, 0xCB, "e"}, {0xCC, 0xCF, "i"},
    {0xD0, 0xD0, "d"}, {0xD1, 0xD1, "n"}, {0xD2, 0xD6, "o"}, {0xD7, 0xD7, " "}, {0xD8, 0xD8, "o"},
    {0xD9, 0xDC, "u"}, {0xDD, 0xDD, "y"}, {0xDE, 0xDE, "th"}, {0xDF, 0xDF, "ss"},
    {0xE0, 0xE5, "a"}, {0xE6, 0xE6, "ae"}, {0xE7, 0xE7, "c"}, {0xE8, 0xEB, "e"}, {0xEC, 0xEF, "i"},
    {0xF0, 0xF0, "d"}, {0xF1, 0xF1, "n"}, {0xF2, 0xF6, "o"}, {0xF7, 0xF7, " "}, {0xF8, 0xF8, "o"},
    {0xF9, 0xFC, "u"}, {0xFD, 0xFD, "y"}, {0xFE, 0xFE, "th"}, {0xFF, 0xFF, "y"},
    {0x100, 0x105, "a"}, {0x106, 0x10D, "c"}, {0x10E, 0x111, "d"}, {0x112, 0x11B, "e"},
    {0x11C, 0x123, "g"}, {0x124, 0x127, "h"}, {0x128, 0x131, "i"}, {0x132, 0x133, "ij"},
    {0x134, 0x135, "j"}, {0x136, 0x138, "k"}, {0x139, 0x142, "l"}, {0x143, 0x14B, "n"},
    {0x14C, 0x151, "o"}, {0x152, 0x153, "oe"}, {0x154, 0x159, "r"}, {0x15A, 0x161, "s"},
    {0x162, 0x167, "t"}, {0x168, 0x173, "u"}, {0x174, 0x175, "w"}, {0x176, 0x178, "y"},
    {0x179, 0x17E, "z"}, {0x18F, 0x18F, "e"}, {0x218, 0x219, "s"}, {0x21A, 0x21B, "t"},
    {0x259, 0x259, "e"}, {0x300, 0x36F, ""}, {0x400, 0x401, "е"}, {0x451, 0x451, "е"},
    {0x610, 0x61A, ""}, {0x622, 0x623, "ا"}, {0x625, 0x625, "ا"}, {0x629, 0x629, "ه"},
    {0x640, 0x640, ""}, {0x649, 0x649, "ي"}, {0x64B, 0x65F, ""}, {0x670, 0x671, "ا"},
    {0x60C, 0x60C, " "}, {0x61B, 0x61F, " "}, {0x66A, 0x66D, " "}, {0x200B, 0x200F, ""},
    {0x2000, 0x206F, " "}, {0x3000, 0x303F, " "},
};
/* Letters that become others at the same distance: capitals, and digits of other scripts. */
static const struct {
    uint32_t first, last, as;
} shifts[] = {
    {'A', 'Z', 'a'}, {0x391, 0x3A9, 0x3B1}, {0x402, 0x40F, 0x452}, {0x410, 0x42F, 0x430},
    {0x531, 0x556, 0x561}, {0x660, 0x669, '0'}, {0x6F0, 0x6F9, '0'},
};
/* clang-format on */

/* One letter of text that is UTF-8. */
static uint32_t letter_next(struct str *rest)
{
    uint8_t c = (uint8_t)rest->p[0];
    size_t n = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
    uint32_t x = n == 1 ? c : c & (0xFFu >> (n + 1));
    if (n > rest->n) n = rest->n;
    for (size_t k = 1; k < n; k++) x = x << 6 | ((uint8_t)rest->p[k] & 0x3F);
    *rest = (struct str){rest->p + n, rest->n - n};
    return x;
}

static void letter_put(struct buf *b, uint32_t x)
{
    if (x < 0x80) {
        buf_byte(b, (uint8_t)x);
    } else if (x < 0x800) {
        buf_byte(b, (uint8_t)(0xC0 | x >> 6));
        buf_byte(b, (uint8_t)(0x80 | (x & 0x3F)));
    } else if (x < 0x10000) {
        buf_byte(b, (uint8_t)(0xE0 | x >> 12));
        buf_byte(b, (uint8_t)(0x80 | (x >> 6 & 0x3F)));
        buf_byte(b, (uint8_t)(0x80 | (x & 0x3F)));
    } else {
        buf_byte(b, (uint8_t)(0xF0 | x >> 18));
        buf_byte(b, (uint8_t)(0x80 | (x >> 12 & 0x3F)));
        buf_byte(b, (uint8_t)(0x80 | (x >> 6 & 0x3F)));
        buf_byte(b, (uint8_t)(0x80 | (x & 0x3F)));
    }
}

static void letter_fold(struct buf *b, uint32_t x)
{
    for (size_t k = 0; k < sizeof shifts / sizeof *shifts; k++)
        if (x >= shifts[k].first && x <= shifts[k].last) {
            letter_put(b, shifts[k].as + (x - shifts[k].first));
            return;
        }
    for (size_t k = 0; k < sizeof folds / sizeof *folds; k++)
        if (x >= folds[k].first && x <= folds[k].last) {
            buf_str(b, str_of(folds[k].as));
            return;
        }
    letter_put(b, x);
}

struct str store_fold(struct turn *t, struct str text)
{
    struct buf b = buf_in(t->arena);
    struct str rest = text;
    while (rest.n) letter_fold(&b, letter_next(&rest));
    return buf_as_str(&b);
}

/* ---- words ----------------------------------------------------------------------------------- */

/* The next word of a folded text, cut to its stem; false after the last. One letter is no word. */
static bool word_next(struct str *rest, struct str *out)
{
    struct str one;
    while (rest->n) {
        str_split(*rest, ' ', &one, rest);
        struct str left = one;
        size_t letters = 0, stem = 0;
        for (; left.n; letters++) {
            (void)letter_next(&left);
            if (letters < STORE_STEM) stem = one.n - left.n;
        }
        if (letters < 2) continue;
        *out = (struct str){one.p, stem};
        return true;
    }
    return false;
}

static err words_hash(struct turn *t, struct store *s, struct str text, size_t most,
                      struct hash *out, size_t *n_out)
{
    uint8_t key[SEAL_KEY_SIZE];
    struct str rest = store_fold(t, text), word;
    size_t n = 0;
    try(store_key(t, s, &store_house, key));
    while (n < most && word_next(&rest, &word)) {
        struct bytes parts[] = {str_bytes(STR("word ")), str_bytes(word)};
        seal_hmac((struct bytes){key, sizeof key}, parts, 2, &out[n]);
        size_t k = 0;
        while (k < n && !hash_eq(&out[k], &out[n])) k++;
        if (k == n) n++;
    }
    wipe(key, sizeof key);
    *n_out = n;
    return ERR_OK;
}

err store_words_add(struct turn *t, struct store *s, const struct id *dossier, struct str text)
{
    struct hash *tokens = arena_take_many(t->arena, STORE_WORDS_EACH_MAX, sizeof *tokens);
    size_t n;
    try(words_hash(t, s, text, STORE_WORDS_EACH_MAX, tokens, &n));
    for (size_t k = 0; k < n; k++)
        try(DB_RUN(t, s->db, store_sql[SQL_WORD_ADD], {"token", db_hash(&tokens[k])},
                   {"dossier", db_id(dossier)}));
    return ERR_OK;
}

err store_words_of(struct turn *t, struct store *s, struct str text,
                   struct hash out[STORE_WORDS_MAX], int64_t *n_out)
{
    size_t n;
    try(words_hash(t, s, text, STORE_WORDS_MAX, out, &n));
    *n_out = (int64_t)n;
    return ERR_OK;
}
