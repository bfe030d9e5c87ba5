// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What Slurm and the user are told about one job.
//
// Runs in: slurmctld and offline. Trivially copyable.
// Threads: plain values.

#include <array>
#include <cstdint>
#include <optional>
#include <type_traits>

#include "predictor/plan/policy.h"

namespace foreshape {

struct Plan {
  LeverModes modes{};
  std::optional<std::int64_t> run_s;  ///< planned run time: prediction at the margin, never above the request
  std::optional<std::int64_t> memory_bytes;  ///< per node, likewise
  /// MiB per node that Slurm is told instead of the request (with Memory=dry-run or advise: would be told);
  /// less than the request. Absent: the job keeps it.
  std::optional<std::int64_t> shaped_memory_mib;
  /// How long a job that comes later may still go ahead of this one: the offset of the static key, seconds.
  std::optional<std::int64_t> order_offset_s;
  bool order_is_dry = false;  ///< Order=dry-run: the offset is recorded, and Slurm not told
  bool may_use_pool = false;  ///< predicted short, and requested nothing that forbids it
};

static_assert(std::is_trivially_copyable_v<Plan>);

}  // namespace foreshape
