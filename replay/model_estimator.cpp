// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <array>
#include <span>
#include <utility>
#include <vector>

#include "predictor/baseline/kernel.h"
#include "predictor/model/model.h"
#include "predictor/model/network/network.h"
#include "predictor/model/network/products.h"
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
        live_(load.users),
        start_s_(load.jobs.size(), 0) {
    network_.wanted = {};
    network_.wanted[kRunTime] = true;
  }

  void submitted(JobIndex job) override { live_[load_.jobs[job].user].push_back(job); }
  void started(JobIndex job, std::int64_t now) override { start_s_[job] = now; }
  void requeued(JobIndex job) override { start_s_[job] = 0; }
  void ended(JobIndex job, std::int64_t start_s, std::int64_t end_s) override {
    std::erase(live_[load_.jobs[job].user], job);
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

  /// The user's newest jobs that were submitted before and wait or run, as they were known at the submission;
  /// what starts in this very second still waits.
  std::span<const LiveJob> live_jobs(const ReplayJob& job, std::int64_t now) {
    const auto& of_user = live_[job.user];
    std::size_t n = 0;
    for (auto at = of_user.rbegin(); at != of_user.rend() && n < live_jobs_.size(); ++at) {
      const ReplayJob& other = load_.jobs[*at];
      if (&other >= &job) continue;
      const bool runs = start_s_[*at] > 0 && start_s_[*at] < now;
      live_jobs_[n++] = {.submit_s = static_cast<std::uint32_t>(other.submit_s),
                         .start_s = runs ? static_cast<std::uint32_t>(start_s_[*at]) : 0,
                         .limit_s = static_cast<std::uint32_t>(other.limit_s),
                         .cpus = other.request.least_cpus(),
                         .name = other.request.name};
    }
    return std::span{live_jobs_}.first(n);
  }

  std::shared_ptr<const Model> model_;
  NetworkState network_;
  LoopProducts products_;
  ModelInput input_{};
  std::vector<std::vector<JobIndex>> live_;  // by user, in the order of submissions
  std::vector<std::int64_t> start_s_;        // by job; 0 = it waits
  std::array<LiveJob, kMaxLiveJobs> live_jobs_{};
};

}  // namespace

std::unique_ptr<Estimator> make_model_estimator(const Workload& load, float plan_quantile,
                                                std::shared_ptr<const Model> model) {
  return std::make_unique<Trained>(load, plan_quantile, std::move(model));
}

}  // namespace foreshape
