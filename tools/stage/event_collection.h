// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What users' own journals of staging say, taken over into the site's account.
//
// Runs in: offline, as root: each journal is read with its owner's rights, the account written with its own's.
// Threads: main thread only.

#include <cstddef>
#include <optional>
#include <sys/types.h>

#include "predictor/base/clock.h"
#include "predictor/base/result.h"
#include "predictor/journal/event.h"
#include "tools/stage/stage_settings.h"

namespace foreshape {

/// What is believed of a user's event: its uid is the directory's owner's, whatever it says; times, sizes and texts
/// are brought within what they can be. nullopt: it is the site's to say (planned), not a user's.
std::optional<StageEvent> believed_event(const StageEvent& told, uid_t uid, UnixSeconds now);

/// Takes over from everybody who has a directory in the buffer, some hundreds of events each; the rest comes with the
/// next call. An event may come twice after a kill: its uid and user_number tell.
/// Returns how many were taken. Does nothing where no account is kept.
/// Errors: those of open_buffer() and append_to_account(). What one user's journal is like is that user's loss alone.
Result<std::size_t> collect_events(const StageSettings& settings, const Clock& clock);

}  // namespace foreshape
