/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/codec/xml.c: elements become maps; entities, document types and other encodings do
 * not come in. */

#include "codec_test.h"

static err read_xml(struct turn *t, const char *in, struct tree **out)
{
    return xml_read(t, bytes_of(in), &codec_limits, out);
}

static void an_element_is_a_map_of_five(void **state)
{
    struct turn *t = *state;
    struct tree *x;
    const char *in =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<!-- made by hand -->\n"
        "<a:Manifest xmlns:a=\"urn:a\" xmlns=\"urn:d\" Id='m1' a:kind=\"x &amp; &lt;y\">"
        "one<Ref URI=\"f&#x259;.txt\"/>two<?skip this?><![CDATA[<3>]]>&gt;&#38;"
        "</a:Manifest>\n";
    if (read_xml(t, in, &x) != ERR_OK) fail_msg("%s", t->fault.sentence);
    assert_text(json_write(t->arena, x),
                "{\"attributes\":{\"Id\":\"m1\",\"{urn:a}kind\":\"x & <y\"},"
                "\"children\":[{\"attributes\":{\"URI\":\"f\xc9\x99.txt\"},\"children\":[],"
                "\"name\":\"Ref\",\"ns\":\"urn:d\",\"text\":\"\"}],"
                "\"name\":\"Manifest\",\"ns\":\"urn:a\",\"text\":\"onetwo<3>>&\"}");
    assert_int_equal(x->line, 3);
}

static void a_document_type_is_refused_before_its_entities(void **state)
{
    struct turn *t = *state;
    struct tree *x;
    static const char *const bad[] = {
        "<!DOCTYPE a><a/>",
        "<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>",
        "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>",
        "<!DOCTYPE a [<!ENTITY a \"aa\"><!ENTITY b \"&a;&a;\"><!ENTITY c \"&b;&b;\">]><a>&c;</a>",
        "<!DOCTYPE a [<!ENTITY % p SYSTEM \"http://192.0.2.1/x\">%p;]><a/>",
        "<?xml version='1.0'?><!-- x --><!DOCTYPE a PUBLIC \"p\" \"s\"><a/>"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_refused(t, read_xml(t, bad[i], &x), ERR_REJECTED, "xml-doctype", "XML 1.0 2.8",
                       bad[i]);
}

static void what_is_not_well_formed_is_refused(void **state)
{
    struct turn *t = *state;
    struct tree *x;
    static const char *const bad[] = {"",
                                      " ",
                                      "x",
                                      "<",
                                      "<a",
                                      "<a>",
                                      "<a></b>",
                                      "<a><b></a>",
                                      "<a/><b/>",
                                      "<a/>x",
                                      "<a b/>",
                                      "<a b=c/>",
                                      "<a b='1' b='2'/>",
                                      "<a>&x;</a>",
                                      "<a b='&x;'/>",
                                      "<a>&amp</a>",
                                      "<a>&#0;</a>",
                                      "<a>&#xd800;</a>",
                                      "<a>&#x1;</a>",
                                      "<a>\x01</a>",
                                      "<a>]]></a>",
                                      "<a b='<'/>",
                                      "<1/>",
                                      "<x:a/>",
                                      "<a x:b='1'/>",
                                      "<a><!-- -- --></a>",
                                      "<a><![CDATA[</a>",
                                      "<?xml?><a/>",
                                      " <?xml version='1.0'?><a/>",
                                      "<a><?xml version='1.0'?></a>",
                                      "</a>",
                                      "<a xmlns:b=''/>",
                                      "<a><!DOCTYPE a></a>"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_refused(t, read_xml(t, bad[i], &x), ERR_REJECTED, "xml", "XML 1.0 2.1", bad[i]);
}

static void only_utf_8_is_read(void **state)
{
    struct turn *t = *state;
    struct tree *x;
    static const char *const declared[] = {"ISO-8859-1", "UTF-16", "US-ASCII", "UTF-7", "none"};
    for (size_t i = 0; i < sizeof declared / sizeof *declared; i++) {
        struct str in =
            str_printf(t->arena, "<?xml version='1.0' encoding='%s'?><a>\xc3\xa9</a>", declared[i]);
        assert_refused(t, xml_read(t, str_bytes(in), &codec_limits, &x), ERR_REJECTED, "xml",
                       "XML 1.0 4.3.3", declared[i]);
    }
    assert_refused(t, read_xml(t, "<?xml version='1.0' encoding", &x), ERR_REJECTED, "xml",
                   "XML 1.0 2.1", "cut");
    assert_refused(t, read_xml(t, "<?xml version='1.0' encoding = \"UTF-8'?><a/>", &x),
                   ERR_REJECTED, "xml", "XML 1.0 4.3.3", "two quotes");
    assert_int_equal(
        read_xml(t, "<?xml version='1.0' encoding = \"UTF-8\" ?><a>encoding='x'</a>", &x), ERR_OK);
    assert_int_equal(read_xml(t, "\xef\xbb\xbf<?xml version='1.0'?><a xmlns='relative'/>", &x),
                     ERR_OK);
    assert_text(tree_str(x, "ns"), "relative");
    assert_int_equal(read_xml(t, "<?xml version='1.0' encoding='utf-8'?><a>\xc3\xa9</a>", &x),
                     ERR_OK);
    assert_text(tree_str(x, "text"), "\xc3\xa9");
    assert_refused(t, read_xml(t, "<a>\xe9</a>", &x), ERR_REJECTED, "xml", "RFC 3629", "latin");
    struct bytes wide = str_bytes(STR("<\0a\0/\0>\0"));
    assert_refused(t, xml_read(t, wide, &codec_limits, &x), ERR_REJECTED, "xml", "XML 1.0 2.2",
                   "UTF-16");
}

static void a_prefixed_attribute_never_passes_for_the_elements_own(void **state)
{
    struct turn *t = *state;
    struct tree *x;
    const char *in = "<a xmlns:p='urn:p' p:URI='2' xml:lang='en'/>";
    assert_int_equal(read_xml(t, in, &x), ERR_OK);
    const struct tree *has = tree_get(x, "attributes");
    assert_null(tree_get(has, "URI"));
    assert_text(tree_str(has, "{urn:p}URI"), "2");
    assert_text(tree_str(has, "{http://www.w3.org/XML/1998/namespace}lang"), "en");
    assert_int_equal(read_xml(t, "<a xmlns:p='urn:p' URI='1' p:URI='2'/>", &x), ERR_OK);
    assert_text(tree_str(tree_get(x, "attributes"), "URI"), "1");
    const char *const twice[] = {"<a URI='1' URI='2'/>",
                                 "<a xmlns:p='urn:p' xmlns:q='urn:p' p:URI='1' q:URI='2'/>"};
    for (int k = 0; k < 2; k++) {
        assert_true(read_xml(t, twice[k], &x) != ERR_OK);
        turn_forgive(t);
    }
}

static void nesting_values_and_size_are_limited(void **state)
{
    struct turn *t = *state;
    struct arena *a = t->arena;
    struct tree *x;
    struct str open = repeat(a, "<a>", 16);
    struct str shut = repeat(a, "</a>", 16);
    struct str in = str_printf(a, STR_FMT STR_FMT, STR_ARG(open), STR_ARG(shut));
    assert_int_equal(xml_read(t, str_bytes(in), &codec_limits, &x), ERR_OK);
    assert_true(json_write(a, x).n > 0);
    in = str_printf(a, STR_FMT "<a/>" STR_FMT, STR_ARG(open), STR_ARG(shut));
    assert_refused(t, xml_read(t, str_bytes(in), &codec_limits, &x), ERR_REJECTED, "depth", NULL,
                   "17");
    in = repeat(a, "<a>", 100000);
    assert_refused(t, xml_read(t, str_bytes(in), &codec_limits, &x), ERR_REJECTED, "depth", NULL,
                   "many");
    const struct tree_limits few = {.size_max = 40, .depth_max = 4, .count_max = 13};
    assert_int_equal(xml_read(t, bytes_of("<a><b c='d'/></a>"), &few, &x), ERR_OK);
    assert_refused(t, xml_read(t, bytes_of("<a><b c='d' e='f'/></a>"), &few, &x), ERR_TOO_LARGE,
                   "count", NULL, "14 values");
    assert_refused(t, xml_read(t, str_bytes(repeat(a, " ", 41)), &few, &x), ERR_TOO_LARGE, "size",
                   NULL, "41 bytes");
}

static void attributes_of_one_element_are_limited(void **state)
{
    struct turn *t = *state;
    struct tree *x;
    struct buf b = buf_in(t->arena);
    buf_str(&b, STR("<a>x='=' <b"));
    for (int i = 0; i < XML_ATTRIBUTES_MAX; i++) buf_printf(&b, " a%d='=>='", i);
    struct buf more = buf_in(t->arena);
    buf_str(&more, buf_as_str(&b));
    buf_str(&b, STR("/></a>"));
    buf_str(&more, STR(" z=''/></a>"));
    assert_int_equal(xml_read(t, buf_as_bytes(&b), &codec_limits, &x), ERR_OK);
    assert_refused(t, xml_read(t, buf_as_bytes(&more), &codec_limits, &x), ERR_TOO_LARGE, "count",
                   NULL, "257 attributes");
}

static void what_is_escaped_is_read_back(void **state)
{
    struct turn *t = *state;
    struct tree *x;
    struct str text = STR("a<b>&\"c' ]]> \xc9\x99");
    struct str escaped = xml_escape(t->arena, text);
    assert_text(escaped, "a&lt;b&gt;&amp;&quot;c&apos; ]]&gt; \xc9\x99");
    struct str in = str_printf(t->arena, "<a b=\"" STR_FMT "\" c='" STR_FMT "'>" STR_FMT "</a>",
                               STR_ARG(escaped), STR_ARG(escaped), STR_ARG(escaped));
    assert_int_equal(xml_read(t, str_bytes(in), &codec_limits, &x), ERR_OK);
    assert_true(str_eq(tree_str(x, "text"), text));
    assert_true(str_eq(tree_str(tree_get(x, "attributes"), "b"), text));
    assert_true(str_eq(tree_str(tree_get(x, "attributes"), "c"), text));
    assert_int_equal(xml_escape(t->arena, STR("")).n, 0);
}

int xml_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_turn(an_element_is_a_map_of_five),
        with_turn(a_document_type_is_refused_before_its_entities),
        with_turn(what_is_not_well_formed_is_refused),
        with_turn(only_utf_8_is_read),
        with_turn(a_prefixed_attribute_never_passes_for_the_elements_own),
        with_turn(nesting_values_and_size_are_limited),
        with_turn(attributes_of_one_element_are_limited),
        with_turn(what_is_escaped_is_read_back),
    };
    return cmocka_run_group_tests_name("xml", tests, NULL, NULL);
}
