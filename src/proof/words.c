/* SPDX-License-Identifier: Apache-2.0 */
/* The five words of a root, for the peering ceremony.
 *
 * On a telephone line each of two people reads the words of his own root, and the other's node
 * holds them against the root it was given. Each direction is a matter of one root alone, so who
 * would stand between them needs a second root with the words of one that stands already: fifty
 * bits, through a hash that is slow on purpose. (Words made of both roots would be weaker: both
 * forged roots could be varied until they meet, which takes the square root of that.) The words
 * say nothing of who is on the line; that is what the known telephone number is for. */

#include "proof/proof_internal.h"

enum { WORD_BITS = 10, WORDS_N = 1 << WORD_BITS, STRETCHED = 7 };

static const char *const words[] = {
#define WORD(word) #word,
#include "proof/words.def"
#undef WORD
};
_Static_assert(sizeof words / sizeof *words == WORDS_N, "each ten bits have one word");

err profile_words(struct turn *t, struct bytes root_der, struct str *words_out)
{
    struct hash print = seal_sha256_of(root_der);
    uint8_t bits[STRETCHED];
    try(seal_stretch(t, hash_bytes(&print), str_bytes(STR("comity words 2")), bits, sizeof bits));
    uint64_t all = 0;
    for (size_t i = 0; i < sizeof bits; i++) all = all << 8 | bits[i];
    all >>= 8 * STRETCHED - WORD_BITS * PROFILE_WORDS;
    struct buf b = buf_in(t->arena);
    for (int i = PROFILE_WORDS - 1; i >= 0; i--) {
        if (b.n) buf_byte(&b, ' ');
        buf_str(&b, str_of(words[all >> (WORD_BITS * i) & (WORDS_N - 1)]));
    }
    *words_out = buf_as_str(&b);
    return ERR_OK;
}
