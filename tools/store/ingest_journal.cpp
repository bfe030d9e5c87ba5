// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>

#include "predictor/base/text.h"
#include "predictor/journal/journal_files.h"
#include "predictor/journal/journal_reader.h"
#include "sql/journal_store.h"
#include "tools/store/ingest.h"

namespace foreshape {
namespace {

constexpr std::size_t kEntriesOfABatch = 2'000;  // an entry is a kilobyte or two in memory

struct Counts {
  std::uint64_t entries = 0, unreadable = 0;
  std::int64_t stored = 0;
};

/// Reads until the batch is full or the journal's end for now. A record that can't be decoded is said and
/// passed over.
Result<std::vector<JournalEntry>> read_batch(JournalReader& reader, const IngestOptions& options,
                                             Counts& counts) {
  std::vector<JournalEntry> batch;
  while (batch.size() < kEntriesOfABatch) {
    auto entry = reader.next();
    if (entry && !*entry) break;
    if (entry) {
      batch.push_back(**entry);
      continue;
    }
    if (entry.error().code == ErrorCode::unavailable || options.strict)
      return tl::make_unexpected(entry.error());
    ++counts.unreadable;
    fmt::print(stderr, "foreshape ingest: {}\n", harmless(entry.error().message));
  }
  return batch;
}

void say_what_is_missing(const JournalReader& reader) {
  for (const auto& damage : reader.damage())
    fmt::print(stderr, "foreshape ingest: {}: {} damaged bytes at {}\n", harmless(damage.file), damage.bytes,
               damage.offset);
  if (reader.missing_records() > 0)
    fmt::print(stderr,
               "foreshape ingest: {} records are missing (damaged, or deleted before they were ingested)\n",
               reader.missing_records());
}

/// The number of the newest whole record, 0 where there is none.
Result<std::uint64_t> newest_record(const std::string& directory) {
  const auto files = list_journal_files(directory);
  if (!files) return tl::make_unexpected(files.error());
  if (files->empty()) return std::uint64_t{0};
  auto reader = JournalReader::open(directory, files->back().first_sequence);
  if (!reader) return tl::make_unexpected(reader.error());
  std::uint64_t newest = 0;
  while (true) {
    const auto entry = reader->next();
    if (!entry && entry.error().code == ErrorCode::unavailable) return tl::make_unexpected(entry.error());
    if (entry && !*entry) return newest;
    if (entry) newest = (*entry)->sequence;
  }
}

/// A directory restored from an older copy ends before what the store has seen of it. What a slurmctld that
/// runs on it writes has numbers that count as stored. One that starts goes on after `ingested`.
void say_whether_it_is_an_old_copy(const std::string& directory, std::uint64_t stored) {
  const auto newest = newest_record(directory);
  if (!newest || *newest == 0 || *newest >= stored) return;
  fmt::print(
      stderr,
      "foreshape ingest: {}: an older copy: it ends at record {}, and the store has records up to {}. Start "
      "slurmctld now, or restart it where it runs: until then its records are taken for known ones\n",
      harmless(directory), *newest, stored);
}

}  // namespace

Result<void> ingest_journal(Pg& db, const IngestOptions& options) {
  const auto cluster = cluster_name(options);
  if (!cluster) return tl::make_unexpected(cluster.error());
  const IngestSource source = journal_source(*cluster, options.file);
  const auto mark = read_watermark(db, source);
  if (!mark) return tl::make_unexpected(mark.error());
  auto last = static_cast<std::uint64_t>(mark->sequence.value_or(0));
  auto reader = JournalReader::open(options.file, last + 1);
  if (!reader) return tl::make_unexpected(reader.error());

  Counts counts;
  Progress progress("entries");
  while (true) {
    const auto batch = read_batch(*reader, options, counts);
    if (!batch) return tl::make_unexpected(batch.error());
    if (batch->empty()) break;
    const auto stored = store_entries(db, source, *batch);
    if (!stored) return tl::make_unexpected(stored.error());
    counts.entries += batch->size();
    counts.stored += *stored;
    last = batch->back().sequence;
    progress.show(counts.entries);
  }
  // Only now that they are committed may the writer delete them.
  if (last > 0)
    if (auto told = write_ingested(options.file, last); !told) return told;
  progress.wipe();
  say_what_is_missing(*reader);
  if (counts.entries == 0) say_whether_it_is_an_old_copy(options.file, last);
  fmt::print("{}: {} entries read, {} new, {} not understood, {:.1f} s\n", options.file,
             with_commas(counts.entries), with_commas(static_cast<std::uint64_t>(counts.stored)),
             with_commas(counts.unreadable), progress.seconds());
  return {};
}

}  // namespace foreshape
