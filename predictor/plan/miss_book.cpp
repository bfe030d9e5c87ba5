#include "predictor/plan/miss_book.h"

#include <algorithm>

namespace foreshape {

MissBook::MissBook(std::span<const MissRecord> records, UnixSeconds now_s)
    : records_(records.begin(), records.end()) {
  for (MissRecord& record : records_)
    record.barred_until_s = std::min(record.barred_until_s, now_s + kMaxBarSeconds);
}

MissRecord* MissBook::find(std::string_view user) {
  const auto found = std::ranges::find(records_, user, &MissRecord::user);
  return found != records_.end() ? &*found : nullptr;
}

void MissBook::note_hit(std::string_view user) {
  std::erase_if(records_, [=](const MissRecord& record) { return record.user == user; });
}

void MissBook::note_miss(std::string_view user, UnixSeconds now_s, std::int64_t held_s) {
  MissRecord* record = find(user);
  if (record == nullptr) record = &records_.emplace_back(MissRecord{std::string(user), 0, 0});
  constexpr std::uint32_t kMostDoublings = 16;
  const std::int64_t times = std::int64_t{1} << std::min(record->misses, kMostDoublings);
  ++record->misses;
  record->barred_until_s = now_s + std::min(std::max<std::int64_t>(held_s, 1) * times, kMaxBarSeconds);
}

bool MissBook::is_barred(std::string_view user, UnixSeconds now_s) const {
  const auto found = std::ranges::find(records_, user, &MissRecord::user);
  return found != records_.end() && now_s < found->barred_until_s;
}

}  // namespace foreshape
