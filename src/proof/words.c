/* SPDX-License-Identifier: Apache-2.0 */
/* The five words of a peering ceremony.
 *
 * Two people on a telephone line compare what their nodes hold of each other. Fifty bits are few,
 * so the hash is slow on purpose: who would forge a root with the same words must run it 2^50
 * times. The words say nothing of who is on the line; that is what the known telephone number is
 * for. */

#include "proof/proof_internal.h"

#include <string.h>

enum { WORD_BITS = 10, WORDS_N = 1 << WORD_BITS, STRETCHED = 7 };

static const char *const words[] = {
#define WORD(word) #word,
#include "proof/words.def"
#undef WORD
};
_Static_assert(sizeof words / sizeof *words == WORDS_N, "each ten bits have one word");

err profile_words(struct turn *t, struct bytes root_a, struct bytes root_b, struct str *words_out)
{
    struct hash low = seal_sha256_of(root_a), high = seal_sha256_of(root_b), both;
    if (hash_eq(&low, &high))
        return turn_fail(t, ERR_REJECTED, "same-root", "comity ceremony 1",
                         "Both roots are the same certificate; a State does not peer with itself.");
    if (memcmp(low.b, high.b, sizeof low.b) > 0) {
        struct hash swapped = low;
        low = high;
        high = swapped;
    }
    const struct bytes prints[] = {hash_bytes(&low), hash_bytes(&high)};
    seal_sha256(prints, 2, &both);
    uint8_t bits[STRETCHED];
    try(seal_stretch(t, hash_bytes(&both), str_bytes(STR("comity words 1")), bits, sizeof bits));
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
