// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Trained models and the simple predictors side by side on one window of a history: what decides whether a
// model is promoted.
//
// Runs in: offline.
// Threads: main thread only.

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <tuple>
#include <vector>

#include "predictor/base/result.h"
#include "predictor/model/model.h"
#include "trainer/dataset_file.h"
#include "trainer/score.h"

namespace foreshape {

/// One model's scores, by resource.
struct ModelScores {
  std::array<Score, kResources> network;  ///< alone
  std::array<Score, kResources>
      model;  ///< as it serves: with the kernel, mixed by the blend as it went on learning
  std::array<BlendTable, kResources> blends;  ///< at the window's end
};

/// Jobs that are judged together: one user's under one account, as a newcomer (fewer than 10 finished jobs at
/// the submission) or not.
struct Whose {
  UserId uid = 0;
  TextHash account = 0;
  bool is_newcomer = false;
  bool operator<(const Whose& other) const {
    return std::tie(uid, account, is_newcomer) < std::tie(other.uid, other.account, other.is_newcomer);
  }
};

/// What decides on a promotion, of the jobs of one Whose (4 kB with two models).
struct DecidingScores {
  Score requested, last2;
  std::array<Score, kResources> kernel;
  std::vector<std::array<Score, kResources>> models;  ///< as they serve
};

/// Memory and run time: of what was used, bounded by the request; what was cut off counts as all of it. Jobs
/// that were cut off by others, never ran or have not ended are not scored.
struct WindowScores {
  std::uint64_t jobs = 0;  ///< of the window that have a run time
  Score requested, last2;  ///< run time, of jobs with a limit
  Score requested_memory;  ///< of jobs that requested memory
  std::array<Score, kResources> kernel;
  std::vector<ModelScores> models;              ///< in the order given
  std::map<Whose, DecidingScores> parts;        ///< the same, apart by whose the jobs are
  std::map<UserId, std::uint64_t> jobs_before;  ///< each user's in the history before the window
};

/// Goes through the history up to job `end` (in the order of submission) and scores those from `first` on: at
/// each submission only what had ended before is known, the weights stay as they are. Where the kernel knows
/// nothing a job is scored by nobody. Errors: those of DatasetReader::read.
Result<WindowScores> score_window(DatasetReader& reader, std::uint64_t first, std::uint64_t end,
                                  std::span<const Model* const> models,
                                  const std::function<void(std::uint64_t jobs)>& progress = {});

/// The card's figures: run_time.accuracy, .pinball50, .pinball90, .pinball95, .coverage95 of each predictor,
/// and the same of the other resources where they were measured.
std::vector<ModelMetric> metrics_of(const WindowScores& scores, std::size_t model);

}  // namespace foreshape
