# SPDX-License-Identifier: Apache-2.0
# Reads C files named on the command line (below the tree in variable root) and prints
# "RULE WHERE: what" for each broken house rule. Used by test/house/tidy.

BEGIN {
    function_max = 70
    file_max = 800
    front_max = 250
    column_max = 100
    # Call, what to use instead, and where it may stand all the same (a prefix below the root).
    plain_definition = "^(int|bool|char|size_t|ssize_t|unsigned|long|u?int(8|16|32|64)_t|" \
        "(struct|enum|union) [a-z_0-9]+) \\**[a-z_0-9]+(\\[[^]]*\\])*( = .*)?[;{]$"
    ban("malloc|calloc|realloc|reallocarray|strdup|strndup|asprintf|vasprintf", "arena_take",
        "src/base/arena.c")
    ban("free", "an arena", "src/base/arena.c src/codec/ src/seal/ src/net/ src/db/")
    ban("strcpy|strncpy|stpcpy|strcat|strncat|sprintf|vsprintf|gets", "str_printf or buf", "")
    ban("strtok|strtok_r|strsep", "str_split", "")
    ban("atoi|atol|atoll|atof|strtol|strtoul|strtoll|strtoull|strtod|sscanf|scanf|fscanf",
        "str_to_int", "")
    ban("alloca", "arena_take", "")
    ban("time|gettimeofday|clock_gettime|clock|ftime", "the clock of the turn", "src/node/")
    ban("localtime|localtime_r|mktime|strftime|strptime|ctime|asctime", "time_text", "")
    ban("rand|srand|random|srandom|drand48|rand_r|getrandom|getentropy|RAND_bytes",
        "the chance of the turn", "src/node/")
    ban("getenv|secure_getenv|setenv|putenv|setlocale|newlocale|uselocale|nl_langinfo",
        "an argument", "src/node/")
    ban("sleep|usleep|nanosleep|clock_nanosleep", "a timer of the event loop", "")
    ban("system|popen|tempnam|tmpnam|mktemp", "posix_spawn or a folder of one's own", "")
    ban("exit|_exit|abort|quick_exit", "an err passed up",
        "src/node/ src/guard/spawn.c src/base/arena.c src/base/buf.c")
    ban("strerror|strerror_r|perror|strcoll|toupper|tolower|isalpha|isdigit|isspace",
        "errno_words, or plain comparisons: these ask the locale", "")
    ban("setjmp|longjmp|sigsetjmp|siglongjmp", "err", "")
}

function ban(calls, instead, where,    n, c, i) {
    n = split(calls, c, "|")
    for (i = 1; i <= n; i++) { banned[c[i]] = instead; allowed[c[i]] = where }
}

function say(rule, what) { print rule " " rel ":" FNR ": " what }

function may_here(call,    n, p, i) {
    n = split(allowed[call], p, " ")
    for (i = 1; i <= n; i++) if (index(rel, p[i]) == 1) return 1
    return 0
}

# The line without comments; what stood in quotes is left empty, and kept in `quoted`.
function code_of(line,    out, c, two) {
    out = ""
    quoted = ""
    while (line != "") {
        if (in_comment) {
            if (!(c = index(line, "*/"))) return out
            line = substr(line, c + 2)
            in_comment = 0
            continue
        }
        two = substr(line, 1, 2)
        c = substr(line, 1, 1)
        if (two == "/*") { in_comment = 1; line = substr(line, 3); continue }
        if (two == "//") return out
        if (c == "\"" || c == "'") {
            found = c == "\"" ? match(line, "^\"([^\"\\\\]|\\\\.)*\"") \
                              : match(line, "^'([^'\\\\]|\\\\.)*'")
            if (!found) return out line
            if (c == "\"") quoted = quoted " " substr(line, 2, RLENGTH - 2)
            out = out c c
            line = substr(line, RLENGTH + 1)
            continue
        }
        out = out c
        line = substr(line, 2)
    }
    return out
}

FNR == 1 {
    finish_file()
    rel = substr(FILENAME, length(root) + 2)
    in_src = rel ~ /^src\//
    in_comment = 0
    start = 0
    n = split(rel, part, "/")
    front = in_src && n == 3 && part[3] == part[2] ".h"
    if ($0 !~ /^\/\* SPDX-License-Identifier: Apache-2\.0/)
        say("spdx", "the first line names the licence")
}

function finish_file() {
    if (lines > file_max) print "size " rel ": " lines " lines, at most " file_max
    if (front && lines > front_max)
        print "size " rel ": a front header of " lines " lines, at most " front_max
}
END { finish_file() }

{
    lines = FNR
    wide = $0
    gsub(/[\200-\277]/, "", wide)
    if (length(wide) > column_max) say("columns", length(wide) " columns, at most " column_max)
    if ($0 ~ /\t/) say("columns", "a tab")
    if ($0 ~ /[ \t\r]$/) say("columns", "blanks at the end")

    if ($0 ~ /^\{/) start = FNR
    if ($0 ~ /^\}/ && start) {
        if (FNR - start - 1 > function_max)
            say("size", "a function of " (FNR - start - 1) " lines, at most " function_max)
        start = 0
    }

    code = code_of($0)
    check_calls(code)
    if (in_src) check_source(code)
}

function check_calls(code,    rest, call) {
    rest = code
    while (match(rest, /[A-Za-z_][A-Za-z0-9_]*[ ]*\(/)) {
        call = substr(rest, RSTART, RLENGTH - 1)
        before = substr(rest, 1, RSTART - 1)
        rest = substr(rest, RSTART + RLENGTH)
        sub(/ +$/, "", call)
        if (!(call in banned) || before ~ /(\.|->)$/) continue
        # Tests may look at the world; what makes them wait or overrun stays banned there too.
        if (!in_src && call !~ /^(strcpy|strcat|sprintf|vsprintf|gets|alloca|strtok|atoi|rand)$/ &&
            call !~ /sleep$/) continue
        if (!may_here(call)) say("calls", call "(): use " banned[call])
    }
}

# A definition that can be written to, at the top of a file or in a function.
function is_mutable(code,    what) {
    if (rel ~ /\.c$/ && code !~ /\(/ && code ~ /(;|= \{)$/ && code ~ plain_definition) return 1
    if (code !~ /^[ ]*static / || code !~ /[;={\[]/) return 0
    if (code ~ /^static (inline )?(struct|enum|union) [a-z_0-9]+ \{/) return 0
    if (code ~ /\(/ && code !~ /[^=!<>]= *\{?$/) return 0
    what = code
    sub(/=.*/, "", what)
    if (what !~ /const/) return 1
    return what ~ /\*/ && what !~ /\* ?const/
}

function check_source(code) {
    if (is_mutable(code)) say("static", "what can be written to is passed as an argument")
    if (code ~ /_Thread_local|__thread/) say("static", "a thread's own variable: pass it")
    if (code ~ /typedef (struct|union)|typedef .*\* *[a-z_]+;/)
        say("typedef", "it hides a struct or pointer")
    if (rel !~ /^src\/(store|db)\// &&
        quoted ~ /(SELECT .* FROM|INSERT INTO|UPDATE [a-z_]+ SET|DELETE FROM|CREATE (TABLE|INDEX))/)
        say("sql", "SQL stands in store/")
}
