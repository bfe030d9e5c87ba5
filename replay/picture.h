// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What a page shows of a run: distributions, courses over time and users, gathered so that their size does
// not depend on the number of jobs.
//
// Runs in: offline.
// Threads: pure functions.

#include <cstdint>
#include <string>
#include <vector>

#include "replay/metrics.h"
#include "replay/simulation.h"
#include "replay/workload.h"

namespace foreshape {

/// Time is cut into so many equal parts, from the first submission to the last one.
inline constexpr std::size_t kPictureParts = 150;
/// Points of a distribution, equally far from each other on a logarithmic axis.
inline constexpr std::size_t kPicturePoints = 121;

/// Shares of the jobs at or below a value: at() gives the value of each point.
struct Distribution {
  double least = 1, most = 10;  ///< values of the first and the last point, > 0
  std::vector<double> shares;   ///< kPicturePoints, each >= the one before
  double at(std::size_t point) const;
};

struct UserPicture {
  std::string name;
  std::uint32_t jobs = 0;
  double slowdown = 0;  ///< mean bounded slowdown
};

struct RunPicture {
  std::string policy, predictor;
  Distribution waits;                ///< seconds + 1, so that those who did not wait are the first point
  Distribution slowdowns;            ///< bounded slowdown
  std::vector<double> waiting_jobs;  ///< mean number in each part of the time
  std::vector<double> utilisation;   ///< share of the machine in use in each part, 0 to 1
  std::vector<UserPicture> users;    ///< by ReplayJob::user
};

/// All policies' runs of one trace on the first seed.
struct TracePicture {
  std::string trace;
  std::uint64_t jobs = 0;
  std::int32_t procs = 0;
  std::int64_t from_s = 0, to_s = 0;  ///< first and last measured submission
  std::uint32_t seeds = 1;            ///< how many there were
  std::vector<RunPicture> runs;       ///< in the order of the policies; the first is the yardstick
};

/// Everything but the policy's name. The schedule must be of that workload.
RunPicture picture_of(const Workload& load, const Schedule& schedule);

/// The frame for the runs of a workload, without any.
TracePicture frame_of(const Workload& load);

}  // namespace foreshape
