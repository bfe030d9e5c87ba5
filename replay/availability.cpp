#include "replay/availability.h"

#include <algorithm>

namespace foreshape {

void Availability::reset(std::int64_t from_s, std::int64_t free) { steps_.assign(1, {from_s, free}); }

std::size_t Availability::step_of(std::int64_t time_s) const {
  const auto after = std::upper_bound(steps_.begin(), steps_.end(), time_s,
                                      [](std::int64_t t, const Step& s) { return t < s.time_s; });
  return after == steps_.begin() ? 0 : static_cast<std::size_t>(after - steps_.begin()) - 1;
}

std::size_t Availability::step_at(std::int64_t time_s) {
  const std::size_t step = step_of(time_s);
  if (steps_[step].time_s == time_s) return step;
  steps_.insert(steps_.begin() + static_cast<std::ptrdiff_t>(step) + 1, {time_s, steps_[step].free});
  return step + 1;
}

void Availability::join(std::size_t step) {
  if (step == 0 || step >= steps_.size() || steps_[step - 1].free != steps_[step].free) return;
  steps_.erase(steps_.begin() + static_cast<std::ptrdiff_t>(step));
}

void Availability::add(std::int64_t from_s, std::int64_t to_s, std::int64_t procs) {
  from_s = std::max(from_s, steps_.front().time_s);
  if (to_s <= from_s || procs == 0) return;
  const std::size_t first = step_at(from_s);
  const std::size_t end = to_s >= kForever ? steps_.size() : step_at(to_s);
  for (std::size_t i = first; i < end; ++i) steps_[i].free += procs;
  join(end);
  join(first);
}

std::int64_t Availability::earliest(std::int64_t from_s, std::int64_t procs, std::int64_t duration_s,
                                    std::int64_t latest_s) const {
  std::int64_t start = std::max(from_s, steps_.front().time_s);
  for (std::size_t i = step_of(start); i < steps_.size() && steps_[i].time_s < start + duration_s; ++i) {
    if (start > latest_s) return kForever;
    if (steps_[i].free >= procs) continue;
    if (i + 1 == steps_.size()) return kForever;
    start = std::max(start, steps_[i + 1].time_s);
  }
  return start <= latest_s ? start : kForever;
}

std::int64_t Availability::free_since(std::int64_t from_s, std::int64_t end_s, std::int64_t procs) const {
  std::int64_t since = end_s;
  for (std::size_t i = step_of(end_s - 1) + 1; i-- > 0 && since > from_s;) {
    if (steps_[i].free < procs) break;
    since = std::max(from_s, steps_[i].time_s);
  }
  return since;
}

void Availability::forget_before(std::int64_t time_s) {
  const std::size_t step = step_of(time_s);
  steps_.erase(steps_.begin(), steps_.begin() + static_cast<std::ptrdiff_t>(step));
  steps_.front().time_s = std::max(steps_.front().time_s, time_s);
}

}  // namespace foreshape
