// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// How many jobs of a user's and a name wait or run with less memory than requested: however many are submitted at
// once, few are open where little is known, so that one mistake is not made a thousand times before its first end.
//
// Runs in: slurmctld.
// Threads: any. No lock, no allocation but in recount().

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

#include "predictor/base/job.h"
#include "predictor/base/splitmix.h"

namespace foreshape {

class OpenShapes {
 public:
  /// What shares a cell is counted together: a job more that keeps its request.
  static constexpr std::size_t kCells = 1U << 14;

  /// So many more jobs (an array's tasks) are given less, if no more than limit are then. False: they are to keep their
  /// request.
  bool open(UserId user, TextHash name, std::uint32_t limit, std::uint32_t jobs = 1) {
    std::atomic<std::uint32_t>& count = counts_[cell_of(user, name)];
    std::uint32_t seen = count.load(std::memory_order_relaxed);
    while (seen < limit && limit - seen >= jobs)
      if (count.compare_exchange_weak(seen, seen + jobs, std::memory_order_relaxed)) return true;
    return false;
  }

  struct Job {
    UserId user = 0;
    TextHash name = 0;
    std::uint32_t count = 1;  ///< of an array's tasks
  };

  /// Those of Slurm's list. What was opened since that list was made is forgotten until the next.
  void recount(std::span<const Job> jobs) {
    std::array<std::uint32_t, kCells> now{};
    for (const Job& job : jobs) now[cell_of(job.user, job.name)] += job.count;
    for (std::size_t i = 0; i < kCells; ++i) counts_[i].store(now[i], std::memory_order_relaxed);
  }

 private:
  static std::size_t cell_of(UserId user, TextHash name) {
    return splitmix_of(std::uint64_t{user} << 32U | name) % kCells;
  }

  std::array<std::atomic<std::uint32_t>, kCells> counts_{};
};

}  // namespace foreshape
