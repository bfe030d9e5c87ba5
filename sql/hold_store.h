// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Steps of holds, and the row of each hold that follows from them.
//
// Runs in: offline.
// Threads: as the connection.

#include <cstdint>

#include "predictor/journal/event.h"
#include "sql/pg.h"
#include "sql/watermark.h"

namespace foreshape {

/// Within a transaction, in the journal's order: keeps the step, and brings the hold up to date.
/// A hold begins when its creation worked (or would have been tried, in a dry run, or it was found at start),
/// counts its hits, and ends when it is released. Holds are few: a statement for each is quick enough.
/// Errors: those of Pg.
Result<void> store_hold_step(Pg& db, const IngestSource& source, std::uint64_t sequence,
                             const HoldEvent& step);

}  // namespace foreshape
