/* SPDX-License-Identifier: Apache-2.0 */
/* Leaves and inner nodes: which bytes are hashed, and in which order.
 *
 * A leaf commits to two parts under one salt, each opened on its own: a court or a peer is shown
 * the act without the rest of our row. The prefixes 0x00 and 0x01 keep a leaf from ever being taken
 * for a node (RFC 6962 2.1). This file does not choose salts and does not know what the parts say.
 */

#include "ledger/ledger_internal.h"
#include "seal/seal.h"

void ledger_open(struct bytes salt, struct bytes open, struct bytes rest,
                 struct ledger_opening *out)
{
    seal_hmac(salt, (struct bytes[]){str_bytes(STR("open")), open}, 2, &out->open);
    seal_hmac(salt, (struct bytes[]){str_bytes(STR("rest")), rest}, 2, &out->rest);
}

void ledger_leaf_data(const struct ledger_opening *o, struct hash *data_out)
{
    const struct bytes parts[] = {str_bytes(STR("comity leaf 1")), hash_bytes(&o->open),
                                  hash_bytes(&o->rest)};
    seal_sha256(parts, 3, data_out);
}

void ledger_leaf_hash(const struct hash *data, struct hash *out)
{
    seal_sha256((struct bytes[]){{(const uint8_t[]){0x00}, 1}, hash_bytes(data)}, 2, out);
}

void ledger_node_hash(const struct hash *left, const struct hash *right, struct hash *out)
{
    const struct bytes parts[] = {
        {(const uint8_t[]){0x01}, 1}, hash_bytes(left), hash_bytes(right)};
    seal_sha256(parts, 3, out);
}
