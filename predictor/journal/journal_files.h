// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The journal's directory: which files are the journal's, and how far ingest has come.
//
// Runs in: slurmctld (our own threads only) and offline.
// Threads: pure functions over the file system.

#include <cstdint>
#include <string>
#include <vector>

#include "predictor/base/result.h"

namespace foreshape {

/// One file of the journal: "<20 digits>.fsj", the digits being the sequence number of its first record.
struct JournalFile {
  std::uint64_t first_sequence = 0;
  std::string name;
  std::int64_t bytes = 0;
};

std::string journal_file_name(std::uint64_t first_sequence);

/// The directory's journal files, oldest first. Everything else in the directory is ignored.
/// Errors: not_found - no such directory; unavailable - it can't be read.
Result<std::vector<JournalFile>> list_journal_files(const std::string& directory);

/// The highest sequence number that the store has for good, 0 if ingest never ran here.
/// Errors: unavailable; corrupt - the file "ingested" holds no number.
Result<std::uint64_t> read_ingested(const std::string& directory);

/// Says that all records up to this one are in the store: their files may go when room is needed.
/// Errors: unavailable.
Result<void> write_ingested(const std::string& directory, std::uint64_t sequence);

}  // namespace foreshape
