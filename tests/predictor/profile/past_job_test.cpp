// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/profile/past_job.h"

#include <cmath>
#include <gtest/gtest.h>

#include "predictor/profile/used_shares.h"

namespace foreshape {
namespace {

TEST(PastJob, KeepsWhatWasRequestedAndUsed) {
  JobRequest requested;
  requested.uid = 7;
  requested.submit_s = 100;
  requested.limit_s = 3600;
  requested.cpus = 16;
  requested.memory_per_node_bytes = 1 << 30;
  requested.interactive = true;
  JobUsage used;
  used.end_s = 170;
  used.run_s = 60;
  used.cpu_efficiency = 0.5F;
  used.read_bytes = 1;
  const PastJob job = past_job(5, requested, used);
  EXPECT_EQ(job.job_id, 5U);
  EXPECT_EQ(job.requested_limit_s, 3600U);
  EXPECT_EQ(job.requested_cpus, 16U);
  EXPECT_EQ(job.requested_memory_kib, 1U << 20U);
  EXPECT_EQ(job.run_s, 60U);
  EXPECT_EQ(job.cpu_efficiency, 5000);
  EXPECT_EQ(job.used_read_kib, 1U);  // rounded up: not nothing
  EXPECT_EQ(job.used_memory_kib, PastJob::kNotMeasured);
  EXPECT_EQ(job.interactive, 1);
}

TEST(PastJob, HasRunForASecondWhereItBeganAndEndedWithinOne) {
  JobUsage used;
  used.start_s = used.end_s = 1'700'000'000;
  for (const JobState state : {JobState::completed, JobState::failed, JobState::out_of_memory}) {
    used.state = state;
    EXPECT_EQ(past_job(1, {}, used).run_s, 1U) << "as crashes do: they must teach";
  }
  for (const JobState state : {JobState::cancelled, JobState::deadline, JobState::unknown}) {
    used.state = state;
    EXPECT_EQ(past_job(1, {}, used).run_s, 0U) << "Slurm gives jobs a start that end while they wait";
  }
  used.state = JobState::completed;
  used.start_s = 0;
  EXPECT_EQ(past_job(1, {}, used).run_s, 0U) << "it never began";
  used.start_s = used.end_s - 5;
  used.run_s = 5;
  EXPECT_EQ(past_job(1, {}, used).run_s, 5U);
}

TEST(PastJob, SaturatesWhatDoesNotFit) {
  JobRequest requested;
  requested.limit_s = std::int64_t{1} << 50;
  requested.submit_s = -5;
  requested.array_tasks = 4'000'000;
  JobUsage used;
  used.run_s = -1;
  used.peak_memory_bytes = std::int64_t{1} << 60;
  used.cpu_efficiency = std::nanf("");
  const PastJob job = past_job(1, requested, used);
  EXPECT_EQ(job.requested_limit_s, UINT32_MAX);
  EXPECT_EQ(job.submit_s, 0U);
  EXPECT_EQ(job.array_tasks, UINT16_MAX);
  EXPECT_EQ(job.run_s, 0U);
  EXPECT_EQ(job.used_memory_kib, PastJob::kNotMeasured - 1);
  EXPECT_EQ(job.cpu_efficiency, UINT16_MAX);
}

TEST(UsedShares, FallIntoHalfOctaves) {
  const struct {
    double used, requested;
    std::size_t bin;
  } cases[] = {{3600, 3600, 0}, {4000, 3600, 0}, {2600, 3600, 0},
               {1800, 3600, 2}, {1, 65536, 31},  {1, 1e9, 31}};
  for (const auto& c : cases) {
    ShareHistogram shares;
    shares.add(c.used, c.requested);
    EXPECT_EQ(shares.count[c.bin], 1) << c.used << " of " << c.requested;
  }
}

TEST(UsedShares, ForgetSlowly) {
  ShareHistogram shares;
  for (int i = 0; i < 100'000; ++i) shares.add(1, 1000);
  for (int i = 0; i < 8'000; ++i) shares.add(1000, 1000);
  EXPECT_GT(shares.count[0] / shares.total(), 0.6F);
  EXPECT_LT(shares.total(), 8192);
}

}  // namespace
}  // namespace foreshape
