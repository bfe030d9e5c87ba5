// SPDX-License-Identifier: GPL-2.0-or-later
#include "trainer/evaluation.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>

#include "tests/predictor/model/made_inputs.h"

namespace foreshape {
namespace {

using test::Dice;

/// Users with habits: the run time depends on the name and the limit, and now and then on nothing.
std::vector<TracedJob> made_jobs(std::size_t count) {
  Dice dice{21};
  std::vector<TracedJob> jobs;
  UnixSeconds now_s = 1'000'000;
  for (std::size_t i = 0; i < count; ++i) {
    TracedJob job;
    now_s += 30 + dice.whole(200);
    job.request.submit_s = now_s;
    job.request.uid = 1 + dice.whole(4);
    job.request.name = 10 * job.request.uid + dice.whole(3);
    job.request.limit_s = 3600 << dice.whole(3);
    job.request.cpus = 1U << dice.whole(3);
    const double usual = 40.0 * (1 + job.request.name % 10) * job.request.uid;
    job.usage.run_s = static_cast<std::int64_t>(usual * std::exp(0.1 * static_cast<double>(dice.real()))) + 1;
    job.usage.start_s = job.request.submit_s + dice.whole(100);
    job.usage.end_s = job.usage.start_s + job.usage.run_s;
    job.usage.state = JobState::completed;
    jobs.push_back(job);
  }
  return jobs;
}

EvaluationSettings small_settings() {
  EvaluationSettings settings;
  settings.training.sizes = {.hidden = 16, .pair_hidden = 16, .embedding = 2, .identity_buckets = 32};
  settings.training.batch = 16;
  settings.training.first_steps = settings.training.steps = 10;
  settings.refit_every = 100;
  return settings;
}

std::vector<Forecast> forecasts(const std::vector<TracedJob>& jobs, const EvaluationSettings& settings) {
  std::vector<Forecast> out;
  evaluate(jobs, settings, std::make_unique<LoopProducts>(),
           [&](const TracedJob&, const ModelInput&, const Forecast& forecast) { out.push_back(forecast); });
  return out;
}

TEST(Evaluation, WhatComesLaterNeverChangesWhatWasPredicted) {
  const auto jobs = made_jobs(350);
  const auto predicted = forecasts(jobs, small_settings());
  EvaluationSettings untrained = small_settings();
  untrained.with_network = false;
  ASSERT_NE(predicted.back().quantiles, forecasts(jobs, untrained).back().quantiles);
  for (const std::size_t cut : {150U, 320U}) {
    auto altered = jobs;
    const UnixSeconds now_s = jobs[cut].request.submit_s;
    for (std::size_t i = cut; i < altered.size(); ++i) altered[i].request.uid = 1;
    for (TracedJob& job : altered)
      if (job.usage.end_s >= now_s) {
        job.usage.run_s += 5'000;  // not known yet at that time
        job.usage.end_s += 5'000;
      }
    // A start in the future is not known either.
    for (TracedJob& job : altered)
      if (job.usage.start_s >= now_s) job.usage.start_s += 1;
    const auto again = forecasts(altered, small_settings());
    for (std::size_t i = 0; i < cut; ++i) {
      ASSERT_EQ(again[i].quantiles, predicted[i].quantiles) << i << " of " << cut;
      ASSERT_EQ(again[i].typical, predicted[i].typical) << i << " of " << cut;
    }
  }
}

TEST(Evaluation, TheSameSeedGivesTheSameBitsAndAnotherSeedOthers) {
  const auto jobs = made_jobs(250);
  EvaluationSettings settings = small_settings();
  const auto first = forecasts(jobs, settings), second = forecasts(jobs, settings);
  settings.training.seed = 2;
  const auto other = forecasts(jobs, settings);
  ASSERT_EQ(first.size(), jobs.size());
  for (std::size_t i = 0; i < first.size(); ++i) ASSERT_EQ(first[i].quantiles, second[i].quantiles) << i;
  EXPECT_NE(first.back().quantiles, other.back().quantiles);
}

TEST(Evaluation, CountsEachPredictorOnTheSameJobs) {
  const auto jobs = made_jobs(150);
  const Evaluation evaluation = evaluate(jobs, small_settings(), std::make_unique<LoopProducts>());
  for (std::size_t p = 0; p < kEvaluated; ++p)
    EXPECT_EQ(evaluation.of(static_cast<Evaluated>(p)).jobs(), jobs.size())
        << name_of(static_cast<Evaluated>(p));
  EXPECT_EQ(evaluation.refits, 4U);  // after 50, and then each 26
  EXPECT_LT(evaluation.of(Evaluated::requested).accuracy(), evaluation.of(Evaluated::kernel).accuracy());
}

TEST(Evaluation, JudgesOnlyWhatCameLaterAndLearnsFromAll) {
  const auto jobs = made_jobs(350);
  EvaluationSettings settings = small_settings();
  settings.from_s = jobs[200].request.submit_s;
  const Evaluation evaluation = evaluate(jobs, settings, std::make_unique<LoopProducts>());
  EXPECT_EQ(evaluation.jobs, 350U);
  EXPECT_EQ(evaluation.judged, 150U);
  EXPECT_EQ(evaluation.of(Evaluated::model).jobs(), 150U);
  EXPECT_EQ(evaluation.refits, evaluate(jobs, small_settings(), std::make_unique<LoopProducts>()).refits);
  const auto said = forecasts(jobs, settings), said_of_all = forecasts(jobs, small_settings());
  EXPECT_EQ(said.back().quantiles, said_of_all.back().quantiles);
  EXPECT_EQ(evaluation.margins[static_cast<std::size_t>(Evaluated::model)].all[0].users, 0U)
      << "nobody has 100 jobs since then";
}

TEST(Evaluation, HandsOutTheModelThatItTrained) {
  EvaluationSettings settings = small_settings();
  settings.keep_model = true;
  const auto jobs = made_jobs(350);
  const Evaluation evaluation = evaluate(jobs, settings, std::make_unique<LoopProducts>());
  ASSERT_TRUE(evaluation.model);
  const Model& model = *evaluation.model;
  const auto fine = verify(model);
  EXPECT_TRUE(fine) << fine.error().message;
  EXPECT_EQ(model.blends[0].users.size(), 4U);
  EXPECT_TRUE(model.serves[0]);
  EXPECT_FALSE(model.serves[1]) << "no memory was measured";
  EXPECT_EQ(model.card.users, 4U);
  EXPECT_EQ(model.card.data_to_s, jobs.back().request.submit_s);
  const ModelMetric wanted{"kernel", "run_time.accuracy", evaluation.of(Evaluated::kernel).accuracy()};
  EXPECT_NE(std::ranges::find(model.card.metrics, wanted), model.card.metrics.end());
}

TEST(Evaluation, ScoresEveryResourceThatWasMeasured) {
  auto jobs = made_jobs(350);
  for (TracedJob& job : jobs) {
    job.request.memory_per_node_bytes = std::int64_t{1} << 32;
    job.usage.peak_memory_bytes = static_cast<std::int64_t>((job.request.name % 10 + 1) << 26);
    job.usage.read_bytes = static_cast<std::int64_t>((job.request.name % 10 + 1) << 20);
  }
  EvaluationSettings settings = small_settings();
  settings.keep_model = true;
  const Evaluation evaluation = evaluate(jobs, settings, std::make_unique<LoopProducts>());
  const auto score = [&](Evaluated predictor, Resource resource) {
    return evaluation.used_of(predictor, resource);
  };
  EXPECT_EQ(score(Evaluated::requested, Resource::peak_memory).jobs(), jobs.size());
  EXPECT_EQ(score(Evaluated::model, Resource::peak_memory).jobs(), jobs.size());
  EXPECT_GT(score(Evaluated::model, Resource::peak_memory).accuracy(), 0.5);
  EXPECT_GT(score(Evaluated::model, Resource::read).jobs(), jobs.size() - 50) << "but for the first ones";
  EXPECT_EQ(score(Evaluated::requested, Resource::read).jobs(), 0U) << "nobody asks for it";
  EXPECT_EQ(score(Evaluated::model, Resource::written).jobs(), 0U) << "it was not measured";
  const std::array<bool, kResources> wanted = {true, true, false, true, false};
  EXPECT_EQ(evaluation.model->serves, wanted);
  EXPECT_TRUE(verify(*evaluation.model));
}

TEST(Evaluation, GoesWithoutRequests) {
  auto jobs = made_jobs(150);
  for (TracedJob& job : jobs) job.request.limit_s.reset();
  const Evaluation evaluation = evaluate(jobs, small_settings(), std::make_unique<LoopProducts>());
  EXPECT_EQ(evaluation.of(Evaluated::requested).jobs(), 0U);
  EXPECT_GT(evaluation.of(Evaluated::model).jobs(), 100U);
  EXPECT_EQ(evaluation.of(Evaluated::model).jobs(), evaluation.of(Evaluated::kernel).jobs());
}

TEST(Evaluation, TrainsEverySoManyDaysWhereItIsToldTo) {
  const auto jobs = made_jobs(350);
  EvaluationSettings settings = small_settings();
  settings.refit_every_s = 4 * 3600;
  const auto hours = (jobs.back().request.submit_s - jobs.front().request.submit_s) / 3600;
  const std::size_t refits = evaluate(jobs, settings, std::make_unique<LoopProducts>()).refits;
  EXPECT_LE(refits, static_cast<std::size_t>(hours / 4 + 1));
  EXPECT_GE(refits, 2U);
}

TEST(Evaluation, AnAblatedNetworkSaysSomethingElse) {
  const auto jobs = made_jobs(250);
  const auto whole = forecasts(jobs, small_settings());
  for (const Ablated ablated : {Ablated::attention, Ablated::kernel}) {
    EvaluationSettings settings = small_settings();
    settings.ablated = ablated;
    EXPECT_NE(forecasts(jobs, settings).back().quantiles, whole.back().quantiles) << name_of(ablated);
  }
}

}  // namespace
}  // namespace foreshape
