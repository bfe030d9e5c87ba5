// SPDX-License-Identifier: GPL-2.0-or-later
#include "trainer/arrival_check.h"

#include <algorithm>
#include <fmt/format.h>
#include <functional>
#include <set>

#include "trainer/score.h"
#include "trainer/user_difference.h"
#include "trainer/user_shares.h"

namespace foreshape {
namespace {

using OfOne = ArrivalScores::OfOne;
using UserContest = ArrivalScores::SideBySide;

constexpr double kBrierSlack = 1.01, kNatsSlack = 0.99, kMuchNats = 0.1;
constexpr std::size_t kUsersOfGroup = 5;

std::uint64_t before_of(const ArrivalScores& scores, UserId uid) {
  const auto found = scores.submissions_before.find(uid);
  return found != scores.submissions_before.end() ? found->second : 0;
}

/// jobs: how many of a user's forecasts decide.
UserWeights weigh(const ArrivalScores& scores, const std::function<std::size_t(const UserContest&)>& jobs) {
  JobsByUser users;
  for (const auto& [uid, submissions] : scores.submissions_before) users[uid].before = submissions;
  for (const auto& [uid, contest] : scores.users) users[uid].jobs = jobs(contest);
  return weigh_users(users);
}

UserWeights weigh_submissions(const ArrivalScores& scores) {
  return weigh(scores, [](const UserContest& user) { return user.simple.nats.n; });
}

struct WeighedMean {
  double sum = 0, weight = 0;
  void add(double mean, std::size_t n, double of_each) {
    sum += of_each * static_cast<double>(n) * mean;
    weight += of_each * static_cast<double>(n);
  }
  double mean() const { return weight > 0 ? sum / weight : 0; }
};

template <class OneOf>
WeighedArrivals weighed(const ArrivalScores& scores, const UserWeights& submissions,
                        const UserWeights& windows, OneOf&& one_of) {
  WeighedMean nats, brier;
  for (const auto& [uid, contest] : scores.users) {
    const OfOne& one = one_of(contest);
    if (const auto w = submissions.of_job.find(uid); w != submissions.of_job.end())
      nats.add(one.nats.mean(), one.nats.n, w->second);
    if (const auto w = windows.of_job.find(uid); w != windows.of_job.end())
      brier.add(one.windows.brier(), one.windows.n(), w->second);
  }
  return {nats.mean(), brier.mean(), nats.weight};
}

struct Group {
  const char* name;
  std::size_t users_min;
  std::function<bool(UserId)> has;
};

std::vector<Group> groups_of(const ArrivalScores& scores) {
  const std::set<UserId> heavy = heavy_users(scores.submissions_before);
  const auto is_new = [&scores](UserId uid) { return before_of(scores, uid) < kNewcomerJobs; };
  return {{"heavy users", 1, [heavy](UserId uid) { return heavy.contains(uid); }},
          {"newcomers", kUsersOfGroup,
           [heavy, is_new](UserId uid) { return is_new(uid) && !heavy.contains(uid); }},
          {"the other users", kUsersOfGroup,
           [heavy, is_new](UserId uid) { return !is_new(uid) && !heavy.contains(uid); }}};
}

/// today: of a user's contest, what it has now.
template <class Today>
std::vector<std::string> groups_much_worse(const ArrivalScores& scores, std::size_t model, const char* whose,
                                           Today&& today) {
  const UserWeights weights = weigh_submissions(scores);
  std::vector<std::string> out;
  for (const Group& group : groups_of(scores)) {
    std::vector<WorseBy> users;
    WeighedMean own, other;
    for (const auto& [uid, contest] : scores.users) {
      const MeanScore &mine = contest.models.at(model).nats, &its = today(contest).nats;
      if (mine.n == 0 || !group.has(uid)) continue;
      const double of_each = weights.of_job.at(uid);
      users.push_back({of_each * static_cast<double>(mine.n), mine.mean() - its.mean()});
      own.add(mine.mean(), mine.n, of_each);
      other.add(its.mean(), its.n, of_each);
    }
    if (users.size() < group.users_min || own.weight < static_cast<double>(kMinArrivals)) continue;
    if (difference_of(users).is_above(kMuchNats))
      out.push_back(fmt::format("{} ({}): {:.3f} nats a submission, the {} {:.3f}: much worse", group.name,
                                users.size(), own.mean(), whose, other.mean()));
  }
  return out;
}

std::optional<std::string> too_few(const ArrivalScores& scores, double weight) {
  const std::size_t n = scores.all.simple.nats.n;
  if (n < kMinArrivals)
    return fmt::format("only {} submissions to decide by, at least {} are needed", n, kMinArrivals);
  if (weight >= static_cast<double>(kMinArrivals)) return std::nullopt;
  const auto most =
      std::ranges::max_element(scores.users, {}, [](const auto& user) { return user.second.simple.nats.n; });
  return fmt::format(
      "{} of the {} newest submissions are user {}'s; with no user counting for more than a tenth they are "
      "worth {:.0f} "
      "to decide by, at least {} are needed",
      most->second.simple.nats.n, n, most->first, weight, kMinArrivals);
}

}  // namespace

ArrivalContest contest_of(const ArrivalScores& scores) {
  const UserWeights submissions = weigh_submissions(scores);
  const UserWeights windows = weigh(scores, [](const UserContest& user) { return user.simple.windows.n(); });
  ArrivalContest contest;
  contest.simple = weighed(scores, submissions, windows,
                           [](const UserContest& user) -> const OfOne& { return user.simple; });
  for (std::size_t m = 0; m < scores.all.models.size(); ++m)
    contest.models.push_back(
        weighed(scores, submissions, windows,
                [m](const UserContest& user) -> const OfOne& { return user.models.at(m); }));
  return contest;
}

std::vector<std::string> reasons_to_leave_out(const ArrivalScores& scores, std::size_t model) {
  const ArrivalContest contest = contest_of(scores);
  const WeighedArrivals &own = contest.models.at(model), &simple = contest.simple;
  if (auto why = too_few(scores, own.weight)) return {std::move(*why)};
  std::vector<std::string> reasons;
  if (!(own.nats < simple.nats))
    reasons.push_back(
        fmt::format("{:.3f} nats a submission, the simple forecast {:.3f}", own.nats, simple.nats));
  if (own.brier > simple.brier * kBrierSlack)
    reasons.push_back(fmt::format("Brier score of 15-minute windows {:.4f}, the simple forecast's {:.4f}",
                                  own.brier, simple.brier));
  for (std::string& worse :
       groups_much_worse(scores, model, "simple forecast",
                         [](const UserContest& user) -> const OfOne& { return user.simple; }))
    reasons.push_back(std::move(worse));
  return reasons;
}

std::optional<std::size_t> arrivals_to_serve(const ArrivalScores& scores) {
  const ArrivalContest contest = contest_of(scores);
  std::optional<std::size_t> best;
  for (std::size_t m = 0; m < contest.models.size(); ++m) {
    if (!reasons_to_leave_out(scores, m).empty()) continue;
    const auto harms = [&] {
      return !groups_much_worse(scores, *best, "", [m](const UserContest& user) -> const OfOne& {
                return user.models.at(m);
              }).empty();
    };
    if (!best || contest.models[m].nats < contest.models[*best].nats * kNatsSlack || harms()) best = m;
  }
  return best;
}

}  // namespace foreshape
