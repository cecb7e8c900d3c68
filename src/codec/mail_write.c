/* SPDX-License-Identifier: Apache-2.0 */
/* Writing a message, by GMime.
 *
 * Everything that could differ from one time to the next comes by an argument. The boundary begins
 * with "=_", which neither base64 nor quoted-printable can contain (RFC 2045 6.7), so it never
 * occurs in what it separates. */

#include "codec/mail_inner.h"

#include <gmime/gmime.h>

static void object_free_(void *p)
{
    if (*(void **)p) g_object_unref(*(void **)p);
}
static void format_free_(GMimeFormatOptions **f)
{
    if (*f) g_mime_format_options_free(*f);
}
static void text_free_(char **p) { g_free(*p); }
#define auto_object __attribute__((cleanup(object_free_)))
#define auto_format __attribute__((cleanup(format_free_))) GMimeFormatOptions *
#define auto_text __attribute__((cleanup(text_free_))) char *

static GMimeFormatOptions *format_new(void)
{
    GMimeFormatOptions *f = g_mime_format_options_new();
    g_mime_format_options_set_newline_format(f, GMIME_NEWLINE_FORMAT_DOS);
    g_mime_format_options_set_param_encoding_method(f, GMIME_PARAM_ENCODING_METHOD_RFC2231);
    return f;
}

/* A line that goes into a header. */
static err line(struct turn *t, const char *what, struct str s)
{
    bool good = str_is_utf8(s);
    for (size_t i = 0; i < s.n && good; i++) good = (uint8_t)s.p[i] >= 0x20 && s.p[i] != 0x7f;
    if (!good)
        return turn_fail_at(t, ERR_REJECTED, "mail-line", "RFC 5322 2.2", str_of(what),
                            "The %s of the mail holds a line end or control character, or is not "
                            "UTF-8. Nothing was written.",
                            what);
    if (s.n <= MAIL_LINE_MAX) return ERR_OK;
    return turn_fail_at(t, ERR_TOO_LARGE, "mail-line", "RFC 5322 2.1.1", str_of(what),
                        "The %s of the mail has %zu bytes, and at most %d are written.", what, s.n,
                        MAIL_LINE_MAX);
}

static err address(struct turn *t, const char *what, const struct mail_person *p)
{
    if (!mail_is_address(p->address))
        return turn_fail_at(t, ERR_REJECTED, "mail-address", "RFC 5321 4.1.2", str_of(what),
                            "\"" STR_FMT "\" is no address that mail is written to.",
                            STR_ARG(p->address));
    return line(t, what, p->name);
}

/* A message id without its brackets. */
static err id(struct turn *t, const char *what, struct str s)
{
    struct str local, domain;
    bool good = str_split(s, '@', &local, &domain) && local.n && domain.n && s.n <= 200;
    for (size_t i = 0; i < s.n && good; i++) good = s.p[i] > ' ' && s.p[i] < 0x7f && s.p[i] != '>';
    if (good) return ERR_OK;
    return turn_fail_at(t, ERR_REJECTED, "mail-id", "RFC 5322 3.6.4", str_of(what),
                        "\"" STR_FMT "\" is no message id.", STR_ARG(s));
}

/* ---- the entity ------------------------------------------------------------------------------ */

static void set_content(GMimePart *part, struct bytes data, GMimeContentEncoding encoding)
{
    auto_object GMimeStream *stream =
        g_mime_stream_mem_new_with_buffer(data.n ? (const char *)data.p : "", data.n);
    auto_object GMimeDataWrapper *wrapper =
        g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_DEFAULT);
    g_mime_part_set_content(part, wrapper);
    g_mime_part_set_content_encoding(part, encoding);
}

/* Lines end in one line feed here; GMime makes CR LF of it. */
static struct str one_line_end(struct arena *a, struct str text)
{
    struct buf b = buf_in(a);
    for (size_t i = 0; i < text.n; i++) {
        bool before_feed = i + 1 < text.n && text.p[i + 1] == '\n';
        if (text.p[i] != '\r' || !before_feed) buf_byte(&b, (uint8_t)text.p[i]);
    }
    return buf_as_str(&b);
}

static GMimeObject *text_part(struct str text)
{
    GMimePart *part = g_mime_part_new_with_type("text", "plain");
    g_mime_object_set_content_type_parameter(GMIME_OBJECT(part), "charset", "utf-8");
    set_content(part, str_bytes(text), GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
    return GMIME_OBJECT(part);
}

static GMimeObject *file_part(struct arena *a, const struct mail_file *f)
{
    struct str whole, type, subtype, parameter, value;
    bool more = str_split(f->type, ';', &whole, &parameter);
    str_split(whole, '/', &type, &subtype);
    GMimePart *part = g_mime_part_new_with_type(str_c(a, type), str_c(a, subtype));
    if (more && str_split(str_trim(parameter), '=', &parameter, &value))
        g_mime_object_set_content_type_parameter(GMIME_OBJECT(part), str_c(a, parameter),
                                                 str_c(a, value));
    g_mime_object_set_disposition(GMIME_OBJECT(part), "attachment");
    g_mime_part_set_filename(part, str_c(a, f->name));
    set_content(part, f->data, GMIME_CONTENT_ENCODING_BASE64);
    return GMIME_OBJECT(part);
}

static const char *boundary(struct arena *a, struct str message_id)
{
    struct buf b = buf_in(a);
    buf_str(&b, STR("=_comity_"));
    for (size_t i = 0; i < message_id.n && b.n < 36; i++) {
        char c = message_id.p[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (plain) buf_byte(&b, (uint8_t)c);
    }
    return str_c(a, buf_as_str(&b));
}

static err check_body(struct turn *t, const struct mail *m)
{
    size_t sum = m->text.n;
    if (!str_is_utf8(m->text))
        return turn_fail(t, ERR_REJECTED, "mail-text", "RFC 3629 3",
                         "The text of the mail is not UTF-8. Nothing was written.");
    for (size_t i = 0; i < m->files_n; i++) {
        struct str type, subtype;
        try(line(t, "file name", m->files[i].name));
        try(line(t, "file type", m->files[i].type));
        if (!str_split(m->files[i].type, '/', &type, &subtype) || !type.n || !subtype.n)
            return turn_fail_at(t, ERR_REJECTED, "mail-type", "RFC 2045 5.1", STR("file type"),
                                "\"" STR_FMT "\" is no type of a file.", STR_ARG(m->files[i].type));
        sum += m->files[i].data.n < MAIL_MAX ? m->files[i].data.n : MAIL_MAX;
    }
    if (m->files_n < MAIL_PARTS_MAX && sum / 3 * 4 < MAIL_MAX) return ERR_OK;
    return turn_fail(t, ERR_TOO_LARGE, "mail-size", NULL,
                     "The mail has %zu files and %zu bytes, more than is sent in one. Nothing was "
                     "written; send it in parts.",
                     m->files_n, sum);
}

/* Keeps what GMime wrote in the arena. */
static struct bytes keep(struct arena *a, GMimeObject *from)
{
    auto_format format = format_new();
    auto_object GMimeStream *out = g_mime_stream_mem_new();
    g_mime_object_write_to_stream(from, format, out);
    GByteArray *all = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(out));
    return bytes_dup(a, (struct bytes){all->data, all->len});
}

err mail_entity(struct turn *t, const struct mail *m, struct bytes *entity_out)
{
    try(check_body(t, m));
    g_mime_init(); /* counted; what it set up stays for the process */
    auto_object GMimeObject *text = text_part(one_line_end(t->arena, m->text));
    if (!m->files_n) {
        *entity_out = keep(t->arena, text);
        return ERR_OK;
    }
    auto_object GMimeMultipart *all = g_mime_multipart_new_with_subtype("mixed");
    g_mime_multipart_set_boundary(all, boundary(t->arena, m->message_id));
    g_mime_multipart_add(all, text);
    for (size_t i = 0; i < m->files_n; i++) {
        auto_object GMimeObject *file = file_part(t->arena, &m->files[i]);
        g_mime_multipart_add(all, file);
    }
    *entity_out = keep(t->arena, GMIME_OBJECT(all));
    return ERR_OK;
}

/* ---- the headers ----------------------------------------------------------------------------- */

static err check_head(struct turn *t, const struct mail *m)
{
    try(id(t, "message id", m->message_id));
    if (m->in_reply_to.n) try(id(t, "in reply to", m->in_reply_to));
    for (size_t i = 0; i < m->references_n; i++) try(id(t, "references", m->references[i]));
    try(line(t, "subject", m->subject));
    try(address(t, "sender", &m->from));
    for (size_t i = 0; i < m->to_n; i++) try(address(t, "receiver", &m->to[i]));
    if (m->to_n && m->to_n <= MAIL_TO_MAX && m->references_n <= MAIL_REFERENCES_MAX) return ERR_OK;
    return turn_fail(t, ERR_REJECTED, "mail-receivers", "RFC 5322 3.6.3",
                     "A mail has from 1 to %d receivers and at most %d references; this has %zu "
                     "and %zu.",
                     MAIL_TO_MAX, MAIL_REFERENCES_MAX, m->to_n, m->references_n);
}

static void set_ids(struct arena *a, GMimeMessage *to, const struct mail *m)
{
    GMimeObject *o = GMIME_OBJECT(to);
    if (m->in_reply_to.n) {
        const char *in = str_printf(a, "<" STR_FMT ">%c", STR_ARG(m->in_reply_to), 0).p;
        g_mime_object_set_header(o, "In-Reply-To", in, NULL);
    }
    struct buf all = buf_in(a);
    for (size_t i = 0; i < m->references_n; i++)
        buf_printf(&all, "%s<" STR_FMT ">", i ? " " : "", STR_ARG(m->references[i]));
    if (all.n) g_mime_object_set_header(o, "References", str_c(a, buf_as_str(&all)), NULL);
    if (m->automatic) g_mime_object_set_header(o, "Auto-Submitted", "auto-generated", NULL);
}

static void add(struct arena *a, GMimeMessage *to, GMimeAddressType type,
                const struct mail_person *p)
{
    g_mime_message_add_mailbox(to, type, p->name.n ? str_c(a, p->name) : NULL,
                               str_c(a, p->address));
}

err mail_wrap(struct turn *t, const struct mail *m, struct bytes entity, struct bytes *message_out)
{
    try(check_head(t, m));
    g_mime_init();
    struct arena *a = t->arena;
    auto_object GMimeMessage *head = g_mime_message_new(TRUE);
    add(a, head, GMIME_ADDRESS_TYPE_FROM, &m->from);
    for (size_t i = 0; i < m->to_n; i++) add(a, head, GMIME_ADDRESS_TYPE_TO, &m->to[i]);
    g_mime_message_set_subject(head, str_c(a, m->subject), "utf-8");
    g_mime_message_set_message_id(head, str_c(a, m->message_id));
    GDateTime *date = g_date_time_new_from_unix_utc(m->date_ms / 1000);
    if (date) {
        g_mime_message_set_date(head, date);
        g_date_time_unref(date);
    }
    set_ids(a, head, m);
    auto_format format = format_new();
    auto_text lines = g_mime_object_get_headers(GMIME_OBJECT(head), format);
    struct buf b = buf_in(a);
    buf_str(&b, str_of(lines));
    buf_str(&b, STR("MIME-Version: 1.0\r\n"));
    buf_put(&b, entity.p, entity.n);
    *message_out = buf_as_bytes(&b);
    return ERR_OK;
}

err mail_write(struct turn *t, const struct mail *m, struct bytes *message_out)
{
    struct bytes entity;
    try(mail_entity(t, m, &entity));
    return mail_wrap(t, m, entity, message_out);
}
