// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/estimator.h"

#include <algorithm>
#include <array>
#include <vector>

namespace foreshape {
namespace {

class Requested final : public Estimator {
 public:
  explicit Requested(const Workload& load) : Estimator(load) {}
  Estimate estimate(JobIndex job, std::int64_t) override { return Estimate::of(load_.jobs[job].limit_s); }
};

class Clairvoyant final : public Estimator {
 public:
  explicit Clairvoyant(const Workload& load) : Estimator(load) {}
  Estimate estimate(JobIndex job, std::int64_t) override { return Estimate::of(load_.jobs[job].run_s); }
};

/// floor((a + b) / 2) of the user's last two ended jobs, at most the request; the request before two ended.
/// Source: Tsafrir, Etsion & Feitelson, IEEE TPDS 18(6), 2007; rounding as in SC'15's simulator.
class Last2 final : public Estimator {
 public:
  explicit Last2(const Workload& load) : Estimator(load), runs_(load.users, {0, 0}) {}
  Estimate estimate(JobIndex job, std::int64_t) override {
    const ReplayJob& j = load_.jobs[job];
    const auto& [a, b] = runs_[j.user];
    return Estimate::of(b == 0 ? j.limit_s : std::min((a + b) / 2, j.limit_s));
  }
  void ended(JobIndex job, std::int64_t start_s, std::int64_t end_s) override {
    auto& [a, b] = runs_[load_.jobs[job].user];
    b = a;
    a = end_s - start_s;
  }

 private:
  std::vector<std::array<std::int64_t, 2>> runs_;  // newest first; 0 = not yet
};

}  // namespace

void Estimator::submitted(JobIndex) {}

void Estimator::started(JobIndex, std::int64_t) {}

void Estimator::requeued(JobIndex) {}

void Estimator::ended(JobIndex, std::int64_t, std::int64_t) {}

std::int64_t Estimator::longer(JobIndex job, std::int64_t) { return load_.jobs[job].limit_s; }

std::unique_ptr<Estimator> make_estimator(const SchedulingPolicy& policy, const Workload& load) {
  switch (policy.source) {
    case Source::clairvoyant:
      return std::make_unique<Clairvoyant>(load);
    case Source::last2:
      return std::make_unique<Last2>(load);
    case Source::similar:
      return make_similar_estimator(load);
    case Source::kernel:
      return make_kernel_estimator(load, policy.plan_quantile);
    case Source::model:
      if (policy.model) return make_model_estimator(load, policy.plan_quantile, policy.model);
      return make_kernel_estimator(load, policy.plan_quantile);  // what serves while there is no model
    case Source::requested:
      break;
  }
  return std::make_unique<Requested>(load);
}

}  // namespace foreshape
