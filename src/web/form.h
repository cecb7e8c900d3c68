/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_WEB_FORM_H
#define COMITY_WEB_FORM_H
/* What browsers send: percent-encoding, queries, forms with files, cookies. All of it hostile: each
 * reader accepts the whole or refuses it with a fault, within the limits below. */

#include "base/base.h"

enum {
    FORM_FIELDS_MAX = 512,
    FORM_NAME_MAX = 128,      /* bytes of a field's name */
    FORM_FILE_NAME_MAX = 255, /* of a file's name */
    FORM_TEXT_MAX = 1 << 20,  /* of a text value */
    FORM_FILE_MAX = 16 << 20, /* of one file */
    FORM_BOUNDARY_MAX = 70,   /* RFC 2046 5.1.1 */
    FORM_PART_HEAD_MAX = 2048 /* of one part's header lines */
};

/* A field as sent. Texts are UTF-8 without NUL, line ends as "\n". A file has its bytes as they
 * came; what its type says is what the browser believes and is used for nothing. */
struct web_field {
    struct str name, value;
    bool is_file;
    struct str file_name, type;
    struct bytes data;
};
struct web_form {
    struct web_field *fields;
    size_t n;
};

/* Undoes %XX, and "+" where `plus`. False: a broken sequence, or not UTF-8 text. */
bool form_decode(struct arena *a, struct str s, bool plus, struct str *out);
/* application/x-www-form-urlencoded; also a query. ERR_REJECTED, ERR_TOO_LARGE. */
MUST err form_read(struct turn *t, struct str body, struct web_form *out);
/* multipart/form-data (RFC 7578); `type` is the whole Content-Type. */
MUST err form_multipart_read(struct turn *t, struct str type, struct bytes body,
                             struct web_form *out);
/* The first field of that name; NULL when there is none. */
const struct web_field *form_get(const struct web_form *f, const char *name);
struct str form_text(const struct web_form *f, const char *name);
/* The value of a cookie (RFC 6265 5.4), the first of that name; empty when there is none. */
struct str cookie_get(struct str header, struct str name);

#endif
