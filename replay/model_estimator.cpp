// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "predictor/baseline/kernel.h"
#include "predictor/model/model.h"
#include "predictor/model/network/network.h"
#include "predictor/model/network/products.h"
#include "replay/live_jobs.h"
#include "replay/profile_estimator.h"

namespace foreshape {
namespace {

constexpr auto kRunTime = static_cast<std::size_t>(Resource::run_time);

/// A trained model as it serves: network and kernel, mixed as its blend stood when it was made.
class Trained final : public ProfileEstimator {
 public:
  Trained(const Workload& load, float plan_quantile, std::shared_ptr<const Model> model)
      : ProfileEstimator(load, plan_quantile),
        model_(std::move(model)),
        network_(model_->sizes, 1, false),
        live_(load) {
    network_.wanted = {};
    network_.wanted[kRunTime] = true;
  }

  void submitted(JobIndex job) override { live_.submitted(job); }
  void started(JobIndex job, std::int64_t now) override { live_.started(job, now); }
  void requeued(JobIndex job) override { live_.requeued(job); }
  void ended(JobIndex job, std::int64_t start_s, std::int64_t end_s) override {
    live_.ended(job);
    ProfileEstimator::ended(job, start_s, end_s);
  }

 private:
  Forecast forecast(const ReplayJob& job, const Candidates& candidates, std::int64_t now) override {
    KernelVotes votes;
    const Prediction kernel = predict_kernel(job.request, candidates, votes);
    const Forecast& plain = kernel.of(Resource::run_time);
    if (!model_->serves[kRunTime]) return plain;
    compute_features({job.request, candidates, kernel, live_jobs(job, now)}, input_);
    const ModelInput* one = &input_;
    forward(model_->weights, std::span{&one, 1}, products_, network_);
    PointChoices choices;  // NOLINT(cppcoreguidelines-pro-type-member-init): size are set
    Forecast said = mixture_forecast(network_.mixtures[kRunTime], input_.bound[kRunTime], plain,
                                     votes[kRunTime], choices);
    said.jobs = std::max<std::uint16_t>(plain.jobs, 1);
    const BlendTable& blend = model_->blends[kRunTime];
    return mix(blend.leads_of(job.request.uid), case_of(input_, kRunTime), plain, said, choices);
  }

  std::span<const LiveJob> live_jobs(const ReplayJob& job, std::int64_t now) {
    const auto index = static_cast<JobIndex>(&job - load_.jobs.data());
    return std::span{live_jobs_}.first(live_.of(job.user, index, now, live_jobs_));
  }

  std::shared_ptr<const Model> model_;
  NetworkState network_;
  LoopProducts products_;
  ModelInput input_{};
  LiveJobs live_;
  std::array<LiveJob, kMaxLiveJobs> live_jobs_{};
};

}  // namespace

std::unique_ptr<Estimator> make_model_estimator(const Workload& load, float plan_quantile,
                                                std::shared_ptr<const Model> model) {
  return std::make_unique<Trained>(load, plan_quantile, std::move(model));
}

}  // namespace foreshape
