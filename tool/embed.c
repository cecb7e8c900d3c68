/* SPDX-License-Identifier: Apache-2.0 */
/* embed FOLDER OUTPUT DEPFILE: writes the YAML files under FOLDER as C tables.
 *
 * Run by the build. The table is what src/law/law.h declares: path below FOLDER, bytes, size,
 * sorted by path. The dependency file names every file and every folder, so a law file that is
 * added, removed or changed builds the table anew. It does not check what the files say. */

#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILES_MAX = 4096, PATH_SIZE = 512, DEPTH_OPEN = 16 };

/* nftw passes no context, so what it collects stands here. */
static char paths[FILES_MAX][PATH_SIZE];
static size_t path_n;
static FILE *deps;

static _Noreturn void die(const char *what, const char *which)
{
    fprintf(stderr, "embed: %s: %s\n", what, which);
    exit(1);
}

static int collect(const char *path, const struct stat *st, int type, struct FTW *where)
{
    (void)st;
    (void)where;
    const char *dot = strrchr(path, '.');
    bool is_law = type == FTW_F && dot && strcmp(dot, ".yaml") == 0;
    if (type == FTW_D || is_law) fprintf(deps, " \\\n  %s", path);
    if (!is_law) return 0;
    if (path_n == FILES_MAX) die("too many files", path);
    if (strlen(path) >= PATH_SIZE) die("path too long", path);
    memcpy(paths[path_n++], path, strlen(path) + 1);
    return 0;
}

static int by_path(const void *a, const void *b) { return strcmp(a, b); }

/* The bytes as a string literal: much faster to compile than a list of numbers. */
static size_t put_bytes(FILE *out, FILE *in)
{
    size_t n = 0;
    fputs("    \"", out);
    for (int c; (c = getc(in)) != EOF; n++) {
        if (c == '\n')
            fputs("\\n\"\n    \"", out);
        else if (c == '"' || c == '\\' || c == '?')
            fprintf(out, "\\%c", c);
        else if (c < 0x20 || c >= 0x7f)
            fprintf(out, "\\%03o", (unsigned)c);
        else
            putc(c, out);
    }
    fputs("\"", out);
    return n;
}

int main(int argc, char **argv)
{
    if (argc != 4) die("usage", "embed FOLDER OUTPUT DEPFILE");
    FILE *out = fopen(argv[2], "w");
    deps = fopen(argv[3], "w");
    if (!out || !deps) die("cannot write", argv[2]);
    fprintf(deps, "%s:", argv[2]);
    if (nftw(argv[1], collect, DEPTH_OPEN, FTW_PHYS) != 0) die("cannot walk", argv[1]);
    qsort(paths, path_n, PATH_SIZE, by_path);

    fputs("/* Made by tool/embed.c from the files under law/. */\n#include \"law/law.h\"\n", out);
    static size_t sizes[FILES_MAX];
    for (size_t i = 0; i < path_n; i++) {
        FILE *in = fopen(paths[i], "r");
        if (!in) die("cannot read", paths[i]);
        fprintf(out, "\nstatic const unsigned char file_%zu[] =\n", i);
        sizes[i] = put_bytes(out, in);
        fputs(";\n", out);
        if (ferror(in) || fclose(in)) die("cannot read", paths[i]);
    }
    fputs("\nconst struct law_file law_embedded[] = {\n", out);
    for (size_t i = 0; i < path_n; i++)
        fprintf(out, "    {\"%s\", file_%zu, %zu},\n", paths[i] + strlen(argv[1]) + 1, i, sizes[i]);
    fprintf(out, "    {0, 0, 0},\n};\nconst size_t law_embedded_n = %zu;\n", path_n);
    fputc('\n', deps);
    if (fclose(out) || fclose(deps)) die("cannot write", argv[2]);
    return 0;
}
