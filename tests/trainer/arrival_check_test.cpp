// SPDX-License-Identifier: GPL-2.0-or-later
#include "trainer/arrival_check.h"

#include <gtest/gtest.h>

#include "trainer/user_difference.h"

namespace foreshape {
namespace {

constexpr UserId kRegulars = 30;

/// n submissions that cost so many nats each, and as many windows that were forecast with a miss of so much.
ArrivalScores::OfOne cost(double nats, std::size_t n = 20, double miss = .3) {
  ArrivalScores::OfOne one;
  for (std::size_t i = 0; i < n; ++i) {
    one.nats.add(nats);
    one.windows.add(miss, false);
  }
  return one;
}

void add_user(ArrivalScores& scores, UserId uid, std::uint64_t before, const ArrivalScores::OfOne& simple,
              const std::vector<ArrivalScores::OfOne>& models) {
  scores.submissions_before[uid] = before;
  scores.users[uid] = {simple, models};
  scores.all.models.resize(models.size());
  scores.all.simple.nats.n += simple.nats.n;
  scores.all.simple.nats.sum += simple.nats.sum;
  for (std::size_t m = 0; m < models.size(); ++m) {
    scores.all.models[m].nats.n += models[m].nats.n;
    scores.all.models[m].nats.sum += models[m].nats.sum;
  }
}

/// Thirty users of the same habits, who always were there.
ArrivalScores regulars(const ArrivalScores::OfOne& simple, const std::vector<ArrivalScores::OfOne>& models) {
  ArrivalScores scores;
  for (UserId uid = 1; uid <= kRegulars; ++uid) add_user(scores, uid, 100, simple, models);
  return scores;
}

void expect_reason(const ArrivalScores& scores, const std::string& begin) {
  const auto reasons = reasons_to_leave_out(scores, 0);
  ASSERT_FALSE(reasons.empty());
  EXPECT_EQ(reasons[0].substr(0, begin.size()), begin);
}

TEST(ArrivalCheck, TakesWhatIsBetterThanTheSimpleForecast) {
  EXPECT_TRUE(reasons_to_leave_out(regulars(cost(2), {cost(1.9)}), 0).empty());
  expect_reason(regulars(cost(2), {cost(2.1)}), "2.100 nats a submission, the simple forecast 2.000");
  expect_reason(regulars(cost(2), {cost(1.9, 20, .31)}), "Brier score of 15-minute windows 0.0961");
  expect_reason(regulars(cost(2, 1), {cost(1.9, 1)}), "only 30 submissions to decide by");
}

TEST(ArrivalCheck, OneUsersThousandSubmissionsDoNotDecideForEverybodyElse) {
  ArrivalScores attack = regulars(cost(2), {cost(2.2)});
  add_user(attack, 666, 0, cost(5, 1'499), {cost(.1, 1'499, .01)});
  ASSERT_LT(attack.all.models[0].nats.mean(), attack.all.simple.nats.mean() - 2) << "this is an attack";
  EXPECT_LT(contest_of(attack).models[0].weight, 20 * kRegulars / .85);
  // A tenth is still much for somebody who makes up five nats: what the others lose then keeps it out.
  expect_reason(attack,
                "the other users (30): 2.200 nats a submission, the simple forecast 2.000: much worse");
  // Nor does one user keep from the others what is better for them.
  ArrivalScores kept = regulars(cost(2.2, 20, .4), {cost(2, 20, .3)});
  add_user(kept, 666, 0, cost(2, 1'499), {cost(2.1, 1'499)});
  ASSERT_GT(kept.all.models[0].nats.mean(), kept.all.simple.nats.mean());
  EXPECT_EQ(reasons_to_leave_out(kept, 0), std::vector<std::string>{});
}

TEST(ArrivalCheck, DecidesNothingWhereAllIsOneNewUsers) {
  ArrivalScores scores;
  for (UserId uid = 1; uid <= 3; ++uid) add_user(scores, uid, 100, cost(2, 2), {cost(1.9, 2)});
  add_user(scores, 666, 0, cost(2, 1'000), {cost(1, 1'000)});
  expect_reason(scores, "1000 of the 1006 newest submissions are user 666's");
  // One who always had nearly all of the site's submissions is the site.
  scores.submissions_before[666] = 100'000;
  EXPECT_TRUE(reasons_to_leave_out(scores, 0).empty());
}

TEST(ArrivalCheck, NoGroupOfUsersMayGetMuchWorse) {
  const auto good = cost(1.5), today = cost(2);
  const struct {
    const char* why;
    bool (*is_worse)(UserId);
    std::uint64_t (*before)(UserId);
    const char* reason;
  } cases[] = {
      {"newcomers", [](UserId uid) { return uid > 50; }, [](UserId uid) { return uid > 50 ? 3UL : 20UL; },
       "newcomers (10): 2.400 nats a submission"},
      {"one of many", [](UserId uid) { return uid == 3; }, [](UserId) { return 20UL; }, nullptr},
      {"the heavy one", [](UserId uid) { return uid == 3; },
       [](UserId uid) { return uid == 3 ? 500UL : 20UL; }, "heavy users (1): 2.400 nats a submission"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    ArrivalScores scores;
    for (UserId uid = 1; uid <= 60; ++uid)
      add_user(scores, uid, c.before(uid), c.is_worse(uid) && uid == 3 ? cost(2, 100) : today,
               {c.is_worse(uid) ? cost(2.4, uid == 3 ? 100 : 20) : good});
    if (c.reason != nullptr)
      expect_reason(scores, c.reason);
    else
      EXPECT_EQ(reasons_to_leave_out(scores, 0), std::vector<std::string>{});
  }
}

TEST(ArrivalsToServe, AreTheChampionsWhereTheyAreBetterForAllOrForSome) {
  const auto simple = cost(2);
  EXPECT_EQ(arrivals_to_serve(regulars(simple, {cost(1.5), cost(1.51)})), 0U);
  EXPECT_EQ(arrivals_to_serve(regulars(simple, {cost(1.51), cost(1.505)})), 0U) << "too little to tell";
  EXPECT_EQ(arrivals_to_serve(regulars(simple, {cost(1.6), cost(1.5)})), 1U);
  EXPECT_EQ(arrivals_to_serve(regulars(simple, {cost(2.1), cost(1.9)})), 1U);
  EXPECT_EQ(arrivals_to_serve(regulars(simple, {cost(2.1), cost(2.2)})), std::nullopt);
  EXPECT_EQ(arrivals_to_serve(regulars(simple, {})), std::nullopt);
  ArrivalScores scores = regulars(simple, {cost(1.2), cost(1.5)});
  for (UserId uid = 101; uid <= 108; ++uid) add_user(scores, uid, 2, simple, {cost(1.9), cost(1.5)});
  EXPECT_EQ(arrivals_to_serve(scores), 1U) << "newcomers would be much worse off than today";
}

TEST(DifferenceOf, LetsNobodyCountForMoreThanTheOthers) {
  const UserDifference one = difference_of({{1000, 1}, {1, 0}, {1, 0}});
  EXPECT_NEAR(one.mean, .5, 1e-9);
  EXPECT_FALSE(one.is_above(.1)) << "it is one user's say";
  EXPECT_TRUE(difference_of({{1000, 1}}).is_above(.1)) << "a user alone is the group";
  EXPECT_TRUE(difference_of({{1, 1.0}, {1, 1.1}, {1, .9}, {1, 1.0}}).is_above(.5));
  EXPECT_FALSE(difference_of({{1, 5.0}, {1, -3.0}, {1, 1.0}, {1, 1.0}}).is_above(.5))
      << "they differ too much";
}

}  // namespace
}  // namespace foreshape
