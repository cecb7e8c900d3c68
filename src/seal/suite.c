/* SPDX-License-Identifier: Apache-2.0 */
/* Suite 1: P-256, ECDSA, AES-256-GCM, SHA-256. The one place that binds its number to functions.
 *
 * Other suites are handed to the program by whoever starts it: tests and the simulator. There is no
 * registry here and no choosing. */

#include "seal/inner.h"

const struct suite suite_1 = {
    .number = 1,
    .name = "P-256, ECDSA, AES-256-GCM, SHA-256",
    .sign = seal_cms_sign,
    .verify = seal_cms_verify,
    .verify_attached = seal_cms_verify_attached,
    .seal = seal_envelope_close,
    .open = seal_envelope_open,
};
