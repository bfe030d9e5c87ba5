// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Journal entries into the store, each exactly once.
//
// Runs in: offline.
// Threads: as the connection.

#include <span>

#include "predictor/journal/journal_reader.h"
#include "sql/pg.h"
#include "sql/watermark.h"

namespace foreshape {

/// A journal of one cluster, by its directory.
IngestSource journal_source(const std::string& cluster, const std::string& directory);

/// Stores the entries and moves the source's watermark to the last one, in one transaction; entries up to the
/// watermark are passed over, so that a batch that was committed unseen, or is ingested by two programs at
/// once, does no harm. Returns how many were new. Errors: those of Pg.
Result<std::int64_t> store_entries(Pg& db, const IngestSource& source, std::span<const JournalEntry> entries);

}  // namespace foreshape
