// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// One job as a history file tells it: request, usage, and the names that people know it by.
//
// Runs in: offline.
// Threads: plain values.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "predictor/base/job.h"
#include "predictor/base/memory_mark.h"

namespace foreshape {

/// A finished, running or pending job from sacct, SWF or another trace. Names are as found: hostile
/// until shown through harmless().
struct JobRecord {
  JobId job_id = 0;  ///< Slurm's raw id (of the array task, of the het component); a trace's own number
  std::string job_id_text;                ///< as people write it: 123, 123_4, 123+1
  std::optional<MemoryMark> memory_mark;  ///< from admin_comment; request has its user's own figure
  std::uint64_t token = 0;  ///< SubmissionToken from admin_comment "foreshape=<16 hex digits>"; 0 = none
  std::string cluster, user, account, partition, qos, name;
  std::string work_dir;            ///< working directory; empty = not said
  std::uint32_t requeues = 0;      ///< runs before the one that usage describes
  UnixSeconds first_submit_s = 0;  ///< submission of the earliest of these runs; 0 = request.submit_s
  std::uint32_t allocated_nodes = 0, allocated_cpus = 0;
  std::optional<std::int64_t> allocated_memory_bytes;  ///< per node, as the run started; nullopt = not said
  bool memory_is_shaped = false;                       ///< it had less than its user requested, by the mark
  bool ran_out_of_memory = false;  ///< killed for want of memory, also where usage.state is REQUEUED since
  JobRequest request;
  JobUsage usage;                        ///< start_s, end_s 0 = not started, not ended
  std::vector<JobRecord> requeued_runs;  ///< of the `requeues` those that were found beside it
};

}  // namespace foreshape
