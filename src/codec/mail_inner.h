/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_CODEC_MAIL_INNER_H
#define COMITY_CODEC_MAIL_INNER_H
/* What the files that read and write mail share among themselves. */

#include "codec/codec.h"

/* Text with U+FFFD for each byte that is not UTF-8. */
struct str mail_utf8(struct arena *a, struct str s);
/* One line fit to be shown: U+FFFD for what is invisible or turns text about. */
struct str mail_line(struct arena *a, struct str s, bool *cut);
/* The same for a text of many lines, each ended by one line feed. */
struct str mail_text(struct arena *a, struct str s, bool *cut);

#endif
