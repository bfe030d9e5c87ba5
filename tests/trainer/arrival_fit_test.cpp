// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>

#include "predictor/model/model_file.h"
#include "tests/predictor/model/made_model.h"
#include "tests/trainer/fit_fixture.h"
#include "tests/trainer/patient_users.h"
#include "trainer/arrival_task.h"
#include "trainer/trained_arrivals.h"

namespace foreshape {

/// For the fixture, which finds it by its arguments.
bool same(const ArrivalSample& a, const ArrivalSample& b) {
  return a.input.x == b.input.x && a.input.prior == b.input.prior && a.target.bin == b.target.bin &&
         a.target.came == b.target.came && a.target.shape == b.target.shape;
}

namespace {

using test::job_at;
using test::patient_users;
using test::run_to_the_end;

ArrivalShards shards_of(const std::vector<TracedJob>& jobs, const HistoryWindows& windows,
                        const ArrivalSampleSettings& settings = {}, std::size_t rank = 0,
                        std::size_t ranks = 1) {
  return test::collected(ArrivalCollector{windows, settings, rank, ranks}, jobs, windows);
}

TEST(ArrivalCollector, WhatComesLaterNeverChangesASample) {
  const auto jobs = patient_users(600);
  const HistoryWindows windows{400, 500};
  const ArrivalShards shards = shards_of(jobs, windows);
  ASSERT_GT(shards.samples, 700U) << "each job has its submission, its pause and its end";
  test::expect_same_to_learn(shards, shards_of(test::with_another_future(jobs, 400), windows));
}

TEST(ArrivalCollector, AnyNumberOfRanksHasTheSameSamplesBetweenThem) {
  const auto jobs = patient_users(400);
  test::expect_ranks_share_the_samples([&](std::size_t rank, std::size_t ranks) {
    return shards_of(jobs, {300, 400}, {}, rank, ranks);
  });
}

TEST(ArrivalCollector, KeepsWithinItsBounds) {
  const auto jobs = patient_users(900);
  ArrivalSampleSettings settings;
  settings.bounds.samples = 2 * kShards;
  EXPECT_EQ(shards_of(jobs, {800, 900}, settings).samples, 2 * kShards);
  settings = {};
  settings.jobs = 100;
  const std::uint64_t few = shards_of(jobs, {800, 900}, settings).samples;
  EXPECT_GT(few, 150U);
  EXPECT_LT(few, 500U) << "the moments of about a hundred jobs";
}

TEST(ArrivalCollector, SilenceUntilTheWindowsEndIsABound) {
  std::vector<TracedJob> jobs = {job_at(1'000'000, 1, 4, 50), job_at(1'000'100, 2, 4, 50)};
  const ArrivalShards shards = shards_of(jobs, {2, 2});
  std::size_t silent = 0;
  for (const auto& shard : shards.learn)
    for (const ArrivalSample& sample : shard) silent += sample.target.came ? 0 : 1;
  EXPECT_EQ(silent, 2U) << "user 1's submission and the job's end";
}

FitSettings small_settings() {
  FitSettings settings;
  settings.batch = 64;
  settings.steps = 400;
  settings.validate_every = 50;
  settings.adam.rate = 5e-3F;
  return settings;
}

TEST(ArrivalTask, GoesOnFromAnyStepToTheSameBits) {
  const ArrivalShards shards = shards_of(patient_users(300), {250, 300});
  FitSettings settings = small_settings();
  settings.steps = 12;
  settings.validate_every = 5;
  ArrivalTask task{16, settings.batch, shards, std::make_unique<LoopProducts>()};
  test::expect_goes_on_from_any_step(settings, task, {0, 4, 9});
}

class ArrivalsOfAHistory : public testing::Test {
 protected:
  void SetUp() override {
    auto shards = collect_arrivals(reader_, windows_, {}, solo_, {}, [](std::uint64_t) {});
    ASSERT_TRUE(shards) << shards.error().message;
    shards_ = std::move(*shards);
  }

  HistoryWindows windows_{1200, 1500};
  SoloComm solo_;
  test::WrittenHistory history_;
  DatasetReader reader_ = history_.reader(patient_users(1500));
  ArrivalShards shards_;
};

TEST_F(ArrivalsOfAHistory, AreLearntJudgedAndPutIntoTheModel) {
  const FitSettings settings = small_settings();
  ArrivalTask task{16, settings.batch, shards_, std::make_unique<LoopProducts>()};
  Fit fit{settings, task, solo_};
  fit.begin();
  ArrivalModel arrivals;
  arrivals.hidden = 16;
  arrivals.weights = run_to_the_end(fit).best;
  Model model = test::made_model();
  const auto added = add_trained_arrivals(reader_, windows_, shards_, arrivals, model);
  ASSERT_TRUE(added) << added.error().message;
  EXPECT_TRUE(added->reasons.empty()) << added->reasons[0];
  const ArrivalScores& scores = added->scores;
  EXPECT_NEAR(static_cast<double>(scores.all.models[0].nats.n), 297, 3);
  EXPECT_LT(scores.all.models[0].nats.mean(), scores.all.simple.nats.mean() - 0.1);
  ASSERT_TRUE(model.arrivals);
  EXPECT_EQ(model.arrivals->golden.size(), 8U);
  EXPECT_TRUE(verify(*parse_model(model_bytes(model).value())));
  EXPECT_EQ(std::ranges::count(model.card.metrics, "arrivals.nats", &ModelMetric::name), 3);
}

TEST_F(ArrivalsOfAHistory, ThatAreNoBetterThanTheSimpleForecastAreLeftOut) {
  ArrivalModel arrivals;
  arrivals.weights.resize(ArrivalLayout{arrivals.hidden}.total);
  initialise_weights(ArrivalLayout{arrivals.hidden}, 1, arrivals.weights);
  for (float& w :
       std::span{arrivals.weights}.subspan(ArrivalLayout{arrivals.hidden}.prior_weight.offset, kArrivalBins))
    w = 0.2F;  // worse than what it begins from
  Model model = test::made_model();
  const auto added = add_trained_arrivals(reader_, windows_, shards_, arrivals, model);
  ASSERT_TRUE(added) << added.error().message;
  ASSERT_FALSE(added->reasons.empty());
  EXPECT_NE(added->reasons[0].find("nats"), std::string::npos);
  EXPECT_FALSE(model.arrivals);
  EXPECT_TRUE(verify(model));
}

}  // namespace
}  // namespace foreshape
