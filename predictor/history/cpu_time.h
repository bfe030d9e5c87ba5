// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What share of its cpus a job can have used: one rule for all that accounting may say.
//
// Runs in: offline.
// Threads: pure functions.

#include <algorithm>
#include <cstdint>
#include <optional>

namespace foreshape {

// A little above 1: cpu time and run time are rounded apart, and a job's processes end after its clock.
inline constexpr double kMaxCpuEfficiency = 1.05;

/// Why a cpu time is left out that possible_cpu_efficiency() does not take.
inline constexpr const char* kImpossibleCpuTime = "more cpu time than the job's cpus had";

/// The efficiency, cpu time / (cpus x run time), as it may be kept: at most kMaxCpuEfficiency. nullopt: the
/// job's cpus did not have so much time in a second more than the run time, which is in whole seconds.
inline std::optional<float> possible_cpu_efficiency(double efficiency, std::int64_t run_s) {
  const double run = static_cast<double>(std::max<std::int64_t>(run_s, 1));
  if (!(efficiency * run <= kMaxCpuEfficiency * (run + 1))) return std::nullopt;
  return static_cast<float>(std::min(efficiency, kMaxCpuEfficiency));
}

}  // namespace foreshape
