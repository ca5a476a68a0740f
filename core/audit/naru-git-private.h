/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-base.h"

#include <git2.h>
#include <git2/sys/odb_backend.h>

G_BEGIN_DECLS

/* Every function of libgit2 that is used. It is loaded when first needed: its dependent libraries cost more
 * than a whole command. After naru_git_load() the names below read as usual. */
#define NARU_GIT_FUNCTIONS(X)                                                                                \
  X (git_libgit2_init)                                                                                       \
  X (git_libgit2_opts)                                                                                       \
  X (git_error_last)                                                                                         \
  X (git_odb_new)                                                                                            \
  X (git_odb_free)                                                                                           \
  X (git_odb_backend_pack)                                                                                   \
  X (git_odb_add_backend)                                                                                    \
  X (git_odb_read)                                                                                           \
  X (git_odb_object_data)                                                                                    \
  X (git_odb_object_size)                                                                                    \
  X (git_odb_object_type)                                                                                    \
  X (git_odb_object_free)                                                                                    \
  X (git_indexer_new)                                                                                        \
  X (git_indexer_append)                                                                                     \
  X (git_indexer_commit)                                                                                     \
  X (git_indexer_free)                                                                                       \
  X (git_patch_from_buffers)                                                                                 \
  X (git_patch_to_buf)                                                                                       \
  X (git_patch_free)                                                                                         \
  X (git_buf_dispose)

typedef struct
{
#define NARU_GIT_FIELD(name) __typeof__ (name) *name##_;
  NARU_GIT_FUNCTIONS (NARU_GIT_FIELD)
#undef NARU_GIT_FIELD
} NaruGit;

extern NaruGit naru_git;

gboolean naru_git_load (GError **error);
void naru_error_from_git (GError **error, int result, const char *what);
void naru_git_packs_free (git_odb *packs);

#ifndef NARU_GIT_IMPLEMENTATION
#define git_libgit2_init naru_git.git_libgit2_init_
#define git_libgit2_opts naru_git.git_libgit2_opts_
#define git_error_last naru_git.git_error_last_
#define git_odb_new naru_git.git_odb_new_
#define git_odb_free naru_git.git_odb_free_
#define git_odb_backend_pack naru_git.git_odb_backend_pack_
#define git_odb_add_backend naru_git.git_odb_add_backend_
#define git_odb_read naru_git.git_odb_read_
#define git_odb_object_data naru_git.git_odb_object_data_
#define git_odb_object_size naru_git.git_odb_object_size_
#define git_odb_object_type naru_git.git_odb_object_type_
#define git_odb_object_free naru_git.git_odb_object_free_
#define git_indexer_new naru_git.git_indexer_new_
#define git_indexer_append naru_git.git_indexer_append_
#define git_indexer_commit naru_git.git_indexer_commit_
#define git_indexer_free naru_git.git_indexer_free_
#define git_patch_from_buffers naru_git.git_patch_from_buffers_
#define git_patch_to_buf naru_git.git_patch_to_buf_
#define git_patch_free naru_git.git_patch_free_
#define git_buf_dispose naru_git.git_buf_dispose_
#endif

G_END_DECLS
