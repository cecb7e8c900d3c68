/* SPDX-License-Identifier: Apache-2.0 */
/* AES-256-GCM: what is stored at rest, and the content of an envelope.
 *
 * Plaintext never leaves before its tag was found to fit. Keys are the caller's to keep and to
 * wipe; so is the rule that a nonce meets a key once, which random nonces keep for 2^32 messages
 * under one key. With a key and memory the cipher cannot fail, so failing is a mistake and ends the
 * process. */

#include "seal/inner.h"

#include <assert.h>
#include <limits.h>
#include <string.h>

struct bytes seal_lock(struct turn *t, const uint8_t key[SEAL_KEY_SIZE], struct bytes bound,
                       struct bytes plain)
{
    assert(t->chance && plain.n <= SEAL_LOCK_MAX);
    uint8_t *locked = arena_take(t->arena, plain.n + SEAL_LOCK_OVERHEAD);
    t->chance->fill(t->chance->ctx, locked, GCM_NONCE);
    seal_gcm_lock(key, locked, bound, plain, locked + GCM_NONCE, locked + GCM_NONCE + plain.n);
    return (struct bytes){locked, plain.n + SEAL_LOCK_OVERHEAD};
}

err seal_unlock(struct turn *t, const uint8_t key[SEAL_KEY_SIZE], struct bytes bound,
                struct bytes locked, struct bytes *plain_out)
{
    if (locked.n < SEAL_LOCK_OVERHEAD || locked.n - SEAL_LOCK_OVERHEAD > SEAL_LOCK_MAX)
        return turn_fail(t, ERR_INTEGRITY, "locked", "NIST SP 800-38D 7.2",
                         "What was stored has %zu bytes, which no locked value has.", locked.n);
    size_t n = locked.n - SEAL_LOCK_OVERHEAD;
    uint8_t *plain = arena_take(t->arena, n);
    if (!seal_gcm_unlock(key, locked.p, bound, (struct bytes){locked.p + GCM_NONCE, n},
                         locked.p + GCM_NONCE + n, plain))
        return turn_fail(t, ERR_INTEGRITY, "locked", "NIST SP 800-38D 7.2",
                         "What was stored was altered, or locked under another key or name.");
    *plain_out = (struct bytes){plain, n};
    return ERR_OK;
}

void seal_gcm_lock(const uint8_t key[SEAL_KEY_SIZE], const uint8_t nonce[GCM_NONCE],
                   struct bytes bound, struct bytes plain, uint8_t *out, uint8_t tag_out[GCM_TAG])
{
    assert(bound.n <= INT_MAX && plain.n <= INT_MAX);
    auto_cipher c = EVP_CIPHER_CTX_new();
    int n;
    bool done = c && EVP_EncryptInit_ex(c, EVP_aes_256_gcm(), NULL, key, nonce) == 1;
    if (done && bound.n) done = EVP_EncryptUpdate(c, NULL, &n, bound.p, (int)bound.n) == 1;
    if (done && plain.n) done = EVP_EncryptUpdate(c, out, &n, plain.p, (int)plain.n) == 1;
    uint8_t none[GCM_TAG];
    done = done && EVP_EncryptFinal_ex(c, none, &n) == 1 &&
           EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, GCM_TAG, tag_out) == 1;
    assert(done);
}

bool seal_gcm_unlock(const uint8_t key[SEAL_KEY_SIZE], const uint8_t nonce[GCM_NONCE],
                     struct bytes bound, struct bytes locked, const uint8_t tag[GCM_TAG],
                     uint8_t *out)
{
    assert(bound.n <= INT_MAX && locked.n <= INT_MAX);
    auto_cipher c = EVP_CIPHER_CTX_new();
    int n;
    uint8_t tag_copy[GCM_TAG], none[GCM_TAG];
    memcpy(tag_copy, tag, GCM_TAG);
    bool ready = c && EVP_DecryptInit_ex(c, EVP_aes_256_gcm(), NULL, key, nonce) == 1 &&
                 EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_SET_TAG, GCM_TAG, tag_copy) == 1;
    if (ready && bound.n) ready = EVP_DecryptUpdate(c, NULL, &n, bound.p, (int)bound.n) == 1;
    if (ready && locked.n) ready = EVP_DecryptUpdate(c, out, &n, locked.p, (int)locked.n) == 1;
    assert(ready);
    if (EVP_DecryptFinal_ex(c, none, &n) == 1) return true;
    if (locked.n) wipe(out, locked.n);
    return false;
}
