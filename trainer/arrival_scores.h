// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Trained networks of next submissions and the simple forecasts side by side on one window of a history: what
// decides whether a network may serve (trainer/arrival_check.h).
//
// Runs in: offline.
// Threads: main thread only.

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <vector>

#include "predictor/base/result.h"
#include "predictor/model/model.h"
#include "trainer/arrival_score.h"
#include "trainer/dataset_file.h"

namespace foreshape {

struct ArrivalScores {
  struct OfOne {
    MeanScore nats;      ///< at each submission: -ln P of the bin in which the next one came
    YesNoScore windows;  ///< each quarter of an hour: does one come within it?
  };
  /// The forecasts side by side.
  struct SideBySide {
    OfOne simple;  ///< the forecast from gaps that serves where there is no network
    std::vector<OfOne> models;
  };
  MeanScore decayed;  ///< nats of the user's gaps, older ones counting less (half-life 20 gaps)
  SideBySide all;     ///< each submission as one
  std::map<UserId, SideBySide> users;
  std::map<UserId, std::uint64_t> submissions_before;  ///< each user's in the history before the window
};

/// Goes through the history up to job `end` (in the order of submission) and scores the forecasts from job
/// `first` on; the weights stay as they are. What has not come by the end is not scored in nats. Errors:
/// those of DatasetReader::read.
Result<ArrivalScores> score_arrivals(DatasetReader& reader, std::uint64_t first, std::uint64_t end,
                                     std::span<const ArrivalModel* const> models,
                                     const std::function<void(std::uint64_t jobs)>& progress = {});

/// The card's figures: arrivals.nats of model, simple and decayed; arrivals.brier15 (minutes) and
/// arrivals.submissions.
std::vector<ModelMetric> metrics_of(const ArrivalScores& scores, std::size_t model);

}  // namespace foreshape
