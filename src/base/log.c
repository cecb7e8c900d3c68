/* SPDX-License-Identifier: Apache-2.0 */
/* The log: one JSON line an event on standard error.
 *
 * A line is written with one call, so lines of several processes do not mix. Rotation, shipping and
 * filtering are left to the service manager. What may be logged (never a particular, a name or a
 * key) is the caller's promise; this file only makes sure that a value cannot forge a line. */

#include "base/base.h"

#include <stdarg.h>
#include <unistd.h>

enum { LINE_MAX_SIZE = 4096 };

/* After str_printable only the quote and the backslash need an escape. */
static void put_text(struct buf *b, struct arena *a, const char *text)
{
    struct str s = str_printable(a, str_of(text));
    buf_byte(b, '"');
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"' || s.p[i] == '\\') buf_byte(b, '\\');
        buf_byte(b, (uint8_t)s.p[i]);
    }
    buf_byte(b, '"');
}

static void put_pair(struct buf *b, struct arena *a, const char *name, const char *value)
{
    struct buf pair = buf_in(a);
    buf_byte(&pair, ',');
    put_text(&pair, a, name);
    buf_byte(&pair, ':');
    put_text(&pair, a, value);
    /* A pair that would make the line too long is left out whole: a line stays valid JSON. */
    if (b->n + pair.n + 2 <= LINE_MAX_SIZE) buf_put(b, pair.p, pair.n);
}

void log_event(int64_t now_ms, const char *level, const char *event, ...)
{
    auto_arena a = arena_new();
    struct buf line = buf_in(a);
    buf_printf(&line, "{\"time\":\"" STR_FMT "\"", STR_ARG(time_text(a, now_ms)));
    put_pair(&line, a, "level", level);
    put_pair(&line, a, "event", event);
    va_list args;
    va_start(args, event);
    for (const char *name; (name = va_arg(args, const char *));)
        put_pair(&line, a, name, va_arg(args, const char *));
    va_end(args);
    buf_str(&line, STR("}\n"));
    /* Nobody is left to tell when standard error cannot be written. */
    if (write(STDERR_FILENO, line.p, line.n) < 0) return;
}
