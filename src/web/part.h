/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_WEB_PART_H
#define COMITY_WEB_PART_H
/* Parts: {% cite row.article %} in a template calls part_cite, and page/part/cite.html shows what
 * it answers as `cite`. NULL where there is nothing to show; the part's template asks first. */

#include "web/html.h"

#define PART(name) const struct tree *part_##name(struct html_out *o, const struct tree *value);
#include "web/part.def"
#undef PART

#endif
