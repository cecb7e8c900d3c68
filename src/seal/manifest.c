/* SPDX-License-Identifier: Apache-2.0 */
/* The manifest of an ASiC-E container (EN 319 162-1 A.4): which entries a signature stands for.
 *
 * What is written is always the same for the same entries. What is read may be spelled otherwise,
 * as other tools do it, since the signature covers its bytes; but an element or a digest method
 * that we do not know is refused, never passed over. Whether the entries are there is for parcel.c.
 */

#include "seal/inner.h"

static const char asic[] = "http://uri.etsi.org/02918/v1.2.1#";
static const char dsig[] = "http://www.w3.org/2000/09/xmldsig#";
static const char sha256_method[] = "http://www.w3.org/2001/04/xmlenc#sha256";

/* clang-format off */
static const struct {
    const char *end, *type;
} types[] = {
    {".json", "application/json"},
    {".txt",  "text/plain"},
    {".xml",  "text/xml"},
    {".pdf",  "application/pdf"},
    {".pem",  "application/x-pem-file"},
    {".p7s",  "application/pkcs7-signature"},
    {".p7m",  "application/pkcs7-mime"},
    {".jpg",  "image/jpeg"},
    {".png",  "image/png"},
    {".tif",  "image/tiff"},
    {".zip",  "application/zip"},
    {".eml",  "message/rfc822"},
};
/* clang-format on */

static const char *type_of(struct str name)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (str_ends(name, types[i].end)) return types[i].type;
    return "application/octet-stream";
}

struct str seal_manifest_name(struct arena *a, int number)
{
    return str_printf(a, "META-INF/ASiCManifest%03d.xml", number);
}

struct str seal_signature_name(struct arena *a, int number)
{
    return str_printf(a, "META-INF/signature%03d.p7s", number);
}

/* Characters that RFC 3986 2.3 leaves alone, and the slash between steps. */
static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~' || c == '/';
}

struct str seal_manifest_uri(struct arena *a, struct str name)
{
    struct buf b = buf_in(a);
    for (size_t i = 0; i < name.n; i++) {
        if (is_plain(name.p[i]))
            buf_byte(&b, (uint8_t)name.p[i]);
        else
            buf_printf(&b, "%%%02X", (uint8_t)name.p[i]);
    }
    return buf_as_str(&b);
}

struct bytes parcel_manifest(struct arena *a, int number, const struct zip_entry *entries, size_t n)
{
    struct buf b = buf_in(a);
    buf_printf(&b,
               "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
               "<asic:ASiCManifest xmlns:asic=\"%s\" xmlns:ds=\"%s\">\n"
               "<asic:SigReference URI=\"" STR_FMT
               "\" MimeType=\"application/pkcs7-signature\"/>\n",
               asic, dsig, STR_ARG(seal_signature_name(a, number)));
    for (size_t i = 0; i < n; i++) {
        struct hash digest = seal_sha256_of(entries[i].data);
        struct str uri = seal_manifest_uri(a, entries[i].name);
        struct str value = base64(a, hash_bytes(&digest));
        buf_printf(&b,
                   "<asic:DataObjectReference URI=\"" STR_FMT "\" MimeType=\"%s\">"
                   "<ds:DigestMethod Algorithm=\"%s\"/><ds:DigestValue>" STR_FMT
                   "</ds:DigestValue></asic:DataObjectReference>\n",
                   STR_ARG(uri), type_of(entries[i].name), sha256_method, STR_ARG(value));
    }
    buf_str(&b, STR("</asic:ASiCManifest>\n"));
    return buf_as_bytes(&b);
}

/* ---- reading --------------------------------------------------------------------------------- */

/* An element of this name, with these attributes at most. */
static bool is_element(const struct tree *e, const char *ns, const char *name,
                       const char *const *may)
{
    if (!e || !str_is(tree_str(e, "ns"), ns) || !str_is(tree_str(e, "name"), name)) return false;
    const struct tree *attributes = tree_get(e, "attributes");
    for (const struct tree *x = attributes->child; x; x = x->next) {
        bool known = false;
        for (size_t i = 0; may[i]; i++) known = known || str_is(x->key, may[i]);
        if (!known) return false;
    }
    return true;
}

static const char *const no_attributes[] = {NULL};
static const char *const uri_and_type[] = {"URI", "MimeType", NULL};
static const char *const algorithm[] = {"Algorithm", NULL};

static bool has_no_text(const struct tree *e) { return str_trim(tree_str(e, "text")).n == 0; }

static bool is_ref(const struct tree *e, struct manifest_ref *out)
{
    if (!is_element(e, asic, "DataObjectReference", uri_and_type) || !has_no_text(e)) return false;
    const struct tree *parts = tree_get(e, "children");
    if (parts->count != 2) return false;
    const struct tree *method = parts->child, *value = method->next;
    if (!is_element(method, dsig, "DigestMethod", algorithm) ||
        !is_element(value, dsig, "DigestValue", no_attributes))
        return false;
    if (tree_get(method, "children")->count || !has_no_text(method) ||
        tree_get(value, "children")->count ||
        !str_is(tree_str(tree_get(method, "attributes"), "Algorithm"), sha256_method))
        return false;
    out->uri = tree_str(tree_get(e, "attributes"), "URI");
    out->digest = tree_str(value, "text");
    return true;
}

static bool is_signature_ref(struct arena *a, const struct tree *e, int number)
{
    return is_element(e, asic, "SigReference", uri_and_type) && has_no_text(e) &&
           tree_get(e, "children")->count == 0 &&
           str_eq(tree_str(tree_get(e, "attributes"), "URI"), seal_signature_name(a, number));
}

err seal_manifest_read(struct turn *t, int number, struct bytes manifest,
                       struct manifest_ref **refs_out, size_t *n_out)
{
    struct tree *root;
    struct str name = seal_manifest_name(t->arena, number);
    err e = xml_read(t, manifest, &codec_limits, &root);
    if (e != ERR_OK) {
        struct str why = str_dup(t->arena, str_of(t->fault.sentence));
        turn_forgive(t);
        return turn_fail_at(t, e, "manifest", "EN 319 162-1 A.4", name,
                            "The manifest is no XML that can be read: " STR_FMT, STR_ARG(why));
    }
    const struct tree *children = tree_get(root, "children");
    struct manifest_ref *refs = arena_take_many(t->arena, children->count + 1, sizeof *refs);
    size_t n = 0;
    bool good = is_element(root, asic, "ASiCManifest", no_attributes) && has_no_text(root) &&
                is_signature_ref(t->arena, children->child, number);
    for (const struct tree *x = good ? children->child->next : NULL; x && good; x = x->next)
        good = is_ref(x, &refs[n++]);
    if (!good)
        return turn_fail_at(t, ERR_INTEGRITY, "manifest", "EN 319 162-1 A.4", name,
                            "The manifest does not name its own signature and then, each with a "
                            "SHA-256, the entries it covers.");
    *refs_out = refs;
    *n_out = n;
    return ERR_OK;
}
