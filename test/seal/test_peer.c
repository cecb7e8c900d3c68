/* SPDX-License-Identifier: Apache-2.0 */
/* Our reader of messages against libcrypto's, which src does not use: what ours accepts, libcrypto
 * must accept with the same content, and what libcrypto writes in our profile, ours must read.
 *
 * Alterations are made on the bytes and on the tree of DER values, and also below the signature: by
 * somebody who holds the key and signs attributes of another spelling. Ours may refuse more. */

#include "seal_test.h"

#include <openssl/cms.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/x509.h>

#include <limits.h>
#include <string.h>

#define LLVMFuzzerTestOneInput fuzz_cms_peer
#include "../fuzz/cms_peer.c"
#undef LLVMFuzzerTestOneInput

enum { FORGERIES = 1500, SAMPLE = 4000, DEPTH_MAX = 16, CONTENT = 300 };

struct peers {
    struct turn *t;
    uint64_t seed;
    struct holder root, signer, reader;
    X509 *signer_cert, *reader_cert;
    STACK_OF(X509) * certs;
    X509_STORE *store;
    int accepted, refused;
};

static uint64_t draw(struct peers *p, uint64_t below)
{
    p->seed ^= p->seed << 13;
    p->seed ^= p->seed >> 7;
    p->seed ^= p->seed << 17;
    return p->seed % below;
}

static X509 *x509_of(struct bytes der)
{
    const uint8_t *at = der.p;
    X509 *x = d2i_X509(NULL, &at, (long)der.n);
    assert_non_null(x);
    return x;
}

static void peers_open(struct peers *p, struct turn *t, uint64_t seed)
{
    *p = (struct peers){.t = t, .seed = seed, .root = root_of(t, "XN", false)};
    p->signer = holder_of(t, &p->root, "XN/csb", SEAL_SEAL);
    p->reader = holder_of(t, &p->root, "XN/csb", SEAL_OPEN);
    p->signer_cert = x509_of(p->signer.der);
    p->reader_cert = x509_of(p->reader.der);
    p->certs = sk_X509_new_null();
    sk_X509_push(p->certs, p->signer_cert);
    p->store = X509_STORE_new();
    X509 *root = x509_of(p->root.der);
    X509_STORE_add_cert(p->store, root);
    X509_free(root);
    X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(p->store), NOW_MS / 1000);
}

static void peers_close(struct peers *p)
{
    sk_X509_free(p->certs);
    X509_free(p->signer_cert);
    X509_free(p->reader_cert);
    X509_STORE_free(p->store);
    ERR_clear_error();
}

static BIO *bio_of(struct bytes b)
{
    return BIO_new_mem_buf(b.n ? b.p : (const void *)"", (int)b.n);
}

static struct bytes bio_taken(struct turn *t, BIO *b)
{
    char *p = NULL;
    long n = BIO_get_mem_data(b, &p);
    struct bytes out = bytes_dup(t->arena, (struct bytes){(const uint8_t *)p, (size_t)n});
    BIO_free(b);
    return out;
}

static CMS_ContentInfo *cms_of(struct bytes b)
{
    const uint8_t *at = b.p;
    CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &at, (long)b.n);
    if (cms && at == b.p + b.n) return cms;
    CMS_ContentInfo_free(cms);
    return NULL;
}

static struct bytes cms_bytes(struct turn *t, CMS_ContentInfo *cms)
{
    uint8_t *p = NULL;
    int n = i2d_CMS_ContentInfo(cms, &p);
    assert_true(n > 0);
    struct bytes out = bytes_dup(t->arena, (struct bytes){p, (size_t)n});
    OPENSSL_free(p);
    CMS_ContentInfo_free(cms);
    return out;
}

/* ---- altering -------------------------------------------------------------------------------- */

enum alteration {
    LENGTH_LONG, /* the length in one byte more than it takes */
    LENGTH_OPEN, /* the length left open, and an end marked */
    TWICE,
    GONE,
    OTHER_TAG,
    WITH_NULL, /* a NULL inside, at the end */
    PADDED,    /* a zero before the content */
    FLIPPED,   /* a bit of the content */
    SWAPPED,   /* the two values inside change places */
    ALTERATIONS
};

static void value_put(struct buf *b, uint8_t tag, struct bytes content)
{
    struct bytes whole = DER(b->arena, tag, content);
    buf_put(b, whole.p, whole.n);
}

static struct bytes swapped(struct arena *a, struct bytes content)
{
    struct der d = seal_der_of(content);
    struct bytes one = seal_der_whole(&d, seal_der_peek(&d));
    struct bytes two = seal_der_whole(&d, seal_der_peek(&d));
    return d.bad ? content : JOIN(a, two, one, ((struct bytes){d.p, d.n}));
}

static void altered_put(struct peers *p, struct buf *b, enum alteration how, uint8_t tag,
                        struct bytes content)
{
    struct arena *a = b->arena;
    uint8_t *copy = arena_take(a, content.n + 1);
    if (content.n) memcpy(copy, content.p, content.n);
    struct bytes head = seal_der_head(a, tag, content.n);
    switch (how) {
    case LENGTH_LONG:
        buf_byte(b, tag);
        buf_byte(b, (uint8_t)(0x80 | (head.n - 1)));
        if (head.n > 2) buf_byte(b, 0);
        buf_put(b, head.p + (head.n > 2 ? 2 : 1), head.n - (head.n > 2 ? 2 : 1));
        buf_put(b, content.p, content.n);
        return;
    case LENGTH_OPEN:
        buf_byte(b, tag);
        buf_byte(b, 0x80);
        buf_put(b, content.p, content.n);
        buf_put(b, "\0\0", 2);
        return;
    case TWICE:
        value_put(b, tag, content);
        break;
    case GONE:
        return;
    case OTHER_TAG:
        tag ^= (uint8_t)(1u << draw(p, 8));
        break;
    case WITH_NULL:
        content = JOIN(a, content, BYTES("\x05\0"));
        break;
    case PADDED:
        content = JOIN(a, BYTES("\0"), content);
        break;
    case FLIPPED:
        copy[content.n ? draw(p, content.n) : 0] ^= (uint8_t)(1u << draw(p, 8));
        content.p = copy;
        break;
    case SWAPPED:
        content = swapped(a, content);
        break;
    case ALTERATIONS:
        break;
    }
    value_put(b, tag, content);
}

/* Whether bytes are DER values, one after the other, to their end. */
static bool is_values(struct bytes b)
{
    struct der d = seal_der_of(b);
    while (d.n && !d.bad) seal_der_take(&d, d.p[0]);
    return b.n && !d.bad;
}

/* The values anew, with the one that `left` counts down to altered; lengths around it are right. */
static struct bytes rewritten(struct peers *p, struct arena *a, struct bytes in, int *left,
                              enum alteration how, int depth)
{
    struct buf b = buf_in(a);
    struct der d = seal_der_of(in);
    while (d.n && !d.bad) {
        uint8_t tag = d.p[0];
        struct bytes content = seal_der_take(&d, tag);
        bool nested = (tag & 0x20) || (tag == DER_OCTETS && content.n && content.p[0] == DER_SEQ);
        bool here = (*left)-- == 0;
        if (depth && nested && is_values(content))
            content = rewritten(p, a, content, left, how, depth - 1);
        if (here)
            altered_put(p, &b, how, tag, content);
        else
            value_put(&b, tag, content);
    }
    return buf_as_bytes(&b);
}

static struct bytes tree_altered(struct peers *p, struct arena *a, struct bytes in)
{
    int left = INT_MAX;
    (void)rewritten(p, a, in, &left, ALTERATIONS, DEPTH_MAX);
    left = (int)draw(p, (uint64_t)(INT_MAX - left));
    return rewritten(p, a, in, &left, (enum alteration)draw(p, ALTERATIONS), DEPTH_MAX);
}

static struct bytes bytes_altered(struct peers *p, struct arena *a, struct bytes in)
{
    size_t at = draw(p, in.n);
    uint8_t byte = (uint8_t)draw(p, 256);
    struct bytes before = {in.p, at}, after = {in.p + at, in.n - at}, one = {&byte, 1};
    switch (draw(p, 4)) {
    case 0:
        return JOIN(a, before, one, after);
    case 1:
        return JOIN(a, before, ((struct bytes){after.p + 1, after.n - 1}));
    case 2:
        return JOIN(a, before, one, ((struct bytes){after.p + 1, after.n - 1}));
    default:
        return JOIN(a, before, after, one);
    }
}

static struct bytes altered(struct peers *p, struct arena *a, struct bytes in)
{
    switch (draw(p, 8)) {
    case 0:
        return in; /* both accept some, or nothing is compared */
    case 1:
    case 2:
        return bytes_altered(p, a, in);
    default:
        return tree_altered(p, a, in);
    }
}

static struct bytes content_of(struct peers *p, struct arena *a)
{
    size_t n = draw(p, CONTENT);
    uint8_t *b = arena_take(a, n + 1);
    for (size_t i = 0; i < n; i++) b[i] = (uint8_t)draw(p, 256);
    return (struct bytes){b, n};
}

/* ---- signatures ------------------------------------------------------------------------------ */

static bool peer_verifies(struct peers *p, struct bytes b, bool attached, struct bytes content)
{
    CMS_ContentInfo *cms = cms_of(b);
    if (!cms) return false;
    BIO *in = attached ? NULL : bio_of(content), *out = BIO_new(BIO_s_mem());
    bool good =
        CMS_verify(cms, p->certs, p->store, in, out, CMS_BINARY | CMS_CADES | CMS_NOINTERN) == 1;
    struct bytes got = bio_taken(p->t, out);
    BIO_free(in);
    CMS_ContentInfo_free(cms);
    return good && bytes_eq(got, content);
}

static void compare_signed(struct peers *p, struct bytes cms, bool attached, struct bytes content)
{
    struct bytes out = content;
    err e = attached ? suite_1.verify_attached(p->t, p->signer.der, cms, &out)
                     : suite_1.verify(p->t, p->signer.der, content, cms);
    turn_forgive(p->t);
    if (e != ERR_OK) {
        p->refused++;
        return;
    }
    p->accepted++;
    if (!peer_verifies(p, cms, attached, out))
        fail_msg("ours accepts what libcrypto does not: " STR_FMT, STR_ARG(hex(p->t->arena, cms)));
}

static void what_ours_verifies_libcrypto_verifies(void **state)
{
    struct turn *t = *state;
    struct arena *life = t->arena;
    struct peers p;
    peers_open(&p, t, 77);
    for (int k = 0; k < FORGERIES; k++) {
        auto_arena scratch = arena_new();
        struct bytes cms;
        bool attached = draw(&p, 2);
        t->arena = scratch;
        struct bytes content = content_of(&p, scratch);
        int64_t at_ms = (int64_t)draw(&p, UINT64_C(4000000000)) * 1000;
        assert_ok(t, suite_1.sign(t, p.signer.key, p.signer.der, content, attached, at_ms, &cms));
        compare_signed(&p, altered(&p, scratch, cms), attached, content);
    }
    t->arena = life;
    assert_true(p.accepted > FORGERIES / 20 && p.refused > FORGERIES / 2);
    peers_close(&p);
}

/* The attributes of a signature are its fourth value, and the signature its sixth. */
static struct bytes signed_anew(struct peers *p, struct arena *a, struct bytes cms)
{
    struct der d = seal_der_of(cms), info = seal_der_enter(&d, DER_SEQ);
    struct bytes type = seal_der_whole(&info, DER_OID);
    struct der holder = seal_der_enter(&info, DER_C0), data = seal_der_enter(&holder, DER_SEQ);
    struct bytes before = {data.p, 0};
    for (int i = 0; i < 3; i++) before.n += seal_der_whole(&data, seal_der_peek(&data)).n;
    struct der set = seal_der_enter(&data, DER_SET), signer = seal_der_enter(&set, DER_SEQ);
    struct bytes first = {signer.p, 0};
    for (int i = 0; i < 3; i++) first.n += seal_der_whole(&signer, seal_der_peek(&signer)).n;
    struct bytes attributes = seal_der_take(&signer, DER_C0);
    struct bytes algorithm = seal_der_whole(&signer, DER_SEQ);
    assert_false(signer.bad);
    attributes = tree_altered(p, a, attributes);
    struct hash digest = seal_sha256_of(DER(a, DER_SET, attributes));
    struct bytes signature;
    assert_ok(p->t, seal_key_sign(p->t, p->signer.key, &digest, &signature));
    struct bytes again = DER(a, DER_SEQ, first, DER(a, DER_C0, attributes), algorithm,
                             DER(a, DER_OCTETS, signature));
    return DER(a, DER_SEQ, type, DER(a, DER_C0, DER(a, DER_SEQ, before, DER(a, DER_SET, again))));
}

/* The holder of the key cannot make a signature that we take and a court's tool does not. */
static void what_its_own_signer_altered_holds_for_both_or_not_for_us(void **state)
{
    struct turn *t = *state;
    struct arena *life = t->arena;
    struct peers p;
    peers_open(&p, t, 78);
    for (int k = 0; k < FORGERIES; k++) {
        auto_arena scratch = arena_new();
        struct bytes cms;
        bool attached = draw(&p, 2);
        t->arena = scratch;
        struct bytes content = content_of(&p, scratch);
        assert_ok(t, suite_1.sign(t, p.signer.key, p.signer.der, content, attached, NOW_MS, &cms));
        compare_signed(&p, signed_anew(&p, scratch, cms), attached, content);
    }
    t->arena = life;
    /* Another signing time is right by itself; so is a swap that swaps nothing. */
    assert_true(p.accepted > 0 && p.refused > FORGERIES / 2);
    peers_close(&p);
}

static const size_t sizes[] = {0, 1, 127, 128, 255, 256, 65535, 65536};
enum { SIZES = sizeof sizes / sizeof *sizes };

static EVP_PKEY *pkey_of(const struct holder *h) { return h->key->pkey; }

/* libcrypto signs high or low as it falls; a high one is made again. */
static struct bytes signed_by_libcrypto(struct peers *p, struct bytes content, unsigned flags)
{
    for (bool low = false;;) {
        BIO *in = bio_of(content);
        CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, NULL, flags);
        CMS_SignerInfo *signer = CMS_add1_signer(cms, p->signer_cert, pkey_of(&p->signer),
                                                 EVP_sha256(), flags | CMS_CADES | CMS_NOSMIMECAP);
        assert_non_null(signer);
        assert_int_equal(CMS_final(cms, in, NULL, flags), 1);
        BIO_free(in);
        const ASN1_OCTET_STRING *s = CMS_SignerInfo_get0_signature(signer);
        low = seal_p256_is_low((struct bytes){s->data, (size_t)s->length});
        struct bytes b = cms_bytes(p->t, cms);
        if (low) return b;
    }
}

static void what_libcrypto_signs_ours_verifies(void **state)
{
    struct turn *t = *state;
    struct peers p;
    peers_open(&p, t, 79);
    for (size_t k = 0; k < 2 * SIZES; k++) {
        bool attached = k >= SIZES;
        struct bytes content = {arena_take(t->arena, sizes[k % SIZES] + 1), sizes[k % SIZES]}, out;
        unsigned flags = CMS_BINARY | CMS_NOCERTS | CMS_PARTIAL | (attached ? 0 : CMS_DETACHED);
        struct bytes b = signed_by_libcrypto(&p, content, flags);
        if (!attached) {
            assert_ok(t, suite_1.verify(t, p.signer.der, content, b));
            continue;
        }
        assert_ok(t, suite_1.verify_attached(t, p.signer.der, b, &out));
        assert_bytes(out, content);
    }
    peers_close(&p);
}

/* ---- envelopes ------------------------------------------------------------------------------- */

static bool peer_opens(struct peers *p, struct bytes sealed, struct bytes plain)
{
    CMS_ContentInfo *cms = cms_of(sealed);
    if (!cms) return false;
    BIO *out = BIO_new(BIO_s_mem());
    bool good = CMS_decrypt(cms, pkey_of(&p->reader), p->reader_cert, NULL, out, CMS_BINARY) == 1;
    struct bytes got = bio_taken(p->t, out);
    CMS_ContentInfo_free(cms);
    return good && bytes_eq(got, plain);
}

static void what_ours_opens_libcrypto_opens(void **state)
{
    struct turn *t = *state;
    struct arena *life = t->arena;
    struct peers p;
    peers_open(&p, t, 80);
    struct holder other = holder_of(t, &p.root, "XN/dag", SEAL_OPEN);
    const struct bytes to[] = {p.reader.der, other.der};
    for (int k = 0; k < FORGERIES; k++) {
        auto_arena scratch = arena_new();
        t->arena = scratch;
        struct bytes plain = content_of(&p, scratch), sealed, out;
        assert_ok(t, suite_1.seal(t, to, 1 + draw(&p, 2), plain, &sealed));
        sealed = altered(&p, scratch, sealed);
        err e = suite_1.open(t, p.reader.key, p.reader.der, sealed, &out);
        turn_forgive(t);
        p.accepted += e == ERR_OK;
        p.refused += e != ERR_OK;
        if (e != ERR_OK) continue;
        assert_bytes(out, plain);
        if (!peer_opens(&p, sealed, plain))
            fail_msg("ours opens what libcrypto does not: " STR_FMT, STR_ARG(hex(scratch, sealed)));
    }
    t->arena = life;
    assert_true(p.accepted > FORGERIES / 20 && p.refused > FORGERIES / 2);
    peers_close(&p);
}

static void what_libcrypto_closes_ours_opens(void **state)
{
    struct turn *t = *state;
    struct peers p;
    peers_open(&p, t, 81);
    for (size_t k = 0; k < SIZES; k++) {
        struct bytes plain = {arena_take(t->arena, sizes[k] + 1), sizes[k]}, out;
        BIO *in = bio_of(plain);
        CMS_ContentInfo *cms = CMS_AuthEnvelopedData_create(EVP_aes_256_gcm());
        CMS_RecipientInfo *to = CMS_add1_recipient_cert(cms, p.reader_cert, CMS_KEY_PARAM);
        assert_non_null(to);
        assert_int_equal(CMS_set_detached(cms, 0), 1);
        EVP_PKEY_CTX *c = CMS_RecipientInfo_get0_pkey_ctx(to);
        assert_int_equal(EVP_PKEY_CTX_set_ecdh_kdf_md(c, EVP_sha256()), 1);
        assert_int_equal(CMS_final(cms, in, NULL, CMS_BINARY), 1);
        BIO_free(in);
        assert_ok(t, suite_1.open(t, p.reader.key, p.reader.der, cms_bytes(t, cms), &out));
        assert_bytes(out, plain);
    }
    peers_close(&p);
}

/* ---- what was read, value by value ----------------------------------------------------------- */

enum { KINDS = 6, SIGNED = 4, TWO_RECIPIENTS = 5 };

/* Messages of each kind by the fixed keys: signatures detached, attached, and with certificates;
 * envelopes for one and for two. */
static void messages_make(struct turn *t, struct bytes out[KINDS])
{
    struct seal_key *key;
    struct bytes root, seal, to[2], content = str_bytes(STR("content"));
    assert_ok(t, seal_key_read(t, str_bytes(str_of(fixed_seal_key)), &key));
    assert_ok(t, seal_pem_read(t, str_of(fixed_root_pem), "CERTIFICATE", &root));
    assert_ok(t, seal_pem_read(t, str_of(fixed_seal_pem), "CERTIFICATE", &seal));
    assert_ok(t, seal_pem_read(t, str_of(fixed_open_pem), "CERTIFICATE", &to[0]));
    struct holder ours = root_of(t, "XM", false);
    to[1] = holder_of(t, &ours, "XM/dts", SEAL_OPEN).der;
    for (int k = 0; k < SIGNED; k++)
        assert_ok(t, suite_1.sign(t, key, seal, content, k % 2, NOW_MS, &out[k]));
    assert_ok(t, seal_cms_add_certs(t, out[2], &seal, 1, &out[2]));
    assert_ok(t, seal_cms_add_certs(t, out[3], (struct bytes[]){root, seal}, 2, &out[3]));
    assert_ok(t, suite_1.seal(t, to, 1, content, &out[SIGNED]));
    assert_ok(t, suite_1.seal(t, to, 2, content, &out[TWO_RECIPIENTS]));
    seal_key_free(key);
}

static void what_ours_reads_of_altered_messages_libcrypto_reads_alike(void **state)
{
    struct turn *t = *state;
    struct arena *life = t->arena;
    struct peers p = {.t = t, .seed = 82};
    struct bytes made[KINDS];
    int altered_n = 0, ours = 0, theirs = 0, held = 0;
    messages_make(t, made);
    for (int k = 0; k < SAMPLE; k++) {
        auto_arena scratch = arena_new();
        t->arena = scratch;
        struct bytes of = made[k % KINDS], in = altered(&p, scratch, of);
        struct cms_peer_said said;
        const char *differs = cms_peer_ask(t, in, str_bytes(STR("content")), &said);
        if (differs)
            fail_msg("ours reads what libcrypto sees otherwise (%s): " STR_FMT, differs,
                     STR_ARG(hex(scratch, in)));
        if (bytes_eq(in, of)) {
            assert_true(said.ours && said.theirs && said.holds);
            continue;
        }
        altered_n++;
        ours += said.ours;
        theirs += said.theirs;
        held += said.holds;
    }
    t->arena = life;
    print_message("# of %d altered messages ours read %d (%d held), libcrypto %d\n", altered_n,
                  ours, held, theirs);
    assert_true(altered_n > SAMPLE / 2 && ours > altered_n / 50 && theirs > ours);
}

/* The issuer stands in a signature twice, and an alteration of one place is seen by the other. */
static void an_issuer_that_is_no_name_is_read_by_neither(void **state)
{
    struct turn *t = *state;
    struct bytes made[KINDS];
    struct cms_parts parts;
    struct cms_peer_said said;
    messages_make(t, made);
    assert_ok(t, seal_cms_parts(t, made[0], &parts));
    uint8_t *p = (uint8_t *)bytes_dup(t->arena, made[0]).p;
    int places = 0;
    for (size_t at = 0; at + parts.issuer.n <= made[0].n; at++) {
        if (memcmp(made[0].p + at, parts.issuer.p, parts.issuer.n) != 0) continue;
        p[at + 2] = DER_SEQ; /* where a name has a SET */
        places++;
    }
    assert_int_equal(places, 2);
    struct bytes in = {p, made[0].n};
    assert_null(cms_peer_ask(t, in, str_bytes(STR("content")), &said));
    assert_false(said.ours || said.theirs);
}

/* A copy of bytes with the last one altered. */
static void flip(struct arena *a, struct bytes *b)
{
    uint8_t *p = (uint8_t *)bytes_dup(a, *b).p;
    p[b->n - 1] ^= 1;
    b->p = p;
}

/* Values of ours made wrong, one at a time: the comparison is able to say no, and says of what. */
static void a_value_read_wrongly_is_noticed(void **state)
{
    struct turn *t = *state;
    struct arena *a = t->arena;
    struct bytes made[KINDS];
    struct cms_parts is, m;
    struct envelope_parts holds, e;
    messages_make(t, made);
    assert_ok(t, seal_cms_parts(t, made[3], &is));
    assert_ok(t, seal_envelope_parts(t, made[TWO_RECIPIENTS], &holds));
    assert_null(cms_peer_signed(a, &is, made[3]));
    assert_null(cms_peer_sealed(a, &holds, made[TWO_RECIPIENTS]));
#define NOTICED(differs, word, from, of, in, wrong)                                                \
    do {                                                                                           \
        of = from;                                                                                 \
        wrong;                                                                                     \
        const char *said = differs(a, &of, in);                                                    \
        assert_non_null(said);                                                                     \
        assert_string_equal(said, word);                                                           \
    } while (0)
#define SIGNED_(word, wrong) NOTICED(cms_peer_signed, word, is, m, made[3], wrong)
#define SEALED_(word, wrong) NOTICED(cms_peer_sealed, word, holds, e, made[TWO_RECIPIENTS], wrong)
    SIGNED_("content", flip(a, &m.content));
    SIGNED_("content", m.attached = false);
    SIGNED_("certificates", flip(a, &m.certs[1]));
    SIGNED_("certificates", m.certs_n--);
    SIGNED_("signer", flip(a, &m.issuer));
    SIGNED_("signer", flip(a, &m.serial));
    SIGNED_("signature", flip(a, &m.signature));
    SIGNED_("attributes", flip(a, &m.attributes));
    SIGNED_("signing time", m.signed_ms += 1000);
    SIGNED_("digest of the content", m.digest.b[31] ^= 1);
    SIGNED_("signing certificate", m.cert.b[31] ^= 1);
    SEALED_("number of recipients", e.n--);
    SEALED_("ephemeral key", flip(a, &e.recipients[1].point));
    SEALED_("recipient", flip(a, &e.recipients[1].issuer_serial));
    SEALED_("wrapped key", flip(a, &e.recipients[0].wrapped));
    SEALED_("nonce", flip(a, &e.nonce));
    SEALED_("tag", flip(a, &e.tag));
    SEALED_("ciphertext", flip(a, &e.ciphertext));
#undef SIGNED_
#undef SEALED_
#undef NOTICED
    struct bytes longer = JOIN(a, made[3], BYTES("\0"));
    assert_string_equal(cms_peer_signed(a, &is, longer), "reading");
    assert_string_equal(cms_peer_sealed(a, &holds, made[3]), "type");
}

int peer_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_turn(what_ours_verifies_libcrypto_verifies),
        with_turn(what_its_own_signer_altered_holds_for_both_or_not_for_us),
        with_turn(what_libcrypto_signs_ours_verifies),
        with_turn(what_ours_opens_libcrypto_opens),
        with_turn(what_libcrypto_closes_ours_opens),
        with_turn(what_ours_reads_of_altered_messages_libcrypto_reads_alike),
        with_turn(an_issuer_that_is_no_name_is_read_by_neither),
        with_turn(a_value_read_wrongly_is_noticed),
    };
    return cmocka_run_group_tests_name("peer", tests, NULL, NULL);
}
