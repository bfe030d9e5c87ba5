#include "trainer/arrival_evaluation.h"

#include <algorithm>
#include <gtest/gtest.h>

#include "tests/predictor/model/made_inputs.h"

namespace foreshape {
namespace {

using test::Dice;
constexpr auto kSimple = static_cast<std::size_t>(ArrivalPredictor::simple);
constexpr auto kNetwork = static_cast<std::size_t>(ArrivalPredictor::network);

TracedJob job_at(UnixSeconds submit_s, UserId uid, std::uint32_t cpus, std::int64_t run_s) {
  TracedJob job;
  job.request.submit_s = submit_s;
  job.request.uid = uid;
  job.request.cpus = cpus;
  job.request.limit_s = 7200;
  job.usage.run_s = run_s;
  job.usage.start_s = submit_s;
  job.usage.end_s = submit_s + run_s;
  job.usage.state = JobState::completed;
  return job;
}

/// Users who wait for each job and then submit the other of their two shapes a minute after its end.
std::vector<TracedJob> patient_users(std::size_t count) {
  Dice dice{5};
  std::vector<TracedJob> jobs;
  std::array<std::size_t, 3> before{};
  std::array<UnixSeconds, 3> next_s = {1'000'000, 1'000'100, 1'000'200};
  for (std::size_t i = 0; i < count; ++i) {
    const auto user = static_cast<std::size_t>(std::ranges::min_element(next_s) - next_s.begin());
    const auto run_s = std::int64_t{200} + dice.whole(4000);
    const std::uint32_t cpus = ++before[user] % 2 == 0 ? 4 : 16;
    jobs.push_back(job_at(next_s[user], static_cast<UserId>(user + 1), cpus, run_s));
    next_s[user] += run_s + 50 + dice.whole(20);
  }
  return jobs;
}

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
    auto altered = jobs;
    const UnixSeconds now_s = jobs[cut].request.submit_s;
    for (std::size_t i = cut; i < altered.size(); ++i) altered[i].request.uid = 1;
    for (TracedJob& job : altered)
      if (job.usage.end_s >= now_s) job.usage.end_s += 5'000, job.usage.run_s += 5'000;
    const Said again = forecasts(altered, small_settings());
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
}

TEST(ArrivalEvaluation, OfNoJobsIsEmpty) {
  const ArrivalEvaluation e = evaluate_arrivals({}, {}, std::make_unique<LoopProducts>());
  EXPECT_EQ(e.submissions, 0U);
  EXPECT_EQ(e.nats[kNetwork].mean(), 0);
}

}  // namespace
}  // namespace foreshape
