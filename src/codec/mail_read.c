/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a message that anybody may have sent, by GMime.
 *
 * What could cost much is counted before the parser sees a byte; what it made of the bytes is
 * walked with a depth and a count, and everything that leaves here is copied, bounded and made fit
 * to be shown. Nothing is fetched, and no HTML is looked into. */

#include "codec/mail_inner.h"

#include <gmime/gmime.h>
#include <string.h>
#include <strings.h>

enum { BOUNDARIES_MAX = 256 };

struct walk {
    struct turn *t;
    struct mail *m;
    size_t parts, room;
    bool has_text;
};

static err check(struct turn *t, struct bytes in);
static err head_read(struct turn *t, GMimeMessage *from, struct mail *m);
static err part_read(struct walk *w, GMimeObject *part, int depth, bool alternative);

static void object_free_(void *p)
{
    if (*(void **)p) g_object_unref(*(void **)p);
}
static void text_free_(char **p) { g_free(*p); }
#define auto_object __attribute__((cleanup(object_free_)))
#define auto_text __attribute__((cleanup(text_free_))) char *

static void charset_end(void *cd) { g_mime_iconv_close(cd); }

void mail_ready(struct arena *a)
{
    /* Those that governments still write in. A conversion needs no file while another like it is
     * open; what is closed the C library soon forgets. */
    static const char *const charsets[] = {
        "iso-8859-1",   "iso-8859-2",   "iso-8859-5",   "iso-8859-9",
        "iso-8859-15",  "windows-1250", "windows-1251", "windows-1252",
        "windows-1254", "windows-1256", "koi8-r",       "gb18030",
        "big5",         "shift_jis",    "iso-2022-jp",  "euc-kr"};
    g_mime_init();
    for (size_t i = 0; i < sizeof charsets / sizeof *charsets; i++) {
        iconv_t cd = g_mime_iconv_open("utf-8", charsets[i]);
        if (cd != (iconv_t)-1) arena_on_free(a, charset_end, cd);
    }
}

err mail_read(struct turn *t, struct bytes in, struct mail *out)
{
    try(check(t, in));
    g_mime_init(); /* counted; what it set up stays for the process */
    struct mail m = {0};
    auto_object GMimeStream *stream =
        g_mime_stream_mem_new_with_buffer(in.n ? (const char *)in.p : "", in.n);
    auto_object GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    auto_object GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
    if (!message)
        return turn_fail(t, ERR_REJECTED, "mail-read", "RFC 5322 2.1",
                         "The bytes are not an e-mail message.");
    try(head_read(t, message, &m));
    struct walk w = {.t = t, .m = &m};
    GMimeObject *body = g_mime_message_get_mime_part(message);
    if (body) try(part_read(&w, body, 0, false));
    *out = m;
    return ERR_OK;
}

/* ---- before parsing -------------------------------------------------------------------------- */

static err too_large(struct turn *t, const char *what, size_t max)
{
    return turn_fail(t, ERR_TOO_LARGE, "mail-size", NULL,
                     "The message has more than %zu %s. It is kept as it came and was not taken "
                     "apart.",
                     max, what);
}

static err check(struct turn *t, struct bytes in)
{
    if (in.n > MAIL_MAX) return too_large(t, "bytes", MAIL_MAX);
    /* The header ends at the first empty line. */
    size_t head = 0, begin = 0;
    for (; head < in.n && head <= MAIL_HEAD_MAX; head++) {
        if (in.p[head] != '\n') continue;
        if (head == begin || (head == begin + 1 && in.p[begin] == '\r')) break;
        begin = head + 1;
    }
    if (head > MAIL_HEAD_MAX) return too_large(t, "bytes of header", MAIL_HEAD_MAX);
    /* Each part that holds others names its boundary; the parser compares lines with all of them.
     * A message in a message names its type. */
    size_t boundaries = 0, inner = 0;
    for (size_t i = 0; i + 14 <= in.n; i++) {
        if ((in.p[i] | 0x20) == 'b')
            boundaries += strncasecmp((const char *)in.p + i, "boundary", 8) == 0;
        if ((in.p[i] | 0x20) == 'm')
            inner += strncasecmp((const char *)in.p + i, "message/", 8) == 0;
    }
    if (boundaries > BOUNDARIES_MAX || inner > BOUNDARIES_MAX)
        return too_large(t, "parts that hold others", BOUNDARIES_MAX);
    return ERR_OK;
}

/* ---- the header ------------------------------------------------------------------------------ */

static struct str copy_line(struct arena *a, const char *from, bool *cut)
{
    return str_dup(a, mail_line(a, str_of(from), cut));
}

/* A message id as it may be compared and stored; empty for one that is none. */
static struct str copy_id(struct arena *a, const char *from)
{
    struct str s = str_of(from);
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] <= ' ' || s.p[i] >= 0x7f) return (struct str){0};
    }
    return s.n <= MAIL_LINE_MAX ? str_dup(a, s) : (struct str){0};
}

static void people_read(struct turn *t, InternetAddressList *list, struct mail *m)
{
    int n = list ? internet_address_list_length(list) : 0;
    for (int i = 0; i < n && m->to_n < MAIL_TO_MAX; i++) {
        InternetAddress *each = internet_address_list_get_address(list, i);
        if (!INTERNET_ADDRESS_IS_MAILBOX(each)) continue;
        const char *address = internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(each));
        m->to[m->to_n++] = (struct mail_person){
            .name = copy_line(t->arena, internet_address_get_name(each), &m->cut),
            .address = copy_line(t->arena, address, &m->cut)};
    }
}

static struct str *ids_read(struct arena *a, GMimeMessage *from, const char *header, size_t *n_out)
{
    const char *value = g_mime_object_get_header(GMIME_OBJECT(from), header);
    *n_out = 0;
    if (!value) return NULL;
    GMimeReferences *list = g_mime_references_parse(NULL, value);
    int n = g_mime_references_length(list);
    int skip = n > MAIL_REFERENCES_MAX ? n - MAIL_REFERENCES_MAX : 0;
    struct str *out = arena_take_many(a, (size_t)(n - skip) + 1, sizeof *out);
    for (int i = skip; i < n; i++) {
        struct str id = copy_id(a, g_mime_references_get_message_id(list, i));
        if (id.n) out[(*n_out)++] = id;
    }
    g_mime_references_free(list);
    return out;
}

static bool is_automatic(GMimeMessage *from)
{
    GMimeObject *o = GMIME_OBJECT(from);
    const char *automatic = g_mime_object_get_header(o, "Auto-Submitted");
    const char *precedence = g_mime_object_get_header(o, "Precedence");
    GMimeObject *body = g_mime_message_get_mime_part(from);
    GMimeContentType *type = body ? g_mime_object_get_content_type(body) : NULL;
    return (automatic && strncasecmp(automatic, "no", 2) != 0) ||
           (precedence &&
            (strcasecmp(precedence, "bulk") == 0 || strcasecmp(precedence, "auto_reply") == 0)) ||
           (type && g_mime_content_type_is_type(type, "multipart", "report"));
}

static err head_read(struct turn *t, GMimeMessage *from, struct mail *m)
{
    struct arena *a = t->arena;
    m->to = arena_take_many(a, MAIL_TO_MAX, sizeof *m->to);
    people_read(t, g_mime_message_get_from(from), m);
    if (!m->to_n)
        return turn_fail(t, ERR_REJECTED, "mail-from", "RFC 5322 3.6.2",
                         "The message names no sender. It is kept as it came and was not taken "
                         "apart.");
    m->from = m->to[0];
    m->to_n = 0;
    people_read(t, g_mime_message_get_to(from), m);
    people_read(t, g_mime_message_get_cc(from), m);
    m->subject = copy_line(a, g_mime_message_get_subject(from), &m->cut);
    m->message_id = copy_id(a, g_mime_message_get_message_id(from));
    size_t n;
    struct str *in = ids_read(a, from, "In-Reply-To", &n);
    if (n) m->in_reply_to = in[0];
    m->references = ids_read(a, from, "References", &m->references_n);
    GDateTime *date = g_mime_message_get_date(from);
    int64_t s = date ? g_date_time_to_unix(date) : 0;
    if (s > 0 && s < INT64_C(253402300800)) m->date_ms = s * 1000;
    m->automatic = is_automatic(from);
    return ERR_OK;
}

/* ---- the parts ------------------------------------------------------------------------------- */

/* A name unlike those before it. */
static struct str name_apart(struct walk *w, struct str name)
{
    struct str wanted = name;
    for (int n = 2;; n++) {
        bool taken = false;
        for (size_t i = 0; i < w->m->files_n && !taken; i++)
            taken = str_eq(w->m->files[i].name, name);
        if (!taken) return name;
        name = str_printf(w->t->arena, "%d-" STR_FMT, n, STR_ARG(wanted));
    }
}

static void file_put(struct walk *w, const char *name, const char *otherwise, struct str type,
                     struct bytes data)
{
    struct arena *a = w->t->arena;
    if (!w->m->files) w->m->files = arena_take_many(a, MAIL_PARTS_MAX, sizeof *w->m->files);
    struct str shown = mail_name_safe(a, str_of(name && *name ? name : otherwise));
    struct mail_file f = {.name = name_apart(w, shown),
                          .name_as = bytes_dup(a, str_bytes(str_of(name))),
                          .type = type,
                          .data = data};
    w->m->files[w->m->files_n++] = f;
}

static struct bytes content_of(struct arena *a, GMimePart *part)
{
    GMimeDataWrapper *content = g_mime_part_get_content(part);
    if (!content) return (struct bytes){0};
    auto_object GMimeStream *out = g_mime_stream_mem_new();
    g_mime_data_wrapper_write_to_stream(content, out);
    GByteArray *all = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(out));
    return bytes_dup(a, (struct bytes){all->data, all->len});
}

static struct str type_of(struct walk *w, GMimeObject *part)
{
    auto_text type = g_mime_content_type_get_mime_type(g_mime_object_get_content_type(part));
    struct str s = copy_line(w->t->arena, type, &w->m->cut);
    return s.n ? s : STR("application/octet-stream");
}

static void leaf_read(struct walk *w, GMimeObject *part, bool alternative)
{
    struct arena *a = w->t->arena;
    GMimeContentType *type = g_mime_object_get_content_type(part);
    const char *disposition = g_mime_object_get_disposition(part);
    const char *name = g_mime_part_get_filename(GMIME_PART(part));
    bool attached = (disposition && strcasecmp(disposition, "attachment") == 0) || name;
    bool plain = GMIME_IS_TEXT_PART(part) && g_mime_content_type_is_type(type, "text", "plain");
    if (plain && !attached && !w->has_text) {
        auto_text text = g_mime_text_part_get_text(GMIME_TEXT_PART(part));
        w->m->text = mail_text(a, str_dup(a, str_of(text)), &w->m->cut);
        w->has_text = true;
        return;
    }
    /* The same said in another form. */
    if (alternative && !attached && w->has_text) return;
    bool html = g_mime_content_type_is_type(type, "text", "html");
    file_put(w, name,
             html    ? "message.html"
             : plain ? "text.txt"
                     : "file",
             type_of(w, part), content_of(a, GMIME_PART(part)));
}

static void message_put(struct walk *w, GMimeObject *part)
{
    GMimeMessage *inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(part));
    if (!inner) return;
    auto_object GMimeStream *out = g_mime_stream_mem_new();
    g_mime_object_write_to_stream(GMIME_OBJECT(inner), NULL, out);
    GByteArray *all = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(out));
    const char *name = g_mime_object_get_content_disposition_parameter(part, "filename");
    file_put(w, name, "message.eml", STR("message/rfc822"),
             bytes_dup(w->t->arena, (struct bytes){all->data, all->len}));
}

static err part_read(struct walk *w, GMimeObject *part, int depth, bool alternative)
{
    if (depth >= MAIL_DEPTH_MAX) return too_large(w->t, "levels of parts in parts", MAIL_DEPTH_MAX);
    if (++w->parts > MAIL_PARTS_MAX) return too_large(w->t, "parts", MAIL_PARTS_MAX);
    if (GMIME_IS_MULTIPART(part)) {
        GMimeContentType *type = g_mime_object_get_content_type(part);
        bool same = g_mime_content_type_is_type(type, "multipart", "alternative");
        int n = g_mime_multipart_get_count(GMIME_MULTIPART(part));
        for (int i = 0; i < n; i++) {
            GMimeObject *each = g_mime_multipart_get_part(GMIME_MULTIPART(part), i);
            try(part_read(w, each, depth + 1, same));
        }
    } else if (GMIME_IS_MESSAGE_PART(part)) {
        message_put(w, part);
    } else if (GMIME_IS_PART(part)) {
        leaf_read(w, part, alternative);
    }
    return ERR_OK;
}
