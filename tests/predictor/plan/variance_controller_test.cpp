// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/plan/variance_controller.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <functional>
#include <gtest/gtest.h>
#include <numbers>

#include "predictor/base/splitmix.h"
#include "predictor/plan/margin_scale.h"
#include "tests/predictor/plan/margin_builders.h"

namespace foreshape {
namespace {

using test::log_normal;

constexpr double kMedian = 3'600, kRequest = 1e6;

VarianceSettings settings_at(double rate) {
  VarianceSettings settings;
  settings.rate = rate;
  return settings;
}

/// Normal numbers, the same on every machine (Box & Muller 1958).
class Normal {
 public:
  explicit Normal(std::uint64_t seed) : state_(seed) {}
  double uniform() { return (static_cast<double>(splitmix_next(state_) >> 11U) + 0.5) / 9007199254740992.0; }
  double next() {
    const double radius = std::sqrt(-2 * std::log(uniform()));
    return radius * std::cos(2 * std::numbers::pi * uniform());
  }

 private:
  std::uint64_t state_;
};

/// What a user's jobs use: told of the job's number and of what is planned for it.
using Use = std::function<double(int job, double planned)>;

struct Course {
  int jobs = 0, too_small = 0;
  // How far the plans that were too small over rate x judged were beyond what is guaranteed, at the worst
  // moment: where outcomes come before the next plan; wherever they come.
  double beyond_prompt = -1e9, beyond_late = -1e9;
  double planned = 0;
  double rate() const { return static_cast<double>(too_small) / jobs; }
};

/// A user who submits `burst` jobs at a time, whose outcomes come before the next burst but `late` of them.
class UserRun {
 public:
  UserRun(VarianceController& controller, double rate, double spread)
      : controller_(controller), rate_(rate), forecast_(log_normal(kMedian, spread)) {}

  Course go(int jobs, int burst, std::size_t late, const Use& use) {
    for (int i = 0; i < jobs; ++i) {
      submit(i, use);
      if (i % burst == burst - 1)
        while (waiting_.size() > late) end_one();
    }
    while (!waiting_.empty()) end_one();
    return course_;
  }

 private:
  struct Waiting {
    double planned, used;
  };

  void submit(int i, const Use& use) {
    const auto t = controller_.margin(kWho);
    const double planned = t ? std::min(value_at(forecast_, *t), kRequest) : kRequest;
    if (planned < kRequest) controller_.planned(kWho);
    course_.planned += planned;
    waiting_.push_back({planned, std::min(use(i, planned), kRequest)});
  }

  void end_one() {
    const auto [planned, used] = waiting_.front();
    waiting_.pop_front();
    const bool missed = used > planned;
    controller_.judged(kWho, {score_of(forecast_, used), missed, false}, planned < kRequest);
    ++course_.jobs;
    course_.too_small += missed ? 1 : 0;
    const VarianceSettings settings;
    const double excess = course_.too_small - rate_ * course_.jobs;
    const double slack =
        settings.slack_jobs + settings.slack_errors * std::sqrt(rate_ * (1 - rate_) * course_.jobs);
    course_.beyond_prompt = std::max(course_.beyond_prompt, excess - (slack + 1));
    course_.beyond_late = std::max(course_.beyond_late, excess - (3 * slack / settings.open_share + 1));
  }

  static constexpr MarginSubject kWho{7, 3, Familiarity::many};
  VarianceController& controller_;
  double rate_;
  Forecast forecast_;
  std::deque<Waiting> waiting_;
  Course course_;
};

Course course_of(double rate, double spread, int jobs, int burst, std::size_t late, const Use& use) {
  VarianceController controller{settings_at(rate)};
  return UserRun{controller, rate, spread}.go(jobs, burst, late, use);
}

TEST(VarianceController, HoldsItsRateWhereForecastsAreRightTooWideOrTooNarrow) {
  for (const double rate : {.01, .05, .1})
    for (const double believed : {0.5, 1.0, 2.0}) {
      Normal normal{5};
      const Course course = course_of(rate, believed, 20'000, 1, 0,
                                      [&](int, double) { return kMedian * std::exp(normal.next()); });
      EXPECT_NEAR(course.rate(), rate, 0.1 * rate + 0.001) << rate << ", believed spread " << believed;
    }
}

TEST(VarianceController, HoldsItsRateWhileJobsGrow) {
  Normal normal{6};
  const Course course = course_of(
      .05, 1, 20'000, 1, 0, [&](int i, double) { return kMedian * std::exp(normal.next() + i / 10'000.0); });
  EXPECT_NEAR(course.rate(), .05, .01);
  EXPECT_LT(course.beyond_prompt, 0);
}

TEST(VarianceController, HoldsItsRateWhenOutcomesAreLateAndComeInBursts) {
  for (const int burst : {10, 100, 1'000}) {
    Normal normal{7};
    double shift = 0;
    const Course course =
        course_of(.05, 1, 30'000, burst, static_cast<std::size_t>(burst), [&](int i, double) {
          if (i % burst == 0) shift = 0.7 * normal.next();  // a burst's jobs are alike
          return kMedian * std::exp(shift + 0.7 * normal.next());
        });
    EXPECT_LT(course.rate(), .06) << burst;
  }
}

TEST(VarianceController, IsNeverBeyondItsBoundWhateverTheJobsDo) {
  Normal normal{8};
  const struct {
    const char* what;
    Use use;
  } adversaries[] = {
      {"just above the plan", [](int, double planned) { return planned * 1.01; }},
      {"the whole request", [](int, double) { return kRequest; }},
      {"good for long, then never", [](int i, double planned) { return i < 3'000 ? 1.0 : planned * 2; }},
      {"good and bad by turns", [](int i, double planned) { return i / 200 % 2 == 0 ? 1.0 : planned * 2; }},
      {"anything", [&](int, double) { return kMedian * std::exp(3 * normal.next()); }},
  };
  for (const double rate : {.01, .05, .1})
    for (const auto& [what, use] : adversaries) {
      const Course prompt = course_of(rate, 1, 6'000, 1, 0, use);
      EXPECT_LT(prompt.beyond_prompt, 0) << what << ", " << rate;
      const Course late = course_of(rate, 1, 6'000, 500, 500, use);
      EXPECT_LT(late.beyond_late, 0) << what << ", " << rate;
    }
}

TEST(VarianceController, PlansLessWhereForecastsAreTooCautious) {
  Normal normal{9};
  const auto use = [&](int, double) { return kMedian * std::exp(0.2 * normal.next()); };
  const Course course = course_of(.05, 2, 5'000, 1, 0, use);
  EXPECT_LT(course.planned / course.jobs, 0.3 * value_at(log_normal(kMedian, 2), -std::log(.05)));
}

TEST(VarianceController, LeavesTheRequestOfColdStartsAloneUntilTheFirstHaveEnded) {
  VarianceController controller{settings_at(.01)};
  const MarginSubject cold{7, 3, Familiarity::new_shape};
  int made = 0;
  for (; made < 100 && controller.margin(cold); ++made) controller.planned(cold);
  EXPECT_GT(made, 0);
  EXPECT_LT(made, 10);
  const MarginSubject somebody_else{8, 3, Familiarity::new_shape};
  EXPECT_TRUE(controller.margin(somebody_else));
  for (int i = 0; i < made; ++i) controller.judged(cold, {1, false, false}, true);
  EXPECT_TRUE(controller.margin(cold));
}

TEST(VarianceController, ForgetsPlansOfJobsThatNeverRan) {
  VarianceController controller{settings_at(.05)};
  const MarginSubject who{7, 0, Familiarity::many};
  for (int i = 0; i < 1'000; ++i) controller.planned(who);
  EXPECT_FALSE(controller.margin(who));
  for (int i = 0; i < 1'000; ++i) controller.withdrawn(who);
  EXPECT_TRUE(controller.margin(who));
}

TEST(VarianceController, TakesWhoWasCutOffForSomebodyWhoNeededMore) {
  const auto margin_after = [](bool is_bound) {
    VarianceController controller{settings_at(.05)};
    const MarginSubject who{7, 0, Familiarity::many};
    for (int i = 0; i < 300; ++i) controller.judged(who, {1.1, false, is_bound && i % 2 == 0}, false);
    for (int i = 0; i < 16; ++i) controller.judged(who, {4.1, true, false}, false);
    return controller.margin(who);
  };
  ASSERT_TRUE(margin_after(false) && margin_after(true));
  EXPECT_GT(*margin_after(true), *margin_after(false));
}

TEST(VarianceController, LearnsForANewUserFromTheAccountAndTheCluster) {
  VarianceController controller{settings_at(.05)};
  for (UserId uid = 1; uid <= 20; ++uid)
    for (int i = 0; i < 200; ++i)
      controller.judged({uid, uid <= 10 ? 1U : 2U, Familiarity::many}, {uid <= 10 ? 6.5 : 0.6, false, false},
                        false);
  const auto margin = [&](TextHash account) { return controller.margin({99, account, Familiarity::many}); };
  EXPECT_GT(*margin(1), *margin(2) + 2);
}

/// Some thousands of events of many users.
void stir(VarianceController& controller, std::uint64_t seed, int events) {
  Normal normal{seed};
  for (int i = 0; i < events; ++i) {
    const auto uid = static_cast<UserId>(normal.uniform() * 300);
    const MarginSubject who{uid, uid % 7, static_cast<Familiarity>(uid % kFamiliarities)};
    if (controller.margin(who)) controller.planned(who);
    controller.judged(who, {std::abs(3 * normal.next()), normal.uniform() < .07, uid % 11 == 0}, i % 5 != 0);
  }
}

TEST(VarianceController, GoesOnToTheSameBitsAfterARestart) {
  VarianceController whole{settings_at(.05)};
  stir(whole, 1, 5'000);
  VarianceController restored{settings_at(.05), whole.records()};
  EXPECT_EQ(restored.records(), whole.records());
  stir(whole, 2, 5'000);
  stir(restored, 2, 5'000);
  for (UserId uid = 0; uid < 300; ++uid) {
    const MarginSubject who{uid, uid % 7, Familiarity::many};
    EXPECT_EQ(restored.margin(who), whole.margin(who)) << uid;
  }
}

TEST(VarianceController, TakesNoRecordThatItCannotHaveWritten) {
  VarianceController whole{settings_at(.05)};
  stir(whole, 1, 500);
  auto records = whole.records();
  for (MarginRecord& record : records) record.scores[3] = std::nanf("");
  records.push_back({.key = 77, .touched = 3, .judged = 1, .too_small = 2});
  const VarianceController restored{settings_at(.05), records};
  const VarianceController fresh{settings_at(.05)};
  EXPECT_EQ(restored.records(), fresh.records());
}

TEST(VarianceController, RemembersNoMoreThanItMayHoweverManyUsersCome) {
  VarianceController controller{settings_at(.05)};
  for (UserId uid = 1; uid < 60'000; ++uid) {
    controller.judged({1, 0, Familiarity::many}, {6, true, false}, false);
    controller.judged({uid, uid, Familiarity::many}, {1, false, false}, false);
  }
  EXPECT_LE(controller.records().size(), VarianceController::kMaxRecords + kFamiliarities);
  EXPECT_FALSE(controller.margin({1, 0, Familiarity::many})) << "who comes often is not forgotten";
}

}  // namespace
}  // namespace foreshape
