/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of pages: what a citation, a moment, a countdown or a reference shows. Each makes a small
 * map; how it looks is page/part/NAME.html. Times are absolute and name their zone. */

#include "web/part.h"

enum {
    MINUTE_MS = 60000,
    HOUR_MS = 60 * MINUTE_MS,
    HOT_MS = 30 * MINUTE_MS, /* less is left: it is urgent */
    WARM_DAYS = 3
};

static void put(struct html_out *o, struct tree *m, const char *key, struct str value)
{
    tree_add_str(o->arena, m, key, value);
}

/* ---- citations ------------------------------------------------------------------------------- */

/* Instruments whose articles most pages cite: the chip does not repeat their name for the eye. */
struct instrument_row {
    const char *instrument, *name;
};
static const struct instrument_row instruments[] = {
#define INSTRUMENT(word, name) {word, name},
#include "web/label.def"
#undef INSTRUMENT
};

static bool is_instrument(struct str s)
{
    for (size_t k = 0; k < s.n; k++) {
        char c = s.p[k];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) return false;
    }
    return s.n > 0;
}

/* "42(3)(c)" is read as "42 (3)(c)". */
static struct str spaced(struct arena *a, struct str article)
{
    size_t k = 0;
    while (k < article.n && article.p[k] != '(') k++;
    if (k == 0 || k == article.n) return article;
    return str_printf(a, "%.*s %.*s", (int)k, article.p, (int)(article.n - k), article.p + k);
}

const struct tree *part_cite(struct html_out *o, const struct tree *value)
{
    struct str instrument, article, s = value && value->kind == TREE_STR ? value->str : STR("");
    if (!s.n) return NULL;
    struct tree *m = tree_map(o->arena);
    if (!str_split(s, ' ', &instrument, &article) || !is_instrument(instrument) || !article.n ||
        article.p[0] < '1' || article.p[0] > '9') {
        put(o, m, "plain", s);
        return m;
    }
    put(o, m, "instrument", instrument);
    put(o, m, "article", article);
    put(o, m, "spaced", spaced(o->arena, article));
    for (size_t k = 0; k < sizeof instruments / sizeof *instruments; k++)
        if (str_is(instrument, instruments[k].instrument))
            put(o, m, "name", text_of(o->lang, instruments[k].name));
    if (!tree_get(m, "name")) put(o, m, "other", instrument);
    return m;
}

/* ---- moments --------------------------------------------------------------------------------- */

static bool moment(const struct tree *v, int64_t *ms)
{
    if (!v || v->kind != TREE_STR) return false;
    int64_t day;
    if (day_read(v->str, &day)) {
        *ms = day * DAY_MS;
        return true;
    }
    return time_read(v->str, ms);
}

static struct str day_of(struct html_out *o, int64_t ms)
{
    return day_text(o->arena, day_of_ms(ms));
}

static struct str hour_of(struct html_out *o, int64_t ms)
{
    int64_t minutes = ms / MINUTE_MS % 1440;
    return str_printf(o->arena, "%02d:%02d", (int)(minutes / 60), (int)(minutes % 60));
}

static struct tree *moment_map(struct html_out *o, const struct tree *value)
{
    int64_t ms;
    if (!moment(value, &ms)) return NULL;
    struct tree *m = tree_map(o->arena);
    int64_t here = ms + (int64_t)o->offset_min * MINUTE_MS;
    put(o, m, "iso", time_text(o->arena, ms));
    int64_t now = o->now_ms + (int64_t)o->offset_min * MINUTE_MS;
    put(o, m, "day", day_of(o, o->has_zone ? here : ms));
    tree_add_bool(o->arena, m, "today", day_of_ms(here) == day_of_ms(now));
    put(o, m, "here", hour_of(o, here));
    put(o, m, "utc", hour_of(o, ms));
    tree_add_bool(o->arena, m, "has_zone", o->has_zone);
    /* The day of UTC where it is another, without its year. */
    struct str utc_day = day_of(o, ms);
    if (o->has_zone && day_of_ms(here) != day_of_ms(ms))
        put(o, m, "utc_day", (struct str){utc_day.p + 5, utc_day.n - 5});
    return m;
}

const struct tree *part_time(struct html_out *o, const struct tree *value)
{
    int64_t day;
    struct tree *m = moment_map(o, value);
    if (!m || !day_read(value->str, &day)) return m;
    /* A day is the same day on every clock. */
    tree_set(o->arena, m, STR("day"), value);
    tree_add_bool(o->arena, m, "whole_day", true);
    return m;
}

const struct tree *part_clock(struct html_out *o, const struct tree *value)
{
    return moment_map(o, value);
}

const struct tree *part_left(struct html_out *o, const struct tree *value)
{
    int64_t ms;
    struct tree *m = moment_map(o, value);
    if (!m || !moment(value, &ms)) return NULL;
    int64_t left = ms - o->now_ms, way = left < 0 ? -left : left;
    int64_t days = way / DAY_MS, s = way / 1000 % 86400;
    struct str hms =
        str_printf(o->arena, "%02d:%02d:%02d", (int)(s / 3600), (int)(s / 60 % 60), (int)(s % 60));
    struct str hm = (struct str){hms.p, 5};
    put(o, m, "tone", str_of(left < HOT_MS ? "hot" : left < WARM_DAYS * DAY_MS ? "warm" : "calm"));
    put(o, m, "sign", left < 0 ? STR("\xe2\x88\x92") : STR(""));
    tree_add_bool(o->arena, m, "over", left < 0);
    tree_add_bool(o->arena, m, "ticks", days == 0);
    put(o, m, "clock", days ? hm : hms);
    if (days) tree_add_int(o->arena, m, "days", days);
    tree_add_bool(o->arena, m, "only_days", days > WARM_DAYS);
    return m;
}

/* ---- the rest -------------------------------------------------------------------------------- */

const struct tree *part_ref(struct html_out *o, const struct tree *value)
{
    if (!html_is(value) || value->kind != TREE_STR) return NULL;
    struct tree *m = tree_map(o->arena);
    put(o, m, "ref", value->str);
    return m;
}

const struct tree *part_bytes(struct html_out *o, const struct tree *value)
{
    static const char *const units[] = {"B", "kB", "MB", "GB"};
    if (!value || value->kind != TREE_INT) return NULL;
    int64_t n = value->num;
    size_t unit = 0;
    while (n >= 10000 && unit + 1 < sizeof units / sizeof *units) n /= 1000, unit++;
    struct tree *m = tree_map(o->arena);
    put(o, m, "text", str_printf(o->arena, "%lld %s", (long long)n, units[unit]));
    return m;
}

const struct tree *part_hash(struct html_out *o, const struct tree *value)
{
    enum { ENDS = 4 };
    if (!value || value->kind != TREE_STR || value->str.n < 4 * ENDS) return NULL;
    struct str s = value->str;
    struct tree *m = tree_map(o->arena);
    put(o, m, "whole", s);
    put(o, m, "short",
        str_printf(o->arena, "%.*s\xe2\x80\xa6%.*s", ENDS, s.p, ENDS, s.p + s.n - ENDS));
    return m;
}
