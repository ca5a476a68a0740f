/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-base.h"

#include <dirent.h>
#include <sys/types.h>

G_BEGIN_DECLS

/* Thin layer over system calls that restarts them when interrupted. Where a function has no GError, errno
 * tells. */
int naru_file_open (int folder, const char *path, int flags, mode_t mode);
DIR *naru_file_open_folder (int folder, const char *path);
gboolean naru_file_write (int fd, gconstpointer data, gsize size);
gboolean naru_file_sync (int fd);
gboolean naru_file_sync_folder (int folder, const char *path);
GBytes *naru_file_read (int folder, const char *path, gsize max);
gboolean naru_file_put (const char *folder, const char *name, const char *text, GError **error);

G_END_DECLS
