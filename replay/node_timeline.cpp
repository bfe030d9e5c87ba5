// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/node_timeline.h"

#include <algorithm>
#include <utility>

namespace foreshape {

void NodeTimeline::Stretch::restart(std::size_t step) {
  first_ = end_ = step;
  front_.clear();
  back_ = nullptr;
}

void NodeTimeline::Stretch::extend() {
  const Segment& next = steps_[end_++];
  if (back_ == nullptr) {
    back_ = &next.free;
  } else if (next.may_shrink) {
    if (!back_least_ || back_ != &*back_least_) back_least_ = *back_;
    back_least_->limit_to(next.free);
    back_ = &*back_least_;
  }
}

void NodeTimeline::Stretch::shorten() {
  if (front_.empty()) {
    for (std::size_t i = end_; i-- > first_;) {
      front_.push_back(steps_[i].free);
      if (i + 1 < end_) front_.back().limit_to(front_[front_.size() - 2]);
    }
    back_ = nullptr;
  }
  front_.pop_back();
  ++first_;
}

const FreeNodes& NodeTimeline::Stretch::least() {
  if (front_.empty()) return *back_;
  if (back_ == nullptr) return front_.back();
  least_ = front_.back();
  least_->limit_to(*back_);
  return *least_;
}

NodeTimeline::NodeTimeline(std::int64_t from_s, FreeNodes free, FitRule fit) : fit_(fit) {
  steps_.push_back({from_s, std::move(free), false});
}

std::size_t NodeTimeline::step_of(std::int64_t time_s) const {
  const auto after = std::upper_bound(steps_.begin(), steps_.end(), time_s,
                                      [](std::int64_t t, const Segment& s) { return t < s.time_s; });
  return after == steps_.begin() ? 0 : static_cast<std::size_t>(after - steps_.begin()) - 1;
}

std::size_t NodeTimeline::step_at(std::int64_t time_s) {
  const std::size_t step = step_of(time_s);
  if (steps_[step].time_s == time_s) return step;
  Segment split{time_s, steps_[step].free, false};
  steps_.insert(steps_.begin() + static_cast<std::ptrdiff_t>(step) + 1, std::move(split));
  return step + 1;
}

void NodeTimeline::join(std::size_t step) {
  if (step == 0 || step >= steps_.size() || !(steps_[step - 1].free == steps_[step].free)) return;
  steps_.erase(steps_.begin() + static_cast<std::ptrdiff_t>(step));
}

template <class Change>
void NodeTimeline::change(std::int64_t from_s, std::int64_t to_s, bool takes, Change&& change) {
  from_s = std::max(from_s, steps_.front().time_s);
  if (to_s <= from_s) return;
  const std::size_t first = step_at(from_s);
  const std::size_t end = to_s >= kForever ? steps_.size() : step_at(to_s);
  for (std::size_t i = first; i < end; ++i) change(steps_[i].free);
  if (takes)
    steps_[first].may_shrink = true;
  else if (end < steps_.size())
    steps_[end].may_shrink = true;
  join(end);
  join(first);
}

void NodeTimeline::take(std::int64_t from_s, std::int64_t to_s, const Placement& placement) {
  change(from_s, to_s, true, [&](FreeNodes& free) { free.take(placement); });
}

void NodeTimeline::give(std::int64_t from_s, std::int64_t to_s, const Placement& placement) {
  change(from_s, to_s, false, [&](FreeNodes& free) { free.give(placement); });
}

void NodeTimeline::take_whole_nodes(std::int64_t from_s, std::int64_t to_s, const Placement& placement) {
  change(from_s, to_s, true, [&](FreeNodes& free) { free.take_whole_nodes(placement); });
}

void NodeTimeline::release(std::int64_t from_s, const Placement& placement) {
  if (from_s > steps_.back().time_s) {
    FreeNodes free = steps_.back().free;
    steps_.push_back({from_s, std::move(free), false});
  }
  steps_.back().free.give(placement);
}

std::optional<NodeTimeline::Slot> NodeTimeline::earliest(std::int64_t from_s, const NodeDemand& demand,
                                                         std::int64_t duration_s,
                                                         std::int64_t latest_s) const {
  std::int64_t start = std::max(from_s, steps_.front().time_s);
  Stretch stretch{steps_};
  std::size_t first = step_of(start);
  stretch.restart(first);
  for (std::size_t summed = first; first < steps_.size();) {
    start = std::max(start, steps_[first].time_s);
    if (start > latest_s) return std::nullopt;
    // By sums first, which is quick: no stretch may have a step with too few cores in all.
    const std::int64_t end_s = start + duration_s;
    const auto is_within = [&](std::size_t i) { return i < steps_.size() && steps_[i].time_s < end_s; };
    while (is_within(summed) && steps_[summed].free.cores() >= demand.cores) ++summed;
    if (is_within(summed)) {
      first = ++summed;
      stretch.restart(first);
      continue;
    }
    const auto has_room = [&] { return stretch.is_empty() || stretch.least().cores() >= demand.cores; };
    bool fits = has_room();
    for (; fits && is_within(stretch.end()); fits = has_room()) stretch.extend();
    if (auto placement = fits ? stretch.least().place(demand, fit_) : std::nullopt)
      return Slot{start, std::move(*placement)};
    ++first;
    stretch.shorten();
  }
  return std::nullopt;
}

void NodeTimeline::forget_before(std::int64_t time_s) {
  steps_.erase(steps_.begin(), steps_.begin() + static_cast<std::ptrdiff_t>(step_of(time_s)));
  steps_.front().time_s = std::max(steps_.front().time_s, time_s);
}

}  // namespace foreshape
