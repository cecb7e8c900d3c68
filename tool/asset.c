/* SPDX-License-Identifier: Apache-2.0 */
/* asset OUTPUT DEPFILE FILE... [FONTS]: what browsers fetch beside pages, as C tables.
 *
 * Run by the build. Each file gets a name with a digest of its content in it, so it may be kept for
 * ever; a style sheet says url(NAME) and gets that name. FONTS is the folder npm installs into,
 * "" when there is none: then the lines of @font-face are left out and pages use the system's
 * fonts. The style sheet comes last, after what it names. */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ASSETS = 64, NAME = 256 };

struct asset {
    char name[NAME], path[1024], digest[17];
    unsigned char *data;
    size_t n;
};
static struct asset assets[ASSETS];
static size_t asset_n;
static FILE *deps;

struct kind {
    const char *end, *type;
};
static const struct kind kinds[] = {
    {".css", "text/css; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".woff2", "font/woff2"},
    {".txt", "text/plain; charset=utf-8"},
};

static _Noreturn void die(const char *what, const char *which)
{
    fprintf(stderr, "asset: %s: %s\n", what, which);
    exit(1);
}

/* FNV-1a: it tells versions apart, it guards nothing. */
static void digest(struct asset *a)
{
    uint64_t h = 0xcbf29ce484222325;
    for (size_t k = 0; k < a->n; k++) h = (h ^ a->data[k]) * 0x100000001b3;
    snprintf(a->digest, sizeof a->digest, "%016llx", (unsigned long long)h);
}

static void *room(size_t n)
{
    void *p = malloc(n);
    if (!p) exit(1);
    return p;
}

static struct asset *asset_add(const char *path, const char *name)
{
    if (asset_n == ASSETS) die("too many files", path);
    struct asset *a = &assets[asset_n];
    FILE *in = fopen(path, "rb");
    if (!in) return NULL;
    asset_n++;
    snprintf(a->name, sizeof a->name, "%s", name);
    snprintf(a->path, sizeof a->path, "%s", path);
    fseek(in, 0, SEEK_END);
    a->n = (size_t)ftell(in);
    rewind(in);
    a->data = room(a->n + 1);
    if (fread(a->data, 1, a->n, in) != a->n) die("cannot read", path);
    a->data[a->n] = 0;
    fclose(in);
    fprintf(deps, " \\\n  %s", path);
    digest(a);
    return a;
}

static struct asset *asset_find(const char *name)
{
    for (size_t k = 0; k < asset_n; k++)
        if (strcmp(assets[k].name, name) == 0) return &assets[k];
    return NULL;
}

/* @fontsource/PACKAGE/files/PACKAGE-SUBSET-WEIGHT-normal.woff2 */
static struct asset *font_add(const char *fonts, const char *name)
{
    char path[1400], package[NAME];
    const char *family = strstr(name, "ibm-plex-");
    if (!*fonts || family != name) return NULL;
    static const char *const families[] = {"ibm-plex-sans-arabic", "ibm-plex-sans",
                                           "ibm-plex-serif", "ibm-plex-mono"};
    for (size_t k = 0; k < sizeof families / sizeof *families; k++) {
        if (strncmp(name, families[k], strlen(families[k])) != 0) continue;
        snprintf(package, sizeof package, "%s", families[k]);
        snprintf(path, sizeof path, "%s/@fontsource/%s/files/%s", fonts, package, name);
        return asset_add(path, name);
    }
    return NULL;
}

static size_t line_put(char *out, size_t n, const char *line, size_t length, const char *fonts)
{
    for (size_t k = 0; k < length;) {
        if (strncmp(line + k, "url(", 4) != 0) {
            out[n++] = line[k++];
            continue;
        }
        char name[NAME];
        size_t end = strcspn(line + k + 4, ")");
        if (end >= NAME) die("a long address in", line);
        memcpy(name, line + k + 4, end);
        name[end] = 0;
        struct asset *a = asset_find(name);
        if (!a) a = font_add(fonts, name);
        if (!a && strstr(name, ".woff2")) return SIZE_MAX;
        if (!a) die("a style sheet names what is not there", name);
        n += (size_t)snprintf(out + n, NAME * 2, "url(/asset/%s/%s)", a->digest, a->name);
        k += 4 + end + 1;
    }
    return n;
}

/* The style sheet with addresses put in; lines whose font is not installed are dropped. */
static void sheet_make(const char *path, const char *name, const char *fonts)
{
    struct asset *sheet = asset_add(path, name);
    if (!sheet) die("cannot read", path);
    size_t self = (size_t)(sheet - assets), n = 0;
    char *from = (char *)assets[self].data, *out = room(assets[self].n * 4 + 65536);
    for (char *line; (line = strsep(&from, "\n"));) {
        size_t length = strlen(line), next = line_put(out, n, line, length, fonts);
        if (next == SIZE_MAX) continue;
        n = next;
        if (from) out[n++] = '\n';
    }
    assets[self].data = (unsigned char *)out;
    assets[self].n = n;
    digest(&assets[self]);
}

static void bytes_put(FILE *out, const struct asset *a)
{
    for (size_t k = 0; k < a->n; k++) {
        unsigned char c = a->data[k];
        if (k % 64 == 0) fputs(k ? "\"\n    \"" : "    \"", out);
        if (c < 0x20 || c >= 0x7f || c == '"' || c == '\\' || c == '?')
            fprintf(out, "\\%03o", c);
        else
            fputc(c, out);
    }
    fputs("\";\n", out);
}

static const char *type_of(const char *name)
{
    const char *dot = strrchr(name, '.');
    for (size_t k = 0; dot && k < sizeof kinds / sizeof *kinds; k++)
        if (strcmp(dot, kinds[k].end) == 0) return kinds[k].type;
    die("no type for", name);
}

int main(int argc, char **argv)
{
    if (argc < 5) die("usage", "OUTPUT DEPFILE FILE... FONTS");
    deps = fopen(argv[2], "w");
    if (!deps) die("cannot write", argv[2]);
    fprintf(deps, "%s:", argv[1]);
    for (int k = 3; k < argc - 1; k++) {
        const char *name = strrchr(argv[k], '/') ? strrchr(argv[k], '/') + 1 : argv[k];
        if (strcmp(strrchr(name, '.'), ".css") == 0)
            sheet_make(argv[k], name, argv[argc - 1]);
        else if (!asset_add(argv[k], name))
            die("cannot read", argv[k]);
    }
    FILE *out = fopen(argv[1], "w");
    if (!out) die("cannot write", argv[1]);
    fputs("/* Made by tool/asset.c. */\n#include \"web/asset.h\"\n", out);
    for (size_t k = 0; k < asset_n; k++) {
        fprintf(out, "\nstatic const char data_%zu[] =\n", k);
        bytes_put(out, &assets[k]);
    }
    fputs("\nconst struct asset assets[] = {\n", out);
    for (size_t k = 0; k < asset_n; k++)
        fprintf(out, "    {\"%s\", \"%s\", \"%s\", data_%zu, %zu},\n", assets[k].name,
                assets[k].digest, type_of(assets[k].name), k, assets[k].n);
    fprintf(out, "    {0, 0, 0, 0, 0},\n};\nconst size_t assets_n = %zu;\n", asset_n);
    fputc('\n', deps);
    return fclose(out) | fclose(deps) ? 1 : 0;
}
