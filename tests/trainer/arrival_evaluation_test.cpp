// SPDX-License-Identifier: GPL-2.0-or-later
#include "trainer/arrival_evaluation.h"

#include <algorithm>
#include <gtest/gtest.h>

#include "tests/predictor/model/made_model.h"
#include "tests/trainer/patient_users.h"

namespace foreshape {
namespace {

using test::patient_users;
constexpr auto kSimple = static_cast<std::size_t>(ArrivalPredictor::simple);
constexpr auto kNetwork = static_cast<std::size_t>(ArrivalPredictor::network);

ArrivalSettings small_settings() {
  ArrivalSettings settings;
  settings.training.hidden = 16;
  settings.training.batch = 32;
  settings.training.first_steps = settings.training.steps = 20;
  settings.refit_every = 100;
  return settings;
}

using Said = std::vector<std::pair<UnixSeconds, Hazards>>;
Said forecasts(const std::vector<TracedJob>& jobs, const ArrivalSettings& settings) {
  Said said;
  evaluate_arrivals(
      jobs, settings, std::make_unique<LoopProducts>(),
      [&](UserId, UnixSeconds now_s, const ArrivalForecast& f) { said.emplace_back(now_s, f.hazards); });
  return said;
}

TEST(ArrivalEvaluation, WhatComesLaterNeverChangesWhatWasForecast) {
  const auto jobs = patient_users(300);
  const Said said = forecasts(jobs, small_settings());
  for (const std::size_t cut : {150U, 280U}) {
    const UnixSeconds now_s = jobs[cut].request.submit_s;
    const Said again = forecasts(test::with_another_future(jobs, cut), small_settings());
    for (std::size_t i = 0; i < said.size() && said[i].first < now_s; ++i) {
      ASSERT_EQ(again[i].first, said[i].first) << i;
      ASSERT_EQ(again[i].second, said[i].second) << i << " before " << cut;
    }
  }
}

TEST(ArrivalEvaluation, TheSameSeedGivesTheSameBits) {
  const auto jobs = patient_users(200);
  EXPECT_EQ(forecasts(jobs, small_settings()), forecasts(jobs, small_settings()));
}

TEST(ArrivalEvaluation, LearnsThatUsersWaitForTheirJobs) {
  ArrivalSettings settings = small_settings();
  settings.training.first_steps = settings.training.steps = 100;
  settings.training.adam.rate = 5e-3F;
  const ArrivalEvaluation e =
      evaluate_arrivals(patient_users(2000), settings, std::make_unique<LoopProducts>());
  EXPECT_EQ(e.submissions, 2000U);
  // At the end of a job the next one always comes within ten minutes: gaps alone can't know.
  EXPECT_LT(e.after_end[kNetwork].brier(), 0.3 * e.after_end[kSimple].brier());
  EXPECT_GT(e.shapes.top.mean(), 0.9);  // they alternate
  EXPECT_LT(e.shapes.last.mean(), 0.1);
  EXPECT_GT(e.latency.mean(), 0.95);
  const CountScore& pool = e.pool.of(PoolForecast::network);
  EXPECT_GT(pool.n(), 1000U);
  EXPECT_NEAR(pool.mean_forecast(), pool.mean_came(), 0.1 * pool.mean_came());
  for (const auto peer : {PoolForecast::hour_of_week, PoolForecast::last_hour, PoolForecast::simple})
    EXPECT_LT(pool.rmse(), e.pool.of(peer).rmse()) << name_of(peer);
}

TEST(ArrivalEvaluation, OfANetworkThatStandsTrainsNothingAndScoresFromItsTimeOn) {
  const auto jobs = patient_users(200);
  const ArrivalModel model = test::made_arrivals();
  ArrivalSettings settings = small_settings();
  settings.standing = &model;
  const auto evaluate = [&] { return evaluate_arrivals(jobs, settings, nullptr); };
  const ArrivalEvaluation whole = evaluate();
  EXPECT_EQ(whole.refits, 0U);
  EXPECT_EQ(whole.nats[kNetwork].n, 197U) << "each but the last of three users";
  settings.validate_from_s = jobs[100].request.submit_s;
  const ArrivalEvaluation half = evaluate();
  EXPECT_EQ(half.submissions, 200U);
  EXPECT_EQ(half.nats[kNetwork].n, 97U);
  EXPECT_EQ(half.forecasts, whole.forecasts) << "what came before makes histories";
  EXPECT_NEAR(static_cast<double>(half.windows[kNetwork].n()),
              static_cast<double>(whole.windows[kNetwork].n()) / 2,
              static_cast<double>(whole.windows[kNetwork].n()) / 10);
}

TEST(ArrivalEvaluation, OfNoJobsIsEmpty) {
  const ArrivalEvaluation e = evaluate_arrivals({}, {}, std::make_unique<LoopProducts>());
  EXPECT_EQ(e.submissions, 0U);
  EXPECT_EQ(e.nats[kNetwork].mean(), 0);
}

}  // namespace
}  // namespace foreshape
