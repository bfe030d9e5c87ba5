// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// How people come in to the store: through the unix socket as themselves (peer), and the line of pg_hba.conf
// that lets them, where the server's own lines do not.
//
// Runs in: offline.
// Threads: main thread only.

#include "tools/setup/setup_site.h"
#include "tools/setup/step.h"

namespace foreshape {

/// Done where SlurmUser can log in, as ingest will. purge: removal takes our line out again; otherwise the
/// store stays, and with it the way in.
SetupStep login_step(const SetupSite& site, bool purge);

}  // namespace foreshape
