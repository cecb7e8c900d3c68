/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_NODE_H
#define COMITY_NODE_H
/* Reads the configuration, opens the keys, and runs the node. The only floor that knows the clock,
 * the system's randomness, signals and processes; what a folder of a node holds is in README.md.
 *
 * The functions fit `struct cli_node`: the command line gets them from src/node/main.c. */

#include "base/base.h"
#include "cli/cli.h"
#include "desk/desk.h"

enum {
    NODE_CONFIG_MAX = 64 << 10, /* bytes of comity.yaml */
    NODE_AUTHORITIES_MAX = 16,  /* of one node */
    NODE_CARRIED_MAX = 64,      /* authorities whose parcels people carry */
    NODE_KEY_YEARS = 10,        /* how long certificates made by init are good */
    NODE_GATHER_MS = 2,         /* at most this long a group waits for bodies on their way */
    NODE_DIED = 111             /* exit status when the outcome of a COMMIT is not known */
};

/* ---- what every process of the program brings ------------------------------------------------ */

extern const struct clock node_clock;   /* the system's */
extern const struct chance node_chance; /* getrandom(2); a source that fails ends the process */

/* Starts this program again: as `struct cli_node` says. ERR_INTERNAL. */
MUST err node_start(struct turn *t, const char *const *args, const char *log, int *pid_out,
                    int *out_fd);
/* A letter as PDF, made by the program comity-paper that lies beside this one, as `struct cli_node`
 * says. ERR_NONE_SUCH when there is none; ERR_BUSY when it takes too long. */
MUST err node_press(struct turn *t, const struct tree *letter, struct bytes *pdf_out);

/* A letter as a mail for MAIL_OUT, from this node's mailbox, as `struct cli_node` says. */
MUST err node_letter_mail(struct turn *t, const char *dir, const struct tree *view,
                          struct bytes pdf, const struct str *to_pem, size_t n,
                          struct bytes *message_out);

/* ---- a node in a folder ---------------------------------------------------------------------- */

/* Makes keys, certificates, the signed profile, the store and comity.yaml in a folder that is empty
 * or not there yet (ERR_CONFLICT otherwise), as `struct cli_node` says. The first officer is who
 * runs it. ERR_NONE_SUCH when the law files know no such State. */
MUST err node_init(struct turn *t, const char *dir, const struct cli_init *o,
                   const struct tree **view_out);
/* As `struct cli_node` says. */
MUST err node_backup(struct turn *t, const char *dir, const char *to, const char *keys,
                     const struct cli_progress *progress, const struct tree **view_out);
MUST err node_restore(struct turn *t, const char *from, const char *dir, const char *keys,
                      const struct cli_progress *progress, const struct tree **view_out);
/* As `struct cli_node` says. */
MUST err node_profile_sign(struct turn *t, const char *stem, struct bytes body,
                           struct bytes *cms_out);
/* Serves the folder until SIGTERM or SIGINT, then finishes what it took and closes. ERR_BUSY when
 * the folder is locked by another process or the port is taken. When a COMMIT's outcome is unknown
 * the process ends with NODE_DIED and answers nobody. */
/* With `single` all is done in this process, without walls: for tests and trying things out. */
MUST err node_serve(struct turn *t, const char *dir, bool single,
                    void (*ready)(void *ctx, uint16_t port), void *ctx);
/* Opens the desk of a stopped node for this turn, as `struct cli_node` says. */
MUST err node_desk_open(struct turn *t, const char *dir, bool write, struct desk **out);
MUST err node_carry(struct turn *t, const char *dir, const char *stick,
                    const struct tree **view_out);
MUST err node_take_over(struct turn *t, const char *dir, const struct tree **view_out);

/* ---- configuration --------------------------------------------------------------------------- */

/* Where officers' browsers come. `name` is the host they write, `zone` the time zone of their
 * clocks and may be missing. */
struct node_officers {
    struct str address, name, zone;
    int64_t port; /* 0: no pages are served */
};
/* Mail of this node's desk. Texts that are empty were not given. */
struct node_mail {
    struct str from; /* our mailbox, for authorities that the tables give none; bounces go there */
    struct str smtp; /* the server that takes what leaves; empty: nothing leaves */
    bool plain;      /* `tls: false`, only towards this machine */
    struct str user, password_file, ca; /* files below the node's folder, or absolute */
    struct str helo;                    /* our name, as we greet with it */
    struct str maildir; /* a folder in the node's folder, that a mail server fills; empty: none */
};
/* A mailbox of this node itself, and those of nodes that it reaches by mail; mail leaves by `smtp`
 * of the desk's mail. */
struct node_mailbox {
    struct str from, maildir;           /* ours; the folder in the node's folder that is filled */
    int64_t again_s;                    /* a parcel is mailed again after so long; doubled */
    struct str peers[NODE_CARRIED_MAX]; /* whose mailboxes; they are among `carried` */
    struct str mailboxes[NODE_CARRIED_MAX];
    size_t peers_n; /* 0: none */
};
/* comity.yaml: {state, address, port, url, training, polls, uids, database, authorities, carried,
 * mailbox, officers, mail}.
 * `uids` may be missing: the processes of a node that is started as root have the uids after it. So
 * may `database`, a conninfo string of libpq, and `officers` ({address, port, name, zone}): then no
 * pages are served. */
struct node_config {
    struct str state, address, url;
    struct str database; /* of a PostgreSQL; empty: a file in the folder */
    int64_t port, uids;
    bool training;
    bool polls; /* nobody reaches this node: it asks its peers for what waits; may be missing */
    struct str authorities[NODE_AUTHORITIES_MAX]; /* "XN/csb" */
    size_t authorities_n;
    struct node_officers officers;
    struct node_mail mail;                /* may be missing: then none leaves and none comes in */
    struct str carried[NODE_CARRIED_MAX]; /* addresses whose parcels people carry; may be missing */
    size_t carried_n;
    struct node_mailbox mailbox;
};
/* ERR_REJECTED naming file, line and key; ERR_NONE_SUCH when there is no such file. */
MUST err node_config_read(struct turn *t, const char *path, struct node_config *out);
struct str node_config_text(struct arena *a, const struct node_config *c);

/* ---- keeper over files ----------------------------------------------------------------------- */

/* Where keys lie: `folder`/NAME/{seal,open}.{key,pem} for each authority "ST/NAME", and
 * `folder`/{tls.key,tls.pem,ledger.key,storage.key,head,head.kept}. */
struct node_keeper;
/* Reads all keys and the last head into this process. ERR_INTEGRITY naming the file that is missing
 * or cut, or when the last head is not signed by this ledger key; ERR_REJECTED when a file is no
 * key. It ends with the turn's arena, and the keys are wiped then. */
MUST err node_keeper_open(struct turn *t, const char *folder, const struct node_config *c,
                          const struct suite *suite, struct node_keeper **out);
struct keeper node_keeper_hooks(struct node_keeper *k);
/* Makes the last head durable; background work. Head files may lag the store, never lead it. */
MUST err node_keeper_sync(struct turn *t, struct node_keeper *k);
uint64_t node_keeper_syncs(const struct node_keeper *k);
/* For the sockets: PEM, with a terminating zero. */
const char *node_keeper_tls_key(const struct node_keeper *k);
const char *node_keeper_tls_cert(const struct node_keeper *k);
/* "comity.xn/csb": the origin of the log and the name of its key. */
struct str node_log_origin(struct arena *a, const struct node_config *c);

#endif
