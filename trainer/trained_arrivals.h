// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// From fitted weights to the part of a model that forecasts next submissions: judged on the window, with
// golden pairs and figures for the card.
//
// Runs in: offline.
// Threads: main thread only.

#include <string>
#include <vector>

#include "trainer/arrival_check.h"
#include "trainer/arrival_samples.h"

namespace foreshape {

/// With fewer moments nothing is trained.
inline constexpr std::size_t kMinArrivalSamples = 256;

struct TrainedArrivals {
  ArrivalScores scores;
  std::vector<std::string> reasons;  ///< why it was left out; empty: it is in the model
};

/// arrivals: sizes and weights. shards: this rank's, some of them for validation: golden inputs. Where the part may
/// serve it becomes model.arrivals; its figures go to the card either way. Errors: those of score_arrivals
/// and verify().
Result<TrainedArrivals> add_trained_arrivals(DatasetReader& reader, const HistoryWindows& windows,
                                             const ArrivalShards& shards, ArrivalModel arrivals,
                                             Model& model);

}  // namespace foreshape
