// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Counts, sizes, requested memory and states as Slurm's tools print them.
//
// Runs in: offline.
// Threads: pure functions.

#include <cstdint>
#include <optional>
#include <string_view>

#include "predictor/base/job.h"
#include "predictor/base/result.h"

namespace foreshape {

// Each takes one field. Absence (an empty field, Unknown, None, UNLIMITED, ...) is nullopt;
// what can't be read is invalid_input with the field's text in the message.

/// "123", "2K" (2048): a count of cpus, nodes or tasks.
Result<std::optional<std::int64_t>> slurm_count(std::string_view field);

/// "1.50G", "0", "4000M" -> bytes; K M G T P E are powers of 1024 (Slurm never means 1000 in sizes).
/// default_unit: of a number without a letter: 1 (B) or 'K', 'M' ...
Result<std::optional<std::int64_t>> slurm_bytes(std::string_view field, char default_unit = 'B');

/// ReqMem in all its dresses.
struct RequestedMemory {
  enum class Per : std::uint8_t { job, node, cpu } per = Per::job;
  std::int64_t bytes = 0;

  /// Bytes on each node of a job of that width; cpus are taken as spread evenly.
  std::int64_t per_node(std::int64_t nodes, std::int64_t cpus) const;
};

/// "4000Mn" (per node), "2800Mc" (per cpu): Slurm up to 20.11; "62.50G": the whole job, from 21.08. Old dumps
/// also hold "2147486448Mn": 0x80000000 + 2800 MB, the per-cpu flag printed as part of the number. Zero is
/// absent: the user requested all or said nothing.
Result<std::optional<RequestedMemory>> slurm_requested_memory(std::string_view field);

/// "CANCELLED by 1021", "OUT_OF_ME+", "RUNNING"... Suspended, completing and the like count as running.
Result<JobState> slurm_state(std::string_view field);

}  // namespace foreshape
