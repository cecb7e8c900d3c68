/* SPDX-License-Identifier: Apache-2.0 */
/* Languages by their codes, for those that a State says it accepts: a code that no language has
 * would never match what a request is written in. */

#include "law/shape.h"

#include <string.h>

enum { LANGUAGE_MAX = 16, SUBTAG_MIN = 2, SUBTAG_MAX = 8 };

/* ISO 639-1, with a blank before and behind each. */
static const char codes[] =
    " aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da"
    " de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy"
    " hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg"
    " li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or"
    " os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta"
    " te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu ";

static bool is_subtag(struct str s)
{
    if (s.n < SUBTAG_MIN || s.n > SUBTAG_MAX) return false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!letter && !(c >= '0' && c <= '9')) return false;
    }
    return true;
}

bool law_is_language(struct str s)
{
    struct str code, rest, subtag;
    if (s.n > LANGUAGE_MAX) return false;
    bool more = str_split(s, '-', &code, &rest);
    if (code.n != 2 || code.p[0] == ' ' || code.p[1] == ' ') return false;
    const char word[] = {' ', code.p[0], code.p[1], ' ', 0};
    if (!strstr(codes, word)) return false;
    while (more) {
        more = str_split(rest, '-', &subtag, &rest);
        if (!is_subtag(subtag)) return false;
    }
    return true;
}
