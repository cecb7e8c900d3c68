/* SPDX-License-Identifier: Apache-2.0 */
/* Failure: the table of errors, and the one fault a turn carries.
 *
 * The finder of a fault writes it once; later finders on the way up do not overwrite it. What is
 * written may quote hostile input, so it is made printable and cut at a whole character. Telling
 * somebody (an exit code, a page, a log line) is the business of the doors. */

#include "base/base.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

struct err_row {
    const char *word;
    int exit_code, http_status;
};

static const struct err_row rows[] = {
    {"ok", 0, 200},
#define ERR(name, word, exit_code, http_status) {word, exit_code, http_status},
#include "base/err.def"
#undef ERR
};

static const struct err_row *row_of(err e)
{
    assert((size_t)e < sizeof rows / sizeof *rows);
    return &rows[e];
}

const char *err_word(err e) { return row_of(e)->word; }

int err_exit_code(err e) { return row_of(e)->exit_code; }

int err_http_status(err e) { return row_of(e)->http_status; }

/* Copies what fits of `s`, printable, ending at a whole character. */
static void fit(char *to, size_t room, struct str s)
{
    auto_arena scratch = arena_new();
    /* A character cut in two at the end is left out before the rest is made printable. */
    if (s.n > room - 1) {
        s.n = room - 1;
        for (int i = 0; i < 3 && ((uint8_t)s.p[s.n] & 0xc0) == 0x80; i++) s.n--;
    }
    struct str shown = str_printable(scratch, s);
    if (shown.n) memcpy(to, shown.p, shown.n);
    to[shown.n] = 0;
}

/* Declared apart, because a definition cannot carry the attribute after its name. */
static void fault_set(struct turn *t, err e, const char *code, const char *article,
                      struct str particular, const char *fmt, va_list args)
    __attribute__((format(printf, 6, 0)));

static void fault_set(struct turn *t, err e, const char *code, const char *article,
                      struct str particular, const char *fmt, va_list args)
{
    assert(e != ERR_OK);
    if (t->fault.err != ERR_OK) return;
    struct fault *f = &t->fault;
    char sentence[2 * sizeof f->sentence];
    int n = vsnprintf(sentence, sizeof sentence, fmt, args);
    size_t wrote = n < 0 ? 0 : (size_t)n < sizeof sentence ? (size_t)n : sizeof sentence - 1;
    f->err = e;
    fit(f->code, sizeof f->code, str_of(code));
    fit(f->article, sizeof f->article, str_of(article));
    fit(f->particular, sizeof f->particular, particular);
    fit(f->sentence, sizeof f->sentence, (struct str){sentence, wrote});
}

err turn_fail(struct turn *t, err e, const char *code, const char *article, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    fault_set(t, e, code, article, (struct str){NULL, 0}, fmt, args);
    va_end(args);
    return e;
}

err turn_fail_at(struct turn *t, err e, const char *code, const char *article,
                 struct str particular, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    fault_set(t, e, code, article, particular, fmt, args);
    va_end(args);
    return e;
}

void turn_forgive(struct turn *t) { t->fault = (struct fault){.err = ERR_OK}; }

int64_t turn_now_ms(const struct turn *t)
{
    assert(t->clock);
    return t->clock->wall_ms(t->clock->ctx);
}
