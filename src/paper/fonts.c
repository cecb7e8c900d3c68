/* SPDX-License-Identifier: Apache-2.0 */
/* The fonts, by file. The system's own choice of fonts is never asked, because it differs from
 * machine to machine: which files there are stands in font.def, and of those only the ones are
 * opened that the letters of the document need. */

#include "paper/inner.h"

#include <fontconfig/fontconfig.h>
#include <pango/pangofc-fontmap.h>
#include <unistd.h>

static const struct {
    const char *file;
    uint32_t first, last;
} files[] = {
#define FONT(file, first, last) {file, first, last},
#include "paper/font.def"
#undef FONT
};
enum { FILES = sizeof files / sizeof *files };

static void config_free_(FcConfig **c)
{
    if (*c) FcConfigDestroy(*c);
}
static void map_free_(PangoFontMap **m)
{
    if (*m) g_object_unref(*m);
}
#define auto_config __attribute__((cleanup(config_free_))) FcConfig *
#define auto_map __attribute__((cleanup(map_free_))) PangoFontMap *

/* Marks the files that the letters of a text need. */
static void mark_text(struct str s, bool need[FILES])
{
    while (s.n) {
        if ((uint8_t)*s.p < 0x80) {
            s.p++;
            s.n--;
            continue;
        }
        uint32_t c = paper_char_next(&s);
        if (c < 0x0530) continue; /* Latin, Greek, Cyrillic: the files of the first rows */
        for (size_t i = 0; i < FILES; i++) need[i] |= c >= files[i].first && c <= files[i].last;
    }
}

/* The depth of a document is bounded by paper_check. */
static void mark(const struct tree *m, bool need[FILES])
{
    if (m->kind == TREE_STR) mark_text(m->str, need);
    for (const struct tree *c = m->child; c; c = c->next) mark(c, need);
}

static PangoContext *context(struct arena *a, PangoFontMap *map, PangoDirection dir)
{
    PangoContext *c = pango_font_map_create_context(map);
    arena_on_free(a, g_object_unref, c);
    cairo_font_options_t *o = cairo_font_options_create();
    cairo_font_options_set_hint_metrics(o, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_hint_style(o, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_antialias(o, CAIRO_ANTIALIAS_GRAY);
    pango_cairo_context_set_font_options(c, o);
    cairo_font_options_destroy(o);
    pango_cairo_context_set_resolution(c, 72);
    pango_context_set_round_glyph_positions(c, FALSE);
    pango_context_set_base_dir(c, dir);
    pango_context_set_language(c, pango_language_from_string("en"));
    return c;
}

err paper_fonts_open(struct turn *t, const char *folder, const struct tree *document,
                     struct fonts *out)
{
    bool need[FILES] = {0};
    for (size_t i = 0; i < FILES; i++) need[i] = files[i].first == 0;
    mark(document, need);
    auto_config config = FcConfigCreate();
    for (size_t i = 0; i < FILES; i++) {
        const char *path =
            str_printf(t->arena, "%s/%s%c", folder ? folder : PAPER_FONTS, files[i].file, 0).p;
        for (size_t j = 0; j < i && need[i]; j++) {
            if (need[j] && str_eq(str_of(files[j].file), str_of(files[i].file))) need[i] = false;
        }
        if (!need[i]) continue;
        if (!config || access(path, R_OK) != 0 ||
            !FcConfigAppFontAddFile(config, (const FcChar8 *)path))
            return turn_fail(
                t, ERR_NONE_SUCH, "paper-font", NULL,
                "The font file %s is missing or cannot be read. Nothing was printed. "
                "Install Debian's fonts-noto-core, fonts-noto-mono and fonts-noto-cjk, "
                "or name the folder they are in.",
                path);
    }
    /* The current one too, so that pango does not read the system's. */
    FcConfigSetCurrent(config);
    auto_map map = pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT);
    pango_fc_font_map_set_config(PANGO_FC_FONT_MAP(map), config);
    *out = (struct fonts){.onward = context(t->arena, map, PANGO_DIRECTION_LTR),
                          .turned = context(t->arena, map, PANGO_DIRECTION_RTL)};
    return ERR_OK;
}
