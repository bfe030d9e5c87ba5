// SPDX-License-Identifier: GPL-2.0-or-later
#include "trainer/fit.h"

#include <cmath>
#include <gtest/gtest.h>

#include "tests/trainer/fit_fixture.h"
#include "tests/trainer/patient_users.h"
#include "tests/trainer/synthetic_users.h"
#include "trainer/trained_model.h"
#include "trainer/usage_task.h"

namespace foreshape {

/// For the fixture, which finds it by its arguments.
bool same(const Sample& a, const Sample& b) {
  return a.input.job == b.input.job && a.input.candidates == b.input.candidates &&
         a.input.pairs == b.input.pairs && a.input.values == b.input.values &&
         a.input.known == b.input.known && a.input.bound == b.input.bound &&
         a.input.reference == b.input.reference && a.target.value == b.target.value &&
         a.target.known == b.target.known;
}

namespace {

using test::run_to_the_end;
constexpr double kNoise = 0.1;

std::vector<TracedJob> made_history(std::size_t jobs) {
  test::SyntheticUsers users{12, 3, kNoise};
  std::vector<TracedJob> out;
  for (std::size_t i = 0; i < jobs; ++i) out.push_back(users.next());
  return out;
}

SampleShards shards_of(const std::vector<TracedJob>& jobs, const HistoryWindows& windows,
                       std::size_t rank = 0, std::size_t ranks = 1) {
  SampleShards shards = test::collected(
      SampleCollector{windows, SamplePlan{windows, {1U << 20U, 1U << 20U, 1}}, rank, ranks}, jobs, windows);
  shards.known = {true, true, false, false, false};
  return shards;
}

FitSettings small_settings() {
  FitSettings settings;
  settings.sizes = {.hidden = 16, .pair_hidden = 16};
  settings.batch = 32;
  settings.steps = 40;
  settings.validate_every = 10;
  return settings;
}

TEST(SampleCollector, WhatComesLaterNeverChangesASample) {
  const auto jobs = made_history(600);
  const HistoryWindows windows{400, 500};
  const SampleShards shards = shards_of(jobs, windows);
  ASSERT_GT(shards.samples, 390U);
  test::expect_same_to_learn(shards, shards_of(test::with_another_future(jobs, 400), windows));
}

TEST(SampleCollector, AJobThatStillRunsAtTheWindowsEndIsABound) {
  auto jobs = made_history(200);
  jobs[150].usage.start_s = jobs[150].request.submit_s;
  jobs[150].usage.end_s = jobs[199].request.submit_s + 1'000'000;
  const Target target = unfinished_target(jobs[150], jobs[150].request.submit_s + 500);
  EXPECT_EQ(target.known[0], kAtLeast);
  EXPECT_FLOAT_EQ(target.value[0], std::log(500.0F));
  EXPECT_EQ(target.known[1], kUnknown);
  EXPECT_EQ(unfinished_target(jobs[150], jobs[150].usage.start_s).known[0], kUnknown) << "it had not started";
  const SampleShards shards = shards_of(jobs, {180, 200});
  std::size_t bounds = 0;
  for (const auto& shard : shards.learn)
    for (const Sample& sample : shard) bounds += sample.target.known[0] == kAtLeast ? 1 : 0;
  EXPECT_GE(bounds, 1U);
}

TEST(SamplePlan, KeepsTheNewestAndAUniformChoiceOfTheRest) {
  const HistoryWindows windows{10'000, 11'000};
  SamplePlan plan{windows, {1'000, 100, 5}};
  std::array<std::size_t, 3> third{};
  std::size_t newest = 0, validation = 0, shard_of_next = 0;
  for (std::size_t i = 0; i < 12'000; ++i) {
    const auto place = plan.next();
    if (!place) continue;
    ASSERT_LT(i, windows.validation_end) << "what is held back is not looked at";
    ASSERT_EQ(place->validation, i >= windows.learn_end);
    if (place->validation) {
      ++validation;
      continue;
    }
    ASSERT_EQ(place->shard, shard_of_next++ % kShards);
    i >= 9'500 ? ++newest : ++third[i * 3 / 9'500];
  }
  EXPECT_EQ(newest, 500U);
  EXPECT_EQ(third[0] + third[1] + third[2], 500U);
  for (const std::size_t count : third) EXPECT_NEAR(static_cast<double>(count), 167, 45);
  EXPECT_EQ(validation, 100U);
}

TEST(SampleCollector, AnyNumberOfRanksHasTheSameSamplesBetweenThem) {
  const auto jobs = made_history(300);
  test::expect_ranks_share_the_samples([&](std::size_t rank, std::size_t ranks) {
    return shards_of(jobs, {250, 300}, rank, ranks);
  });
}

TEST(Fit, ABatchTakesFromEveryLaneAndPassesOverEmptyOnes) {
  FitSettings settings = small_settings();
  settings.batch = 128;
  std::array<std::uint64_t, kShards> sizes{};
  sizes.fill(10);
  sizes[5] = 0;
  std::array<std::size_t, kShards> taken{};
  for (std::size_t b = 0; b < settings.batch; ++b) {
    const BatchRow row = batch_row(settings, sizes, 7, b);
    ASSERT_LT(row.sample, sizes[row.shard]);
    ++taken[row.shard];
  }
  EXPECT_EQ(taken[4], 2U);
  EXPECT_EQ(taken[5], 0U);
  EXPECT_EQ(taken[6], 4U);
}

TEST(Fit, GoesOnFromAnyStepToTheSameBits) {
  const SampleShards shards = shards_of(made_history(250), {200, 250});
  UsageTask task{small_settings(), shards, std::make_unique<LoopProducts>()};
  test::expect_goes_on_from_any_step(small_settings(), task, {0, 8, 9, 33});
}

TEST(Fit, StopsWhenToldAndHasSavedWhatItWas) {
  const auto jobs = made_history(250);
  const SampleShards shards = shards_of(jobs, {200, 250});
  SoloComm solo;
  UsageTask fit_task{small_settings(), shards, std::make_unique<LoopProducts>()};
  Fit fit{small_settings(), fit_task, solo};
  fit.begin();
  int requested = 0;
  std::uint64_t saved = 0;
  FitWatch watch;
  watch.stop = [&] { return ++requested == 5; };
  watch.save = [&](const FitState& state) -> Result<void> {
    saved = state.step;
    return {};
  };
  EXPECT_EQ(fit.run(watch), FitEnd::stopped);
  EXPECT_EQ(saved, 5U);
  EXPECT_FALSE(fit.state().finished);
}

TEST(Fit, EndsWhenNothingHelpsAnyMoreAndKeepsTheBest) {
  const auto jobs = made_history(250);
  const SampleShards shards = shards_of(jobs, {200, 250});
  SoloComm solo;
  FitSettings settings = small_settings();
  settings.adam.rate = 1e-9F;  // nothing moves
  settings.steps = 10'000;
  settings.validate_every = 1;
  settings.patience = 3;
  UsageTask fit_task{settings, shards, std::make_unique<LoopProducts>()};
  Fit fit{settings, fit_task, solo};
  fit.begin();
  const FitState state = run_to_the_end(fit);
  EXPECT_LT(state.step, 200U);
  EXPECT_EQ(fit.validate(state.best), state.best_loss);
}

TEST(Checkpoint, RefusesDamageAndAnotherTraining) {
  FitState state;
  state.weights = state.served = state.best = state.adam.mean = state.adam.square = {1, 2, 3};
  const std::string bytes = checkpoint_bytes("seed 1", state);
  EXPECT_TRUE(parse_checkpoint(bytes, "seed 1", 3));
  EXPECT_NE(parse_checkpoint(bytes, "seed 2", 3).error().message.find("seed 1"), std::string::npos);
  EXPECT_FALSE(parse_checkpoint(bytes, "seed 1", 4));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string bad = bytes;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    ASSERT_FALSE(parse_checkpoint(bad, "seed 1", 3)) << i;
    ASSERT_FALSE(parse_checkpoint(bytes.substr(0, i), "seed 1", 3)) << i;
  }
}

TEST(TrainedModelFile, IsJudgedOnTheWindowAndCarriesBlendsAndGoldenPairs) {
  const auto jobs = made_history(900);
  const test::WrittenHistory history;
  DatasetReader reader = history.reader(jobs);
  SoloComm solo;
  SampleSettings samples;
  samples.validation = 0.2;
  auto shards = collect_samples(reader, samples, solo, {}, [](std::uint64_t) {});
  ASSERT_TRUE(shards) << shards.error().message;
  EXPECT_EQ(shards->samples, 720U);
  const HistoryWindows windows = split_history(reader.jobs(), samples.validation, 0);
  FitSettings settings = small_settings();
  UsageTask fit_task{settings, *shards, std::make_unique<LoopProducts>()};
  Fit fit{settings, fit_task, solo};
  fit.begin();
  auto trained =
      make_trained_model(reader, windows, *shards, settings.sizes, run_to_the_end(fit).best, {}, {});
  ASSERT_TRUE(trained) << trained.error().message;
  const Model& model = trained->model;
  EXPECT_EQ(model.serves, (std::array<bool, kResources>{true, true, false, false, false}));
  EXPECT_EQ(model.card.rows, 900U);
  EXPECT_EQ(model.card.users, 12U);
  EXPECT_EQ(model.blends[0].users.size(), 12U);
  EXPECT_FALSE(model.golden.empty());
  EXPECT_TRUE(verify(model));
  EXPECT_EQ(trained->scores.jobs, 180U);
  EXPECT_EQ(trained->scores.models[0].model[0].jobs(), trained->scores.kernel[0].jobs());
}

TEST(TrainedModelFile, SaysWhenThereIsTooLittleToLearnFrom) {
  const test::WrittenHistory history;
  DatasetReader reader = history.reader(made_history(30));
  SoloComm solo;
  const auto shards = collect_samples(reader, {}, solo, {}, [](std::uint64_t) {});
  ASSERT_FALSE(shards);
  EXPECT_NE(shards.error().message.find("too few"), std::string::npos);
}

}  // namespace
}  // namespace foreshape
