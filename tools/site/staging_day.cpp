// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/site/staging_day.h"

#include <fmt/format.h>
#include <variant>

#include "predictor/journal/journal_reader.h"
#include "tools/cli/slurm_text.h"

namespace foreshape {
namespace {

std::string bytes_for_people(std::int64_t bytes) { return rough_size_text(bytes, std::nullopt); }

}  // namespace

void add(StagingDay& day, const StageEvent& event) {
  switch (event.step) {
    case StagePhase::planned:
      ++day.planned;
      break;
    case StagePhase::staged:
      ++day.copies;
      day.copied_bytes += event.bytes;
      break;
    case StagePhase::used:
      ++day.hits;
      break;
    case StagePhase::missed:
      ++day.misses;
      break;
    case StagePhase::failed:
      ++day.failed;
      break;
    case StagePhase::expired:
      day.expired_bytes += event.bytes;
      if (event.uses == 0) day.unused_bytes += event.bytes;
      break;
  }
}

Result<StagingDay> staging_day(const std::string& account, UnixSeconds now) {
  constexpr UnixSeconds kDay_s = 86'400;
  auto reader = JournalReader::open(account);
  if (!reader) return tl::make_unexpected(reader.error());
  StagingDay day;
  while (true) {
    const auto entry = reader->next();
    if (!entry && entry.error().code == ErrorCode::unavailable) return tl::make_unexpected(entry.error());
    if (!entry) continue;
    if (!*entry) return day;
    const auto* event = std::get_if<StageEvent>(&(*entry)->event);
    if (event != nullptr && event->at_s > now - kDay_s) add(day, *event);
  }
}

std::string staging_day_text(const StagingDay& day) {
  return fmt::format(
      "{} copies ({}) in 24 h, {} planned, {} failed; jobs found one {} times, none {} times; {} of {} "
      "expired "
      "unused",
      day.copies, bytes_for_people(day.copied_bytes), day.planned, day.failed, day.hits, day.misses,
      bytes_for_people(day.unused_bytes), bytes_for_people(day.expired_bytes));
}

}  // namespace foreshape
