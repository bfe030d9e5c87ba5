// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Estimators that look at the user's own past jobs, kept in the very store that the plugin has.
//
// Runs in: offline.
// Threads: one object, one thread.

#include "predictor/base/prediction.h"
#include "predictor/baseline/candidates.h"
#include "predictor/profile/profile_store.h"
#include "replay/estimator.h"

namespace foreshape {

class ProfileEstimator : public Estimator {
 public:
  Estimate estimate(JobIndex job, std::int64_t now) override;
  void ended(JobIndex job, std::int64_t start_s, std::int64_t end_s) override;
  std::int64_t longer(JobIndex job, std::int64_t elapsed_s) override;

 protected:
  /// plan_quantile: what is planned with; 0 = the typical value.
  ProfileEstimator(const Workload& load, float plan_quantile)
      : Estimator(load), plan_quantile_(plan_quantile) {}

  /// The run time of a job of these candidates, at that moment; its jobs are 0 where nothing is known.
  virtual Forecast forecast(const ReplayJob& job, const Candidates& candidates, std::int64_t now) = 0;

 private:
  const Forecast& forecast_of(const ReplayJob& job, std::int64_t now);

  float plan_quantile_;
  ProfileStore profiles_;
  Candidates candidates_;
  const ReplayJob* last_ = nullptr;  // what last_forecast_ is for
  std::int64_t last_now_ = 0;
  Forecast last_forecast_;
};

}  // namespace foreshape
