/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/seal/manifest.c: one spelling written, other spellings read, nothing passed over. */

#include "seal_test.h"

#include <string.h>

static const char two_entries[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<asic:ASiCManifest xmlns:asic=\"http://uri.etsi.org/02918/v1.2.1#\" "
    "xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">\n"
    "<asic:SigReference URI=\"META-INF/signature001.p7s\" "
    "MimeType=\"application/pkcs7-signature\"/>\n"
    "<asic:DataObjectReference URI=\"act.json\" MimeType=\"application/json\">"
    "<ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/>"
    "<ds:DigestValue>RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=</ds:DigestValue>"
    "</asic:DataObjectReference>\n"
    "<asic:DataObjectReference URI=\"documents/a%20b%C9%99%26.pdf\" MimeType=\"application/pdf\">"
    "<ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/>"
    "<ds:DigestValue>47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=</ds:DigestValue>"
    "</asic:DataObjectReference>\n"
    "</asic:ASiCManifest>\n";

static void it_is_always_spelled_the_same(void **state)
{
    struct turn *t = *state;
    struct zip_entry e[] = {{STR("act.json"), str_bytes(STR("{}"))},
                            {STR("documents/a b\xc9\x99&.pdf"), {NULL, 0}}};
    assert_text(bytes_str(parcel_manifest(t->arena, 1, e, 2)), two_entries);
    struct str second = bytes_str(parcel_manifest(t->arena, 12, e, 0));
    assert_non_null(strstr(str_c(t->arena, second), "META-INF/signature012.p7s"));
}

static void what_is_written_is_read(void **state)
{
    struct turn *t = *state;
    struct manifest_ref *refs;
    size_t n;
    assert_ok(t, seal_manifest_read(t, 1, str_bytes(str_of(two_entries)), &refs, &n));
    assert_int_equal(n, 2);
    assert_text(refs[0].uri, "act.json");
    assert_text(refs[1].uri, "documents/a%20b%C9%99%26.pdf");
    assert_text(refs[0].digest, "RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=");
}

/* The same text with one piece replaced by another. */
static struct bytes with(struct turn *t, const char *old, const char *new)
{
    const char *at = strstr(two_entries, old);
    assert_non_null(at);
    return str_bytes(str_printf(t->arena, "%.*s%s%s", (int)(at - two_entries), two_entries, new,
                                at + strlen(old)));
}

static void another_spelling_of_the_same_is_read(void **state)
{
    struct turn *t = *state;
    struct manifest_ref *refs;
    size_t n;
    static const char *const rows[][2] = {
        {"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", ""},
        {"/>\n<asic:Data", "/>   <!-- a remark -->\n\n<asic:Data"},
        {" MimeType=\"application/json\"", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_ok(t, seal_manifest_read(t, 1, with(t, rows[i][0], rows[i][1]), &refs, &n));
        assert_int_equal(n, 2);
    }
}

static void what_is_not_understood_is_refused(void **state)
{
    struct turn *t = *state;
    struct manifest_ref *refs;
    size_t n = 77;
    static const char *const rows[][2] = {
        {"xmlenc#sha256", "xmlenc#sha512"},
        {"02918/v1.2.1#", "02918/v1.3.1#"},
        {"2000/09/xmldsig#", "2000/10/xmldsig#"},
        {"META-INF/signature001.p7s", "META-INF/signature002.p7s"},
        {"<asic:SigReference", "<asic:Reference"},
        {"MimeType=\"application/json\"", "Rootfile=\"true\""},
        {"<ds:DigestMethod", "<ds:Transforms/><ds:DigestMethod"},
        {"</ds:DigestValue>", "</ds:DigestValue><ds:Extra/>"},
        {"</asic:ASiCManifest>", "<asic:ASiCManifestExtensions/></asic:ASiCManifest>"},
        {"</asic:ASiCManifest>", "text</asic:ASiCManifest>"},
        {"\"application/json\">", "\"application/json\">text"},
        {"sha256\"/>", "sha256\"><ds:X/></ds:DigestMethod>"},
        {"<ds:DigestValue>", "<ds:DigestValue><ds:X/>"},
        {"<asic:ASiCManifest ", "<asic:ASiCManifest Id=\"x\" "},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        err e = seal_manifest_read(t, 1, with(t, rows[i][0], rows[i][1]), &refs, &n);
        if (e == ERR_OK) fail_msg("accepted %s", rows[i][1]);
        assert_string_equal(t->fault.particular, "META-INF/ASiCManifest001.xml");
        assert_fault(t, e, ERR_INTEGRITY, "manifest", "EN 319 162-1 A.4");
    }
    assert_int_equal(n, 77);
}

static void what_is_no_xml_is_refused_by_the_name_of_the_manifest(void **state)
{
    struct turn *t = *state;
    struct manifest_ref *refs;
    size_t n;
    static const char *const bad[] = {"", "{}", "<a>", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        err e = seal_manifest_read(t, 2, str_bytes(str_of(bad[i])), &refs, &n);
        assert_string_equal(t->fault.particular, "META-INF/ASiCManifest002.xml");
        assert_fault(t, e, ERR_REJECTED, "manifest", "EN 319 162-1 A.4");
    }
    assert_fault(t, seal_manifest_read(t, 1, str_bytes(STR("<a/>")), &refs, &n), ERR_INTEGRITY,
                 "manifest", NULL);
}

int manifest_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_turn(it_is_always_spelled_the_same),
        with_turn(what_is_written_is_read),
        with_turn(another_spelling_of_the_same_is_read),
        with_turn(what_is_not_understood_is_refused),
        with_turn(what_is_no_xml_is_refused_by_the_name_of_the_manifest),
    };
    return cmocka_run_group_tests_name("manifest", tests, NULL, NULL);
}
