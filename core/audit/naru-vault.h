/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-records.h"

G_BEGIN_DECLS

/* A file that only a passphrase opens; its form stands in share/doc/BACKUP.md. Written and read from one end
 * to the other, a piece at a time. */
typedef struct _NaruVault NaruVault;

#define NARU_PASSPHRASE_MIN 8                 /* characters */
#define NARU_KEY_LOCKING_SUFFIX ".passphrase" /* of the copy of a key that gets one, or loses it */

NARU_EXTERN gboolean naru_vault_is (const char *file);
NARU_EXTERN NaruVault *naru_vault_create (const char *file, const char *passphrase, GError **error);
NARU_EXTERN gboolean naru_vault_write (NaruVault *self, gconstpointer data, gsize size, GError **error);
NARU_EXTERN gboolean naru_vault_finish (NaruVault *self, GError **error);
NARU_EXTERN NaruVault *naru_vault_open (const char *file, const char *passphrase, GError **error);
NARU_EXTERN gboolean naru_vault_read (NaruVault *self, gpointer data, gsize size, gsize *got, GError **error);
NARU_EXTERN void naru_vault_free (NaruVault *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NaruVault, naru_vault_free)

G_END_DECLS
