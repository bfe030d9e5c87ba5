// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// One of the fits that a training consists of: begun or resumed, run, its checkpoint and curve kept.
//
// Runs in: offline.
// Threads: main thread only.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tools/cli/command.h"
#include "tools/train/train_options.h"
#include "tools/train/train_progress.h"
#include "trainer/fit.h"

namespace foreshape {

/// Every rank calls this at the same place: false on all where one has an error, which says it.
template <class T>
bool all_have(Comm& comm, const Result<T>& result) {
  if (!result) {
    Error error = result.error();
    if (comm.ranks() > 1)
      error = about("rank " + std::to_string(comm.rank()) + " of " + std::to_string(comm.ranks()), error);
    report_failure(kTrainProgram, error);
  }
  return all_agree(comm, result.has_value());
}

struct FitStage {
  std::string identity;           ///< what must be the same for a checkpoint to be gone on from
  std::string checkpoint, curve;  ///< files; empty: none
  FitSettings settings;
  double checkpoint_every_s = 300;
  bool resume = false;
};

/// Begins from `weights` (empty: new ones), or from the checkpoint where it must be resumed, and steps to
/// the end or until stop. nullopt: it failed, which was said.
std::optional<FitEnd> run_stage(const FitStage& stage, Fit& fit, const std::vector<float>& weights,
                                Comm& comm, TrainProgress& talk, const std::function<bool()>& stop);

}  // namespace foreshape
