/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_EXHIBIT_CASE_H
#define COMITY_EXHIBIT_CASE_H
/* Two nodes, of which the first sends the second a large file. */

#include "post_test.h"

#include "kit/stored.h"

struct case_ {
    struct rig r;
    struct arena *a;
    struct bytes file;
    struct str ref, sha256;
    int puts, parcels, receipts; /* letters that were carried, by what they were */
};
/* Bytes that follow from the seed. */
struct bytes case_noise(struct arena *a, size_t n, uint64_t seed);
/* Hands a file in, segment by segment; answers the upload. */
struct str case_hand_in(struct world_node *n, struct arena *a, struct bytes file,
                        struct str *sha256_out);
/* A request of the first with the file; `ref` and `sha256` are filled. */
void case_send(struct case_ *c, struct bytes file);
/* How far the request has come. */
struct str case_level(struct case_ *c);
/* The node there gives the file out whole. */
void case_is_whole(struct case_ *c, int at);
/* What was on the wire is lost. */
void case_restart(struct case_ *c, int node);
void case_end(struct case_ *c);

#endif
