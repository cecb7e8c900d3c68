/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_CLI_H
#define COMITY_CLI_H
/* Turns a command line into a desk action, and the view into text or JSON.
 *
 * It speaks to the running node over the socket in its folder; with the node stopped it only reads.
 * What needs the floor above (keys, processes, the environment) comes in by `struct cli_node`. */

#include "base/base.h"
#include "codec/codec.h"

struct desk;

/* The socket in a node's folder, and the bounds of a message over it, both ways. A request is
 * {"action":word,"args":{…}}, the words and arguments those of desk.h. A reply is {"ok":bool,
 * "view":…,"fault":{"err","code","article","particular","sentence"}}: `view` is absent when there
 * is none, `fault` is absent when ok is true, `err` is the word of base/err.def; a "no" may have
 * both. */
#define CLI_SOCKET "comity.sock"
enum { CLI_MESSAGE_MAX = 96 << 20 }; /* bytes; an exported parcel in base64 fits */
extern const struct tree_limits cli_message_limits;

/* What `init` may be told beside the folder. Empty texts and 0 take what the State's file or the
 * defaults of `node` say. */
struct cli_init {
    struct str state;   /* "XN" */
    struct str address; /* to listen on, a literal one; default 127.0.0.1 */
    struct str url;     /* how other nodes reach it; default https://ADDRESS:PORT */
    int64_t port;       /* default 7443 */
    /* Where officers' browsers come, HOST:PORT as they write it; empty: no pages are served. */
    struct str pages;
    bool training; /* beside what the State's file says */
    /* Conninfo string of a PostgreSQL; empty: the database is a file in the folder. */
    struct str database;
};

/* How far something long has come; `say` may be NULL. */
struct cli_progress {
    void (*say)(void *ctx, const char *what, uint64_t done, uint64_t all);
    void *ctx;
};

/* What `node` gives. Each call answers as any other does: err, and the fault in the turn. */
struct cli_node {
    /* Makes a node in `dir` (made if need be). The view says what was made and what to do with the
     * root key: {"state","node","url","dir","root" (file),"authorities":[…],"training"}. */
    err (*init)(struct turn *t, const char *dir, const struct cli_init *o,
                const struct tree **view_out);
    /* Serves until a signal ends it. `ready` is called once, when both sockets listen, with the
     * port of the wire; ERR_BUSY when another serves this folder or the port is taken. `single`:
     * in one process, without walls between its parts. */
    err (*serve)(struct turn *t, const char *dir, bool single,
                 void (*ready)(void *ctx, uint16_t port), void *ctx);
    /* Writes a backup of the node in `dir`, which may be running, into the folder `to`, made if
     * need be (ERR_CONFLICT where something is there), and opens and checks it whole. With `keys`,
     * the private keys go into that folder, apart; NULL: they do not. View: {"backup","records",
     * "documents","size","keys"}. */
    err (*backup)(struct turn *t, const char *dir, const char *to, const char *keys,
                  const struct cli_progress *progress, const struct tree **view_out);
    /* Puts a node back from the backup in `from` into `dir`, as a new incarnation. ERR_CONFLICT
     * when a store is there, in the folder or in the database that the backup names. The keys are
     * those in `dir`, or in the folder `keys`. View: {"dir",
     * "incarnation","records","documents","origin","size"}. */
    err (*restore)(struct turn *t, const char *from, const char *dir, const char *keys,
                   const struct cli_progress *progress, const struct tree **view_out);
    /* Opens the desk of a stopped node; it is closed when the turn's arena ends. With `write` it
     * takes the folder's lock (ERR_BUSY while a node serves it); without, it only reads.
     * ERR_NONE_SUCH when the folder holds no node. */
    err (*desk_open)(struct turn *t, const char *dir, bool write, struct desk **out);
    /* Takes what was brought on a stick (a folder) for this node, and puts onto it what is to be
     * carried to others: {"dir","stick","taken","given","delivered"}. */
    err (*carry)(struct turn *t, const char *dir, const char *stick, const struct tree **view_out);
    /* Makes this folder's node the one that writes its database on a server, from a node of another
     * folder that has ended for good: {"dir","taken_over"}. ERR_USAGE where it is a file. */
    err (*take_over)(struct turn *t, const char *dir, const struct tree **view_out);
    const struct clock *clock;
    const struct chance *chance;
    /* Starts this program again with other arguments (NULL-ended, without the program's name); it
     * ends when this process does, and no signal is blocked in it. `out_fd` reads its standard
     * output; its standard error goes to the file `log`. Whoever starts it stops it and waits. */
    err (*start)(struct turn *t, const char *const *args, const char *log, int *pid_out,
                 int *out_fd);
    /* Makes pages of a letter (its form is in paper.h). NULL where this program has no page maker.
     */
    err (*press)(struct turn *t, const struct tree *letter, struct bytes *pdf_out);
    /* Makes a mail of what the action LETTER answered and its pages, for MAIL_OUT: from the mailbox
     * in the settings of the node in `dir`, and with certificates (PEM) sealed to them. */
    err (*letter_mail)(struct turn *t, const char *dir, const struct tree *view, struct bytes pdf,
                       const struct str *to_pem, size_t n, struct bytes *message_out);
    /* Signs the text of a profile by the root whose key and certificate are `stem`.key and .pem,
     * and reads it back as a peer would. */
    err (*profile_sign)(struct turn *t, const char *stem, struct bytes body, struct bytes *cms_out);
    struct zones zones; /* by which the time zones of tables are checked */
    bool no_color;      /* NO_COLOR stands in the environment */
};

/* The whole command line: answers the exit code (err.def; `comity help exit-codes`). SIGPIPE must
 * be ignored. */
int cli_main(int argc, char **argv, const struct cli_node *node);

#endif
