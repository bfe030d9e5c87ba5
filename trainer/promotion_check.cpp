// SPDX-License-Identifier: GPL-2.0-or-later
#include "trainer/promotion_check.h"

#include <algorithm>
#include <fmt/format.h>

#include "predictor/base/names.h"
#include "trainer/group_check.h"
#include "trainer/user_shares.h"

namespace foreshape {
namespace {

constexpr double kLossSlack = 1.01, kAccuracySlack = 0.003, kCoverageSlack = 0.02;
constexpr std::size_t kQ95 = 8;  // in kQuantileLevels

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

JobsByUser users_of(const WindowScores& scores, std::size_t resource) {
  JobsByUser users;
  for (const auto& [uid, jobs] : scores.jobs_before) users[uid].before = jobs;
  for (const auto& [whose, part] : scores.parts) users[whose.uid].jobs += part.models[0][resource].jobs();
  return users;
}

/// Nullopt where the jobs suffice, once each user counts for no more than a share.
std::optional<std::string> too_few(const WindowScores& scores, const Contest& run_time) {
  if (run_time.candidate.jobs() < kMinToDecide)
    return fmt::format("only {} jobs to decide by, at least {} are needed", run_time.candidate.jobs(),
                       kMinToDecide);
  if (run_time.weight >= kMinToDecide) return std::nullopt;
  const JobsByUser users = users_of(scores, static_cast<std::size_t>(Resource::run_time));
  const auto most = std::ranges::max_element(users, {}, [](const auto& one) { return one.second.jobs; });
  return fmt::format(
      "{} of the {} newest jobs are user {}'s; with no user counting for more than a tenth they are worth "
      "{:.0f} "
      "to decide by, at least {} are needed (a larger --window has more of the others')",
      most->second.jobs, run_time.candidate.jobs(), most->first, run_time.weight, kMinToDecide);
}

void compare_run_time(const Contest& run_time, bool has_champion, Reasons& reasons) {
  const auto& [candidate, champion, kernel, last2, requested, weight] = run_time;
  reasons.compare_loss("run time", candidate, "kernel", kernel);
  reasons.compare_accuracy(candidate, "kernel", kernel);
  if (has_champion) {
    reasons.compare_loss("run time", candidate, "champion", champion);
    reasons.compare_accuracy(candidate, "champion", champion);
  }
  // These two are scored only where there was a limit: compared where that is everywhere.
  if (last2.jobs() == candidate.jobs()) {
    reasons.compare_accuracy(candidate, "last two", last2);
    reasons.compare_accuracy(candidate, "request", requested);
  }
  const double wanted = std::min(0.95, kernel.coverage(kQ95)) - kCoverageSlack;
  if (candidate.coverage(kQ95) < wanted)
    reasons.all.push_back(
        fmt::format("run time: only {:.1f} % of the newest jobs stayed within their 95 % run time (at least "
                    "{:.1f} % required)",
                    100 * candidate.coverage(kQ95), 100 * wanted));
}

}  // namespace

namespace {

Contest contest_with(const UserWeights& weights, const WindowScores& scores, Resource resource) {
  const auto r = static_cast<std::size_t>(resource);
  Contest contest;
  contest.weight = weights.sum;
  for (const auto& [whose, part] : scores.parts) {
    const auto found = weights.of_job.find(whose.uid);
    if (found == weights.of_job.end()) continue;
    contest.candidate.add(part.models[0][r], found->second);
    if (part.models.size() > 1) contest.champion.add(part.models[1][r], found->second);
    contest.kernel.add(part.kernel[r], found->second);
    if (resource != Resource::run_time) continue;
    contest.last2.add(part.last2, found->second);
    contest.requested.add(part.requested, found->second);
  }
  return contest;
}

}  // namespace

Contest contest_of(const WindowScores& scores, Resource resource) {
  return contest_with(weigh_users(users_of(scores, static_cast<std::size_t>(resource))), scores, resource);
}

Contest unweighed_contest_of(const WindowScores& scores, Resource resource) {
  UserWeights weights;
  for (const auto& [uid, user] : users_of(scores, static_cast<std::size_t>(resource))) {
    if (user.jobs > 0) weights.of_job[uid] = 1;
    weights.sum += static_cast<double>(user.jobs);
  }
  return contest_with(weights, scores, resource);
}

std::vector<std::string> reasons_to_keep(const WindowScores& scores) {
  const Contest run_time = contest_of(scores);
  if (auto why = too_few(scores, run_time)) return {std::move(*why)};
  Reasons reasons;
  compare_run_time(run_time, scores.models.size() > 1, reasons);
  for (std::size_t r = 0; r < kResources; ++r) {
    const auto resource = static_cast<Resource>(r);
    if (resource == Resource::run_time) continue;
    Contest contest = contest_of(scores, resource);
    if (contest.weight < kMinToDecide) contest = unweighed_contest_of(scores, resource);
    if (contest.candidate.jobs() >= kMinToDecide)
      reasons.compare_loss(kResourceNames.of(resource), contest.candidate, "kernel", contest.kernel);
  }
  const UserWeights weights = weigh_users(users_of(scores, static_cast<std::size_t>(Resource::run_time)));
  for (std::string& worse : groups_much_worse(scores, weights)) reasons.all.push_back(std::move(worse));
  return reasons.all;
}

}  // namespace foreshape
