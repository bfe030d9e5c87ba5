// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Run time estimates inside a replay: told of submissions and ends as they happen, asked at any time, and
// never shown anything else.
//
// Runs in: offline.
// Threads: one object, one thread.

#include <array>
#include <cstdint>
#include <memory>

#include "replay/policy.h"
#include "replay/workload.h"

namespace foreshape {

/// The quantiles by which a predictor is judged (pinball loss).
inline constexpr std::array<double, 3> kJudgedQuantiles = {0.5, 0.9, 0.95};

/// "Short" where the chance of being short is predicted, and for the share of short jobs that start at once.
inline constexpr std::int64_t kShortRun = 600;

struct Estimate {
  std::int64_t plan_s = 0;             ///< what is planned with; 1 <= plan_s <= the request
  double order_s = 0;                  ///< what orders use; > 0, at most the request
  double point_s = 0;                  ///< the best single guess
  std::array<float, 3> quantiles_s{};  ///< at kJudgedQuantiles
  double short_chance = 0;             ///< of running less than kShortRun
  bool is_known = true;                ///< false: nothing is predicted, it is the request

  /// The same figure for everything.
  static Estimate of(std::int64_t run_s) {
    const auto run = static_cast<double>(run_s);
    const auto f = static_cast<float>(run_s);
    return {run_s, run, run, {f, f, f}, run_s < kShortRun ? 1.0 : 0.0, true};
  }
};

class Estimator {
 public:
  virtual ~Estimator() = default;
  /// For a job that was submitted at or before now and has not started. Asked once at submission, and
  /// again where predictions are renewed.
  virtual Estimate estimate(JobIndex job, std::int64_t now) = 0;
  /// The job has joined the queue; estimate() was asked before.
  virtual void submitted(JobIndex job);
  virtual void started(JobIndex job, std::int64_t now);
  /// The job was started for a trial, did not end, and waits again.
  virtual void requeued(JobIndex job);
  /// The job ran to its end: from now on its run time may be used.
  virtual void ended(JobIndex job, std::int64_t start_s, std::int64_t end_s);
  /// A planning figure longer than elapsed_s for a running job that outran what was planned (next quantile);
  /// the request where there is none.
  virtual std::int64_t longer(JobIndex job, std::int64_t elapsed_s);

 protected:
  explicit Estimator(const Workload& load) : load_(load) {}
  const Workload& load_;
};

/// load: must outlive the estimator.
std::unique_ptr<Estimator> make_estimator(const SchedulingPolicy& policy, const Workload& load);

/// Source::similar; see similar_estimator.cpp.
std::unique_ptr<Estimator> make_similar_estimator(const Workload& load);
/// Source::kernel: predictor/baseline itself over a profile store of its own.
/// plan_quantile: what is planned with; 0 = the typical value.
std::unique_ptr<Estimator> make_kernel_estimator(const Workload& load, float plan_quantile);
/// Source::model: what the plugin would say with that model, which must have passed verify().
std::unique_ptr<Estimator> make_model_estimator(const Workload& load, float plan_quantile,
                                                std::shared_ptr<const Model> model);

}  // namespace foreshape
