// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/model/arrival/arrival_features.h"

#include <cmath>
#include <gtest/gtest.h>

#include "predictor/baseline/arrival.h"

namespace foreshape {
namespace {

constexpr UnixSeconds kNow_s = 1'000'000'000;

Submission submitted(std::int64_t ago_s, std::uint32_t cpus = 4) {
  return {.submit_s = static_cast<std::uint32_t>(kNow_s - ago_s), .nodes = 1, .cpus = cpus, .limit_s = 3600};
}

PastJob finished(std::int64_t submitted_ago_s, std::int64_t ended_ago_s, std::uint32_t cpus = 4) {
  PastJob job;
  job.submit_s = static_cast<std::uint32_t>(kNow_s - submitted_ago_s);
  job.end_s = static_cast<std::uint32_t>(kNow_s - ended_ago_s);
  job.run_s = 60;
  job.requested_nodes = 1;
  job.requested_cpus = cpus;
  job.requested_limit_s = 3600;
  job.state = JobState::completed;
  return job;
}

ArrivalInput features(const std::vector<Submission>& submissions, const std::vector<PastJob>& jobs,
                      const std::vector<LiveJob>& live = {}) {
  ArrivalInput input;
  compute_arrival_features({kNow_s, submissions, jobs, live}, input);
  return input;
}

TEST(ArrivalBins, DoubleAndHoldWhatTheySay) {
  EXPECT_EQ(arrival_bin(-5), 0U);
  EXPECT_EQ(arrival_bin(0), 0U);
  EXPECT_EQ(arrival_bin(1), 1U);
  EXPECT_EQ(arrival_bin(2), 2U);
  EXPECT_EQ(arrival_bin(3), 2U);
  EXPECT_EQ(arrival_bin(kLater_s - 1), kArrivalBins - 1);
  EXPECT_EQ(arrival_bin(kLater_s), kArrivalBins);
  EXPECT_EQ(arrival_bin(INT64_MAX), kArrivalBins);
  for (std::size_t b = 1; b < kArrivalBins; ++b) {
    EXPECT_EQ(arrival_bin(static_cast<std::int64_t>(bin_start_s(b))), b);
    EXPECT_EQ(arrival_bin(static_cast<std::int64_t>(bin_end_s(b)) - 1), b);
  }
}

TEST(ArrivalBins, AddUpToOne) {
  Hazards hazards;
  for (std::size_t b = 0; b < kArrivalBins; ++b) hazards[b] = 0.02F * static_cast<float>(b + 1);
  double sum = 0;
  for (std::size_t b = 0; b <= kArrivalBins; ++b) sum += std::exp(-nats(hazards, b));
  EXPECT_NEAR(sum, 1, 1e-9);
  EXPECT_NEAR(probability_within(hazards, 1), hazards[0], 1e-7);
  EXPECT_NEAR(probability_within(hazards, 2), 1 - (1 - hazards[0]) * (1 - hazards[1]), 1e-7);
  EXPECT_LT(probability_within(hazards, 900), probability_within(hazards, 901));
}

TEST(ArrivalFeatures, PriorAgreesWithTheSimpleForecast) {
  // Each window ends where a bin ends, and no blurred gap lies on an edge, so that both say the same.
  std::vector<Submission> submissions;
  std::vector<std::int64_t> gaps_s;
  std::int64_t ago_s = 100;
  for (int i = 0; i < 20; ++i) {
    submissions.push_back(submitted(ago_s));
    if (i > 0)
      gaps_s.push_back(ago_s -
                       static_cast<std::int64_t>(kNow_s - submissions[submissions.size() - 2].submit_s));
    ago_s += 1000 + 170 * i;
  }
  const Hazards hazards = prior_hazards(gaps_s, 100);
  for (const std::int64_t window_s : {512, 1024, 4096})
    EXPECT_NEAR(probability_within(hazards, static_cast<double>(window_s)),
                next_arrival(submissions, {}, kNow_s, window_s).probability, 0.02)
        << window_s;
}

TEST(ArrivalFeatures, SayWhatIsMissing) {
  const ArrivalInput fresh = features({submitted(50)}, {});
  EXPECT_EQ(fresh[ArrivalFeature::since_end_missing], 1);
  EXPECT_EQ(fresh[ArrivalFeature::think_missing], 1);
  EXPECT_EQ(fresh[ArrivalFeature::live_missing], 1);
  EXPECT_EQ(fresh.shapes, 1U);
  const ArrivalInput nothing = features({}, {});
  EXPECT_EQ(nothing.shapes, 0U);
}

TEST(ArrivalFeatures, AreTheSameFromSubmissionsSeenAndFromFinishedJobs) {
  // After a restart only finished jobs are known.
  std::vector<Submission> submissions;
  std::vector<PastJob> jobs;
  for (int i = 0; i < 30; ++i) {
    submissions.push_back(submitted(500 + 700 * i, i % 3 == 0 ? 8 : 4));
    jobs.push_back(finished(500 + 700 * i, 400 + 700 * i, i % 3 == 0 ? 8 : 4));
  }
  const ArrivalInput both = features(submissions, jobs), from_jobs = features({}, jobs);
  EXPECT_EQ(both.x, from_jobs.x);
  EXPECT_EQ(both.prior, from_jobs.prior);
  ASSERT_EQ(both.shapes, 2U);
  EXPECT_EQ(both.keys, from_jobs.keys);
}

TEST(ArrivalFeatures, SeeNothingOfTheFuture) {
  const ArrivalInput now = features({submitted(50), submitted(300)}, {finished(300, 100)});
  const ArrivalInput later =
      features({submitted(-10), submitted(50), submitted(300)}, {finished(50, -100), finished(300, 100)});
  EXPECT_EQ(now.x, later.x);
  EXPECT_EQ(now.prior, later.prior);
  EXPECT_EQ(now.keys[0], later.keys[0]);
}

TEST(ArrivalFeatures, ListDistinctShapesNewestFirst) {
  const ArrivalInput in = features(
      {submitted(10, 4), submitted(20, 4), submitted(30, 16), submitted(40, 4), submitted(50, 2)}, {});
  ASSERT_EQ(in.shapes, 3U);
  EXPECT_EQ(in.keys[0].cpus, 4U);
  EXPECT_EQ(in.keys[1].cpus, 16U);
  EXPECT_EQ(in.keys[2].cpus, 2U);
  EXPECT_GT(in.row(0, ShapeFeature::share), in.row(1, ShapeFeature::share));
  // What followed a 4: a 4 once, a 16 once; the later one counts more.
  EXPECT_GT(in.row(0, ShapeFeature::after_last), 0.4F);
  EXPECT_GT(in.row(1, ShapeFeature::after_last) + in.row(0, ShapeFeature::after_last), 0.99F);
  EXPECT_EQ(in.row(2, ShapeFeature::after_last), 0);
}

TEST(ArrivalFeatures, KnowHowEarlierBurstsWentOn) {
  // Always three at a time, an hour apart; now the third is there.
  std::vector<Submission> submissions;
  for (int burst = 0; burst < 6; ++burst)
    for (int i = 0; i < 3; ++i) submissions.push_back(submitted(3600 * burst + 2 * i));
  const float over = features(submissions, {})[ArrivalFeature::burst_goes_on];
  submissions.erase(submissions.begin());
  const float going_on = features(submissions, {})[ArrivalFeature::burst_goes_on];
  EXPECT_LT(over, 0.15F);
  EXPECT_GT(going_on, 0.85F);
}

TEST(ArrivalFeatures, StayFiniteForOddTimes) {
  std::vector<Submission> submissions(80, submitted(0));
  submissions.push_back({.submit_s = 0});
  std::vector<PastJob> jobs(150, finished(5, 0));
  jobs[3].submit_s = jobs[3].end_s = 0;
  for (const ArrivalInput& in : {features(submissions, jobs), features({{.submit_s = 0}}, jobs)}) {
    for (const float x : in.x) EXPECT_TRUE(std::isfinite(x));
    for (const float x : in.prior) EXPECT_TRUE(std::isfinite(x));
    for (std::size_t i = 0; i < in.shapes * kShapeFeatures; ++i) EXPECT_TRUE(std::isfinite(in.rows[i]));
  }
}

}  // namespace
}  // namespace foreshape
