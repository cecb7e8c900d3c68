/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_DESK_INTERNAL_H
#define COMITY_DESK_INTERNAL_H
/* What the files of this folder share: the handle, a dossier as loaded, and the steps of an act. */

#include "desk/desk.h"
#include "desk/shown.h"
#include "store/store.h"
#include "vault/vault.h"

/* Who asks, found once a turn. */
struct desk_person {
    struct store_officer officer;
    struct str method;   /* of acts: "session" or "key" */
    bool by_session;     /* else at the command line */
    struct hash session; /* the token's hash */
};

/* Somebody read content, and it is not written down yet. */
enum { DESK_READS_MAX = 512, DESK_SEEN_MAX = 256, DESK_SEEN_LATE_MS = 60000 };
struct desk_read {
    enum desk_action action;
    char officer[40];
    struct id dossier;
    int64_t at_ms;
};
/* When a session was last used. */
struct desk_seen {
    struct hash token;
    int64_t at_ms; /* 0: empty */
    bool fresh;    /* not in the store yet */
};

/* How much waits for an officer, as it was counted last. */
enum { DESK_WAITS_MAX = 64 };
struct desk_waits {
    char officer[40];
    uint64_t moves;
    int64_t at_ms;
    struct desk_needs needs;
};

/* A head to be signed, with the proof that it extends keeper's last. */
struct desk_plan {
    bool made;
    uint64_t last; /* the size keeper had signed */
    struct ledger_checkpoint head;
    struct ledger_proof proof;
};

struct desk {
    struct arena *arena; /* the desk's life */
    struct arena *known; /* peers and our profile: made again when they change */
    struct store *store;
    struct vault *vault;
    const char *log;
    struct keeper keeper;
    const struct suite *suite;
    const struct law_tables *tables;
    struct zones zones;
    struct str packed; /* the table set as stored */
    bool (*room)(void *ctx, int64_t *free_out, int64_t *all_out);
    void *room_ctx;
    void (*die)(void *ctx, const char *why);
    void *die_ctx;

    struct fault damage; /* found at opening; err is ERR_OK on a sound store */
    bool born;           /* INIT was done */
    bool restores;       /* from a backup; until RESTORE is done nothing else is */
    bool stale;          /* `known` is behind what was just committed */
    int64_t incarnation;
    struct profile profile;
    struct bytes profile_signed, root_der;
    struct desk_peer *peers;
    size_t peers_n;

    struct arena *head_arena;
    struct str note;       /* newest signed checkpoint */
    struct hash note_root; /* and what it says */
    uint64_t note_size, tiled;
    struct desk_plan plan; /* of the head that follows the transaction under way */
    uint64_t lives;        /* newer incarnations of peers learnt of */
    bool cosigned;         /* the published head lacks a cosignature */
    bool owed;             /* keeper did not sign the head of the last group */
    struct desk_counts counts;
    struct str officers; /* origin of the officers' pages */
    struct desk_read reads[DESK_READS_MAX];
    size_t reads_n, reads_taken;
    uint64_t moves; /* committed turns that changed something, beside what is written of reading */
    struct desk_waits waits[DESK_WAITS_MAX];
    uint64_t life; /* tells stamps of this life of the desk from those of another; 0: none yet */
    struct desk_seen seen[DESK_SEEN_MAX];
    struct desk_turn *queue[DESK_QUEUE_MAX]; /* a ring */
    size_t queue_first, queue_n;
};

/* What RECEIVE leaves for the answer, after the commit. */
struct desk_inside {
    struct store_record act;
    struct str receipt_body, by; /* by: our address, which signs */
};

typedef err desk_step(struct desk *d, struct desk_turn *dt);
#define ACTION(name, word, writes, who, help) desk_step desk_do_##name;
#include "desk/action.def"
#undef ACTION

/* ---- records and their projection ------------------------------------------------------------ */

enum { DESK_PROJECTION_VERSION = 7, DESK_ACTS_MAX = 4096 };
/* Of a peer's stream: so that it alone cannot fill a dossier, nor fill it with gaps. */
enum { DESK_STREAM_MAX = DESK_ACTS_MAX / 2, DESK_AHEAD_MAX = 64 };
/* Puts a permanent row and projects it: the one way anything becomes permanent. */
MUST err desk_record(struct desk *d, struct turn *t, struct store_record *r);
/* The same for an act whose canonical text, `open`, was read or written as `act` just now. */
MUST err desk_record_act(struct desk *d, struct turn *t, struct store_record *r,
                         const struct tree *act);
/* Makes the projections of one row, live and in rebuild alike: from the row alone. */
MUST err desk_project(struct desk *d, struct turn *t, const struct store_record *r);
MUST err desk_rebuild(struct desk *d, struct turn *t);

/* ---- a dossier, loaded ----------------------------------------------------------------------- */

struct desk_entry {
    struct store_act row;
    const struct tree *act;  /* act.json */
    const struct tree *rest; /* what the record keeps beside it */
    struct law_verdict verdict;
    bool in_reach; /* no gap before it in its stream */
    enum law_effect effect;
};
struct desk_case {
    struct store_dossier row;
    enum law_stream side; /* ours */
    struct desk_entry *entries;
    size_t n;
    bool off_wire; /* its acts are carried by people */
    struct law_state state;
};
/* Loads acts with leaves below `before` (INT64_MAX: all) and folds them. */
MUST err desk_case_load(struct desk *d, struct turn *t, const struct id *dossier, int64_t before,
                        struct desk_case *out);
/* The same with all its acts, one of which is at hand as it stands in the store and is not read
 * from there again. */
MUST err desk_case_load_with(struct desk *d, struct turn *t, const struct store_record *fresh,
                             const struct tree *act, struct desk_case *out);
/* How many acts of a stream are in reach, and the last of them (NULL when none). */
int64_t desk_case_count(const struct desk_case *c, enum law_stream stream,
                        const struct desk_entry **last_out);
/* The case of a dossier that does not exist yet. */
MUST err desk_case_new(struct turn *t, struct desk_case *out);
struct law_act desk_law_act(const struct tree *act, enum law_stream stream);
/* "XM" of "XM/dts"; empty of nothing. */
struct str desk_state_of(struct str address);

struct desk_slips;
/* What of an act's row says that it leaves before others: `urgent`. */
void desk_act_urgent_add(struct desk *d, struct turn *t, const struct law_act *act,
                         struct tree *rest);
/* `level`, and `undelivered` with what came of the attempts while the other State does not hold it.
 */
void desk_level_add(struct desk *d, struct turn *t, struct tree *m, const struct desk_slips *s,
                    const struct store_act *a);
/* `undelivered`: every act that was tried in vain so far; `attention_n`: how many of these people
 * are called to. */
MUST err desk_undelivered_add(struct desk *d, struct desk_turn *dt, struct tree *v);
/* `frozen_logs`: of peers whose log contradicted itself, until a person looks. */
MUST err desk_frozen_add(struct desk *d, struct turn *t, struct tree *v);

/* ---- room (room.c) --------------------------------------------------------------------------- */

/* Whether there is room for what others send or an officer hands in. ERR_BUSY "disk". */
MUST err desk_room_for(struct desk *d, struct turn *t, bool urgent);
/* `room`: enough; low: ordinary things wait; out: all that comes in does. */
void desk_room_add(struct desk *d, struct turn *t, struct tree *v);
/* Whether the tables call the act, or every act of its kind, urgent. */
bool desk_act_is_urgent(struct desk *d, struct turn *t, const struct law_act *act);

/* ---- who ------------------------------------------------------------------------------------- */

MUST err desk_known_load(struct desk *d, struct turn *t);
/* Who asks in this turn. ERR_STRANGER. The rest about people is in person.h. */
MUST err desk_officer(struct desk *d, struct desk_turn *dt, struct store_officer *out);
MUST err desk_functions(struct turn *t, const struct tree *list, struct law_function **out,
                        size_t *n_out);
MUST err desk_own_authority(struct desk *d, struct turn *t, struct str address,
                            const struct profile_authority **out);
/* A profile stored under its hash, with the root that signed it. */
MUST err desk_profile_read(struct desk *d, struct turn *t, const struct hash *hash,
                           struct profile *out, struct bytes *signed_out, struct bytes *root_out);
MUST err desk_profile_record(struct desk *d, struct turn *t, struct bytes cms, struct bytes root,
                             int64_t at_ms);

/* ---- an act of ours -------------------------------------------------------------------------- */

struct desk_doc {
    struct str name, type, sha256;
    int64_t size;
    struct bytes data;  /* of one just read */
    bool fresh;         /* it is not in the vault yet */
    bool exhibit;       /* in segments: `vault` names its index */
    struct hash staged; /* of a fresh exhibit: the upload */
    struct hash vault;
};
struct desk_deed {
    struct desk_case *dossier; /* loaded or new */
    bool opens;                /* the dossier begins with it */
    bool off_wire;             /* and will be carried by people */
    struct id id;              /* of the dossier */
    struct str act, instrument, kind, from, to;
    const struct tree *particulars;
    struct desk_doc *documents;
    size_t documents_n;
    struct store_officer by;
    struct str method;  /* how he is known; empty: "session" */
    struct str drafter; /* who began the draft, a member of the dossier too */
    bool system;
    struct str because;           /* the act in another dossier that brings it about; else empty */
    struct str idem;              /* the officer's key; may be empty */
    struct str lang;              /* of the texts among the particulars; empty: English */
    const struct tree *preflight; /* kept beside the act; may be NULL */
    const struct tree *also;      /* instruments it cites beside its own; may be NULL */
};
/* Our side and our authority's functions, as the law asks for them. */
MUST err desk_deed_who(struct desk *d, struct turn *t, const struct desk_deed *deed,
                       struct law_who *out);
/* Which authority of ours holds the function that the deed needs, or that the law leaves it open
 * and who answers that; empty where nothing can be said. */
MUST err desk_holder_said(struct desk *d, struct turn *t, const struct desk_deed *deed,
                          struct str lang, struct str *out);
/* Each other instrument that the act cites must be in force between the two States, and is cited
 * once. ERR_REJECTED. */
MUST err desk_deed_also(struct desk *d, struct turn *t, const struct desk_deed *deed,
                        const struct law_who *who);
/* Asks the law and, if it allows, makes the act permanent: the one way we act. */
MUST err desk_deed_do(struct desk *d, struct turn *t, struct desk_deed *deed,
                      struct store_act *out);
/* The tables' row of the act: its stream; fills `act` of one that opens a dossier, and dresses
 * texts with their language. */
MUST err desk_deed_row(struct desk *d, struct turn *t, struct desk_deed *deed,
                       const struct law_who *who, enum law_stream *stream_out);
/* Whether a dossier here bears this label as its own. */
MUST err desk_label_taken(struct desk *d, struct turn *t, struct str label, bool *out);
/* What a dossier begins with: sides, addresses, and a label minted from the series of `ours`. */
MUST err desk_opens(struct desk *d, struct turn *t, struct str side, struct str ours,
                    struct str theirs, struct str their_ref, struct tree **out);
/* Adds to it what the tables say of its kind: functions it falls under, what names it in lists. */
void desk_opens_kind(struct desk *d, struct turn *t, struct str instrument, struct str kind,
                     struct tree *opens);
/* On a real node a lawyer accepts the tables before anything is done by them. ERR_NOT_ALLOWED. */
MUST err desk_tables_accepted(struct desk *d, struct turn *t);
/* The table set of that hash (hex): the present one, or one that is stored. */
MUST err desk_tables_of(struct desk *d, struct turn *t, struct str name,
                        const struct law_tables **out);
/* Makes the table set we decide with permanent, once. */
MUST err desk_tables_keep(struct desk *d, struct turn *t);
/* Reads the turn's documents, given as base64 or handed in before as exhibits, and refuses what an
 * act may not carry; nothing is written. */
MUST err desk_documents_read(struct desk *d, struct desk_turn *dt, struct desk_doc **out,
                             size_t *n_out);
/* Puts those just read into the vault under the dossier's key, once nothing can be refused. */
MUST err desk_documents_keep(struct desk *d, struct turn *t, const struct id *dossier,
                             struct desk_doc *docs, size_t n);
/* The same for bytes at hand: fills sha256, size and vault. */
MUST err desk_document_keep(struct desk *d, struct turn *t, const struct id *dossier,
                            struct bytes data, struct desk_doc *doc);
/* What act.json says, whether our officer acted or wrote down what another State's paper says. */
struct desk_act_text {
    const struct id *id, *dossier;
    const struct law_act *law;
    struct str ref, seen_hash, from, to;
    struct str theirs; /* whose profile it was written under, beside ours */
    struct str officer, post, method;
    struct str entry;        /* of the register, where it came by paper; else empty */
    const struct tree *also; /* other instruments it cites; may be NULL */
    const struct desk_doc *documents;
    size_t documents_n;
};
struct bytes desk_act_json(struct desk *d, struct turn *t, const struct desk_act_text *x);
/* Adds the documents an act names. */
void desk_act_documents(struct turn *t, struct tree *m, const struct desk_doc *docs, size_t n);
/* Adds where an act's documents lie in the vault, and the indexes of its exhibits. */
void desk_act_vaults(struct turn *t, struct tree *rest, const struct desk_doc *docs, size_t n);

/* Documents of a draft, with where they lie in the vault: written and read. */
void desk_draft_documents(struct turn *t, struct tree *list, const struct desk_doc *docs, size_t n);
/* The other instruments that `from` cites, where it cites any. */
void desk_draft_also(struct turn *t, struct tree *m, const struct tree *from);
/* The body of a draft as it is kept: what could not be read again is refused. */
MUST err desk_draft_body(struct turn *t, const struct tree *body, struct bytes *out);
/* Whether the version that was looked at, where one is given, is the one that stands. */
MUST err desk_draft_version(struct turn *t, const struct tree *args,
                            const struct store_draft *draft);
/* Beside each field that names another dossier, those he can see: `choices`, newest first. */
MUST err desk_dossiers_offer(struct desk *d, struct desk_turn *dt, struct tree *rows);
/* `decisions` and `obligations` of a dossier (bound.c). */
MUST err desk_bound_add(struct desk *d, struct desk_turn *dt, struct tree *v,
                        const struct desk_case *c);
/* Reads a draft as the first act of a dossier to be. */
MUST err desk_draft_deed(struct desk *d, struct desk_turn *dt, enum store_right right,
                         struct store_draft *draft, struct desk_deed *out);
/* What the preflight says of a deed now, to be kept beside the act; and added to its view. */
MUST err desk_preflight_keep(struct desk *d, struct desk_turn *dt, struct desk_deed *deed);
void desk_preflight_add(struct turn *t, struct tree *act, const struct tree *rest);
MUST err desk_draft_docs(struct turn *t, const struct tree *list, struct desk_doc **out,
                         size_t *n_out);

/* ---- dossiers that name each other ----------------------------------------------------------- */

/* Adds `links`, the dossiers the act names, to what its record keeps. */
MUST err desk_links_add(struct desk *d, struct turn *t, const struct law_act *act,
                        struct tree *rest);
MUST err desk_links_project(struct desk *d, struct turn *t, const struct store_record *r);
/* Does, as the node, what the acts of a dossier bring about in those it names, and what those that
 * name it bring about here; each once. What the law does not allow is left to a person. */
MUST err desk_links_follow(struct desk *d, struct turn *t, const struct id *dossier);
/* May a person say that a dossier is waited for, or is decided? It must be one with the same State
 * that he may see, and decided there. ERR_NOT_ALLOWED; the node itself is not asked. */
MUST err desk_links_stand(struct desk *d, struct turn *t, const struct desk_deed *x,
                          const struct law_act *act);
/* Calls for each dossier the act names with the remark that it deserves: link-unknown, link-unfit,
 * or an empty one. */
MUST err desk_links_each(struct desk *d, struct turn *t, const struct desk_deed *x,
                         const struct law_act *act,
                         void (*each)(void *ctx, const struct law_link *l, struct str remark),
                         void *ctx);
/* Adds `also` (the other instruments cited), `links` (both ways, as far as the reader sees them)
 * and `follows`: the dossiers that what was done here lets our side open. */
MUST err desk_links_show(struct desk *d, struct desk_turn *dt, struct tree *v,
                         const struct desk_case *c);

/* ---- the log --------------------------------------------------------------------------------- */

/* Keeper's last head must be the root over as many of the store's leaves. ERR_INTEGRITY when it
 * leads, disagrees or is missing; a head that lags is none of that. */
MUST err desk_heads_agree(struct desk *d, struct turn *t);
/* The name of the ledger key "name+id+key", by which its logs are called. */
struct str desk_log_name(struct str vkey);
/* Before a commit: what was added must extend keeper's last head. ERR_INTEGRITY. */
MUST err desk_head_plan(struct desk *d, struct turn *t);
/* Signs a head for all that is committed, unless the last one covers it. */
MUST err desk_head_sign(struct desk *d, struct turn *t);
MUST err desk_leaf_proof(struct desk *d, struct turn *t, const struct store_record *r,
                         struct proof_leaf *out);
/* The newest life of a peer, and the size of its log that receipts showed so far; 0: none did. */
MUST err desk_peer_log(struct desk *d, struct turn *t, struct str address, int64_t *life_out,
                       int64_t *size_out);
/* `evidence` of the turn: `held`, or the head keeper saw last where that is not smaller; and the
 * note shown, with the path between, which may be NULL. */
MUST err desk_contradicted(struct desk *d, struct desk_turn *dt,
                           const struct ledger_checkpoint *held, struct str shown,
                           const struct ledger_proof *path);
/* Remembers the head that a receipt came with, from what is stored beside the receipt. */
MUST err desk_head_seen_project(struct desk *d, struct turn *t, const struct tree *rest);
/* Takes the head that a receipt came with, by the proof in the turn: see struct desk_proof. */
MUST err desk_head_take(struct desk *d, struct desk_turn *dt, struct str address,
                        struct str head_note, const struct ledger_checkpoint *head);
/* The size of the last head that keeper saw of a log; 0: none. */
MUST err desk_log_seen(struct desk *d, struct turn *t, struct str origin, int64_t *size_out);
/* Why a log is not believed, by its origin; empty: it is. */
MUST err desk_log_frozen(struct desk *d, struct turn *t, struct str origin, struct str *why_out);
/* The newest head with the cosignatures on it: what is published. */
MUST err desk_note_cosigned(struct desk *d, struct turn *t, struct str *note_out);
/* Compares tiles and checkpoint on disk with the leaves. */
MUST err desk_tiles_check(struct desk *d, struct turn *t,
                          void (*found)(void *ctx, struct str what, struct str sentence),
                          void *ctx);

/* The signature lines of the published head, and the heads that keeper saw of others' logs. */
MUST err desk_heads_check(struct desk *d, struct turn *t,
                          void (*found)(void *ctx, struct str what, struct str sentence),
                          void *ctx);

#include "desk/papers.h"

/* ---- small ----------------------------------------------------------------------------------- */

struct str desk_hex_id(struct turn *t, const struct id *id);
struct str desk_hex_hash(struct turn *t, const struct hash *h);
struct id desk_random_id(struct turn *t);
/* Required text argument; ERR_USAGE naming it. */
MUST err desk_arg(struct turn *t, const struct tree *args, const char *name, struct str *out);
#include "desk/person.h"

/* ---- lives of nodes (life.c, reconcile.c, adopt.c) ------------------------------------------ */

desk_house_project desk_restored_project, desk_peer_restored_project, desk_reconciled_project;
MUST err desk_unheld_project(struct desk *d, struct turn *t, const struct store_record *r);
/* The newest incarnation seen of a peer's node; 1 where none was told. It never falls. */
MUST err desk_peer_life(struct desk *d, struct turn *t, const struct desk_peer *peer, int64_t *out);
/* Keeps it, if it is newer than what is known. */
MUST err desk_peer_life_seen(struct desk *d, struct desk_turn *dt, const struct desk_peer *peer,
                             int64_t incarnation);

/* Whether no act of ours in a dossier is lost on both sides: ERR_NOT_ALLOWED "act-lost". */
MUST err desk_dossier_whole(struct desk *d, struct turn *t, const struct id *dossier,
                            struct str peer);
/* Whether all else that ours sent to peer before our last restore is here again, so that an act can
 * take the next number of its stream. */
MUST err desk_line_whole(struct desk *d, struct turn *t, struct str ours, struct str peer,
                         bool *out);
/* Makes a parcel of ours that came back permanent, and seals it again where none stands. */
MUST err desk_parcel_adopt(struct desk *d, struct turn *t, const struct store_outgoing *o,
                           struct bytes container);
/* `what`: article, code, ours, peer, sentence. A repeat of the key is nothing new. */
MUST err desk_incident_keep(struct desk *d, struct turn *t, const struct hash *key,
                            const struct tree *what);

#endif
