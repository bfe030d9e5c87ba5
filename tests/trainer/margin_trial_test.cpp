// SPDX-License-Identifier: GPL-2.0-or-later
#include "trainer/margin_trial.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <utility>

#include "predictor/baseline/kernel.h"
#include "tests/predictor/model/made_inputs.h"
#include "trainer/time_ordered.h"

namespace foreshape {
namespace {

/// Users in bursts, each burst like itself.
std::vector<TracedJob> jobs_in_bursts(std::size_t count) {
  test::Dice dice{31};
  std::vector<TracedJob> jobs;
  UnixSeconds now_s = 1'000'000;
  TracedJob job;
  double usual_s = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (i % 5 == 0) {
      now_s += 60 + dice.whole(600);
      job.request.uid = 1 + dice.whole(5);
      job.request.name = 10 * job.request.uid + dice.whole(3);
      usual_s = 100.0 * (1 + job.request.name % 10) * std::exp(static_cast<double>(dice.real()));
    }
    job.request.submit_s = now_s;
    job.request.limit_s = 20'000;
    job.request.memory_per_node_bytes = std::int64_t{1} << 34;
    job.usage.run_s =
        static_cast<std::int64_t>(usual_s * std::exp(0.3 * static_cast<double>(dice.real()))) + 1;
    job.usage.peak_memory_bytes = job.usage.run_s << 20;
    job.usage.start_s = now_s + dice.whole(100);
    job.usage.end_s = job.usage.start_s + job.usage.run_s;
    job.usage.state = i % 17 == 0 ? JobState::cancelled : JobState::completed;
    jobs.push_back(job);
  }
  return jobs;
}

struct Tried {
  std::vector<double> plans;
  MarginResults results;
};

Tried tried(const std::vector<TracedJob>& jobs, Resource resource, double rate, std::size_t counts_from = 0) {
  MarginTrial trial{resource, rate};
  Tried out;
  visit_in_time(
      jobs,
      [&](const TracedJob& job, const ProfileStore& store) {
        Candidates candidates;
        KernelVotes votes;
        gather(job.request, store, candidates);
        const Prediction prediction = predict_kernel(job.request, candidates, votes);
        const auto plan =
            trial.submitted(job, prediction, prediction.of(resource), out.plans.size() >= counts_from);
        out.plans.push_back(plan.value_or(0));
      },
      [&](const TracedJob& job) { trial.ended(job); });
  out.results = trial.results();
  return out;
}

const MarginResult& of(const Tried& tried, MarginMethod method) {
  return tried.results.of[static_cast<std::size_t>(method)];
}

TEST(MarginTrial, WhatComesLaterNeverChangesAPlan) {
  const auto jobs = jobs_in_bursts(1'500);
  for (const Resource resource : {Resource::run_time, Resource::peak_memory}) {
    const auto plans = tried(jobs, resource, .05).plans;
    const double requested = resource == Resource::run_time ? 20'000 : std::exp2(34);
    EXPECT_GT(std::ranges::count_if(plans, [&](double plan) { return plan < requested; }), 500);
    for (const std::size_t cut : {400U, 900U, 1'400U}) {
      auto altered = jobs;
      const UnixSeconds now_s = jobs[cut].request.submit_s;
      for (std::size_t i = cut; i < altered.size(); ++i) altered[i].request.uid = 1;
      for (TracedJob& job : altered)
        if (job.usage.end_s >= now_s) {  // not known yet at that time
          job.usage.run_s += 5'000;
          job.usage.end_s += 5'000;
          job.usage.peak_memory_bytes = *job.usage.peak_memory_bytes * 3;
          job.usage.state = JobState::timeout;
        }
      const auto again = tried(altered, resource, .05).plans;
      for (std::size_t i = 0; i < cut; ++i) ASSERT_EQ(again[i], plans[i]) << i << " of " << cut;
    }
  }
}

TEST(MarginTrial, HoldsTheRateForEachUserAndPlansLessThanWhatWasRequested) {
  const auto jobs = jobs_in_bursts(5'000);
  for (const double rate : {.05, .1}) {
    const Tried result = tried(jobs, Resource::run_time, rate);
    const MarginResult& controller = of(result, MarginMethod::controller);
    EXPECT_EQ(controller.jobs, jobs.size());
    EXPECT_NEAR(controller.rate(), rate, .01);
    EXPECT_EQ(controller.users, 5U);
    EXPECT_EQ(controller.users_too_small, 0U);
    EXPECT_LT(controller.planned, controller.requested);
    EXPECT_GT(controller.with_retries, controller.planned);
  }
}

TEST(MarginTrial, TellsThePeersTheirBestLevelAfterwards) {
  const Tried result = tried(jobs_in_bursts(2'000), Resource::peak_memory, .05);
  for (const MarginMethod method :
       {MarginMethod::best_quantile, MarginMethod::best_factor, MarginMethod::best_last2}) {
    EXPECT_LE(of(result, method).rate(), .05) << name_of(method);
    EXPECT_GT(of(result, method).rate(), .04) << name_of(method);
  }
}

TEST(MarginTrial, CountsOnlyWhatIsToBeJudgedAndLearnsFromAll) {
  const auto jobs = jobs_in_bursts(1'500);
  const Tried all = tried(jobs, Resource::run_time, .05), late = tried(jobs, Resource::run_time, .05, 1'000);
  EXPECT_EQ(late.plans, all.plans);
  EXPECT_EQ(of(late, MarginMethod::controller).jobs, 500U);
}

TEST(MarginTrial, LeavesOutJobsOfWhichNothingWasRequestedOrMeasured) {
  auto jobs = jobs_in_bursts(300);
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    if (i % 3 == 0) jobs[i].usage.peak_memory_bytes.reset();
    if (i % 3 == 1) jobs[i].request.memory_per_node_bytes.reset();
  }
  EXPECT_EQ(of(tried(jobs, Resource::peak_memory, .01), MarginMethod::controller).jobs, 100U);
}

}  // namespace
}  // namespace foreshape
