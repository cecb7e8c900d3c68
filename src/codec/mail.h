/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_CODEC_MAIL_H
#define COMITY_CODEC_MAIL_H
/* Part of codec/codec.h: one e-mail, written and read (RFC 5322, 2045, 2047, 2231), by GMime.
 *
 * What is read is hostile: nothing in it is opened, followed or executed, and what is shown of it
 * cannot pass for something else. The message as it came is kept by who asks; this is a view. */

#include "base/base.h"

enum {
    MAIL_MAX = 32 << 20,       /* bytes of a message                                        */
    MAIL_PARTS_MAX = 128,      /* of a message, also the ones that hold others              */
    MAIL_DEPTH_MAX = 8,        /* of parts in parts                                         */
    MAIL_HEAD_MAX = 256 << 10, /* bytes of its header                                       */
    MAIL_BODY_MAX = 1 << 20,   /* bytes of its text; what is beyond is cut off              */
    MAIL_LINE_MAX = 998,       /* bytes of a subject or a name; what is beyond is cut off   */
    MAIL_ADDRESS_MAX = 254,    /* RFC 5321 4.5.3.1.3, without the brackets                  */
    MAIL_TO_MAX = 64,          /* receivers; of what is read, the first ones                */
    MAIL_REFERENCES_MAX = 64,  /* of what is read, the last ones                            */
    MAIL_NAME_MAX = 120,       /* bytes of a file's name as it is shown                     */
};
struct mail_person {
    struct str name, address; /* name may be empty */
};
struct mail_file {
    struct str name;      /* fit to be shown and stored: one step, no tricks, unlike the others */
    struct bytes name_as; /* as the sender gave it; only read                                  */
    struct str type;      /* "application/pdf", as the sender claims; written, one parameter may
                             follow: "application/pkcs7-mime; smime-type=signed-data"           */
    struct bytes data;
};
struct mail {
    struct str message_id, in_reply_to; /* without < > */
    struct str *references;             /* the oldest first, without < > */
    size_t references_n;
    struct mail_person from, *to; /* read: To, then Cc */
    size_t to_n;
    int64_t date_ms; /* 0 when absent or no date */
    struct str subject, text;
    struct mail_file *files;
    size_t files_n;
    bool automatic; /* no person wrote it (RFC 3834, RFC 3462): never answer it */
    bool cut;       /* a text or name was longer than its limit; only read */
};

/* Whether an address is one we write to: local part and domain in ASCII, no quotes, no brackets. */
bool mail_is_address(struct str address);
/* The name of a file that somebody else chose, fit to be shown and stored: its last step, no
 * control characters, nothing invisible or that turns text about, no leading dot, at most
 * MAIL_NAME_MAX bytes with its ending kept; "file" when nothing is left. */
struct str mail_name_safe(struct arena *a, struct str name);

/* Writes the body of a message as a MIME entity, its own headers first: the text as UTF-8, files
 * after it. ERR_REJECTED for a text that is not UTF-8 or a name with control characters. */
MUST err mail_entity(struct turn *t, const struct mail *m, struct bytes *entity_out);
/* Puts the headers of a message before an entity, as mail_entity wrote it or as it was sealed.
 * ERR_REJECTED for what would break a header: line ends, addresses that are none. */
MUST err mail_wrap(struct turn *t, const struct mail *m, struct bytes entity,
                   struct bytes *message_out);
/* Both: the same mail gives the same bytes. */
MUST err mail_write(struct turn *t, const struct mail *m, struct bytes *message_out);

/* Opens what reading and writing needs of the system (tables of character sets), before a process
 * locks itself in, and keeps it until the arena ends. May be left out, or called again. */
void mail_ready(struct arena *a);
/* Reads one message. ERR_TOO_LARGE beyond the limits; ERR_REJECTED when it has no From or is no
 * message at all. Charsets become UTF-8; what cannot be read becomes U+FFFD. Of alternatives the
 * plain text is taken; HTML is only ever a file. A message within it is a file. */
MUST err mail_read(struct turn *t, struct bytes in, struct mail *out);
/* The same as a tree, members named as in the struct; files as {name, type, size, data (base64)},
 * date as time_text writes it. Absent ones are left out. */
struct tree;
struct tree *mail_tree(struct arena *a, const struct mail *m);

#endif
