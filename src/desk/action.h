/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_DESK_ACTION_H
#define COMITY_DESK_ACTION_H
/* Part of desk.h: what can be asked, with what, and what is shown for it. */

enum desk_action {
#define ACTION(name, word, writes, who, help) DESK_##name,
#include "desk/action.def"
#undef ACTION
    DESK_ACTIONS
};
const char *desk_action_word(enum desk_action a);
/* The action of that word; false when there is none. */
bool desk_action_find(struct str word, enum desk_action *out);
bool desk_action_writes(enum desk_action a);
/* For a door alone: no person may ask for it. */
bool desk_action_is_door(enum desk_action a);
/* For anybody, also before entering. */
bool desk_action_is_guest(enum desk_action a);

/* Arguments and views by action. Arguments are text unless said; `?` may be left out. Each action
 * of a person takes `lang` ("en", "az", "ar": titles, and the language of texts given), and each
 * that writes takes `idem`: for seven days the same key with the same arguments gets the same
 * answer, with others ERR_CONFLICT "idem-other-body". Where a view has a word of the law (kind,
 * state, act, clock, outcome, particular) its title stands beside it as `kind_title` and so on; for
 * an address as `theirs_title`, for a dossier as `title`. Documents are {name, type, data: base64}.
 * A dossier that the officer may not see is ERR_NONE_SUCH; an act that his role may not do to one
 * that he sees is ERR_NOT_ALLOWED "role-may-not".
 *
 *   STATUS     -> the node; officer; needs_a_person, the soonest clock first; clocks; incidents;
 *              position (as CHANGES). Where several authorities share a node, its counts and what
 *              was refused for nobody in particular are shown at the computer only; room (enough,
 *              low: ordinary things that come in wait; out: all do)
 *   FRAME      -> state, officer, node, time_zone, position, as STATUS, and how many rows its lists
 *              have: needs_n, hot_n (nobody acknowledged), entries_n; a second old at most
 *   LIST       box? (all, inbox, sent, closed), q?, kind?, state? (theirs), before? (int), limit?
 *              -> dossiers; before, where more follow
 *   SHOW       ref -> dossier, request, documents, clocks, acts, options, version (int), aliases
 *   LOG        ref -> acts, whole
 *   CLOCKS     ref, inward? (bool) -> instrument, kind, dossier, requesting, requested, state, and
 *              clocks that acts of both streams started: as law_clock_explain, with act (act,
 * party, n, at), tables, running, end, ends ({state, zone, local}), renew?, stops ({from, to?,
 *              why}). Both nodes give the same bytes once both hold the same acts. With inward also
 *              what acts of this side alone started, as `inward`
 *   DOCUMENT   ref or draft, sha256, segment? (int) -> name, type, size, data (base64). Of an
 *              exhibit one segment at a time, with segments (int): how many it has; without
 *              `segment` ERR_TOO_LARGE "document-exhibit"
 *   EXHIBIT_ADD exhibit? (none: begins one), number (int: of the piece), data (base64: 1 MiB, the
 *              last one less), last? (bool) -> exhibit, segments, size, and after the last sha256.
 *              A document is then given as {name, type, exhibit}
 *   CHANGES    after? (int: a leaf), limit? -> position (int), refs: {ref, leaf}
 *   KINDS      -> kinds: {instrument, kind, article, may_send, why_not, why_not_article}
 *   FORM       instrument?, kind, act? -> act, article, particulars (rows as options), to (list),
 *              openers (acts that may open one)
 *   NEW        instrument?, kind, act?, to, particulars? (map), documents? -> draft, version,
 *              request
 *   DRAFTS     -> drafts: {draft, kind, to, title, changed, officer, version}
 *   DRAFT      draft -> draft, version, request, form
 *   DRAFT_SAVE draft, version (int), to?, particulars?, documents? (added), drop? (sha256s)
 *              -> draft, version. Stale: ERR_CONFLICT "stale-version", with what stands as `theirs`
 *   DRAFT_DROP draft, version? (int: what DRAFT gave; stale: ERR_CONFLICT "stale-version")
 *   CHECK      draft, or a request not kept: instrument?, kind, act?, to, particulars; to? (an
 *              authority, or a State, to hold it against) -> to, to_title, tables, must, should,
 *              fine (int: how many), remarks: {grade (must, should, fine), code, article, source?,
 *              particular?, sentence, remedy?, foretold?, rests?: {state, state_title, field,
 *              value, article?, source?}}, in the order of the grades
 *              NEW and CHECK take also? (list: other instruments that the request cites; each
 *              must be in force between the two, else ERR_REJECTED "no-basis")
 *   SEND       draft, version? (as DRAFT_DROP) -> ref, act, id
 *   ACT        ref, act, particulars?, documents?, version? (int: what SHOW gave; stale:
 *              ERR_CONFLICT "stale-version") -> ref, state, act, id, n, level, leaf
 *   EXPORT     ref, act? (id; default the first) -> container (base64), root (PEM)
 *   FIND       q -> dossiers, articles, states
 *   CONTACTS   state? -> states: {state, has_node, pinned, training, authorities}
 *   LAW        what? ("un-cybercrime", "42(6)", "un-cybercrime mla"), unverified? (bool) -> rows:
 *              {in, list, name, article, title, …}, without `what` instruments and kinds only; of
 *              one kind also kind: {states, acts, particulars, grounds, …}. A guest's
 *   REPLAY     tables? (a packed set; default: the one each act names) -> differences
 *   PROFILE    next? (bool) -> state, profile (hash), signed_at, authorities: {address, title,
 * functions}, unassigned: {instrument, function, direction, kind, article, answered, authority?,
 *              order_number?, order_date?, signed?}, tables, accepted, acceptance?,
 *              waits_for_signature, next? (the text for the State's root to sign)
 *   PROFILE_SET profile (base64 CMS by our root, newer than ours) -> profile, signed_at
 *   FUNCTION_ASSIGN instrument, function, direction, kind?, authority, order_number, order_date,
 *              documents (the scan) -> as PROFILE. ERR_NONE_SUCH "function-not-open". Another
 *              answer corrects the former until our root has signed it; then, and where it says
 *              the same: ERR_CONFLICT "function-assigned". ERR_REJECTED "day-to-come"
 *   LAW_ACCEPT tables (hash), statement -> as PROFILE. ERR_CONFLICT "tables-other"
 *   PEER_ADD   profile (base64 CMS), root (base64 DER), words? (without: only proposes),
 *              replace? (bool: the State has another root now)
 *   PEER_REMOVE address (or a State)
 *   LEDGER_HEAD -> origin, size, root, vkey, note, cosigned: {witness, size, at, newest (bool)}
 *   LEDGER_PROOF leaf (int) or from (int: a size) -> the newest head as above, path (list), and
 *              leaf, data; or from, from_root. Hashes in base64
 *   LEDGER_WITNESS -> logs: {origin, size, root, state, note, frozen (why; empty: it is not),
 *              evidence? (while it is; as witness.h says)}
 *   LEDGER_RESUME origin -> origin, was. Nothing of a log that contradicted itself is believed
 *              until then
 *   MEMBER_ADD ref, officer; MEMBER_DROP the same -> ref, members
 *
 * What people carry. Carriages: email interpol note-verbale post courier by-hand telephone. Times
 * are moments, or days. SEND takes paper? (bool): carry it yourself though its State has a node.
 * SHOW adds off_wire, their_options (what the other side can do, rows as options), numbers, matter,
 * instructions, entries, mail; an act has level (held-here, dispatched, confirmed, held), carriages
 * and bound. STATUS adds entries, and needs with `next` dispatch (act, id), mail (refused: act,
 * id, mail, to, officer, answer) and instruction (instruction, executor, end; ref or entry).
 * ENTRY_ADD  documents (of a call: note), and any of: carriage, state, from (address), from_text,
 * received, registry, numbers ({number, sort}), note, kind, instrument, deadline, lang
 *              -> as ENTRY; not_taken: {field, sentence}. The original stays whatever is wrong
 *   ENTRY_EDIT entry, any of those; documents? are added. Not once it is filed
 *   ENTRY      entry -> entry, registry, stage (open, filed), as, ref, documents, instructions,
 *              likely: {ref, act, why (token, document, number, state)}
 *   ENTRIES    open? (bool), before?, limit? -> entries
 *   ENTRY_DOCUMENT entry, sha256 -> name, type, size, sha256, data
 *   ENTRY_FILE entry, as: request (kind, from, instrument?, particulars, lang?, again? (bool)),
 *              copy (ref, act?, confirmation? (bool)), act (ref, act, particulars), note (ref)
 *              -> ref, state, act, incomplete. ERR_CONFLICT "likely-copy" names a dossier
 *   NUMBER_ADD ref, number, sort (theirs registry registry-out interpol note court provider other)
 *   LETTER     ref, act? (id or word; default our last) -> code, hash, token, letter (a document of
 *              paper.h), mail {from, to, subject, message_id, text}, documents (the container)
 *   DISPATCH   ref, act?, carriage, at?, proof?, documents? (one of both) -> level, carriages
 *   CONFIRM    ref, act?, carriage, by (who there), at?, proof?, documents? -> level, carriages
 *   BIND       ref, act?, code, documents. Another's code: ERR_REJECTED "code-of-another"
 *   INSTRUCT   ref or entry, executor (an officer becomes a member), by (day), text?, registry?
 *              -> instruction, end; INSTRUCTED instruction, text?
 *   MATTER_ADD title, refs?; MATTER_SET matter, add? and drop? (lists of refs); MATTER matter
 *              -> matter, title, dossiers; MATTERS -> matters: {matter, title, opened, count}
 *   MAIL_OUT   ref, act?, message (base64: built), to? (default the authority's) -> mail
 *   MAIL_DROP  ref, mail: one that was refused is dealt with. So it is, too, once its act is
 * carried or sent again MAIL_JOBS  limit? -> mails: {mail, ours, to, tries, message}. A door's, as
 * the next two MAIL_DONE  mail, ok (bool), answer, queue_id?, permanent? (bool), next_ms? MAIL_IN
 * original (base64), message_id, from, to (list of addresses), date, subject, text, references
 * (list), attachments (documents) -> entries: {entry, ours, again, linked}, one of each authority
 * it was for: whose mailbox it names, or whose token it bears
 *
 *   USERS      -> users: {officer, name, post, authority, roles, uid, active} of one's authority
 *   USER_ADD   officer, name?, post, authority?, roles (list), uid? (int), cert? (hex SHA-256 of a
 *              client certificate). Of one who is there: replaces, and ends his sessions
 *   USER_LINK  officer -> officer, token, expires, enter? (url): enters once within the hour
 *   USER_END   officer: with all sessions, at once
 *   ENTER      token -> session, officer, node. A guest's
 *   ENTER_CERT cert (hex) -> the same; a door's, which has seen the certificate's key proved
 *   ENTER_BEGIN -> challenge, rp_id; ENTER_KEY passkey, client_data, authenticator_data, signature
 *              (all base64url, as a browser's navigator.credentials gives them) -> as ENTER
 *   PASSKEY_BEGIN -> challenge, rp_id, rp_name, user_id, user_name, exclude (list)
 *   PASSKEY_ADD client_data, authenticator_data (getAuthenticatorData()), name? -> passkey;
 *              PASSKEY_DROP passkey (hex, as ME has it)
 *   LEAVE      ends the session. ME -> officer, sessions, passkeys
 *
 *   INIT       profile, root (as above), officers (list as USER_ADD)
 *   RESTORE    incarnation (int, above the store's), head? (the note that keeper signed last
 *              before): on a desk opened to restore, once
 *              -> incarnation, records; of the log before: origin, size
 *   ASKED      `summary`, a question -> look (bool: we may have lost something); `answer`
 *   TOLD       `summary`, an answer -> asks: {first, incarnation, unit}, wants (digests that we
 *              lost). What the peer lacks is sent again
 *   ADOPT      `parcel`, of ours. ERR_NONE_SUCH: its dossier is not here yet. Where
 *              segments of its exhibits are not, `arriving` and `answer` as in RECEIVE; lost?
 *              (bool: the peer has them not either): people are told instead, and until it comes
 *              back no act of ours is done in its dossier (ERR_NOT_ALLOWED "act-lost")
 *   RECONCILED ours, peer
 *   SEGMENT    parcel (digest), number (int), tls (hex), `segment`. ERR_NONE_SUCH where no parcel
 *              of that peer waits for it; what is here already is left as it is
 *   RECEIPT    act (id), answer (the JSON on the wire)
 *   RETRY      act (id), next_ms (int), status (int), why, moved? (bool: some of it was taken)
 *   HEAD       by desk_head
 *   HEAD_FREEZE peer, code, evidence (witness.h)
 *   COSIGNED   peer, size (int), line
 *   INCIDENT   key (hex), peer, ours? (whom it was meant for), code, article, sentence
 *   READS      writes down who read what since the last time; see desk_reads_due_ms */

#endif
