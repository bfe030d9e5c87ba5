// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/baseline/kernel.h"
#include "replay/profile_estimator.h"

namespace foreshape {
namespace {

class Kernel final : public ProfileEstimator {
 public:
  Kernel(const Workload& load, float plan_quantile) : ProfileEstimator(load, plan_quantile) {}

 private:
  Forecast forecast(const ReplayJob& job, const Candidates& candidates, std::int64_t) override {
    return predict_kernel(job.request, candidates).of(Resource::run_time);
  }
};

}  // namespace

std::unique_ptr<Estimator> make_kernel_estimator(const Workload& load, float plan_quantile) {
  return std::make_unique<Kernel>(load, plan_quantile);
}

}  // namespace foreshape
