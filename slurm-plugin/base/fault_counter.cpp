// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/base/fault_counter.h"

#include "predictor/base/hash.h"

namespace foreshape {

FaultCounter::Answer FaultCounter::add(std::string_view what, UnixSeconds now_s, std::uint32_t limit,
                                       std::int64_t window_s) {
  const std::lock_guard lock(mutex_);
  ++total_;
  if (now_s - window_start_s_ >= window_s || now_s < window_start_s_) {
    window_start_s_ = now_s;
    in_window_ = 0;
  }
  ++in_window_;
  Answer answer;
  answer.too_many = !told_ && in_window_ > limit;
  told_ = told_ || answer.too_many;
  answer.log_with_repeats = admit(what, now_s);
  return answer;
}

std::optional<std::uint64_t> FaultCounter::admit(std::string_view what, UnixSeconds now_s) {
  constexpr std::int64_t kQuiet = 60;
  constexpr std::size_t kAlike = 64;
  what = what.substr(0, kAlike);
  const std::uint64_t hash = checksum(what.data(), what.size());
  Kind& kind = kinds_[hash % kinds_.size()];
  if (kind.hash == hash && now_s - kind.logged_s < kQuiet && now_s >= kind.logged_s) {
    ++kind.repeats;
    return std::nullopt;
  }
  const std::uint64_t repeats = kind.hash == hash ? kind.repeats : 0;
  kind = {hash, now_s, 0};
  return repeats;
}

void FaultCounter::reset() {
  const std::lock_guard lock(mutex_);
  in_window_ = 0;
  told_ = false;
}

std::uint64_t FaultCounter::total() const {
  const std::lock_guard lock(mutex_);
  return total_;
}

}  // namespace foreshape
