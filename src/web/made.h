/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_WEB_MADE_H
#define COMITY_WEB_MADE_H
/* For what tool/page.c makes and for html.c, and nothing else: the only way to say that a text is
 * safe. */

#include "web/html.h"
#include "web/part.h"

#define HTML(literal) ((struct html){"" literal, sizeof(literal) - 1})

#endif
