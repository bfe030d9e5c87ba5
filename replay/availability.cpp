// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/availability.h"

#include <algorithm>

namespace foreshape {

void Availability::reset(std::int64_t from_s, std::int64_t free) {
  times_s_.assign(1, from_s);
  free_.assign(1, static_cast<std::int32_t>(free));
}

std::size_t Availability::step_of(std::int64_t time_s) const {
  // std::upper_bound without its branches, which no processor can foresee: half of conservative backfilling's
  // time.
  const std::int64_t* first = times_s_.data();
  for (std::size_t left = times_s_.size(); left > 1;) {
    const std::size_t half = left / 2;
    first += first[half] <= time_s ? half : 0;
    left -= half;
  }
  return static_cast<std::size_t>(first - times_s_.data());
}

std::size_t Availability::step_near(std::int64_t time_s, std::size_t hint) const {
  constexpr std::size_t kNear = 8;
  const std::size_t last = times_s_.size() - 1;
  std::size_t step = std::min(hint, last);
  for (std::size_t tries = 0; tries < kNear; ++tries) {
    if (times_s_[step] > time_s) {
      if (step-- == 0) return 0;
    } else if (step < last && times_s_[step + 1] <= time_s) {
      ++step;
    } else {
      return step;
    }
  }
  return step_of(time_s);
}

std::size_t Availability::step_at(std::int64_t time_s) {
  const std::size_t step = step_of(time_s);
  if (times_s_[step] == time_s) return step;
  const auto next = static_cast<std::ptrdiff_t>(step) + 1;
  const std::int32_t free = free_[step];
  times_s_.insert(times_s_.begin() + next, time_s);
  free_.insert(free_.begin() + next, free);
  return step + 1;
}

void Availability::join(std::size_t step) {
  if (step == 0 || step >= free_.size() || free_[step - 1] != free_[step]) return;
  times_s_.erase(times_s_.begin() + static_cast<std::ptrdiff_t>(step));
  free_.erase(free_.begin() + static_cast<std::ptrdiff_t>(step));
}

void Availability::add(std::int64_t from_s, std::int64_t to_s, std::int64_t procs) {
  from_s = std::max(from_s, times_s_.front());
  if (to_s <= from_s || procs == 0) return;
  const std::size_t first = step_at(from_s);
  const std::size_t end = to_s >= kForever ? free_.size() : step_at(to_s);
  const auto more = static_cast<std::int32_t>(procs);
  for (std::size_t i = first; i < end; ++i) free_[i] += more;
  join(end);
  join(first);
}

std::int64_t Availability::earliest(std::int64_t from_s, std::int64_t procs, std::int64_t duration_s,
                                    std::int64_t latest_s) const {
  std::int64_t start = std::max(from_s, times_s_.front());
  for (std::size_t i = step_of(start); i < free_.size() && times_s_[i] < start + duration_s; ++i) {
    if (free_[i] >= procs) continue;
    if (i + 1 == free_.size()) return kForever;
    start = std::max(start, times_s_[i + 1]);
    if (start > latest_s) return kForever;
  }
  return start <= latest_s ? start : kForever;
}

std::int64_t Availability::free_since(std::int64_t from_s, std::int64_t end_s, std::int64_t procs,
                                      std::size_t& hint) const {
  hint = step_near(end_s - 1, hint);
  std::int64_t since = end_s;
  for (std::size_t i = hint + 1; i-- > 0 && since > from_s;) {
    if (free_[i] < procs) break;
    since = std::max(from_s, times_s_[i]);
  }
  return since;
}

void Availability::forget_before(std::int64_t time_s) {
  const auto past = static_cast<std::ptrdiff_t>(step_of(time_s));
  times_s_.erase(times_s_.begin(), times_s_.begin() + past);
  free_.erase(free_.begin(), free_.begin() + past);
  times_s_.front() = std::max(times_s_.front(), time_s);
}

}  // namespace foreshape
