/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_STORE_COPY_H
#define COMITY_STORE_COPY_H
/* Part of store.h: a whole store put into another database. */

/* As it is at one moment, while others write. `to` is a file that is not there, or a schema that is
 * not; what was begun there stays when it fails. Either may be of either engine. ERR_NONE_SUCH:
 * `from` is not there; else errors as of db_open, db_copy, db_pour. */
MUST err store_copy(struct turn *t, const struct db_options *from, const struct db_options *to);

#endif
