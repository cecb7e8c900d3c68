/* SPDX-License-Identifier: Apache-2.0 */
/* The run as a page: drawings (SVG) and tables, no script, nothing fetched. */

#include "sim/sim.h"

#include "codec/codec.h"

#define U(x) ((unsigned long long)(x))

enum { WIDE = 900, HIGH = 180, LEFT = 60, ROOM = WIDE - LEFT - 10, TICKS = 4 };

/* One line of a drawing: which number of a sample, and how it looks. */
static const struct line {
    const char *title, *colour;
    size_t at; /* of a uint32_t in struct sim_sample */
} lines[] = {
    {"Messages in flight", "#1f5fa8", offsetof(struct sim_sample, flying)},
    {"Acts held here and not yet there", "#8a5a00", offsetof(struct sim_sample, waiting)},
    {"Nodes that are off", "#a02020", offsetof(struct sim_sample, down)},
    {"Faults so far", "#555555", offsetof(struct sim_sample, faults)},
};

static uint32_t value(const struct sim_sample *s, const struct line *l)
{
    return *(const uint32_t *)(const void *)((const char *)s + l->at);
}

static void drawing(struct buf *b, const struct sim_result *r, const struct line *l)
{
    uint32_t most = 1;
    int64_t end = 1;
    for (uint32_t k = 0; k < r->samples_n; k++) {
        if (value(&r->samples[k], l) > most) most = value(&r->samples[k], l);
        if (r->samples[k].at_ms > end) end = r->samples[k].at_ms;
    }
    buf_printf(b, "<h2>%s</h2>\n<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">\n",
               l->title, WIDE, HIGH + 30, l->title);
    for (int k = 0; k <= TICKS; k++) {
        int y = 10 + HIGH * k / TICKS, x = LEFT + ROOM * k / TICKS;
        buf_printf(b, "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>", LEFT, y, WIDE - 10, y);
        buf_printf(b, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%u</text>\n", LEFT - 6, y + 4,
                   most - (uint32_t)((uint64_t)most * (uint64_t)k / TICKS));
        buf_printf(b, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%lld min</text>\n", x,
                   HIGH + 26, (long long)(end * k / TICKS / 60000));
    }
    buf_printf(b, "<polyline stroke=\"%s\" points=\"", l->colour);
    for (uint32_t k = 0; k < r->samples_n; k++) {
        const struct sim_sample *s = &r->samples[k];
        buf_printf(b, "%lld,%lld ", (long long)(LEFT + ROOM * s->at_ms / end),
                   (long long)(10 + HIGH - (int64_t)HIGH * value(s, l) / most));
    }
    buf_printf(b, "\"/>\n</svg>\n");
}

static void matrix(struct buf *b, const struct sim_result *r)
{
    buf_printf(b, "<h2>What hit which step</h2>\n<table><tr><th>Fault</th><th>All</th>");
    for (int s = 0; s < SIM_STEPS; s++)
        buf_printf(b, "<th>%s</th>", sim_step_word((enum sim_step)s));
    buf_printf(b, "<th>Not elsewhere, because</th></tr>\n");
    for (int f = 0; f < SIM_FAULTS; f++) {
        uint64_t all = 0;
        for (int s = 0; s <= SIM_STEPS; s++) all += r->hits[f][s];
        buf_printf(b, "<tr><th>%s</th><td>%llu</td>", sim_fault_word((enum sim_fault)f), U(all));
        for (int s = 0; s < SIM_STEPS; s++) {
            if (!sim_can_hit((enum sim_fault)f, (enum sim_step)s))
                buf_printf(b, "<td></td>");
            else
                buf_printf(b, "<td%s>%llu</td>", r->hits[f][s] ? "" : " class=\"none\"",
                           U(r->hits[f][s]));
        }
        buf_printf(b, "<td class=\"why\">%s</td></tr>\n", sim_fault_why((enum sim_fault)f));
    }
    buf_printf(b, "</table>\n");
}

struct str sim_page(struct arena *a, const struct sim_options *o, const struct sim_result *r)
{
    struct buf b = buf_in(a);
    buf_printf(&b, "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
                   "<title>A simulated run</title>\n<style>\n"
                   "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;"
                   "padding:0 1rem;color:#1a1a1a}\n"
                   "svg{width:100%%;height:auto}svg line{stroke:#ddd}svg text{font-size:12px;"
                   "fill:#555}polyline{fill:none;stroke-width:1.5}\n"
                   "table{border-collapse:collapse;font-size:14px;display:block;overflow-x:auto}"
                   "th,td{padding:.2rem .5rem;border-bottom:1px solid #ddd;text-align:right}"
                   "th:first-child,.why{text-align:left}.none{color:#a02020;font-weight:bold}\n"
                   "</style></head><body>\n<h1>A simulated run</h1>\n");
    struct str text = sim_text(a, o, r), line, rest = text;
    for (int k = 0; k < 4 && str_split(rest, '\n', &line, &rest); k++)
        buf_printf(&b, "<p>" STR_FMT "</p>\n", STR_ARG(line));
    buf_printf(&b,
               r->said[0] ? "<p class=\"none\">A promise was broken. %s</p>\n"
                          : "<p>Every promise held.%s</p>\n",
               r->said);
    buf_printf(&b,
               "<p>The drawings show the first of %llu worlds. Faults stop where their line "
               "becomes level; what follows is the recovery.</p>\n",
               U(r->worlds));
    for (size_t k = 0; k < sizeof lines / sizeof *lines; k++) drawing(&b, r, &lines[k]);
    matrix(&b, r);
    buf_printf(&b, "</body></html>\n");
    return buf_as_str(&b);
}
