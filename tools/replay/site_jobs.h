// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A site's past jobs as a workload: those of a window, and those before it that teach the predictors.
//
// Runs in: offline.
// Threads: one object, one thread.

#include <cstdint>
#include <set>
#include <string>
#include <utility>

#include "predictor/base/result.h"
#include "predictor/history/job_record.h"
#include "replay/admission.h"

namespace foreshape {

/// Jobs submitted in [learn_from_s, measured_from_s) teach, those in [measured_from_s, to_s) are measured.
struct SiteWindow {
  UnixSeconds learn_from_s = 0, measured_from_s = 0, to_s = 0;
};

/// to_s: its end; weeks and warm_up_weeks: at least 1 and 0.
SiteWindow site_window(UnixSeconds to_s, std::uint32_t weeks, std::uint32_t warm_up_weeks);

/// What accounting says of the measured jobs: how far a replay may be believed.
struct ActualWaits {
  std::uint64_t jobs = 0;
  double mean_s = 0, longest_s = 0;
};

struct SiteWorkload {
  LoadedWorkload loaded;
  ActualWaits actual;
  std::uint64_t measured_jobs = 0, learned_jobs = 0;
  std::uint32_t measured_users = 0;
  UnixSeconds first_submit_s = 0;      ///< of all jobs of the window, replayed or not
  std::uint64_t other_partitions = 0;  ///< jobs that were not looked at
};

class SiteJobs {
 public:
  /// options: must outlive the object. partition: "" = all.
  SiteJobs(const LoadOptions& options, SiteWindow window, std::string partition);

  /// What a job had of the machine counts, not what it requested: a node that was given whole was taken
  /// whole. A job that comes twice is taken once.
  void take(const JobRecord& record);
  std::uint64_t jobs() const { return jobs_.report.rows; }

  /// Errors: invalid_input - fewer than kMinSiteJobs measured jobs, or a history that does not reach back to
  /// the beginning of the measured weeks; the message says how much there is, and what would do.
  Result<SiteWorkload> workload(const std::string& cluster) &&;

 private:
  Result<void> check_enough(const std::string& cluster) const;

  SiteWindow window_;
  std::string partition_;
  std::int64_t machine_;
  bool whole_nodes_;
  Admission jobs_;
  SiteWorkload said_;
  std::set<std::pair<JobId, UnixSeconds>> seen_;  // ids start over, and a requeued job has one twice
  std::set<std::uint32_t> users_;
};

inline constexpr std::uint64_t kMinSiteJobs = 100;

}  // namespace foreshape
