// SPDX-License-Identifier: GPL-2.0-or-later
#include "trainer/group_check.h"

#include <fmt/format.h>
#include <functional>
#include <set>
#include <utility>

#include "trainer/promotion_check.h"
#include "trainer/user_difference.h"

namespace foreshape {
namespace {

constexpr auto kRunTime = static_cast<std::size_t>(Resource::run_time);
constexpr double kMuchLoss = 0.10, kMuchAccuracy = 0.03;
constexpr std::size_t kUsersOfGroup = 5;

/// One user's jobs in a group: the candidate, and what the user has today.
struct Pair {
  Score candidate, today;
};
using PairsByUser = std::map<UserId, Pair>;

struct Group {
  std::string name;
  std::size_t users_min = 1;
  std::function<bool(const Whose&)> has;
};

/// Of all the user's jobs in the group.
double weight_of(UserId uid, const Pair& pair, const UserWeights& weights) {
  return weights.of_job.at(uid) * static_cast<double>(pair.candidate.jobs());
}

template <class Worse>
UserDifference difference(const PairsByUser& pairs, const UserWeights& weights, Worse&& worse) {
  std::vector<WorseBy> users;
  for (const auto& [uid, pair] : pairs) users.push_back({weight_of(uid, pair, weights), worse(pair)});
  return difference_of(std::move(users));
}

PairsByUser pairs_of(const WindowScores& scores, const UserWeights& weights, const Group& group) {
  PairsByUser pairs;
  for (const auto& [whose, part] : scores.parts) {
    const Score& candidate = part.models[0][kRunTime];
    if (candidate.jobs() == 0 || !weights.of_job.contains(whose.uid) || !group.has(whose)) continue;
    Pair& pair = pairs[whose.uid];
    pair.candidate.add(candidate, 1);
    pair.today.add(part.models.size() > 1 ? part.models[1][kRunTime] : part.kernel[kRunTime], 1);
  }
  return pairs;
}

/// Of all jobs in the group.
double weight_of(const PairsByUser& pairs, const UserWeights& weights) {
  double sum = 0;
  for (const auto& [uid, pair] : pairs) sum += weight_of(uid, pair, weights);
  return sum;
}

std::vector<Group> groups_of(const WindowScores& scores) {
  const std::set<UserId> heavy = heavy_users(scores.jobs_before);
  std::vector<Group> groups = {
      {"newcomers", kUsersOfGroup, [](const Whose& whose) { return whose.is_newcomer; }},
      {"heavy users", 1, [heavy](const Whose& whose) { return heavy.contains(whose.uid); }},
      {"users who are no heavy users", kUsersOfGroup,
       [heavy](const Whose& whose) { return !heavy.contains(whose.uid); }}};
  std::map<TextHash, UserId> accounts;  // hashes: an account is told by somebody in it
  for (const auto& [whose, part] : scores.parts) accounts.emplace(whose.account, whose.uid);
  if (accounts.size() > 1)
    for (const auto& [account, uid] : accounts)
      groups.push_back({fmt::format("the account of user {}", uid), kUsersOfGroup,
                        [account = account](const Whose& whose) { return whose.account == account; }});
  return groups;
}

}  // namespace

double pinball_sum(const Score& score) {
  constexpr std::size_t kMedian = 4, kQ90 = 7, kQ95 = 8;  // in kQuantileLevels
  return score.pinball_loss(kMedian) + score.pinball_loss(kQ90) + score.pinball_loss(kQ95);
}

std::vector<std::string> groups_much_worse(const WindowScores& scores, const UserWeights& weights) {
  const char* whose = scores.models.size() > 1 ? "champion" : "kernel";
  std::vector<std::string> out;
  for (const Group& group : groups_of(scores)) {
    const PairsByUser pairs = pairs_of(scores, weights, group);
    Pair all;
    for (const auto& [uid, pair] : pairs) {
      all.candidate.add(pair.candidate, weights.of_job.at(uid));
      all.today.add(pair.today, weights.of_job.at(uid));
    }
    if (pairs.size() < group.users_min || weight_of(pairs, weights) < kMinToDecide) continue;
    const UserDifference loss = difference(
        pairs, weights, [](const Pair& p) { return pinball_sum(p.candidate) - pinball_sum(p.today); });
    const UserDifference accuracy =
        difference(pairs, weights, [](const Pair& p) { return p.today.accuracy() - p.candidate.accuracy(); });
    if (loss.is_above(kMuchLoss * pinball_sum(all.today)) || accuracy.is_above(kMuchAccuracy))
      out.push_back(fmt::format(
          "run time of {} ({} jobs of {}): accuracy {:.3f} and pinball loss {:.3f}, the {}'s {:.3f} "
          "and {:.3f}: much worse",
          group.name, all.candidate.jobs(), pairs.size(), all.candidate.accuracy(),
          pinball_sum(all.candidate), whose, all.today.accuracy(), pinball_sum(all.today)));
  }
  return out;
}

}  // namespace foreshape
