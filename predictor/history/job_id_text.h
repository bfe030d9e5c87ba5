// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Job ids as Slurm's tools print them.
//
// Runs in: offline.
// Threads: pure functions.

#include <cstdint>
#include <string_view>

#include "predictor/base/job.h"
#include "predictor/base/result.h"

namespace foreshape {

/// The parts of a job id as sacct prints it (JobID or JobIDRaw).
struct JobIdText {
  JobId number = 0;       ///< of 123, 123_4, 123+1: 123
  std::string_view job;   ///< without the step: "123_4"
  std::string_view step;  ///< "batch", "extern", "0", "0+1"; empty for the job itself
  bool array = false;
  std::uint32_t pending_tasks = 0;  ///< of "123_[1-10%2]": 10
  bool is_plain() const { return job.find_first_of("_+") == std::string_view::npos; }
};
Result<JobIdText> slurm_job_id(std::string_view field);

}  // namespace foreshape
