// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A journal's event as a line for people, or as a JSON object.
//
// Runs in: offline.
// Threads: pure functions.

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "predictor/journal/journal_reader.h"

namespace foreshape {

/// One line without its end: number, kind, time, then what matters. Everything that somebody wrote is
/// harmless.
std::string event_text(const JournalEntry& entry);

/// All fields; what was not said is null, what is not predicted is left out, texts as they were written.
nlohmann::ordered_json event_json(const JournalEntry& entry);

}  // namespace foreshape
