/* SPDX-License-Identifier: Apache-2.0 */
/* PEM (RFC 7468): DER as text for people's tools.
 *
 * Reading allows what editors and mail do to such text (line ends, line lengths, blanks around it)
 * and nothing else: no headers, and no text before or after. What the bytes are is not looked at.
 */

#include "seal/inner.h"

enum { LINE = 64, PEM_MAX = 4 << 20 };

struct str seal_pem(struct arena *a, const char *label, struct bytes der)
{
    struct buf b = buf_in(a);
    struct str text = base64(a, der);
    buf_printf(&b, "-----BEGIN %s-----\n", label);
    for (size_t at = 0; at < text.n; at += LINE) {
        size_t n = text.n - at < LINE ? text.n - at : LINE;
        buf_str(&b, (struct str){text.p + at, n});
        buf_byte(&b, '\n');
    }
    buf_printf(&b, "-----END %s-----\n", label);
    return buf_as_str(&b);
}

err seal_pem_read(struct turn *t, struct str pem, const char *label, struct bytes *der_out)
{
    if (pem.n > PEM_MAX)
        return turn_fail(t, ERR_TOO_LARGE, "pem", NULL, "The text has more than %d bytes.",
                         PEM_MAX);
    struct arena *a = t->arena;
    struct str begin = str_printf(a, "-----BEGIN %s-----", label);
    struct str end = str_printf(a, "-----END %s-----", label);
    struct str s = str_trim(pem);
    struct buf b = buf_in(a);
    bool good =
        s.n > begin.n + end.n && str_starts(s, str_c(a, begin)) && str_ends(s, str_c(a, end));
    if (good) {
        s = (struct str){s.p + begin.n, s.n - begin.n - end.n};
        for (size_t i = 0; i < s.n; i++)
            if (s.p[i] != '\n' && s.p[i] != '\r') buf_byte(&b, (uint8_t)s.p[i]);
    }
    if (!good || b.n == 0 || !base64_read(a, buf_as_str(&b), der_out))
        return turn_fail(t, ERR_REJECTED, "pem", "RFC 7468 3", "The text is no PEM of one \"%s\".",
                         label);
    return ERR_OK;
}
