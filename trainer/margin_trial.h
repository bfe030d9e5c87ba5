// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Ways to set a margin side by side on one trace: how often each plan was too small, for whom, and at what
// cost.
//
// Runs in: offline.
// Threads: one object, one thread.

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "predictor/base/prediction.h"
#include "predictor/plan/variance_controller.h"
#include "trainer/traced_job.h"

namespace foreshape {

/// The first three know at a submission only what had ended before. The best_ ones are told afterwards which
/// one level or factor for the whole trace would have been too small exactly as often as wanted.
enum class MarginMethod : std::uint8_t {
  controller,      ///< VarianceController
  fixed_quantile,  ///< the forecast at the level 1 - rate
  plain_adaptive,  ///< Gibbs & Candes 2021: a level for each user, a fixed step for each outcome
  best_quantile,   ///< the forecast at one level
  best_factor,     ///< the point prediction times one factor
  best_last2,      ///< the mean of the user's last two times one factor
};
inline constexpr std::size_t kMarginMethods = 6;
std::string_view name_of(MarginMethod method);

/// Plans are at most the request, sums over jobs are of seconds or bytes.
struct MarginResult {
  std::size_t jobs = 0, too_small = 0;
  std::size_t users = 0, users_too_small = 0;  ///< with kJobsToTell jobs; as in user_margins.h
  double used = 0, planned = 0, requested = 0;
  double with_retries = 0;  ///< planned, and the request besides where the plan was too small

  double rate() const { return jobs > 0 ? static_cast<double>(too_small) / static_cast<double>(jobs) : 0; }
};

/// What came of one trial.
struct MarginResults {
  Resource resource = Resource::run_time;
  double rate = 0;
  std::array<MarginResult, kMarginMethods> of{};
};

class MarginTrial {
 public:
  /// resource: run_time or peak_memory. Jobs that did not request it, or whose use is not known, don't count.
  MarginTrial(Resource resource, double rate);

  /// What the controller plans for the job: its request where that is left alone, nullopt where it doesn't
  /// count. The job stays where it is until it has ended. counts: it is judged, and not only learned from.
  ///
  /// forecast  of the resource; prediction: the same job's, for what it rests on
  std::optional<double> submitted(const TracedJob& job, const Prediction& prediction,
                                  const Forecast& forecast, bool counts);
  void ended(const TracedJob& job);

  Resource resource() const { return resource_; }
  /// Looks for the best_ ones: seconds for a long trace.
  MarginResults results() const;

 private:
  struct Planned {
    UserId uid = 0;
    bool counts = true;
    double used = 0, requested = 0;
    std::array<double, 3> plans{};  ///< of the methods that are not told afterwards; at most the request
    Forecast forecast;
    double last2 = 0;
    MarginSubject subject;
    bool is_bound = false;
  };
  struct Last2 {
    double newest = 0, before = 0;
  };

  void plan(Planned& planned);
  double plan_of(MarginMethod method, const Planned& planned, double knob) const;
  MarginResult result_of(MarginMethod method, double knob) const;
  MarginResult best_of(MarginMethod method) const;

  Resource resource_;
  double rate_;
  VarianceController controller_;
  std::unordered_map<UserId, double> adaptive_;  ///< the rate that plain_adaptive asks for
  std::unordered_map<UserId, Last2> last2_;
  std::unordered_map<const TracedJob*, std::size_t> live_;
  std::vector<Planned> planned_;
};

}  // namespace foreshape
