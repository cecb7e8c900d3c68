/* SPDX-License-Identifier: Apache-2.0 */
/* Suite 1: P-256, ECDSA, AES-256-GCM, SHA-256. The one place that binds its number to functions.
 *
 * Other suites are handed to the program by whoever starts it: tests and the simulator. There is no
 * registry here and no choosing. */

#include "seal/inner.h"

/* Certificates in the unsigned part would give one signature many spellings, and an export could
 * not be told from what travelled: they are added there, and taken out before it is verified. */
static err verify(struct turn *t, struct bytes der, struct bytes content, struct bytes cms)
{
    try(seal_cms_is_bare(t, cms));
    return seal_cms_verify(t, der, content, cms);
}

static err verify_attached(struct turn *t, struct bytes der, struct bytes cms,
                           struct bytes *content_out)
{
    try(seal_cms_is_bare(t, cms));
    return seal_cms_verify_attached(t, der, cms, content_out);
}

const struct suite suite_1 = {
    .number = 1,
    .name = "P-256, ECDSA, AES-256-GCM, SHA-256",
    .sign = seal_cms_sign,
    .verify = verify,
    .verify_attached = verify_attached,
    .seal = seal_envelope_close,
    .open = seal_envelope_open,
};
