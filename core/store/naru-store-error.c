/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-store-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>

typedef struct
{
  int rc;
  NaruError code;
  const char *message; /* %s is the folder */
  const char *cure;    /* (nullable): of damage, whose cure names the folder */
} NaruStoreMessage;

/* %s: a folder for the restored office, the history, the folder of the damaged one */
#define WAY_BACK                                                                                             \
  N_ ("The history has every record and every change that was published. Make the office anew from it: "     \
      "naru restore "                                                                                        \
      "%s --from %s. Then keep %s aside, and put the new folder in its place.")
#define AGAIN N_ ("Run the command again.")
#define MORE_ROOM N_ ("Free some space, then run the command again.")

static const NaruStoreMessage messages[] = {
  { MDB_MAP_FULL, NARU_ERROR_IO,
    N_ ("The store in %s has outgrown the room set aside for it; nothing was recorded."),
    N_ ("Run the command again: the store makes itself more room.") },
  { MDB_MAP_RESIZED, NARU_ERROR_IO,
    N_ ("The store in %s was enlarged by another process while this one was reading."), AGAIN },
  { MDB_READERS_FULL, NARU_ERROR_IO, N_ ("The store in %s is being read by 512 others already."),
    N_ ("Wait until some of them have ended, then run the command again.") },
  { MDB_TXN_FULL, NARU_ERROR_TOO_LARGE,
    N_ ("The change is too large for one transaction of the store in %s; nothing was recorded."),
    N_ ("Split it into smaller parts.") },
  { MDB_BAD_VALSIZE, NARU_ERROR_TOO_LARGE,
    N_ ("A key is longer than the store in %s can hold (511 bytes); nothing was recorded."),
    N_ ("Shorten the value.") },
  { MDB_BAD_TXN, NARU_ERROR_FAILED,
    N_ ("An earlier step of this change to the store in %s failed; nothing was recorded."), AGAIN },
  { MDB_VERSION_MISMATCH, NARU_ERROR_UNSUPPORTED,
    N_ ("The store in %s was written by another version of LMDB, or another version has it open."),
    N_ ("Use one version of Naru for all who work in this folder.") },
  { MDB_PANIC, NARU_ERROR_IO,
    N_ ("The disk refused a write to the store in %s, so this process writes no more to it."),
    N_ ("Check the disk, then start Naru again.") },
  { MDB_INVALID, NARU_ERROR_BROKEN, N_ ("data.mdb in %s is not a store."), NULL },
  { MDB_CORRUPTED, NARU_ERROR_BROKEN, N_ ("The store in %s is damaged."), NULL },
  { MDB_PAGE_NOTFOUND, NARU_ERROR_BROKEN, N_ ("The store in %s is damaged: a part of it is missing."), NULL },
  { MDB_CURSOR_FULL, NARU_ERROR_BROKEN, N_ ("The store in %s is damaged: it runs in circles."), NULL },
  { MDB_PAGE_FULL, NARU_ERROR_BROKEN, N_ ("The store in %s is damaged."), NULL },
  { MDB_INCOMPATIBLE, NARU_ERROR_BROKEN,
    N_ ("The store in %s is damaged: one of its tables has another form."), NULL },
  { MDB_NOTFOUND, NARU_ERROR_BROKEN,
    N_ ("The store in %s is damaged: something that must be there is missing."), NULL },
  { NARU_STORE_FAULT, NARU_ERROR_BROKEN, N_ ("The store in %s is damaged or cannot be read from the disk."),
    NULL },
  { EIO, NARU_ERROR_IO,
    N_ ("The disk reported an error at the store in %s; the change is not confirmed and this process writes "
        "no more."),
    N_ ("Check the disk, then start Naru again and look whether the change is there.") },
  { ENOSPC, NARU_ERROR_IO, N_ ("The disk that holds %s is full; nothing was recorded."), MORE_ROOM },
  { EDQUOT, NARU_ERROR_IO, N_ ("Your disk quota for %s is used up; nothing was recorded."), MORE_ROOM },
  { EFBIG, NARU_ERROR_IO,
    N_ ("The store in %s has reached the largest file size that is allowed here; nothing was recorded."),
    N_ ("Raise the limit (ulimit -f), then run the command again.") },
  { EACCES, NARU_ERROR_IO, N_ ("You may not write data.mdb or lock.mdb in %s."),
    N_ ("Ask the owner of the folder for the right to read and write it.") },
  { EPERM, NARU_ERROR_IO, N_ ("You may not write data.mdb or lock.mdb in %s."),
    N_ ("Ask the owner of the folder for the right to read and write it.") },
  { EROFS, NARU_ERROR_IO, N_ ("The store in %s is on a disk that cannot be written."),
    N_ ("Copy the folder to a disk that can be written.") },
  { ENOMEM, NARU_ERROR_IO, N_ ("There is not enough memory or address space to open the store in %s."),
    N_ ("Raise the limit (ulimit -v) or end other programs.") },
  { EMFILE, NARU_ERROR_IO, N_ ("Too many files are open to open the store in %s."),
    N_ ("Raise the limit (ulimit -n) or end other programs.") },
  { ENFILE, NARU_ERROR_IO, N_ ("Too many files are open on this machine to open the store in %s."),
    N_ ("End other programs.") },
};

/* (transfer full): @path as a shell takes it for one word */
static char *
quote (const char *path)
{
  static const char plain[] = G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "/._-+,:@";

  return strspn (path, plain) == strlen (path) ? g_strdup (path) : g_shell_quote (path);
}

/**
 * naru_store_make_way_back:
 * @folder: of an office whose store is damaged or gone
 *
 * Returns: (transfer full): what to do, with the command, in the person's language
 */
char *
naru_store_make_way_back (const char *folder)
{
  g_autofree char *place = g_canonicalize_filename (folder, NULL);
  g_autofree char *restored = g_strconcat (place, "-restored", NULL);
  g_autofree char *history = g_build_filename (place, "audit.git", NULL);
  const char *const paths[] = { restored, history, place };
  g_autoptr (GString) text = g_string_new (_ (WAY_BACK));

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autofree char *word = quote (paths[i]);
      g_string_replace (text, "%s", word, 1);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/*
 * naru_store_set_error:
 * @folder: the folder of the office
 * @rc: a code of LMDB, of errno, or NARU_STORE_FAULT
 *
 * The one place where a code of LMDB becomes words.
 *
 * Returns: %FALSE, always
 */
gboolean
naru_store_set_error (const char *folder, int rc, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (messages); i++)
    {
      if (messages[i].rc != rc)
        continue;
      g_autoptr (GString) text = g_string_new (_ (messages[i].message));
      g_string_replace (text, "%s", folder, 1);
      g_autofree char *way_back =
          messages[i].code == NARU_ERROR_BROKEN ? naru_store_make_way_back (folder) : NULL;
      naru_set_error (error, messages[i].code, NULL, 0, way_back != NULL ? way_back : _ (messages[i].cure),
                      "%s", text->str);
      return FALSE;
    }

  if (rc > 0)
    naru_set_error_errno (error, rc, _ (AGAIN), _ ("The store in %s could not be used"), folder);
  else
    naru_set_error (error, NARU_ERROR_FAILED, NULL, 0, _ (AGAIN), _ ("The store in %s could not be used: %s"),
                    folder, mdb_strerror (rc));
  return FALSE;
}

/*
 * naru_store_set_broken:
 * @what: what was found, a whole sentence in the person's language
 *
 * Returns: %FALSE, always
 */
gboolean
naru_store_set_broken (const char *folder, const char *what, GError **error)
{
  g_autofree char *way_back = naru_store_make_way_back (folder);

  naru_set_error (error, NARU_ERROR_BROKEN, NULL, 0, way_back, _ ("The store in %s is damaged: %s"), folder,
                  what);
  return FALSE;
}
