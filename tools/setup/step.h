// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What a site needs as a list of steps, each of which knows whether it is done, how it is done and how it is
// taken back: dry run, a second run and removal all come from the one list.
//
// Runs in: offline.
// Threads: main thread only.

#include <functional>
#include <string>
#include <vector>

#include "predictor/base/result.h"

namespace foreshape {

enum class StepState {
  done,      ///< nothing to do
  open,      ///< there is something to do
  left_over  ///< not for us to do: the sentence says who does what
};

struct StepFinding {
  StepState state = StepState::done;
  std::string
      say;  ///< done: what is so; open: what doing it does ("make /x, owner slurm"); left_over: what to do
};

/// check and check_removal change nothing. make and remove are called only where theirs said `open`, and what
/// they have done is done: the same check says `done` from then on.
struct SetupStep {
  std::string name;  ///< "state directory"
  std::function<Result<StepFinding>()> check;
  std::function<Result<void>()> make;
  std::function<Result<StepFinding>()> check_removal;
  std::function<Result<void>()> remove;
};

enum class Direction { make, remove };

struct StepCounts {
  int changed = 0;    ///< done now; in a dry run: would be
  int left_over = 0;  ///< for a person to do
};

/// Takes the steps in their order; for removal in the opposite one. told: one line for each.
/// Errors: the first failure, with the step's name in front; what came before it stays done.
Result<StepCounts> take_steps(const std::vector<SetupStep>& steps, Direction direction, bool dry_run,
                              const std::function<void(const std::string& line)>& told);

}  // namespace foreshape
