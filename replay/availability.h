// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Free processors over time: a step function that can be reserved from.
//
// Runs in: offline.
// Threads: one object, one thread.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace foreshape {

class Availability {
 public:
  static constexpr std::int64_t kForever = INT64_MAX / 2;

  /// From that time on so many are free, for ever. No more than INT32_MAX: a machine's processors.
  void reset(std::int64_t from_s, std::int64_t free);
  /// Adds `procs` (may be below zero) to what is free in [from_s, to_s).
  void add(std::int64_t from_s, std::int64_t to_s, std::int64_t procs);
  /// The earliest time >= from_s from which `procs` are free for duration_s without a gap, if that is at or
  /// before latest_s; kForever otherwise.
  std::int64_t earliest(std::int64_t from_s, std::int64_t procs, std::int64_t duration_s,
                        std::int64_t latest_s = kForever) const;
  /// The earliest time >= from_s from which `procs` are free without a gap until end_s; end_s if not even
  /// just before it.
  /// hint: about the step of end_s, where the caller knows it; set to what it is. It only saves time.
  std::int64_t free_since(std::int64_t from_s, std::int64_t end_s, std::int64_t procs,
                          std::size_t& hint) const;
  /// Drops what lies before that time.
  void forget_before(std::int64_t time_s);

 private:
  /// The step that holds at that time.
  std::size_t step_of(std::int64_t time_s) const;
  /// The same, looked for from there.
  std::size_t step_near(std::int64_t time_s, std::size_t hint) const;
  /// Joins the step with the one before if nothing changes between them.
  void join(std::size_t step);
  /// The step that begins at that time, made if there is none.
  std::size_t step_at(std::int64_t time_s);

  // By step. Apart, since a search looks at times only and a reservation changes a stretch of figures.
  std::vector<std::int64_t> times_s_;  // sorted; the last step lasts for ever
  std::vector<std::int32_t> free_;     // from times_s_ until the next step
};

}  // namespace foreshape
