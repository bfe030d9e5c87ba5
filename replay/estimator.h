#pragma once
// Run time estimates inside a replay: told of submissions and ends as they happen, asked at any time, and
// never shown anything else.
//
// Runs in: offline.
// Threads: one object, one thread.

#include <cstdint>
#include <memory>

#include "replay/policy.h"
#include "replay/workload.h"

namespace foreshape {

struct Estimate {
  std::int64_t plan_s = 0;  ///< 1 <= plan_s <= the request
  double order_s = 0;       ///< for ordering; > 0, at most the request
};

class Estimator {
 public:
  virtual ~Estimator() = default;
  /// For a job that was submitted at or before now and has not started. Asked once at submission, and
  /// again where predictions are renewed.
  virtual Estimate estimate(JobIndex job, std::int64_t now) = 0;
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

}  // namespace foreshape
