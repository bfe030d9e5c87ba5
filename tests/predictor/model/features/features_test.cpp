// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/model/features/features.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <gtest/gtest.h>
#include <limits>
#include <random>

#include "predictor/base/fast_math.h"
#include "predictor/baseline/kernel.h"
#include "tests/predictor/profile/builders.h"

namespace foreshape {
namespace {

using test::finished;
using test::table_of;

std::vector<PastJob> history(std::size_t count) {
  std::mt19937 engine(11);  // NOLINT(cert-msc51-cpp): the same jobs each time
  const auto random = [&] { return static_cast<std::uint32_t>(engine()); };
  std::vector<PastJob> jobs;
  std::uint32_t now_s = 1'000'000;
  for (std::uint32_t id = 1; id <= count; ++id) {
    now_s += random() % 900;
    PastJob job = finished(id, 1 + random() % 3, now_s, 1 + random() % 5000);
    job.account = 40 + job.uid % 2;
    job.name = 1 + random() % 4;
    job.requested_limit_s = 600U << (random() % 4);
    job.run_s = std::min(job.run_s, job.requested_limit_s);
    job.requested_cpus = 1U << (random() % 3);
    job.state = static_cast<JobState>(random() % 13);
    if (random() % 2 == 0) job.used_memory_kib = random() % 100'000;
    jobs.push_back(job);
  }
  return jobs;
}

JobRequest request(UnixSeconds submit_s, UserId uid) {
  JobRequest job;
  job.submit_s = submit_s;
  job.uid = uid;
  job.account = 40 + uid % 2;
  job.name = 2;
  job.limit_s = 1200;
  job.cpus = 2;
  return job;
}

ModelInput input_of(const JobRequest& job, const ProfileStore& store, std::span<const LiveJob> live = {}) {
  Candidates candidates;
  gather(job, store, candidates);
  const Prediction kernel = predict_kernel(job, candidates);
  ModelInput in;
  std::memset(&in, 0, sizeof in);  // rows past the last candidate stay
  compute_features({job, candidates, kernel, live}, in);
  return in;
}

float feature(const ModelInput& in, JobFeature f) { return in[f]; }

TEST(Features, TheSameHistoryGivesTheSameBitsThroughSnapshotAndOutcomes) {
  const auto jobs = history(300);
  ProfileStore trained;
  for (const PastJob& job : jobs) trained.add_outcome(job);
  for (const std::size_t in_snapshot : {1U, 150U, 300U}) {
    ProfileStore serving{table_of({jobs.begin(), jobs.begin() + static_cast<std::ptrdiff_t>(in_snapshot)})};
    for (std::size_t i = in_snapshot; i < jobs.size(); ++i) serving.add_outcome(jobs[i]);
    for (const UserId uid : {1U, 2U, 3U, 99U}) {
      const JobRequest job = request(jobs.back().end_s + 30, uid);
      const ModelInput a = input_of(job, trained), b = input_of(job, serving);
      EXPECT_EQ(std::memcmp(&a, &b, sizeof a), 0) << "user " << uid << ", " << in_snapshot << " in snapshot";
    }
  }
}

TEST(Features, AreFiniteAndSmallWhateverTheHistory) {
  const auto jobs = history(200);
  ProfileStore store;
  for (const PastJob& job : jobs) {
    store.add_outcome(job);
    const ModelInput in = input_of(request(job.end_s, job.uid), store);
    for (const float x : in.job) ASSERT_TRUE(std::abs(x) < 8) << x;
    for (const float x : in.pairs) ASSERT_TRUE(std::abs(x) < 8) << x;
    for (const float x : in.values) ASSERT_TRUE(std::abs(x) <= kNoBound) << x;
  }
}

TEST(Features, SayWhatIsMissing) {
  const ProfileStore store;
  JobRequest job;
  job.submit_s = 1'000'000;
  const ModelInput in = input_of(job, store);
  EXPECT_EQ(in.candidates, 0U);
  EXPECT_EQ(in.bound[0], kNoBound);
  for (const JobFeature f :
       {JobFeature::limit_missing, JobFeature::nodes_missing, JobFeature::memory_missing,
        JobFeature::kernel_missing, JobFeature::own_missing, JobFeature::same_key_missing,
        JobFeature::same_name_missing, JobFeature::since_submit_missing, JobFeature::since_end_missing,
        JobFeature::ended_10min_missing, JobFeature::running_missing, JobFeature::same_key_running_missing})
    EXPECT_EQ(feature(in, f), 1) << static_cast<int>(f);
  EXPECT_EQ(feature(in, JobFeature::limit), 0);
}

TEST(Features, TellPendingFromRunningJobsAndHowLongTheyRan) {
  const ProfileStore store;
  const JobRequest job = request(1'000'000, 1);
  const std::vector<LiveJob> live = {{.submit_s = 999'990, .limit_s = 1200, .cpus = 2},
                                     {.submit_s = 999'000, .start_s = 999'900, .limit_s = 1200, .cpus = 2},
                                     {.submit_s = 990'000, .start_s = 990'000, .limit_s = 60, .cpus = 8}};
  const ModelInput in = input_of(job, store, live);
  EXPECT_FLOAT_EQ(feature(in, JobFeature::pending), fast_log(2) / 4);
  EXPECT_FLOAT_EQ(feature(in, JobFeature::running), fast_log(3) / 4);
  EXPECT_FLOAT_EQ(feature(in, JobFeature::longest_elapsed), (fast_log(10'000) - 7) / 3);
  EXPECT_FLOAT_EQ(feature(in, JobFeature::same_key_elapsed), (fast_log(100) - 7) / 3);
  EXPECT_FLOAT_EQ(feature(in, JobFeature::since_submit), (fast_log(10) - 7) / 3);
  EXPECT_FLOAT_EQ(feature(in, JobFeature::burst_1min), fast_log(2) / 4);
}

TEST(Features, PointAtTheNewestAndAtOlderOnesOfTheSameKey) {
  ProfileStore store;
  for (std::uint32_t id = 1; id <= 100; ++id) {
    PastJob past = finished(id, 1, 1000 * id, 50 + id);
    past.requested_limit_s = id <= 10 ? 1200 : 600;  // the ten oldest are like the job
    past.requested_cpus = 2;
    store.add_outcome(past);
  }
  const ModelInput in = input_of(request(200'000, 1), store);
  ASSERT_EQ(in.candidates, kNewest + 10);
  EXPECT_NEAR(in.values[0], std::log(150.0F), 1e-5F);
  EXPECT_NEAR(in.values[(kNewest - 1) * kResources], std::log(150.0F - (kNewest - 1)), 1e-5F);
  EXPECT_NEAR(in.values[kNewest * kResources], std::log(60.0F), 1e-5F);
  EXPECT_EQ(in.pair(kNewest, PairFeature::same_key), 1);
  EXPECT_EQ(in.pair(0, PairFeature::same_key), 0);
}

TEST(Evidence, IsWholeButForBursts) {
  const auto after = [](float submissions) {
    ModelInput input{};
    input.job[static_cast<std::size_t>(JobFeature::burst_10min)] = std::log(1 + submissions) / 4;
    return evidence_of(input);
  };
  EXPECT_EQ(after(0), 1);
  EXPECT_EQ(after(3), 1);
  EXPECT_NEAR(after(8), 0.5, 1e-4);
  EXPECT_NEAR(after(4000), 0.001, 1e-5);
}

TEST(Precedents, AreOfTheNameOrOfTheShapeWhereThereIsNone) {
  ModelInput input{};
  input.job[static_cast<std::size_t>(JobFeature::same_name)] = std::log(1.0F + 2) / 4;
  input.job[static_cast<std::size_t>(JobFeature::same_key)] = std::log(1.0F + 40) / 4;
  EXPECT_EQ(precedents_of(input), 40);
  for (const Identity named : {Identity::name, Identity::script}) {
    ModelInput other = input;
    other.identities[static_cast<std::size_t>(named)] = 7;
    EXPECT_EQ(precedents_of(other), 2);
  }
  input.job[static_cast<std::size_t>(JobFeature::same_key)] = std::log(1.0F + kProfileJobs) / 4;
  EXPECT_EQ(precedents_of(input), kProfileJobs);
}

TEST(Target, TakesWhatWasCutOffAsALeastValueOrAsNoEvidence) {
  const auto run_time = static_cast<std::size_t>(Resource::run_time);
  const auto memory = static_cast<std::size_t>(Resource::peak_memory);
  const struct {
    const char* why;
    JobState state;
    std::uint32_t run_s;
    std::uint8_t run_known, memory_known;
  } cases[] = {
      {"completed", JobState::completed, 100, kMeasured, kMeasured},
      {"failed", JobState::failed, 100, kMeasured, kMeasured},
      {"killed at the limit", JobState::timeout, 3600, kAtLeast, kMeasured},
      {"ran for the whole limit", JobState::completed, 3600, kAtLeast, kMeasured},
      {"killed for its memory", JobState::out_of_memory, 100, kMeasured, kAtLeast},
      {"cancelled", JobState::cancelled, 100, kMeasured, kUnknown},
      {"its node failed", JobState::node_fail, 100, kUnknown, kUnknown},
      {"preempted", JobState::preempted, 100, kUnknown, kUnknown},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    PastJob past = finished(1, 1, 10'000, c.run_s);
    past.state = c.state;
    past.requested_memory_kib = 2048;
    past.used_memory_kib = 1024;
    const Target target = target_of(past);
    EXPECT_EQ(target.known[run_time], c.run_known);
    EXPECT_EQ(target.known[memory], c.memory_known);
    if (c.run_known != kUnknown) {
      EXPECT_NEAR(target.value[run_time], std::log(c.run_s), 1e-5);
    }
    if (c.memory_known == kAtLeast) {
      EXPECT_NEAR(target.value[memory], std::log(2048 * 1024.0), 1e-5);
    }
  }
}

TEST(FastMath, AgreesWithTheLibrary) {
  for (float x = -80; x < 80; x += 0.37F) EXPECT_NEAR(fast_exp(x) / std::exp(x), 1, 3e-7) << x;
  EXPECT_TRUE(std::isnan(fast_exp(std::numeric_limits<float>::quiet_NaN())));
  for (float x = 1e-30F; x < 1e30F; x *= 1.37F)
    EXPECT_NEAR(fast_log(x), std::log(x), 2e-7 * std::max(1.0F, std::abs(std::log(x)))) << x;
}

}  // namespace
}  // namespace foreshape
