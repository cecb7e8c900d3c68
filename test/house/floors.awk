# SPDX-License-Identifier: Apache-2.0
# Reads FLOORS, then a list of source files, and prints each include that breaks a rule.
# Variable: root, the tree. Used by test/house/floors.

function say(rule, where, what) { print rule " " where ": " what }

# Does the header match one of the space-separated patterns (a name, or folder/*)?
function matches(header, patterns,    n, p, i) {
    n = split(patterns, p, " ")
    for (i = 1; i <= n; i++) {
        if (p[i] == header) return 1
        if (sub(/\*$/, "", p[i]) && index(header, p[i]) == 1) return 1
    }
    return 0
}

function has(list, word) { return index(" " list " ", " " word " ") > 0 }

FNR == NR {
    if ($0 ~ /^#/ || $0 ~ /^[ \t]*$/) next
    if (split($0, col, ":") != 4) { say("table", "FLOORS:" FNR, "a row has four columns"); next }
    for (i = 1; i <= 4; i++) gsub(/^[ \t]+|[ \t]+$/, "", col[i])
    if (col[1] == "*") { system_headers = system_headers " " col[4]; next }
    if (col[1] in floor) say("table", "FLOORS:" FNR, col[1] " stands twice")
    floor[col[1]] = col[2] + 0
    may[col[1]] = col[3]
    foreign[col[1]] = col[4]
    line[col[1]] = FNR
    next
}

FNR == 1 { check_table() }

{ check_file($0) }

function check_table(    m, n, list, i) {
    for (m in floor) {
        n = split(may[m], list, " ")
        for (i = 1; i <= n; i++) {
            if (!(list[i] in floor))
                say("table", "FLOORS:" line[m], list[i] " has no row")
            # Two modules of floor 0 exist; all others go strictly down.
            else if (floor[list[i]] >= floor[m] && !(m == "codec" && list[i] == "base"))
                say("table", "FLOORS:" line[m], m " may not include " list[i] ", it is not lower")
        }
        n = has(may[m], "store") || has(may[m], "db") || has(may[m], "vault")
        if (has("post cli web", m) && n)
            say("door", "FLOORS:" line[m], m " is a door: it calls desk")
    }
    if (may["proof"] != "base codec seal ledger")
        say("door", "FLOORS:" line["proof"], "the verifier is base, codec, seal and ledger alone")
    if (has(may["node"], "store"))
        say("door", "FLOORS:" line["node"], "node reaches the store through desk")
}

function check_file(path,    rel, m, front, text, n, where, header) {
    rel = substr(path, length(root) + 2)
    m = rel
    sub(/^src\//, "", m)
    sub(/\/.*/, "", m)
    if (!(m in floor)) {
        if (!(m in told)) say("table", "src/" m, "has no row in FLOORS")
        told[m] = 1
        return
    }
    front = rel == "src/" m "/" m ".h"
    for (n = 1; (getline text < path) > 0; n++) {
        if (text !~ /^[ \t]*#[ \t]*include/) continue
        where = rel ":" n
        header = text
        sub(/^[ \t]*#[ \t]*include[ \t]*/, "", header)
        if (header !~ /^"[^"]+"|^<[^>]+>/) {
            say("front", where, "an include is a name, not a macro")
            continue
        }
        header = substr(header, 2)
        sub(/[">].*/, "", header)
        check_include(m, front, header, where, text ~ /"/)
    }
    close(path)
}

function check_include(m, front, header, where, quoted,    other, k) {
    for (k in floor) {
        if (foreign[k] == "" || !matches(header, foreign[k])) continue
        if (k != m) say("foreign", where, "<" header "> belongs to " k)
        else if (front) say("foreign", where, "a front header shows <" header ">")
        return
    }
    other = header
    sub(/\/.*/, "", other)
    if (header ~ /\.\./ || (header !~ /\// && quoted)) {
        say("front", where, "write the folder: \"" m "/...\"")
        return
    }
    if (!(other in floor)) {
        if (!matches(header, system_headers))
            say("system", where, "<" header "> is not listed in FLOORS")
        return
    }
    if (other == m) return
    if (!has(may[m], other)) say("listed", where, m " may not include " other)
    else if (header != other "/" other ".h") say("front", where, other " shows only " other ".h")
}
