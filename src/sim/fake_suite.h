/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_FAKE_SUITE_H
#define COMITY_FAKE_SUITE_H
/* Suites that protect nothing, for the simulator and for tests: quick, and the same each time.
 *
 * Everything comes from the bytes given as a certificate, which need not be one; keys may be NULL.
 * So whoever knows a certificate can sign and open as its holder. No program that is installed
 * links this. */

#include "seal/seal.h"

enum {
    FAKE_SUITE = 90, /* number of the quick one */
    DUMMY_SUITE = 9, /* number of the one with large signatures */
    DUMMY_SIGNATURE = 50000,
};
/* Short signatures, hardly slower than hashing what is signed. */
extern const struct suite suite_fake;
/* The same with signatures of DUMMY_SIGNATURE bytes and more, as a post-quantum suite might have.
 */
extern const struct suite suite_dummy;

#endif
