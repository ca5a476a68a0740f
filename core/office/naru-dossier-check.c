/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-dossier-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

/* How to check the dossier with stock git and coreutils. A test runs each command of the page. */

static const char chain_command[] =
    "link=$(printf '%064d' 0)\n"
    "{ cat chain.txt\n"
    "  git log --all --format='%(trailers:key=Naru-Seq,valueonly,separator=) "
    "%(trailers:key=Naru-Entry,valueonly,separator=) %(trailers:key=Naru-Chain,valueonly,separator=)'\n"
    "} | sort -n | while read -r number entry chain; do\n"
    "  link=$(printf %s \"$link$entry\" | tr a-f A-F | basenc --base16 -d | b2sum -l 256 | cut -c 1-64)\n"
    "  [ -z \"$chain\" ] || [ \"$chain\" = \"$link\" ] || echo \"change $number does not follow\"\n"
    "done";

static void
tell (NaruPage *page, const char *text, const char *command)
{
  naru_page_text (page, text);
  naru_page_command (page, command);
}

static void
tell_command (NaruPage *page, const char *text, const char *format, const char *argument)
{
  g_auto (GStrv) parts = g_strsplit (format, "PATH", -1);
  g_autofree char *command = g_strjoinv (argument, parts);

  tell (page, text, command);
}

static void
tell_documents (NaruDossier *self, NaruPage *page)
{
  NaruJson *document = self->documents->len > 0 ? g_ptr_array_index (self->documents, 0) : NULL;

  if (document == NULL)
    return;
  tell_command (
      page,
      _ ("A document is a file of the repository, named by its digest. This gives the first one and "
         "its digest; for another put that digest in its place:"),
      "git show main:PATH | b2sum -l 256", naru_json_get_string (document, "path"));
}

static void
tell_signatures (NaruPage *page)
{
  tell (page,
        _ ("Every commit is signed by the office. Ask the office, on another way than this dossier came, for "
           "the fingerprint of its key, and compare:"),
        "awk '$0 !~ /^#/ {print $(NF-1), $NF}' allowed_signers | ssh-keygen -l -f -\n"
        "git verify-commit $(git rev-list main) && echo good");
}

static void
tell_gaps (NaruDossier *self, NaruPage *page)
{
  g_autofree char *counts = g_strdup_printf (
      _ ("Of the %" PRIu64 " changes of the office, %" PRIu64 " are on the branch main, %" PRIu64
         " of other records stand beside it as commits alone (refs/others), %" PRIu64
         " of other records are held back because words of a person stand in them, and %" PRIu64
         " of other records are left out. Each is one link of a chain, whether it is shown or not: a "
         "commit's "
         "Naru-Chain is the digest of the chain before it and of its own Naru-Entry. chain.txt has the "
         "entries "
         "of those that are not shown. This says nothing when no change is missing, added or in another "
         "place; it takes some minutes for ten thousand:"),
      self->count.commits, self->count.of_record, self->count.of_others, self->count.held_back,
      self->count.left_out);

  tell (page, counts, chain_command);
}

void
naru_dossier_tell_checks (NaruDossier *self, NaruPage *page)
{
  naru_page_heading (page, _ ("How to check it"));
  naru_page_text (page,
                  _ ("All that is needed is git 2.34 or later. The commands are to be run in this folder, "
                     "where the repository is (.git)."));
  tell (page, _ ("What was decided, the last first:"), "git log --format='%h %ad %an: %s' --date=iso main");
  tell_command (page, _ ("What each change did to the record:"), "git log -p main -- PATH", self->path);
  tell_command (page, _ ("The record as it is now:"), "git show main:PATH", self->path);
  tell_documents (self, page);
  g_autofree char *signers = g_build_filename (self->folder, "allowed_signers", NULL);
  if (g_file_test (signers, G_FILE_TEST_EXISTS))
    tell_signatures (page);
  tell (page, _ ("That no object was altered:"), "git fsck --full --strict && echo good");
  naru_page_heading (page, _ ("What is in it, and what is not"));
  naru_page_text (page,
                  _ ("objects.txt lists every object: its id, kind, size, and the change or the path that it "
                     "belongs to. Of other records there are ids and digests in the folders and, where "
                     "commits of theirs are held, who made which move and when; nothing of what they say."));
  naru_page_text (page,
                  _ ("What is absent is so on purpose: git says “could not fetch” where a command asks for "
                     "it, and asks nobody. So name the path of the record in “git log -p”."));
  tell_gaps (self, page);
}
