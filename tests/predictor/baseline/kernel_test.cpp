// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/baseline/kernel.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <random>

#include "predictor/baseline/simple.h"
#include "tests/predictor/profile/builders.h"

namespace foreshape {
namespace {

using test::finished;

constexpr UserId kCarol = 7;
constexpr std::uint32_t kNow = 1'000'000;

JobRequest request(std::int64_t limit_s = 3600) {
  JobRequest job;
  job.uid = kCarol;
  job.submit_s = kNow;
  job.limit_s = limit_s;
  job.cpus = 1;
  return job;
}

Prediction predict(const JobRequest& job, const std::vector<PastJob>& past) {
  ProfileStore store;
  for (const PastJob& p : past) store.add_outcome(p);
  Candidates candidates;
  gather(job, store, candidates);
  return predict_kernel(job, candidates);
}

/// Jobs of carol that ended long ago, a minute apart, with these run times, oldest first.
std::vector<PastJob> ran(const std::vector<std::uint32_t>& run_times) {
  std::vector<PastJob> jobs;
  for (const std::uint32_t run_s : run_times) {
    const auto id = static_cast<std::uint32_t>(jobs.size() + 1);
    jobs.push_back(finished(id, kCarol, 500'000 + 60 * id, run_s));
  }
  return jobs;
}

TEST(PredictKernel, KnowsNothingWithoutHistory) {
  const Prediction p = predict(request(), {});
  EXPECT_EQ(p.evidence, Evidence::none);
  for (const Forecast& f : p.forecasts) EXPECT_FALSE(f.known());
}

TEST(PredictKernel, SaysWhatAlwaysHappened) {
  const Prediction p = predict(request(), ran(std::vector<std::uint32_t>(30, 600)));
  const Forecast& run = p.of(Resource::run_time);
  EXPECT_EQ(p.evidence, Evidence::user);
  EXPECT_EQ(run.jobs, 30);
  EXPECT_EQ(run.typical, 600);
  EXPECT_EQ(run.quantile(.5F), 600);
  EXPECT_NEAR(run.mean, 600, 0.1);
}

TEST(PredictKernel, MoreAlikeAndNewerJobsWeighMore) {
  const struct {
    const char* why;
    void (*make_alike)(PastJob&);
  } cases[] = {
      {"same limit", [](PastJob& j) { j.requested_limit_s = 3600; }},
      {"same cpus", [](PastJob& j) { j.requested_cpus = 1; }},
      {"same name", [](PastJob& j) { j.name = 11; }},
      {"same script", [](PastJob& j) { j.script = 12; }},
      {"same partition", [](PastJob& j) { j.partition = 13; }},
      {"same burst", [](PastJob& j) { j.submit_s = kNow - 500; }},
      {"newer", [](PastJob& j) { j.end_s += 50'000; }},
  };
  JobRequest job = request();
  job.name = 11;
  job.script = 12;
  job.partition = 13;
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    // Two habits, 60 s and 1000 s, alternating: only likeness decides.
    std::vector<PastJob> past;
    for (std::uint32_t i = 0; i < 20; ++i) {
      PastJob j = finished(i, kCarol, 500'000 + i, i % 2 == 0 ? 60 : 1000);
      j.requested_limit_s = 4000;
      j.requested_cpus = 2;
      if (i % 2 == 0) c.make_alike(j);
      past.push_back(j);
    }
    EXPECT_LT(predict(job, past).of(Resource::run_time).typical, 70);
  }
}

TEST(PredictKernel, NeverSaysMoreThanWasRequested) {
  JobRequest job = request(60);
  job.memory_per_node_bytes = 1 << 20;
  auto past = ran({10, 100, 1000, 5000, 20'000});
  for (PastJob& p : past) p.used_memory_kib = 5000;
  const Prediction p = predict(job, past);
  for (const float q : p.of(Resource::run_time).quantiles) EXPECT_LE(q, 60);
  for (const float q : p.of(Resource::peak_memory).quantiles) EXPECT_LE(q, 1 << 20);
  EXPECT_LE(p.of(Resource::run_time).mean, 60);
  EXPECT_LE(p.of(Resource::peak_memory).mean, 1 << 20);
}

TEST(PredictKernel, SpeaksOnlyOfWhatWasMeasured) {
  auto past = ran(std::vector<std::uint32_t>(8, 100));
  for (std::size_t i = 0; i < 3; ++i) past[i].used_memory_kib = 2048;
  past[0].cpu_efficiency = 5000;
  past[0].used_read_kib = 0;
  const Prediction p = predict(request(), past);
  EXPECT_EQ(p.of(Resource::peak_memory).jobs, 3);
  EXPECT_EQ(p.of(Resource::peak_memory).typical, 2 << 20);
  EXPECT_EQ(p.of(Resource::cpu_efficiency).typical, 0.5F);
  EXPECT_EQ(p.of(Resource::read).jobs, 1);
  EXPECT_EQ(p.of(Resource::read).typical, 1024);  // nothing counts as the least that can be told
  EXPECT_FALSE(p.of(Resource::written).known());
}

TEST(PredictKernel, TakesBoundsForBoundsAndNotForMeasurements) {
  const struct {
    const char* why;
    JobState state;
    std::uint16_t run_jobs, memory_jobs;
    float run_s, memory_kib;
  } cases[] = {
      {"completed", JobState::completed, 4, 4, 100, 500},
      {"failed", JobState::failed, 4, 4, 100, 500},
      {"cancelled: the nodes were taken that long", JobState::cancelled, 4, 0, 100, 0},
      {"timed out: would have taken all", JobState::timeout, 4, 4, 7200, 500},
      {"out of memory: would have taken all", JobState::out_of_memory, 4, 4, 100, 4000},
      {"node failed: no evidence", JobState::node_fail, 0, 0, 0, 0},
      {"preempted: no evidence", JobState::preempted, 0, 0, 0, 0},
      {"requeued: no evidence", JobState::requeued, 0, 0, 0, 0},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    auto past = ran({100, 100, 100, 100});
    for (PastJob& p : past) {
      p.state = c.state;
      p.used_memory_kib = 500;
      p.requested_limit_s = 7200;
    }
    JobRequest job = request(7200);
    job.memory_per_node_bytes = 4000 * 1024;
    Candidates candidates;
    ProfileStore store;
    for (const PastJob& p : past) store.add_outcome(p);
    gather(job, store, candidates);
    candidates.shares = {};  // without the prior
    const Prediction p = predict_kernel(job, candidates);
    EXPECT_EQ(p.of(Resource::run_time).jobs, c.run_jobs);
    EXPECT_EQ(p.of(Resource::run_time).typical, c.run_s);
    EXPECT_EQ(p.of(Resource::peak_memory).jobs, c.memory_jobs);
    EXPECT_EQ(p.of(Resource::peak_memory).typical, c.memory_kib * 1024);
  }
}

TEST(PredictKernel, AStrangerIsPredictedFromAccountThenCluster) {
  std::vector<PastJob> past;
  for (std::uint32_t i = 0; i < 10; ++i) {
    PastJob mate = finished(i, 8, 500'000 + i, 100);
    mate.account = 5;
    past.push_back(mate);
    past.push_back(finished(100 + i, 9, 500'000 + i, 3000));
  }
  JobRequest job = request();
  EXPECT_EQ(predict(job, past).evidence, Evidence::cluster);
  EXPECT_EQ(predict(job, past).of(Resource::run_time).jobs, 20);
  job.account = 5;
  EXPECT_EQ(predict(job, past).evidence, Evidence::account);
  EXPECT_EQ(predict(job, past).of(Resource::run_time).typical, 100);
}

TEST(PredictKernel, AFewOwnJobsAreNotCountedTwice) {
  PastJob own = finished(1, kCarol, 500'000, 100);
  own.account = 5;
  JobRequest job = request();
  job.account = 5;
  const Prediction p = predict(job, {own});
  EXPECT_EQ(p.of(Resource::run_time).jobs, 1);
  EXPECT_EQ(p.evidence, Evidence::user);
}

TEST(PredictKernel, CountsTheJobsOfTheSameKind) {
  auto past = ran({1, 2, 3, 4});
  past[0].name = past[1].name = past[2].name = 11;
  past[2].requested_limit_s = 7200;
  JobRequest job = request();
  job.name = 11;
  EXPECT_EQ(predict(job, past).similar_jobs, 2);
}

TEST(PredictKernel, IsSoundForWhateverWasRequestedAndUsed) {
  std::mt19937 random(5);  // NOLINT(cert-msc51-cpp): the same jobs each time
  const auto any = [&]() -> std::uint32_t {
    const std::uint32_t edge[] = {0, 1, 2, 3600, 1U << 31U, UINT32_MAX - 1, UINT32_MAX};
    return random() % 2 == 0 ? edge[random() % 7] : static_cast<std::uint32_t>(random());
  };
  for (int round = 0; round < 300; ++round) {
    std::vector<PastJob> past;
    for (std::uint32_t i = 0; i < 40; ++i) {
      PastJob j = finished(i, kCarol, 500'000 + i, std::max(any(), 1U));
      j.submit_s = any();
      j.requested_limit_s = any();
      j.requested_cpus = any();
      j.requested_memory_kib = any();
      j.used_memory_kib = any();
      j.used_read_kib = any();
      j.cpu_efficiency = static_cast<std::uint16_t>(random() % 10'001);
      j.state = static_cast<JobState>(random() % 13);
      past.push_back(j);
    }
    JobRequest job = request(static_cast<std::int64_t>(any()) << (random() % 31));
    job.cpus = any();
    job.memory_per_node_bytes = static_cast<std::int64_t>(any()) << (random() % 31);
    const Prediction p = predict(job, past);
    for (const Forecast& f : p.forecasts) {
      if (!f.known()) continue;
      EXPECT_TRUE(std::ranges::is_sorted(f.quantiles));
      EXPECT_TRUE(std::isfinite(f.quantiles.front()) && std::isfinite(f.quantiles.back()));
      EXPECT_GT(f.quantiles.front(), 0);
      EXPECT_TRUE(std::isfinite(f.mean) && f.mean > 0);
      EXPECT_TRUE(std::isfinite(f.typical) && f.typical > 0);
    }
  }
}

TEST(LastTwo, IsTheirMeanAtMostTheRequest) {
  const struct {
    const char* why;
    std::vector<std::uint32_t> runs;
    std::optional<std::int64_t> requested, want;
  } cases[] = {{"two", {10, 21}, 100, 15},
               {"the newest two", {1000, 10, 21}, 100, 15},
               {"capped", {1000, 1000}, 100, 100},
               {"one is not enough", {10}, 100, 100},
               {"nothing asked", {10, 21}, std::nullopt, 15},
               {"nothing at all", {}, std::nullopt, std::nullopt}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    auto own = ran(c.runs);
    std::ranges::reverse(own);
    JobRequest job;
    job.limit_s = c.requested;
    EXPECT_EQ(last_two_run_s(job, own), c.want);
  }
}

}  // namespace
}  // namespace foreshape
