// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/plan/miss_tracker.h"

#include <algorithm>

namespace foreshape {

MissTracker::MissTracker(std::span<const MissRecord> records, UnixSeconds now_s)
    : records_(records.begin(), records.end()) {
  for (MissRecord& record : records_)
    record.barred_until_s = std::min(record.barred_until_s, now_s + kMaxBarSeconds);
  forgive(now_s);
}

void MissTracker::forgive(UnixSeconds now_s) {
  for (MissRecord& record : records_) {
    const std::int64_t times = (now_s - record.barred_until_s) / kForgivenEverySeconds;
    if (times <= 0) continue;
    record.misses -= static_cast<std::uint32_t>(std::min<std::int64_t>(times, record.misses));
    record.barred_until_s += times * kForgivenEverySeconds;  // the part of a day that is left counts on
  }
  std::erase_if(records_, [](const MissRecord& record) { return record.misses == 0; });
}

MissRecord* MissTracker::find(std::string_view user) {
  const auto found = std::ranges::find(records_, user, &MissRecord::user);
  return found != records_.end() ? &*found : nullptr;
}

void MissTracker::note_hit(std::string_view user) {
  std::erase_if(records_, [=](const MissRecord& record) { return record.user == user; });
}

void MissTracker::note_miss(std::string_view user, UnixSeconds now_s, std::int64_t held_s) {
  forgive(now_s);
  MissRecord* record = find(user);
  if (record == nullptr) record = &records_.emplace_back(MissRecord{std::string(user), 0, 0});
  constexpr std::uint32_t kMaxDoublings = 16;
  const std::int64_t times = std::int64_t{1} << std::min(record->misses, kMaxDoublings);
  ++record->misses;
  record->barred_until_s = now_s + std::min(std::max<std::int64_t>(held_s, 1) * times, kMaxBarSeconds);
}

bool MissTracker::is_barred(std::string_view user, UnixSeconds now_s) const {
  const auto found = std::ranges::find(records_, user, &MissRecord::user);
  return found != records_.end() && now_s < found->barred_until_s &&
         found->barred_until_s - now_s <= kMaxBarSeconds;
}

}  // namespace foreshape
