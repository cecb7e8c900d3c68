/* SPDX-License-Identifier: Apache-2.0 */
/* A signature without the certificates that were added to it for export.
 *
 * A receipt names the digest of the parcel as it travelled, and a court's copy has certificates
 * inside its signature. Taking them out again gives the travelled bytes back. This walks five
 * levels of DER and rewrites the lengths; it judges nothing, because what comes out is checked by
 * its signature. */

#include "proof/proof_internal.h"

enum {
    TAG_INTEGER = 0x02,
    TAG_OID = 0x06,
    TAG_SEQUENCE = 0x30,
    TAG_SET = 0x31,
    TAG_CONTEXT_0 = 0xa0,
    SIZE_BYTES_MAX = 4,
};

/* One element: what it holds, and all of it with tag and length. */
struct element {
    uint8_t tag;
    struct bytes content, whole;
};

/* X.690 8.1.3: definite lengths, in the fewest bytes. Takes the first element off `in`. */
static bool element_take(struct bytes *in, struct element *out)
{
    if (in->n < 2) return false;
    size_t head = 2, size = in->p[1];
    if (size >= 0x80) {
        size_t width = size & 0x7f;
        if (width == 0 || width > SIZE_BYTES_MAX || in->n < 2 + width) return false;
        size = 0;
        for (size_t i = 0; i < width; i++) size = size << 8 | in->p[2 + i];
        if (in->p[2] == 0 || size < 0x80) return false;
        head += width;
    }
    if (size > in->n - head) return false;
    out->tag = in->p[0];
    out->content = (struct bytes){in->p + head, size};
    out->whole = (struct bytes){in->p, head + size};
    in->p += head + size;
    in->n -= head + size;
    return true;
}

static bool element_is(struct bytes *in, uint8_t tag, struct element *out)
{
    return element_take(in, out) && out->tag == tag;
}

/* An element that fills `in` to its end. */
static bool element_fills(struct bytes in, uint8_t tag, struct element *out)
{
    return element_is(&in, tag, out) && in.n == 0;
}

static struct bytes element_wrap(struct arena *a, uint8_t tag, struct bytes content)
{
    struct buf b = buf_in(a);
    buf_byte(&b, tag);
    int width = 0;
    for (size_t left = content.n; left; left >>= 8) width++;
    if (content.n < 0x80) {
        buf_byte(&b, (uint8_t)content.n);
    } else {
        buf_byte(&b, (uint8_t)(0x80 | width));
        buf_be(&b, content.n, width);
    }
    buf_put(&b, content.p, content.n);
    return buf_as_bytes(&b);
}

static err refuse(struct turn *t, const char *what)
{
    return turn_fail(t, ERR_REJECTED, "cms", "RFC 5652 5.1",
                     "The signature is not a SignedData in plain DER: %s.", what);
}

err signature_bare(struct turn *t, struct bytes cms, struct bytes *bare_out)
{
    struct element info, type, holder, signed_data, part;
    if (!element_fills(cms, TAG_SEQUENCE, &info)) return refuse(t, "it is no single sequence");
    struct bytes in = info.content;
    if (!element_is(&in, TAG_OID, &type) || !element_fills(in, TAG_CONTEXT_0, &holder) ||
        !element_fills(holder.content, TAG_SEQUENCE, &signed_data))
        return refuse(t, "its content is not where it must be");

    struct buf kept = buf_in(t->arena);
    in = signed_data.content;
    static const uint8_t before[] = {TAG_INTEGER, TAG_SET, TAG_SEQUENCE};
    for (size_t i = 0; i < sizeof before; i++) {
        if (!element_is(&in, before[i], &part))
            return refuse(t, "version, digest or content are not where they must be");
        buf_put(&kept, part.whole.p, part.whole.n);
    }
    if (!element_take(&in, &part)) return refuse(t, "the signer is missing");
    if (part.tag == TAG_CONTEXT_0 && !element_take(&in, &part))
        return refuse(t, "the signer is missing");
    if (part.tag != TAG_SET || in.n) return refuse(t, "something follows that has no place");
    buf_put(&kept, part.whole.p, part.whole.n);

    struct bytes bare = element_wrap(t->arena, TAG_SEQUENCE, buf_as_bytes(&kept));
    bare = element_wrap(t->arena, TAG_CONTEXT_0, bare);
    struct buf all = buf_in(t->arena);
    buf_put(&all, type.whole.p, type.whole.n);
    buf_put(&all, bare.p, bare.n);
    *bare_out = element_wrap(t->arena, TAG_SEQUENCE, buf_as_bytes(&all));
    return ERR_OK;
}
