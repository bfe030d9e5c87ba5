// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/fair_share.h"

#include <cmath>
#include <gtest/gtest.h>

#include "replay/simulation.h"

namespace foreshape {
namespace {

TEST(DecayedUsage, CountsHalfAfterAHalfLife) {
  DecayedUsage usage{2, 100};
  usage.take(0, 4, 0);
  // The integral of 4 x 2^(-s / 100) over a half-life.
  const double used = 4 * 100 / std::log(2) * 0.5;
  EXPECT_NEAR(usage.usage(0, 100), used, 1e-9);
  usage.take(0, -4, 100);
  EXPECT_NEAR(usage.usage(0, 200), used / 2, 1e-9);
  EXPECT_NEAR(usage.usage(0, 300), used / 4, 1e-9);
  EXPECT_EQ(usage.usage(1, 300), 0);
}

TEST(DecayedUsage, IsTheSameHoweverOftenItIsLookedAt) {
  DecayedUsage seldom{1, 604'800}, often{1, 604'800};
  seldom.take(0, 7, 1'000);
  often.take(0, 7, 1'000);
  for (std::int64_t now_s = 1'000; now_s < 100'000; now_s += 13) often.usage(0, now_s);
  EXPECT_NEAR(often.usage(0, 100'000) / seldom.usage(0, 100'000), 1, 1e-12);
}

TEST(FairTreeFactors, RankTheLeastUsedFirst) {
  const Association users[] = {{0, 30}, {0, 0}, {0, 10}, {0, 0}};
  EXPECT_EQ(fair_tree_factors(users), (std::vector<double>{0.25, 1, 0.5, 1}));
}

TEST(FairTreeFactors, RankAUserBelowAllOfALighterAccount) {
  // Account 0 has used 40 and account 1 50: its lightest user comes after the heaviest of account 0.
  const Association users[] = {{0, 39}, {0, 1}, {1, 50}, {1, 0}};
  EXPECT_EQ(fair_tree_factors(users), (std::vector<double>{0.75, 1, 0.25, 0.5}));
}

TEST(FairTreeFactors, RankUsersOfEqualAccountsAsOfOne) {
  // Level fair-share within the account: a tenth of two users' usage is less than all of a single one's.
  const Association users[] = {{0, 36}, {0, 4}, {1, 40}};
  const std::vector<double> factors = fair_tree_factors(users);
  EXPECT_DOUBLE_EQ(factors[0], 2.0 / 3 * 0.5);  // 36 / 40 x 2 users = 1.8
  EXPECT_DOUBLE_EQ(factors[1], 1);              // 0.2
  EXPECT_DOUBLE_EQ(factors[2], 2.0 / 3);        // 1
}

TEST(ClassicFactors, HalveForEachShareUsed) {
  const struct {
    const char* why;
    std::vector<Association> users;
    std::vector<double> factors;
  } cases[] = {
      {"nothing was used yet", {{0, 0}, {1, 0}}, {1, 1}},
      {"each his share", {{0, 5}, {1, 5}}, {0.5, 0.5}},
      {"all by one of two accounts", {{0, 8}, {1, 0}}, {0.25, 1}},
      {"in one account half of the rest's usage counts as his", {{0, 8}, {0, 0}}, {0.25, 0.5}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    EXPECT_EQ(classic_factors(c.users), c.factors);
  }
}

/// Two users, the second with two jobs, on a machine of 4 processors.
Workload two_users() {
  Workload load;
  load.procs = 4;
  load.users = 2;
  for (const auto& [submit_s, user, account] : {std::tuple{0, 0U, 7U}, {10, 1U, 8U}, {20, 1U, 7U}}) {
    ReplayJob job;
    job.submit_s = submit_s;
    job.run_s = job.limit_s = 1'000;
    job.procs = 4;
    job.user = user;
    job.request.account = account;
    load.jobs.push_back(job);
  }
  return load;
}

TEST(FairShare, KnowsWhatRanAndWhoHasCome) {
  const Workload load = two_users();
  const FairSharePolicy policy{.weight_s = 100};
  FairShare share{load, policy};
  share.submitted(0);
  EXPECT_TRUE(share.renew(0));
  EXPECT_EQ(share.worth_s(0), 100);
  share.started(0, 0);
  EXPECT_FALSE(share.renew(299)) << "not before the next PriorityCalcPeriod";
  share.submitted(1);
  EXPECT_TRUE(share.renew(299)) << "somebody new";
  EXPECT_EQ(share.worth_s(0), 50);
  EXPECT_EQ(share.worth_s(1), 100);
  share.submitted(2);
  EXPECT_FALSE(share.renew(299)) << "the same user";
  EXPECT_TRUE(share.renew(300));
  EXPECT_EQ(share.worth_s(2), 100);
}

TEST(FairShare, IsBetweenAccountsWhereWanted) {
  const Workload load = two_users();
  const FairSharePolicy policy{.weight_s = 90, .by_account = true};
  FairShare share{load, policy};
  for (const JobIndex job : {0U, 1U, 2U}) share.submitted(job);
  share.started(0, 0);
  share.renew(600);
  EXPECT_DOUBLE_EQ(share.worth_s(1), 90);  // the account that used nothing
  EXPECT_DOUBLE_EQ(share.worth_s(2), 60);  // the same user in the other
  EXPECT_DOUBLE_EQ(share.worth_s(0), 30);
}

/// Five jobs of user 0 and, last, one of user 1, each as wide as the machine.
Workload a_heavy_user_and_a_light_one() {
  Workload load = two_users();
  load.jobs.resize(1);
  for (int i = 1; i < 6; ++i) {
    load.jobs.push_back(load.jobs[0]);
    load.jobs.back().submit_s = 100 * i;
  }
  load.jobs.back().user = 1;
  return load;
}

TEST(Simulate, LetsTheLightUserGoFirstWhereFairShareOutweighsTheWait) {
  const struct {
    const char* why;
    double weight_s;
    std::int64_t start_s;
  } cases[] = {{"no say: by arrival", 0, 5'000},
               {"half of 250 s: ahead of the one that came 100 s earlier", 250, 4'000},
               {"ahead of all that wait", 10'000, 1'000}};
  const Workload load = a_heavy_user_and_a_light_one();
  for (const char* name : {"slurm", "slurm-key"}) {
    for (const auto& c : cases) {
      SCOPED_TRACE(c.why);
      SchedulingPolicy policy = *find_policy(name);
      policy.fair_share = FairSharePolicy{.weight_s = c.weight_s};
      policy.static_key.log_offset_s = policy.static_key.linear_offset = 0;
      EXPECT_EQ(simulate(load, policy).start_s.back(), c.start_s) << name;
    }
  }
}

}  // namespace
}  // namespace foreshape
