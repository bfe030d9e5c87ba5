// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The store: its database, its schema, who may log in and how. Each step works on a local server as the user
// postgres; for a server elsewhere it says what its administrator must do (server_recipe.h), unless
// --admin-db was given.
//
// Runs in: offline.
// Threads: main thread only.

#include "tools/setup/setup_site.h"
#include "tools/setup/step.h"

namespace foreshape {

/// purge: removal drops the store; otherwise it stays as it is.
SetupStep database_step(const SetupSite& site, bool purge);
SetupStep schema_step(const SetupSite& site, bool purge);
SetupStep roles_step(const SetupSite& site, bool purge);

}  // namespace foreshape
