#include "trainer/promotion_gate.h"

#include <algorithm>
#include <fmt/format.h>

namespace foreshape {
namespace {

constexpr double kLossSlack = 1.01, kAccuracySlack = 0.003, kCoverageSlack = 0.02;
constexpr std::size_t kMedian = 4, kQ90 = 7, kQ95 = 8;  // in kQuantileLevels

double pinball_sum(const Score& score) {
  return score.pinball_loss(kMedian) + score.pinball_loss(kQ90) + score.pinball_loss(kQ95);
}

class Reasons {
 public:
  void compare_loss(const char* what, const Score& candidate, const char* whose, const Score& other) {
    if (pinball_sum(candidate) > pinball_sum(other) * kLossSlack)
      all.push_back(fmt::format("{}: pinball loss {:.3f}, the {}'s {:.3f}", what, pinball_sum(candidate),
                                whose, pinball_sum(other)));
  }
  void compare_accuracy(const Score& candidate, const char* whose, const Score& other) {
    if (candidate.accuracy() < other.accuracy() - kAccuracySlack)
      all.push_back(fmt::format("run time: accuracy {:.3f}, the {}'s {:.3f}", candidate.accuracy(), whose,
                                other.accuracy()));
  }
  std::vector<std::string> all;
};

}  // namespace

std::vector<std::string> reasons_to_keep(const WindowScores& scores) {
  constexpr auto kRunTime = static_cast<std::size_t>(Resource::run_time);
  const Score &candidate = scores.models[0].model[kRunTime], &kernel = scores.kernel[kRunTime];
  if (candidate.jobs() < kFewestToDecide)
    return {fmt::format("only {} jobs to decide by, of at least {}", candidate.jobs(), kFewestToDecide)};
  Reasons reasons;
  reasons.compare_loss("run time", candidate, "kernel", kernel);
  reasons.compare_accuracy(candidate, "kernel", kernel);
  if (scores.models.size() > 1) {
    reasons.compare_loss("run time", candidate, "champion", scores.models[1].model[kRunTime]);
    reasons.compare_accuracy(candidate, "champion", scores.models[1].model[kRunTime]);
  }
  // These two are scored only where there was a limit: compared where that is everywhere.
  if (scores.last2.jobs() == candidate.jobs()) {
    reasons.compare_accuracy(candidate, "last two", scores.last2);
    reasons.compare_accuracy(candidate, "request", scores.requested);
  }
  const double wanted = std::min(0.95, kernel.coverage(kQ95)) - kCoverageSlack;
  if (candidate.coverage(kQ95) < wanted)
    reasons.all.push_back(fmt::format("run time: the quantile .95 covers {:.3f} of the jobs, wanted {:.3f}",
                                      candidate.coverage(kQ95), wanted));
  for (std::size_t r = 0; r < kResources; ++r)
    if (r != kRunTime && scores.models[0].model[r].jobs() >= kFewestToDecide)
      reasons.compare_loss(metric_name(static_cast<Resource>(r)), scores.models[0].model[r], "kernel",
                           scores.kernel[r]);
  return reasons.all;
}

}  // namespace foreshape
