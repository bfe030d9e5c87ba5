// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/state/advice_memory.h"

namespace foreshape {
namespace {

constexpr std::int64_t kDaySeconds = 86'400;

std::uint64_t key(UserId uid, TextHash name) { return std::uint64_t{uid} << 32U | name; }

}  // namespace

bool AdviceMemory::may_tell(UserId uid, TextHash name, UnixSeconds now_s) {
  const std::lock_guard lock(mutex_);
  if (now_s / kDaySeconds != day_) {
    day_ = now_s / kDaySeconds;
    told_.clear();
  }
  return told_.size() < kMaxADay && told_.insert(key(uid, name)).second;
}

bool AdviceMemory::was_told(UserId uid, TextHash name, UnixSeconds now_s) const {
  const std::lock_guard lock(mutex_);
  return now_s / kDaySeconds == day_ && (told_.size() >= kMaxADay || told_.contains(key(uid, name)));
}

}  // namespace foreshape
