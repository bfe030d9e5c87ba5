#include "replay/node_timeline.h"

#include <algorithm>
#include <utility>

namespace foreshape {

NodeTimeline::NodeTimeline(std::int64_t from_s, FreeNodes free) {
  steps_.push_back({from_s, std::move(free)});
}

std::size_t NodeTimeline::step_of(std::int64_t time_s) const {
  const auto after = std::upper_bound(steps_.begin(), steps_.end(), time_s,
                                      [](std::int64_t t, const Step& s) { return t < s.time_s; });
  return after == steps_.begin() ? 0 : static_cast<std::size_t>(after - steps_.begin()) - 1;
}

std::size_t NodeTimeline::step_at(std::int64_t time_s) {
  const std::size_t step = step_of(time_s);
  if (steps_[step].time_s == time_s) return step;
  Step split{time_s, steps_[step].free};
  steps_.insert(steps_.begin() + static_cast<std::ptrdiff_t>(step) + 1, std::move(split));
  return step + 1;
}

template <class Change>
void NodeTimeline::change(std::int64_t from_s, std::int64_t to_s, Change&& change) {
  from_s = std::max(from_s, steps_.front().time_s);
  if (to_s <= from_s) return;
  const std::size_t first = step_at(from_s);
  const std::size_t end = to_s >= kForever ? steps_.size() : step_at(to_s);
  for (std::size_t i = first; i < end; ++i) change(steps_[i].free);
}

void NodeTimeline::take(std::int64_t from_s, std::int64_t to_s, const Placement& placement) {
  change(from_s, to_s, [&](FreeNodes& free) { free.take(placement); });
}

void NodeTimeline::give(std::int64_t from_s, std::int64_t to_s, const Placement& placement) {
  change(from_s, to_s, [&](FreeNodes& free) { free.give(placement); });
}

void NodeTimeline::take_whole_nodes(std::int64_t from_s, std::int64_t to_s, const Placement& placement) {
  change(from_s, to_s, [&](FreeNodes& free) { free.take_whole_nodes(placement); });
}

std::optional<Placement> NodeTimeline::place(std::size_t first, std::int64_t end_s,
                                             const NodeDemand& demand) const {
  if (!steps_[first].free.fits(demand)) return std::nullopt;
  FreeNodes all_along = steps_[first].free;
  for (std::size_t i = first + 1; i < steps_.size() && steps_[i].time_s < end_s; ++i) {
    if (steps_[i].free.cores() < demand.cores) return std::nullopt;
    all_along.limit_to(steps_[i].free);
  }
  return all_along.place(demand);
}

std::optional<NodeTimeline::Slot> NodeTimeline::earliest(std::int64_t from_s, const NodeDemand& demand,
                                                         std::int64_t duration_s,
                                                         std::int64_t latest_s) const {
  std::int64_t start = std::max(from_s, steps_.front().time_s);
  for (std::size_t i = step_of(start); i < steps_.size(); ++i) {
    start = std::max(start, steps_[i].time_s);
    if (start > latest_s) return std::nullopt;
    auto placement = place(i, start + duration_s, demand);
    if (placement) return Slot{start, std::move(*placement)};
  }
  return std::nullopt;
}

void NodeTimeline::forget_before(std::int64_t time_s) {
  steps_.erase(steps_.begin(), steps_.begin() + static_cast<std::ptrdiff_t>(step_of(time_s)));
  steps_.front().time_s = std::max(steps_.front().time_s, time_s);
}

}  // namespace foreshape
