// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/stage/stage_evidence.h"

#include <algorithm>
#include <optional>

namespace foreshape {
namespace {

struct CopiesOfUser {
  std::size_t copies = 0;
  std::int64_t bytes = 0, milliseconds = 0;
};
using CopiesOfFileSystem = std::map<UserId, CopiesOfUser>;

void add_copy(CopiesOfUser& user, const StageEvent& copy) {
  constexpr std::size_t kNewest = 20;
  if (user.copies >= kNewest) return;
  ++user.copies;
  user.bytes += copy.bytes;
  user.milliseconds += copy.copy_ms;
}

std::optional<std::int64_t> median_rate(const CopiesOfFileSystem& users) {
  constexpr double kSlowest = 1 << 20, kFastest = 1e12;  // nothing that copies is slower, or faster
  std::vector<std::int64_t> rates;
  std::size_t copies = 0;
  for (const auto& [uid, user] : users) {
    const double rate = 1'000.0 * static_cast<double>(user.bytes) / static_cast<double>(user.milliseconds);
    rates.push_back(static_cast<std::int64_t>(std::clamp(rate, kSlowest, kFastest)));
    copies += user.copies;
  }
  if (copies < kMinCopies) return std::nullopt;
  std::ranges::sort(rates);
  return rates[(rates.size() - 1) / 2];
}

void add_planned(StageEvidence& evidence, const StageEvent& event, UnixSeconds now) {
  constexpr std::int64_t kDay_s = 86'400;
  if (event.step != StagePhase::planned || event.at_s <= now - kDay_s) return;
  evidence.day_bytes += event.bytes;
  evidence.user_day_bytes[event.uid] += event.bytes;
}

}  // namespace

StageEvidence stage_evidence(const std::vector<StageEvent>& events, UnixSeconds now) {
  StageEvidence evidence;
  std::map<std::string, CopiesOfFileSystem> copies;
  for (auto at = events.rbegin(); at != events.rend(); ++at) {
    const StageEvent& event = *at;
    add_planned(evidence, event, now);
    const bool is_telling = event.step == StagePhase::staged && event.bytes >= kMinCopyBytes &&
                            event.copy_ms > 0 && !event.file_system.empty();
    if (is_telling) add_copy(copies[std::string(event.file_system.view())][event.uid], event);
  }
  for (const auto& [file_system, users] : copies)
    if (const auto rate = median_rate(users)) evidence.copy_bytes_s[file_system] = *rate;
  return evidence;
}

std::int64_t copy_seconds(const StageEvidence& evidence, const std::string& file_system, std::int64_t bytes,
                          std::int64_t fallback_bytes_s) {
  const auto known = evidence.copy_bytes_s.find(file_system);
  const std::int64_t rate = known != evidence.copy_bytes_s.end() ? known->second : fallback_bytes_s;
  return (bytes + rate - 1) / rate;
}

}  // namespace foreshape
