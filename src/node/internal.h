/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_NODE_INTERNAL_H
#define COMITY_NODE_INTERNAL_H
/* What the files of this folder share: a node's folder opened, its keys as files, its local door.
 */

#include "net/net.h"
#include "node/node.h"
#include "seal/seal.h"
#include "web/web.h"

/* `dir`/`name`, as a terminated text. */
const char *node_path(struct arena *a, const char *dir, const char *name);
/* Makes a folder with mode 0700; one that is there already is no error. */
MUST err node_folder_make(struct turn *t, const char *path);

/* ---- its database (database.c) --------------------------------------------------------------- */

enum { NODE_STORE_FILES = 3, NODE_OWNER_MAX = 64 };
extern const char *const node_store_files[NODE_STORE_FILES]; /* of a node without a server */
struct db_options;
/* Where it is: a file in `dir`, or what the settings name. */
void node_database_of(struct arena *a, const char *dir, const struct node_config *c,
                      struct db_options *out);
/* Of a node that was made: ERR_INTEGRITY when its file is missing or empty. */
MUST err node_database_there(struct turn *t, const char *dir, const struct node_config *c);
/* Makes the files beside it. */
MUST err node_database_files(struct turn *t, const char *dir, const struct node_config *c);
/* The id by which a database on a server knows this folder; made when there is none. */
MUST err node_owner(struct turn *t, const char *dir, struct id *out);

/* ---- keys as files --------------------------------------------------------------------------- */

enum { NODE_SEED_SIZE = 32 };
/* A private key with its certificate: `stem`.key and `stem`.pem. */
struct node_pair {
    struct seal_key *key;
    struct bytes der;
};
/* A file below keys/ whole: init made it, so ERR_INTEGRITY when it is missing. */
MUST err node_key_file_read(struct turn *t, const char *path, struct bytes *out);
/* The key is freed when the turn's arena ends. */
MUST err node_pair_read(struct turn *t, const char *stem, struct node_pair *out);
MUST err node_pair_write(struct turn *t, const char *stem, const struct node_pair *p);
/* The incarnation that the keys in `folder` are of: what the file beside them says, or 1. */
MUST err node_life_read(struct turn *t, const char *folder, int64_t *out);
/* The last head it signed in an older incarnation, as a note; empty: it knows of none. */
struct str node_keeper_before(const struct node_keeper *k);
/* The folder of an authority's keys below `keys`: "csb" for "XN/csb". */
const char *node_keys_of(struct arena *a, const char *keys, struct str address);

/* The key of an authority (SEAL_SEAL, SEAL_OPEN), or of the node (SEAL_TLS, without an address). */
MUST err node_keeper_key(struct turn *t, struct node_keeper *k, enum seal_role role,
                         struct str address, const struct seal_key **out);

/* Whole for every reader and across the death of this process, not durable. */
MUST err node_note_write(struct turn *t, const char *path, struct str note);
/* Keeper as a witness: where it keeps what it saw, and what it signs with. */
struct node_witness {
    const char *folder;
    const struct ledger_vkey *key;
    const uint8_t *seed;
};
/* As the hooks of `struct keeper` say. A file that is torn counts as none while the other is whole;
 * else ERR_INTEGRITY. */
MUST err node_witness_seen(struct turn *t, const char *folder, struct str origin,
                           struct str *note_out);
MUST err node_witness(struct turn *t, const struct node_witness *w, const struct ledger_vkey *log,
                      const struct ledger_add *x, bool cosigns, struct str *line_out);

/* ---- a node's folder ------------------------------------------------------------------------- */

/* Opened for as long as the turn's arena lives. */
struct node_folder {
    const char *dir;
    struct node_config config;
    struct node_keeper *keeper;
    struct desk *desk;
};
/* The settings of a folder. ERR_NONE_SUCH when it holds no node. */
MUST err node_folder_config(struct turn *t, const char *dir, struct node_config *out);
/* The folder's lock, until the turn's arena ends; ERR_BUSY when it is not free in time. */
MUST err node_lock_take(struct turn *t, const char *dir, int wait_ms, int *fd_out);
/* What a desk does when a COMMIT's outcome is not known: ends the process with NODE_DIED. */
void node_die(void *ctx, const char *why);
enum node_use {
    NODE_READS,   /* beside nobody, but without the lock */
    NODE_WRITES,  /* takes the lock */
    NODE_TAKES,   /* the same, from a node of another folder that wrote this database */
    NODE_MAKES,   /* the same, and makes the store: init */
    NODE_RESTORES /* the same for a store from a backup: nothing but fsck and RESTORE is done */
};
MUST err node_folder_open(struct turn *t, const char *dir, enum node_use use,
                          struct node_folder *out);
/* The same with settings that are not written yet. */
MUST err node_folder_with(struct turn *t, const char *dir, const struct node_config *c,
                          enum node_use use, struct node_folder *out);

/* What people carry, below the node's folder: a Maildir for what comes, and out/ (carry.c). */
#define NODE_CARRIED "carried"
MUST err node_carried_there(struct turn *t, const char *dir);

/* ---- copies of a node --------------------------------------------------------------------------
 */

/* A file of at most 65 MiB, made with mode 0600 and durable. */
MUST err node_file_copy(struct turn *t, const char *from, const char *to);
struct node_copying {
    const char *what; /* for who watches */
    bool share;       /* the files never change: another name of them will do */
    const struct cli_progress *progress;
    uint64_t files, bytes; /* so far */
};
/* A folder and what is below it, at most `depth` (up to 4) folders deep; names that begin with a
 * point stay behind. */
MUST err node_folder_copy(struct turn *t, struct node_copying *c, const char *from, const char *to,
                          int depth);
/* A turn of whoever stands at this computer, and its view. */
MUST err node_desk_turn(struct turn *t, struct desk *d, enum desk_action action,
                        const struct tree *args, const struct tree **view_out);

/* ---- the command line's door ----------------------------------------------------------------- */

struct node_local;
/* Listens on `dir`/comity.sock from the turn's arena; with `listens` above 0, on that descriptor of
 * it. `pids` are the node's processes, by enum guard_process and the
 * broker last, for STATUS; NULL: just this one. */
MUST err node_local_start(struct turn *t, struct net_loop *loop, struct desk *desk, const char *dir,
                          int listens, const int *pids, struct node_local **out);
/* Who read content is written down within a second, never in the way of an answer; whoever serves
 * calls this in each round, and with `last` before the desk is closed. */
void node_reads_write(struct desk *desk, struct turn *t, bool last);
/* When the desk's queue is empty. NULL is allowed. */
void node_local_stop(struct node_local *l);

/* ---- the officers' door ---------------------------------------------------------------------- */

/* `officers` of comity.yaml, read and written. */
MUST err node_officers_read(struct turn *t, const char *path, const struct tree *m,
                            struct node_officers *out);
void node_officers_put(struct buf *b, const struct node_officers *o);
/* "http://norland.localhost:8471": what a browser writes; empty where no pages are served. */
struct str node_officers_origin(struct arena *a, const struct node_officers *o);
/* Beyond loopback pages are served over TLS with the node's own key. */
bool node_officers_use_tls(const struct node_officers *o);
/* The room of a node's places, for desk_options: `ctx` is a node_room. */
struct node_room {
    const char *places[3]; /* folder, vault, log */
};
bool node_room(void *ctx, int64_t *free_out, int64_t *all_out);
/* The time zones of tzdata, each read when it is first asked for, and kept in `a`; what is not
 * there is not known. After `whole` all are read, `ours` too, and no file is opened any more. */
struct node_zones;
struct node_zones *node_zones_new(struct arena *a);
void node_zones_whole(struct node_zones *z, struct str ours);
struct zones node_zones_hook(struct node_zones *z);
/* Are the time zones of the tables in this program known here? ERR_REJECTED with the line of the
 * first that is not. Those it asks about are kept. */
MUST err node_zones_check(struct turn *t, struct node_zones *z);
/* What the settings say of the pages; loop, desk and keys are the caller's. */
void node_officers_web(struct arena *a, const struct node_officers *o, struct node_zones *z,
                       struct web_options *out);
/* The action of that word, if this door may ask for it; ERR_USAGE. */
MUST err node_officers_action(struct turn *t, struct str word, enum desk_action *out);
/* Serves the pages in this process, the desk asked directly; NULL when the settings name no port.
 */
struct node_door;
MUST err node_door_start(struct turn *t, struct net_loop *loop, const struct node_folder *f,
                         struct node_door **out);
/* When the desk's queue is empty. NULL is allowed. */
void node_door_stop(struct node_door *d);

/* ---- mail ------------------------------------------------------------------------------------ */

/* `mail` of comity.yaml. */
MUST err node_mail_settings(struct turn *t, const char *path, const struct tree *m,
                            struct node_mail *out);
/* The wire's settings, with what stands in files read: by the process that uses them, and kept in
 * the turn's arena. `dir` is the node's folder. */
struct post_smtp;
MUST err node_mail_smtp(struct turn *t, const char *dir, const struct node_mail *m,
                        struct net_client *client, struct post_smtp *out);

/* `mailbox` of comity.yaml, once `mail` was read. */
MUST err node_mailbox_settings(struct turn *t, const char *path, const struct tree *m,
                               struct node_config *c);
/* "XN/csb"; the part after the slash names a folder of keys. */
bool node_is_address(struct str s);
/* What a post is told of it; `dir` is the node's folder, as this process sees it. */
struct post_mailbox;
void node_mailbox_of(struct arena *a, const char *dir, const struct node_mailbox *m,
                     struct post_mailbox *out);

/* Letters as e-mails for the pages: none without a server in the settings, which are kept. */
struct web_mail node_mail_hook(struct arena *a, const struct node_mail *m);

/* ---- letters as PDF -------------------------------------------------------------------------- */

/* Where comity-paper lies: beside this program. NULL when nobody knows where that is. */
const char *node_press_program(struct arena *a);
/* Prints a few letters at once, with the program of paper_program. */
struct node_presses;
void node_presses_open(struct turn *t, struct net_loop *loop, int program,
                       struct node_presses **out);
/* `done` is told once, also from inside the call; what it is given is borrowed for the call. */
void node_presses_print(struct node_presses *x, const struct tree *letter,
                        void (*done)(void *job, const struct fault *f, struct bytes pdf),
                        void *job);
/* Ends what is being printed and tells who waits. NULL is allowed. */
void node_presses_close(struct node_presses *x);

/* How far a zone is ahead of UTC at a moment, from the text of its TZif file (RFC 8536, the 64-bit
 * block). ERR_REJECTED for what is none. */
MUST err node_zone_offset(struct turn *t, struct bytes tzif, int64_t at_ms, int32_t *minutes_out);

#endif
