/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_DESK_PAPERS_H
#define COMITY_DESK_PAPERS_H
/* A part of desk_internal.h: what people carry. Entries of the register, slips that hang on
 * entries, dossiers and acts, letters. Each is a permanent record; a slip's record says where it
 * hangs. */

/* ---- who is reached how ---------------------------------------------------------------------- */

enum desk_reach { DESK_REACH_WIRE, DESK_REACH_PEOPLE };
/* How an act gets to an authority: by its pinned node, or by people when its State runs none or the
 * officer says so (`paper`). ERR_NOT_ALLOWED when nobody knows it, or a node is there but not
 * pinned. */
MUST err desk_reach(struct desk *d, struct turn *t, struct str address, bool paper,
                    enum desk_reach *out);
/* The rows of an authority and of its State in the tables. ERR_NONE_SUCH. */
MUST err desk_authority_row(struct desk *d, struct turn *t, struct str address,
                            const struct tree **authority_out, const struct tree **state_out);
/* The text of a language among titles, English where there is none. */
struct str desk_title(const struct tree *titles, struct str lang);
/* Our carrying of an act beside the wire: its parcel, signed and stored but not sealed for a node.
 */
MUST err desk_parcel_make(struct desk *d, struct turn *t, const struct store_record *act,
                          struct str from, struct str to);

/* ---- the register ---------------------------------------------------------------------------- */

struct desk_paper {
    struct store_entry row;
    struct tree *fields; /* what is known of it now: map */
    struct tree *files;  /* its originals: list of {name, sha256, size, type} */
    struct tree *vaults; /* sha256 -> name in the vault, under the entry's key */
    int64_t registered_ms;
    const struct tree *by; /* who registered it: {officer, post} */
};
/* An entry with everything that was said of it since. */
MUST err desk_paper_load(struct desk *d, struct turn *t, const struct store_entry *row,
                         struct desk_paper *out);
/* The entry an argument names, as far as who asks has the right to it: as desk_arg_dossier. */
MUST err desk_arg_entry(struct desk *d, struct desk_turn *dt, enum store_right right,
                        struct desk_paper *out);
/* Of one's authority, and: filed, or linked, to a dossier one may see; else for those who keep the
 * register or see everything. Each right within the roles that have it. */
MUST err desk_entry_seen(struct desk *d, struct desk_turn *dt, enum store_right right,
                         const struct store_entry *row, bool *out);
/* The same of a matter, and of an instruction: it belongs where it hangs. */
MUST err desk_arg_matter(struct desk *d, struct desk_turn *dt, enum store_right right,
                         struct store_matter *out);
MUST err desk_arg_instruction(struct desk *d, struct desk_turn *dt, enum store_right right,
                              struct store_slip *out);
/* Whole originals from arguments, stored under the entry's key before anything else is looked at.
 * Names are made safe; `files` and `vaults` are filled. */
enum { DESK_ORIGINAL_MAX = 16 << 20, DESK_ORIGINALS_MAX = 64 };
MUST err desk_original_put(struct desk *d, struct turn *t, const struct id *key,
                           const struct tree *from, size_t size_max, struct tree *files,
                           struct tree *vaults);
MUST err desk_originals_put(struct desk *d, struct turn *t, const struct id *key,
                            const struct tree *list, struct tree *files, struct tree *vaults);
/* Makes an entry permanent; `fields` are checked already. `message` may be empty. */
struct desk_arrival {
    struct str ours;
    struct id id;
    struct tree *fields, *files, *vaults;
    const struct tree *by;
    struct id dossier, act; /* which it seems to answer; zero: none */
    struct bytes message;
};
MUST err desk_entry_keep(struct desk *d, struct turn *t, const struct desk_arrival *a,
                         struct store_entry *out);
/* Fields as given, one by one: those that fit into `fields`, the others into `not_taken`. */
void desk_entry_fields(struct desk *d, struct turn *t, struct str ours, const struct tree *args,
                       struct tree *fields, struct tree *not_taken);
/* When it came: first and last moment that `received` may mean. */
struct desk_when {
    int64_t from_ms, to_ms;
};
/* One of the ways that people carry an act by. The wire is none: it records itself. */
bool desk_is_carriage(struct str word);
/* What a number can be: theirs, of a registry, of INTERPOL, … */
bool desk_is_sort(struct str word);
/* The moment a day begins where the authority sits; in UTC where its zone is not known. */
int64_t desk_day_ms(const struct desk *d, struct str authority, int64_t day);
struct desk_when desk_received(const struct tree *fields, int64_t registered_ms);
/* A view of it; with `whole` also what it may be a copy of. */
MUST err desk_entry_view(struct desk *d, struct desk_turn *dt, const struct desk_paper *p,
                         bool whole, struct tree *m);
/* What it may belong to, of what who asks may see: list of {ref, act, why}. */
MUST err desk_likely(struct desk *d, struct desk_turn *dt, const struct desk_paper *p,
                     struct tree *list);

/* ---- slips ----------------------------------------------------------------------------------- */

/* Puts a record that hangs somewhere. `rest` gets entry, dossier, act and ours added. */
struct desk_hang {
    const struct id *key; /* under whose key: a dossier's or an entry's */
    struct str ours;
    struct id entry, dossier, act; /* zero: none */
};
MUST err desk_slip_put(struct desk *d, struct turn *t, const char *kind, const struct desk_hang *h,
                       struct tree *rest, struct id *name_out);
/* A dossier that began with letters goes on over the wire (moved.c): whether it does with an act
 * of that stream; that it does, with all that left before; and the projection of that. */
bool desk_moves(struct desk *d, const struct desk_case *c, enum law_stream stream);
MUST err desk_move(struct desk *d, struct turn *t, struct desk_case *c);
MUST err desk_moved_project(struct desk *d, struct turn *t, const struct store_record *r);
/* The slips of a dossier with what they say. */
struct desk_slip {
    struct store_slip row;
    const struct tree *rest;
};
struct desk_slips {
    struct desk_slip *p;
    size_t n;
};
MUST err desk_slips_load(struct desk *d, struct turn *t, const struct id *dossier, int64_t before,
                         struct desk_slips *out);
/* Projections of everything in this header, from its record. ERR_INTEGRITY for another kind. */
MUST err desk_paper_project(struct desk *d, struct turn *t, const struct store_record *r);
/* Where an act's documents stand, and its other numbers. */
MUST err desk_paper_of_act(struct desk *d, struct turn *t, const struct store_record *r,
                           const struct tree *act);
/* Folds a dossier again because of a record that hangs on it. */
MUST err desk_case_refresh(struct desk *d, struct turn *t, const struct id *dossier, int64_t leaf);
/* An earlier arrival drives the clocks: its verdict stands in place of the first one. */
MUST err desk_case_moved(struct desk *d, struct turn *t, int64_t before, struct desk_case *c);
/* Who an act's author is before the law: by the profile its record names, or, where it came by
 * people from an authority without a node, by the State's file. ERR_NONE_SUCH. */
struct desk_author {
    struct law_function *functions;
    size_t functions_n;
    struct str state;
};
MUST err desk_author(struct desk *d, struct turn *t, const struct law_tables *tables,
                     const struct tree *rest, struct str from, struct desk_author *out);
/* The verdict on an act that came by people, had it come at `at_ms`. */
MUST err desk_decide_moved(struct desk *d, struct turn *t, const struct law_tables *tables,
                           const struct store_act *row, int64_t at_ms, struct law_verdict *out);

/* ---- what is shown --------------------------------------------------------------------------- */

/* How far an act came: held-here, dispatched, confirmed, held; of others' acts the way they came.
 */
struct str desk_level(struct desk *d, struct turn *t, const struct desk_slips *s,
                      const struct store_act *a);
/* Adds `carriages`, and `bound` where a signed copy was bound. */
void desk_carriages_add(struct turn *t, struct tree *m, const struct desk_slips *s,
                        const struct store_act *a);
/* Adds to SHOW: off_wire, numbers, matter, instructions, entries, mail. */
MUST err desk_papers_show(struct desk *d, struct turn *t, struct tree *v,
                          const struct store_dossier *row, const struct desk_slips *s);
/* Adds to STATUS: rows of `needs_a_person` (dispatch, instruction, mail), and `entries`. */
MUST err desk_papers_needs(struct desk *d, struct desk_turn *dt, struct tree *v);

/* ---- letters --------------------------------------------------------------------------------- */

/* An act of ours that an argument names, by id or by its word (the last of that word); without an
 * argument the last that went outward. */
MUST err desk_arg_act(struct turn *t, const struct desk_case *c, const struct tree *args,
                      const struct desk_entry **out);
/* An act for a court or for a letter. ERR_NONE_SUCH while its parcel is not built. */
MUST err desk_export(struct desk *d, struct turn *t, const struct desk_case *c,
                     const struct desk_entry *e, struct bytes *container_out,
                     struct bytes *root_out);
/* "K7QM-4XPA-9T2D": what a person compares instead of a hash. */
struct str desk_code(struct turn *t, const struct hash *act);
/* Both spellings read alike: case, dashes, and the letters that look like digits. */
bool desk_code_is(struct str typed, struct str code);
/* "XN-CSB-2026-0001/9c41e07b52aa": what an answer must bear to be filed. */
MUST err desk_token(struct desk *d, struct turn *t, const struct store_dossier *row,
                    const struct id *act, struct str *out);
/* The first token in a text that is really one of an act of an authority of ours. */
MUST err desk_token_find(struct desk *d, struct turn *t, struct str within, struct str text,
                         bool *found_out, struct store_dossier *row_out, struct id *act_out);
/* Documents of an entry under another key: for the act it becomes. */
MUST err desk_documents_move(struct desk *d, struct turn *t, const struct desk_paper *p,
                             const struct id *dossier, struct desk_doc **out, size_t *n_out);
/* The next label of a running series of an authority and year, "XN-CSB-2026-0147"; with `what` in
 * it, "XN-CSB-IN-2026-0147". Adds series and serial, which the projection counts by, to `to`. */
MUST err desk_number_mint(struct desk *d, struct turn *t, struct str ours, const char *what,
                          struct tree *to, struct str *label_out);
/* Stores one document under a dossier's key. */
MUST err desk_document_keep(struct desk *d, struct turn *t, const struct id *dossier,
                            struct bytes data, struct desk_doc *doc);

#endif
