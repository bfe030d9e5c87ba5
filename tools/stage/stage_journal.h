// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Journals of staging: each user's own, in their directory of the buffer, and the site's, which is the account that
// counts. A user writes the one, and so nobody's figures but their own; the site takes it over (event_collection).
//
// Runs in: offline.
// Threads: main thread only.

#include <string>
#include <vector>

#include "predictor/base/clock.h"
#include "predictor/journal/event.h"
#include "tools/stage/stage_settings.h"

namespace foreshape {

/// <Buffer>/<effective uid>/.events
std::string own_stage_journal(const StageSettings& settings);

/// Writes the event into the caller's own journal, with their uid, the time, and the job that it happens in (where the
/// event has none). Where it can't be written nothing is said, and no job waits for it for longer than half a
/// second. Does nothing where the site keeps no account. At most a MiB is kept: what is not taken over goes.
void note_own_event(const StageSettings& settings, StageEvent event, const Clock& clock);

/// Appends to the site's account, with the rights of the directory's owner (of its parent's, where it is not
/// there yet), so that whoever owns it can't lead root anywhere.
/// Errors: unavailable - the reason of JournalWriter.
Result<void> append_to_account(const StageSettings& settings, const std::vector<StageEvent>& events,
                               const Clock& clock);

/// The newest events of a journal, at most 100,000, oldest first. Others' kinds and damaged records are left out.
/// Errors: those of JournalReader::open(); unavailable.
Result<std::vector<StageEvent>> read_stage_journal(const std::string& directory);

}  // namespace foreshape
