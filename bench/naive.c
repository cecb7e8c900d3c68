/* SPDX-License-Identifier: Apache-2.0 */
/* The peer: what a good programmer writes in an afternoon with the CMS functions of libcrypto and
 * SQLite. Keys, root and statement are prepared once; each message brings its certificate, which is
 * decoded and checked each time. */

#include "bench.h"

#include "seal/seal.h"

#include <openssl/cms.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <sqlite3.h>

#include <string.h>

struct naive {
    X509 *root, *from, *to_seal, *to_open;
    EVP_PKEY *from_key, *to_seal_key, *to_open_key;
    X509_STORE *trusted;
    sqlite3 *db;
    sqlite3_stmt *insert;
    struct bytes *sealed;
    int n;
};

static EVP_PKEY *key_of(struct arena *a, const struct seal_key *key)
{
    struct turn t = {.arena = a};
    struct bytes pem;
    bench_must(seal_key_write(&t, key, &pem) == ERR_OK, "a key as PEM");
    BIO *b = BIO_new_mem_buf(pem.p, (int)pem.n);
    EVP_PKEY *k = PEM_read_bio_PrivateKey(b, NULL, NULL, NULL);
    BIO_free(b);
    bench_must(k != NULL, "a key read");
    return k;
}

static X509 *cert_of(struct bytes der)
{
    const uint8_t *p = der.p;
    X509 *x = d2i_X509(NULL, &p, (long)der.n);
    bench_must(x != NULL, "a certificate");
    return x;
}

static struct bytes der_of(struct arena *a, CMS_ContentInfo *c)
{
    int n = i2d_CMS_ContentInfo(c, NULL);
    bench_must(n > 0, "a message");
    uint8_t *p = arena_take(a, (size_t)n), *end = p;
    bench_must(i2d_CMS_ContentInfo(c, &end) == n, "a message");
    return (struct bytes){p, (size_t)n};
}

static CMS_ContentInfo *cms_of(struct bytes der)
{
    const uint8_t *p = der.p;
    CMS_ContentInfo *c = d2i_CMS_ContentInfo(NULL, &p, (long)der.n);
    bench_must(c != NULL, "a message read");
    return c;
}

static struct bytes sign(struct arena *a, X509 *cert, EVP_PKEY *key, struct bytes content)
{
    BIO *in = BIO_new_mem_buf(content.p, (int)content.n);
    CMS_ContentInfo *c = CMS_sign(cert, key, NULL, in, CMS_BINARY | CMS_CADES);
    bench_must(c != NULL, "a signature");
    struct bytes der = der_of(a, c);
    CMS_ContentInfo_free(c);
    BIO_free(in);
    return der;
}

static struct bytes seal(struct arena *a, X509 *to, struct bytes content)
{
    BIO *in = BIO_new_mem_buf(content.p, (int)content.n);
    STACK_OF(X509) *who = sk_X509_new_null();
    sk_X509_push(who, to);
    CMS_ContentInfo *c = CMS_encrypt(who, in, EVP_aes_256_gcm(), CMS_BINARY);
    bench_must(c != NULL, "an envelope");
    struct bytes der = der_of(a, c);
    CMS_ContentInfo_free(c);
    sk_X509_free(who);
    BIO_free(in);
    return der;
}

static void db_make(struct naive *v, struct arena *a, const char *folder)
{
    const char *path = str_c(a, str_printf(a, "%s/naive.db", folder));
    bench_must(sqlite3_open(path, &v->db) == SQLITE_OK &&
                   sqlite3_exec(v->db,
                                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE "
                                "request (digest BLOB, content BLOB, receipt BLOB)",
                                NULL, NULL, NULL) == SQLITE_OK &&
                   sqlite3_prepare_v2(v->db, "INSERT INTO request VALUES (?, ?, ?)", -1, &v->insert,
                                      NULL) == SQLITE_OK,
               "a database");
}

struct naive *naive_open(struct arena *a, const struct world_node *from,
                         const struct world_node *to, const char *folder, struct bytes content,
                         int n)
{
    struct naive *v = arena_take(a, sizeof *v);
    v->root = cert_of(from->root_der);
    v->from = cert_of(from->seal_der);
    v->to_seal = cert_of(to->seal_der);
    v->to_open = cert_of(to->open_der);
    v->from_key = key_of(a, from->seal_key);
    v->to_seal_key = key_of(a, to->seal_key);
    v->to_open_key = key_of(a, to->open_key);
    v->trusted = X509_STORE_new();
    bench_must(v->trusted && X509_STORE_add_cert(v->trusted, v->root) > 0, "a root");
    X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(v->trusted), from->world->now_ms / 1000);
    v->n = n;
    v->sealed = arena_take_many(a, (size_t)n, sizeof *v->sealed);
    for (int k = 0; k < n; k++)
        v->sealed[k] = seal(a, v->to_open, sign(a, v->from, v->from_key, content));
    db_make(v, a, folder);
    return v;
}

void naive_close(struct naive *v)
{
    sqlite3_finalize(v->insert);
    sqlite3_close(v->db);
    X509_STORE_free(v->trusted);
    X509_free(v->root);
    X509_free(v->from);
    X509_free(v->to_seal);
    X509_free(v->to_open);
    EVP_PKEY_free(v->from_key);
    EVP_PKEY_free(v->to_seal_key);
    EVP_PKEY_free(v->to_open_key);
}

size_t naive_sealed_size(const struct naive *v) { return v->sealed[0].n; }

static BIO *opened(struct naive *v, struct bytes sealed)
{
    CMS_ContentInfo *c = cms_of(sealed);
    BIO *out = BIO_new(BIO_s_mem());
    bench_must(CMS_decrypt(c, v->to_open_key, v->to_open, NULL, out, CMS_BINARY) > 0, "decrypt");
    CMS_ContentInfo_free(c);
    return out;
}

static BIO *verified(struct naive *v, BIO *in)
{
    CMS_ContentInfo *c = d2i_CMS_bio(in, NULL);
    BIO *out = BIO_new(BIO_s_mem());
    bench_must(c && CMS_verify(c, NULL, v->trusted, NULL, out, CMS_BINARY) > 0, "verify");
    CMS_ContentInfo_free(c);
    return out;
}

static void store(struct naive *v, const uint8_t digest[32], struct bytes content,
                  struct bytes receipt)
{
    bench_must(sqlite3_bind_blob(v->insert, 1, digest, 32, SQLITE_STATIC) == SQLITE_OK &&
                   sqlite3_bind_blob(v->insert, 2, content.p, (int)content.n, SQLITE_STATIC) ==
                       SQLITE_OK &&
                   sqlite3_bind_blob(v->insert, 3, receipt.p, (int)receipt.n, SQLITE_STATIC) ==
                       SQLITE_OK &&
                   sqlite3_step(v->insert) == SQLITE_DONE && sqlite3_reset(v->insert) == SQLITE_OK,
               "a row");
}

void naive_round(struct naive *v, bool stores)
{
    auto_arena a = arena_new();
    for (int k = 0; k < v->n; k++) {
        arena_reset(a);
        BIO *plain = opened(v, v->sealed[k]), *content = verified(v, plain);
        char *p;
        long n = BIO_get_mem_data(content, &p);
        struct bytes got = {(const uint8_t *)p, (size_t)n};
        uint8_t digest[32];
        SHA256(got.p, got.n, digest);
        struct str text = str_printf(a, "{\"event\":\"held\",\"parcel\":\"" STR_FMT "\"}",
                                     STR_ARG(hex(a, (struct bytes){digest, 32})));
        struct bytes receipt = sign(a, v->to_seal, v->to_seal_key, str_bytes(text));
        if (stores) store(v, digest, got, receipt);
        BIO_free(content);
        BIO_free(plain);
    }
}
