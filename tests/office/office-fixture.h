/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-desk.h"

/* A small office in a folder of its own, with one officer who is also director and admin. */
typedef struct
{
  char *parent;
  char *folder;
  NaruJson *person;
  NaruOffice *office;
  NaruDesk *desk;
} Fixture;

Fixture fixture_new (void);
void fixture_clear (Fixture *self);
char *fixture_create (Fixture *self, const char *type, const char *json);
char *fixture_shell (const char *format, ...) G_GNUC_PRINTF (1, 2);
char *fixture_git (Fixture *self, const char *arguments);
void fixture_assert_clean (Fixture *self, guint n_commits);
NaruDesk *fixture_desk (Fixture *self, const char *login, const char *json);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fixture, fixture_clear)
