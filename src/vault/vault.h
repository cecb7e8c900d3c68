/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_VAULT_H
#define COMITY_VAULT_H
/* Puts and gets sealed bytes by their hash: a folder. It never sees plaintext or keys; what it is
 * given is already encrypted. S3 comes later, behind the same four verbs. */

#include "base/base.h"

/* No file is larger. */
enum { VAULT_FILE_MAX = 64 << 20 };

struct vault;
/* Opens (and makes, with mode 0700) the folder; the folder above it must be there. */
MUST err vault_open(struct turn *t, const char *folder, struct vault **out);
/* NULL is allowed. */
void vault_close(struct vault *v);
/* Durable on return: file and folder are synced, and the bytes were read back and hashed. Putting
 * what is there already is no error and writes nothing (the folder is synced all the same).
 * ERR_FULL without room; ERR_TOO_LARGE beyond VAULT_FILE_MAX; ERR_INTEGRITY when a file of that
 * name has other bytes, which is left as it is, or when the disk gave back other bytes. */
MUST err vault_put(struct turn *t, struct vault *v, struct bytes sealed, struct hash *name_out);
/* ERR_NONE_SUCH when absent; ERR_INTEGRITY when the bytes no longer hash to their name, or it is no
 * plain file; ERR_TOO_LARGE beyond `limit`. */
MUST err vault_get(struct turn *t, struct vault *v, const struct hash *name, size_t limit,
                   struct bytes *out);
/* Calls `each` for every file by its name in the folder; names that are no hash are told with hash
 * NULL. In no order; the first failure of `each` ends it and is passed up. */
MUST err vault_each(struct turn *t, struct vault *v,
                    err (*each)(void *ctx, struct turn *t, const char *file,
                                const struct hash *name),
                    void *ctx);
/* Counts of fsyncs since opening, for the bench and the sync test. */
uint64_t vault_syncs(const struct vault *v);

#endif
