/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_STORE_PAPERS_H
#define COMITY_STORE_PAPERS_H
/* A part of store.h: what travels by people, and what came by them. Rows hold names, times and
 * places only; what a paper says stands in its record, encrypted. */

/* ---- other names of a dossier ---------------------------------------------------------------- */

/* Another number of a dossier: theirs, of a registry, INTERPOL, a note, a court. It is found
 * whatever its letters' case and blanks are. One number may belong to several dossiers. */
struct store_alias {
    struct id dossier;
    struct str alias, sort;
};
MUST err store_alias_set(struct turn *t, struct store *s, const struct store_alias *a);
/* Their own reference. */
MUST err store_alias_add(struct turn *t, struct store *s, struct str alias,
                         const struct id *dossier);
MUST err store_aliases_of(struct turn *t, struct store *s, const struct id *dossier,
                          struct store_alias **out, size_t *n_out);

/* ---- beside the wire ------------------------------------------------------------------------- */

/* A dossier with an authority that has no node: its acts are carried by people. */
MUST err store_off_wire_set(struct turn *t, struct store *s, const struct id *dossier);
/* It goes on over the wire. */
MUST err store_off_wire_drop(struct turn *t, struct store *s, const struct id *dossier);
MUST err store_off_wire(struct turn *t, struct store *s, const struct id *dossier, bool *out);

/* ---- the register ---------------------------------------------------------------------------- */

/* Something that came by people: its originals stand under its own key, named by `id`. */
struct store_entry {
    struct id id;
    struct str label;           /* our running number */
    struct str ours;            /* the authority whose register it is */
    struct str carriage, state; /* may be empty: not known yet */
    struct str stage;           /* "open" or "filed" */
    struct str filed_as;        /* "request", "copy", "act", "note"; empty while open */
    int64_t received_ms;        /* when it came */
    struct id dossier, act;     /* where it is filed, or which it seems to answer; may be zero */
    int64_t leaf;
    struct bytes message; /* digest of a mail's Message-ID; empty: none */
};
MUST err store_entry_set(struct turn *t, struct store *s, const struct store_entry *e);
MUST err store_entry_get(struct turn *t, struct store *s, const struct id *id,
                         struct store_entry *out);
MUST err store_entry_find(struct turn *t, struct store *s, struct str label,
                          struct store_entry *out);
/* One mail is one entry of each authority it was for. */
MUST err store_entry_by_message(struct turn *t, struct store *s, struct str ours,
                                struct bytes message, struct store_entry *out);
MUST err store_entries_of(struct turn *t, struct store *s, const struct id *dossier,
                          struct store_entry **out, size_t *n_out);

/* ---- slips ----------------------------------------------------------------------------------- */

/* A record that hangs on an entry, a dossier or an act: how it was carried, an instruction, a scan
 * that was bound, a change to the register. What it says is read from its record by the leaf. */
struct store_slip {
    int64_t leaf;
    struct str kind;
    struct id name; /* the record's own */
    struct str ours;
    struct id entry, dossier, act; /* zero: none */
    int64_t at_ms, due_ms;
    bool open;
};
/* Again for the same leaf: sets `dossier` and `open` anew. */
MUST err store_slip_set(struct turn *t, struct store *s, const struct store_slip *p);
MUST err store_slip_get(struct turn *t, struct store *s, const struct id *name,
                        struct store_slip *out);
MUST err store_slips_of_dossier(struct turn *t, struct store *s, const struct id *dossier,
                                struct store_slip **out, size_t *n_out);
MUST err store_slips_of_entry(struct turn *t, struct store *s, const struct id *entry,
                              struct store_slip **out, size_t *n_out);

/* Where bytes of this digest came. */
struct store_document {
    struct hash sha256;
    int64_t leaf;
    struct id entry, dossier, act;
};
MUST err store_document_add(struct turn *t, struct store *s, const struct store_document *d);

/* Bytes that nobody without the dossier's key can guess, the same each time. At most 32. */
MUST err store_token(struct turn *t, struct store *s, const struct id *dossier,
                     const struct id *act, uint8_t *out, size_t n);

/* ---- matters --------------------------------------------------------------------------------- */

struct store_matter {
    struct id id;
    struct str label, ours;
    int64_t leaf;
};
MUST err store_matter_set(struct turn *t, struct store *s, const struct store_matter *m);
MUST err store_matter_get(struct turn *t, struct store *s, const struct id *id,
                          struct store_matter *out);
MUST err store_matter_find(struct turn *t, struct store *s, struct str label,
                           struct store_matter *out);
/* Puts a dossier into a matter, out of another it was in; with NULL out of any. */
MUST err store_group(struct turn *t, struct store *s, const struct id *dossier,
                     const struct id *matter);
/* ERR_NONE_SUCH when it is in none. */
MUST err store_matter_of(struct turn *t, struct store *s, const struct id *dossier,
                         struct store_matter *out);
MUST err store_matter_dossiers(struct turn *t, struct store *s, const struct id *matter,
                               struct id **out, size_t *n_out);

/* ---- mail on its way, working ---------------------------------------------------------------- */

struct store_mail {
    struct id id, dossier, act;
    struct str officer, post; /* who sent it */
    struct str recipient;
    struct hash sha256, vault; /* of the built message, stored under the dossier's key */
    int64_t size;
    struct str stage, answer; /* "waiting" or "refused"; what the server said last */
    int64_t next_ms, tries;
};
MUST err store_mail_put(struct turn *t, struct store *s, const struct store_mail *m);
MUST err store_mail_get(struct turn *t, struct store *s, const struct id *id,
                        struct store_mail *out);
MUST err store_mails_of(struct turn *t, struct store *s, const struct id *dossier,
                        struct store_mail **out, size_t *n_out);
MUST err store_mails_due(struct turn *t, struct store *s, int64_t now_ms, int64_t limit,
                         struct store_mail **out, size_t *n_out);
MUST err store_mail_drop(struct turn *t, struct store *s, const struct id *id);
/* Those of an act that were refused: it was sent again, or went another way. */
MUST err store_mail_drop_refused(struct turn *t, struct store *s, const struct id *act);

#endif
