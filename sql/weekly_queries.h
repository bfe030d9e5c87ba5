// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the page of `sshape html` asks the store beyond the report's own views. All is of jobs that ended in the filter's
// window.
//
// Runs in: offline.
// Threads: as the connection.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "predictor/base/clock.h"
#include "predictor/base/prediction.h"
#include "predictor/base/result.h"
#include "sql/job_filter.h"

namespace foreshape {

class Pg;

struct WeekWaits {
  UnixSeconds week_s = 0;  ///< its Monday; 0 = all weeks together
  std::int64_t jobs = 0, started = 0;
  double mean_s = 0, median_s = 0;  ///< of those that started
};

/// The weeks that have any job, oldest first, and all together as the last entry. weeks: beginnings, ascending, not empty.
/// Errors of all of these: those of Pg.
Result<std::vector<WeekWaits>> weekly_waits(Pg& db, const JobFilter& filter,
                                            std::span<const UnixSeconds> weeks);

/// How the predicted quantiles of a resource came true, over jobs that were predicted and measured.
struct Calibration {
  std::int64_t jobs = 0;
  std::array<std::int64_t, kQuantileLevels.size()> within{};  ///< used no more than that quantile

  /// nullopt without jobs.
  std::optional<double> share_within(std::size_t level) const {
    if (jobs == 0) return std::nullopt;
    return static_cast<double>(within.at(level)) / static_cast<double>(jobs);
  }
};
struct Calibrations {
  Calibration run_time, memory;
};
Result<Calibrations> calibrations(Pg& db, const JobFilter& filter);

/// What jobs ran that were predicted about as long, in seconds.
struct RunTimesOf {
  double predicted_s = 0;
  std::int64_t jobs = 0;
  double tenth_s = 0, half_s = 0, nine_tenths_s = 0;
};
/// By the prediction, shortest first.
Result<std::vector<RunTimesOf>> run_times_by_prediction(Pg& db, const JobFilter& filter);

}  // namespace foreshape
