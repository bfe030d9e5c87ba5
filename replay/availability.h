#pragma once
// Free processors over time: a step function that can be reserved from.
//
// Runs in: offline.
// Threads: one object, one thread.

#include <cstdint>
#include <vector>

namespace foreshape {

class Availability {
 public:
  static constexpr std::int64_t kForever = INT64_MAX / 2;

  /// From that time on so many are free, for ever.
  void reset(std::int64_t from_s, std::int64_t free);
  /// Adds `procs` (may be below zero) to what is free in [from_s, to_s).
  void add(std::int64_t from_s, std::int64_t to_s, std::int64_t procs);
  /// The earliest time >= from_s from which `procs` are free for duration_s without a gap, if that is at or
  /// before latest_s; kForever otherwise.
  std::int64_t earliest(std::int64_t from_s, std::int64_t procs, std::int64_t duration_s,
                        std::int64_t latest_s = kForever) const;
  /// The earliest time >= from_s from which `procs` are free without a gap until end_s; end_s if not even
  /// just before it.
  std::int64_t free_since(std::int64_t from_s, std::int64_t end_s, std::int64_t procs) const;
  /// Drops what lies before that time.
  void forget_before(std::int64_t time_s);

 private:
  struct Step {
    std::int64_t time_s;
    std::int64_t free;  // from time_s until the next step
  };

  /// The step that holds at that time.
  std::size_t step_of(std::int64_t time_s) const;
  /// Joins the step with the one before if nothing changes between them.
  void join(std::size_t step);
  /// The step that begins at that time, made if there is none.
  std::size_t step_at(std::int64_t time_s);

  std::vector<Step> steps_;  // sorted by time; the last one lasts for ever
};

}  // namespace foreshape
