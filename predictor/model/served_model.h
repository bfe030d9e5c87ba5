// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A trained model at work: the network with room to run in, and the blend beside it.
//
// Runs in: slurmctld and offline. Made on our own threads; predictions allocate nothing.
// Threads: immutable but for the workspaces, which are taken by one thread each: improve() from any.

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "predictor/base/lending_pool.h"
#include "predictor/baseline/kernel.h"
#include "predictor/model/features/features.h"
#include "predictor/model/model.h"
#include "predictor/model/network/network.h"

namespace foreshape {

/// What came of asking the model.
enum class ModelOutcome : std::uint8_t {
  none,      ///< there is no model, or the kernel knows nothing either: it was not asked
  answered,  ///< it is in the prediction
  busy,      ///< all workspaces were taken: the kernel's word stands
  unusable,  ///< not a finite number, or quantiles that cross: the kernel's word stands
};

/// The weights, and workspaces made beforehand. slurmctld calls job_submit from one thread at a time, so that
/// more than one is hardly ever taken.
class ServingNetwork {
 public:
  static constexpr std::size_t kWorkspaces = 4;

  /// Room for a prediction, and what the network said in it.
  struct Workspace {
    explicit Workspace(const NetworkSizes& sizes) : state(sizes, 1, false) {}
    ModelInput input{};
    NetworkState state;
    std::array<Forecast, kResources> forecasts{};
    std::array<PointChoices, kResources> choices{};  ///< with each forecast, for the point prediction
  };
  using Loan = LendingPool<Workspace, kWorkspaces>::Loan;

  /// model: verified.
  explicit ServingNetwork(Model model);

  /// Empty if all are taken.
  Loan borrow() const { return workspaces_.borrow(); }

  /// The network's forecasts of the resources that the model serves and the kernel knows, left in the
  /// workspace together with the features; the others are unknown.
  ModelOutcome forecast(const JobMoment& moment, const KernelVotes& votes, Workspace& work) const;

  /// Runs once in every workspace, so that no submission meets memory that was never touched.
  void warm_up() const;

  const Model& model() const { return model_; }

 private:
  const Model model_;
  const LendingPool<Workspace, kWorkspaces> workspaces_;
};

/// What is swapped in: another blend is another ServedModel over the same network.
struct ServedModel {
  std::shared_ptr<const ServingNetwork> network;
  std::array<BlendTable, kResources> blends;
};

/// The network's and the blend's word in place of the kernel's.
///
/// votes        what the kernel weighed for the moment's prediction
/// prediction   the kernel's; changed only if the answer is `said`
/// lesson       out, where the answer is `said`: of the run time
ModelOutcome improve(const ServedModel& served, const JobMoment& moment, const KernelVotes& votes,
                     Prediction& prediction, BlendLesson& lesson);

}  // namespace foreshape
