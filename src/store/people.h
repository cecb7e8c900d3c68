/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_STORE_PEOPLE_H
#define COMITY_STORE_PEOPLE_H
/* Part of store.h: officers, what their roles let them, and the working rows of their coming and
 * going. Tokens stand here hashed only: who reads the database enters with none of them. */

#include "base/base.h"

struct store;

/* ---- officers (projection) ------------------------------------------------------------------- */

enum store_role {
#define ROLE(name, word, sees, function, rights) ROLE_##name,
#include "store/role.def"
#undef ROLE
    STORE_ROLES
};
/* What a role may do; which dossiers it may do it to is in access.h. */
enum store_right {
    RIGHT_READ = 1,        /* see content */
    RIGHT_DRAFT = 2,       /* write drafts */
    RIGHT_SEND = 4,        /* make a draft an act */
    RIGHT_ACT = 8,         /* acts that travel */
    RIGHT_ACT_INWARD = 16, /* acts that stay at home */
    RIGHT_REGISTER = 32,   /* register what came by other ways */
    RIGHT_ASSIGN = 64,     /* make somebody a member of a dossier, instruct */
    RIGHT_PEOPLE = 128,    /* officers of one's authority, enter links */
    RIGHT_NODE = 256,      /* peers */
    RIGHT_AUDIT = 512,     /* decide again, look through logs */
    RIGHT_LAW = 1024,      /* accept the tables, answer what the law left open */
};

struct store_officer {
    struct str officer, post, authority; /* "o-1", "duty officer", "XN/csb" */
    int64_t uid;                         /* at the command line; -1: none */
    struct str name;
    struct str roles;  /* words of role.def, by blanks, in its order */
    struct bytes cert; /* SHA-256 of a client certificate's key, or empty */
    bool ended;
};
/* A list of roles (texts) in the one spelling; ERR_REJECTED naming a word that is no role. */
struct tree;
MUST err store_roles_read(struct turn *t, const struct tree *list, struct str *out);
const char *store_role_word(enum store_role r);
bool store_officer_is(const struct store_officer *o, enum store_role r);
/* True when one of the officer's roles has the right, whatever it sees. */
bool store_officer_may(const struct store_officer *o, enum store_right r);

MUST err store_officer_set(struct turn *t, struct store *s, const struct store_officer *o);
MUST err store_officers(struct turn *t, struct store *s, struct store_officer **out, size_t *n_out);
/* ERR_NONE_SUCH. The second and third find only officers who were not ended. */
MUST err store_officer_get(struct turn *t, struct store *s, struct str officer,
                           struct store_officer *out);
MUST err store_officer_by_uid(struct turn *t, struct store *s, int64_t uid,
                              struct store_officer *out);
MUST err store_officer_by_cert(struct turn *t, struct store *s, const struct hash *cert,
                               struct store_officer *out);

/* A passkey of an officer: the credential's id and its public key. */
struct store_passkey {
    struct bytes passkey;
    struct str officer, name;
    struct bytes key;
    int64_t added_ms;
    bool ended;
};
MUST err store_passkey_set(struct turn *t, struct store *s, const struct store_passkey *p);
MUST err store_passkey_get(struct turn *t, struct store *s, struct bytes passkey,
                           struct store_passkey *out);
MUST err store_passkeys(struct turn *t, struct store *s, struct str officer,
                        struct store_passkey **out, size_t *n_out);

/* ---- sessions (working) ---------------------------------------------------------------------- */

struct store_session {
    struct hash token; /* SHA-256 of what the browser holds */
    struct str officer, method;
    int64_t made_ms, seen_ms;
};
MUST err store_session_put(struct turn *t, struct store *s, const struct store_session *x);
MUST err store_session_get(struct turn *t, struct store *s, const struct hash *token,
                           struct store_session *out);
MUST err store_sessions(struct turn *t, struct store *s, struct str officer,
                        struct store_session **out, size_t *n_out);
/* Only forward. */
MUST err store_session_seen(struct turn *t, struct store *s, const struct hash *token,
                            int64_t seen_ms);
MUST err store_session_end(struct turn *t, struct store *s, const struct hash *token);
/* All of an officer's sessions and passes. */
MUST err store_sessions_end(struct turn *t, struct store *s, struct str officer);
MUST err store_sessions_sweep(struct turn *t, struct store *s, int64_t made_before_ms);

/* Something that is good once and for a while: an enter link, a challenge that was given out. */
struct store_pass {
    struct hash token;
    struct str sort, officer; /* "link", "enter", "add"; officer empty: nobody yet */
    int64_t ends_ms;
};
/* ERR_BUSY when PASSES_MAX of the sort wait already; what is over is swept first. */
enum { STORE_PASSES_MAX = 4096 };
MUST err store_pass_put(struct turn *t, struct store *s, const struct store_pass *p,
                        int64_t now_ms);
/* Takes it: it is gone afterwards. ERR_NONE_SUCH when it is not there, of another sort, or over. */
MUST err store_pass_take(struct turn *t, struct store *s, const struct hash *token, struct str sort,
                         int64_t now_ms, struct store_pass *out);
/* How often an authenticator says that a passkey was used, as last seen; 0 before. */
MUST err store_passkey_used(struct turn *t, struct store *s, struct bytes passkey, int64_t uses,
                            int64_t used_ms);
MUST err store_passkey_use(struct turn *t, struct store *s, struct bytes passkey, int64_t *uses_out,
                           int64_t *used_ms_out);

/* The answer to a request that may come again under its key. Sealed under the house key. */
struct store_idem {
    struct hash key, body;
    struct bytes answer;
    int64_t ends_ms;
};
MUST err store_idem_put(struct turn *t, struct store *s, const struct store_idem *i,
                        int64_t now_ms);
MUST err store_idem_get(struct turn *t, struct store *s, const struct hash *key, int64_t now_ms,
                        struct store_idem *out);

/* ---- drafts (working) ------------------------------------------------------------------------ */

struct store_draft {
    struct id id;
    struct str label, officer; /* a short name to type: "d1"; who began it */
    struct bytes body;         /* sealed under the house key by the store */
    int64_t changed_ms;
    struct str authority, functions; /* whose; " extradition mla " as competence goes */
    int64_t version;                 /* 1, 2, … */
    struct str changed_by;
    bool sent;
};
/* Begins or replaces it. People find it again through access.h only. */
MUST err store_draft_put(struct turn *t, struct store *s, struct store_draft *d);
/* For fsck, which asks for nobody: the labels of all, sent or not; and one without `authority` and
 * what follows it. */
MUST err store_draft_labels(struct turn *t, struct store *s, struct str **out, size_t *n_out);
MUST err store_draft_get(struct turn *t, struct store *s, struct str label,
                         struct store_draft *out);
MUST err store_draft_drop(struct turn *t, struct store *s, struct str label);

#endif
