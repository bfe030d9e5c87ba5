// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// From fitted weights to a model that can be promoted: judged on the window, with blends, card and golden
// pairs.
//
// Runs in: offline.
// Threads: main thread only.

#include <functional>
#include <vector>

#include "predictor/base/result.h"
#include "predictor/model/model.h"
#include "trainer/dataset_file.h"
#include "trainer/sample_store.h"
#include "trainer/window_scores.h"

namespace foreshape {

struct TrainedModel {
  Model model;
  WindowScores scores;
};

/// A resource is served where jobs that taught knew it and at least so many validation jobs knew it.
inline constexpr std::size_t kJudgedJobs = 50;

/// card: all but the metrics and the data window. shards: this rank's, some of them for validation: golden inputs.
/// The blends are as they stood at the window's end; without users where the data set is anonymous. Errors:
/// those of score_window and check(); invalid_input - no resource could be judged.
Result<TrainedModel> make_trained_model(DatasetReader& reader, const HistoryWindows& windows,
                                        const SampleShards& shards, const NetworkSizes& sizes,
                                        std::vector<float> weights, ModelCard card,
                                        const std::function<void(std::uint64_t jobs)>& progress);

}  // namespace foreshape
