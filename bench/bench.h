/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_BENCH_H
#define COMITY_BENCH_H
/* What the intake bench compares: the same requests taken in by Comity, by a plain program over
 * libcrypto, and by nothing but the primitives. */

#include "kit/world.h"

/* Ends the process with the sentence unless `holds`. */
void bench_must(bool holds, const char *what);
/* Processor time of this process, user and system, in nanoseconds. */
int64_t bench_cpu_ns(void);

/* ---- the plain program ----------------------------------------------------------------------- */

/* A careful beginner's intake with the library's own CMS: decrypt, verify with the certificate that
 * the signature embeds against the root, one row and one commit for each request, and a signed
 * receipt that embeds the receiver's certificate. No ledger, no dossier, no law. */
struct naive;
/* Makes `n` sealed requests with `content` from one world node to another, and its database. */
struct naive *naive_open(struct arena *a, const struct world_node *from,
                         const struct world_node *to, const char *folder, struct bytes content,
                         int n);
void naive_close(struct naive *v);
/* Takes all of them in, and stores each durably if `stores`. */
void naive_round(struct naive *v, bool stores);
size_t naive_sealed_size(const struct naive *v);

/* ---- rows as ours wrote them ----------------------------------------------------------------- */

struct rows;
/* Remembers where the tables of the database stand. */
struct rows *rows_mark(struct arena *a, const char *db);
/* Reads all rows that were added since. */
void rows_take(struct rows *r, const char *db);
/* Writes them into an empty copy of the schema, in one transaction that is not synced. */
void rows_write(struct rows *r);
/* Makes that copy anew; not part of what is measured. */
void rows_empty(struct rows *r, const char *folder);
void rows_close(struct rows *r);
size_t rows_count(const struct rows *r);
size_t rows_bytes(const struct rows *r);

/* ---- the primitives alone -------------------------------------------------------------------- */

/* What no program can leave out, for `n` requests. Reading: agree on a key, open and hash the
 * bytes, check one signature. Recording: lock the bytes at rest, make one signature; one head for
 * all. */
struct floor;
struct floor *floor_open(struct arena *a, size_t sealed, size_t container, size_t act);
void floor_close(struct floor *f);
void floor_read(struct floor *f, int n);
void floor_record(struct floor *f, int n);

#endif
