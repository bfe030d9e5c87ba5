#include "replay/availability.h"

#include <algorithm>

namespace foreshape {

void Availability::reset(std::int64_t from_s, std::int64_t free) { steps_.assign(1, {from_s, free}); }

std::size_t Availability::step_at(std::int64_t time_s) {
  const auto after = std::upper_bound(steps_.begin(), steps_.end(), time_s,
                                      [](std::int64_t t, const Step& s) { return t < s.time_s; });
  const auto index = static_cast<std::size_t>(after - steps_.begin());
  const Step before = *(after - 1);
  if (before.time_s == time_s) return index - 1;
  steps_.insert(after, {time_s, before.free});
  return index;
}

void Availability::add(std::int64_t from_s, std::int64_t to_s, std::int64_t procs) {
  from_s = std::max(from_s, steps_.front().time_s);
  if (to_s <= from_s || procs == 0) return;
  const std::size_t first = step_at(from_s);
  const std::size_t end = to_s >= kForever ? steps_.size() : step_at(to_s);
  for (std::size_t i = first; i < end; ++i) steps_[i].free += procs;
}

std::int64_t Availability::earliest(std::int64_t from_s, std::int64_t procs, std::int64_t duration_s,
                                    std::int64_t latest_s) const {
  auto step = std::upper_bound(steps_.begin(), steps_.end(), from_s,
                               [](std::int64_t t, const Step& s) { return t < s.time_s; });
  if (step != steps_.begin()) --step;
  std::int64_t start = std::max(from_s, step->time_s);
  for (; step != steps_.end(); ++step) {
    if (step->time_s >= start + duration_s) break;  // long enough
    if (step->free >= procs) continue;
    if (step + 1 == steps_.end()) return kForever;
    start = std::max(from_s, (step + 1)->time_s);
    if (start > latest_s) return kForever;
  }
  return start <= latest_s ? start : kForever;
}

}  // namespace foreshape
