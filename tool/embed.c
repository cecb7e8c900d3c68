/* SPDX-License-Identifier: Apache-2.0 */
/* embed NAME OUTPUT DEPFILE FOLDER...: writes the YAML files under the folders as one C table.
 *
 * Run by the build. The table NAME is one of struct law_file in src/law/law.h: path below its
 * folder, bytes, size, sorted by path; NAME_n says how many. A path stands in one folder only. The
 * dependency file names every file and every folder, so a law file that is added, removed or
 * changed builds the table anew. It does not check what the files say. */

#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILES_MAX = 4096, PATH_SIZE = 512, DEPTH_OPEN = 16 };

/* nftw passes no context, so what it collects stands here. */
static struct found {
    char path[PATH_SIZE];
    size_t below; /* where the path below the folder begins */
} files[FILES_MAX];
static size_t file_n, below;
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
    if (file_n == FILES_MAX) die("too many files", path);
    if (strlen(path) >= PATH_SIZE) die("path too long", path);
    memcpy(files[file_n].path, path, strlen(path) + 1);
    files[file_n++].below = below;
    return 0;
}

static const char *name_of(const struct found *f) { return f->path + f->below; }

static int by_name(const void *a, const void *b) { return strcmp(name_of(a), name_of(b)); }

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

static void find(const char *folder)
{
    below = strlen(folder) + 1;
    if (nftw(folder, collect, DEPTH_OPEN, FTW_PHYS) != 0) die("cannot walk", folder);
}

int main(int argc, char **argv)
{
    if (argc < 5) die("usage", "embed NAME OUTPUT DEPFILE FOLDER...");
    const char *name = argv[1];
    FILE *out = fopen(argv[2], "w");
    deps = fopen(argv[3], "w");
    if (!out || !deps) die("cannot write", argv[2]);
    fprintf(deps, "%s:", argv[2]);
    for (int i = 4; i < argc; i++) find(argv[i]);
    qsort(files, file_n, sizeof *files, by_name);

    fputs("/* Made by tool/embed.c from law files. */\n#include \"law/law.h\"\n", out);
    fprintf(out, "extern const struct law_file %s[];\nextern const size_t %s_n;\n", name, name);
    static size_t sizes[FILES_MAX];
    for (size_t i = 0; i < file_n; i++) {
        if (i && by_name(&files[i - 1], &files[i]) == 0) die("in two folders", files[i].path);
        FILE *in = fopen(files[i].path, "r");
        if (!in) die("cannot read", files[i].path);
        fprintf(out, "\nstatic const unsigned char file_%zu[] =\n", i);
        sizes[i] = put_bytes(out, in);
        fputs(";\n", out);
        if (ferror(in) || fclose(in)) die("cannot read", files[i].path);
    }
    fprintf(out, "\nconst struct law_file %s[] = {\n", name);
    for (size_t i = 0; i < file_n; i++)
        fprintf(out, "    {\"%s\", file_%zu, %zu},\n", name_of(&files[i]), i, sizes[i]);
    fprintf(out, "    {0, 0, 0},\n};\nconst size_t %s_n = %zu;\n", name, file_n);
    fputc('\n', deps);
    if (fclose(out) || fclose(deps)) die("cannot write", argv[2]);
    return 0;
}
