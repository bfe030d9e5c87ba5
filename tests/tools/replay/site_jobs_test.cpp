// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/replay/site_jobs.h"

#include <gtest/gtest.h>

namespace foreshape {
namespace {

constexpr UnixSeconds kEnd = 1'800'000'000;
constexpr std::int64_t kDay = 86'400;

JobRecord record(JobId id, UnixSeconds submit_s, std::int64_t wait_s = 60) {
  JobRecord job;
  job.job_id = id;
  job.user = "alice";
  job.partition = "cpu";
  job.request.uid = 1'000 + id % 3;
  job.request.submit_s = submit_s;
  job.request.cpus = 1;
  job.request.limit_s = 3'600;
  job.allocated_cpus = 4;
  job.allocated_nodes = 1;
  job.usage.start_s = submit_s + wait_s;
  job.usage.run_s = 600;
  job.usage.end_s = job.usage.start_s + 600;
  job.usage.state = JobState::completed;
  return job;
}

LoadOptions pool() {
  LoadOptions options;
  options.procs = 64;
  return options;
}

}  // namespace

TEST(SiteWindow, CountsWeeksBackFromItsEnd) {
  const SiteWindow window = site_window(kEnd, 4, 2);
  EXPECT_EQ(window.measured_from_s, kEnd - 28 * kDay);
  EXPECT_EQ(window.learn_from_s, kEnd - 42 * kDay);
}

TEST(SiteJobs, AreMeasuredOrLearnedFrom) {
  const LoadOptions options = pool();
  SiteJobs jobs{options, site_window(kEnd, 1, 1), ""};
  for (JobId id = 0; id < 150; ++id) jobs.take(record(id, kEnd - 7 * kDay + 60 * id, id == 7 ? 600 : 30));
  for (JobId id = 200; id < 220; ++id) jobs.take(record(id, kEnd - 10 * kDay + 60 * id));
  jobs.take(record(5, kEnd - 7 * kDay + 60 * 5));  // once more, from another piece of sacct's
  jobs.take(record(900, kEnd - 15 * kDay));        // before the window
  jobs.take(record(901, kEnd));                    // after it
  const auto workload = std::move(jobs).workload("lab");
  ASSERT_TRUE(workload) << workload.error().message;
  EXPECT_EQ(workload->measured_jobs, 150U);
  EXPECT_EQ(workload->learned_jobs, 20U);
  EXPECT_EQ(workload->measured_users, 3U);
  EXPECT_EQ(workload->loaded.workload.measured_from_s, kEnd - 7 * kDay);
  EXPECT_EQ(workload->loaded.workload.jobs.size(), 170U);
  EXPECT_EQ(workload->loaded.workload.jobs[0].procs, 4) << "what it had, not what it requested";
  EXPECT_EQ(workload->actual.jobs, 150U);
  EXPECT_NEAR(workload->actual.mean_s, (149 * 30 + 600) / 150.0, 1e-9);
  EXPECT_EQ(workload->actual.longest_s, 600);
}

TEST(SiteJobs, OfAnotherPartitionAreNotLookedAt) {
  const LoadOptions options = pool();
  SiteJobs jobs{options, site_window(kEnd, 1, 0), "gpu"};
  for (JobId id = 0; id < 150; ++id) jobs.take(record(id, kEnd - 7 * kDay + 60 * id));
  const auto workload = std::move(jobs).workload("lab");
  ASSERT_FALSE(workload);
  EXPECT_NE(workload.error().message.find("cluster lab, partition gpu: too little history for 1 weeks"),
            std::string::npos)
      << workload.error().message;
  EXPECT_NE(workload.error().message.find("there is no job at all"), std::string::npos);
}

TEST(SiteJobs, SayHowMuchHistoryThereIsAndWhatItWouldDoFor) {
  const LoadOptions options = pool();
  const struct {
    int days, jobs;
    const char* cure;
  } cases[] = {
      {3, 150, "foreshape ingest sacct --starttime"}, {8, 150, "--weeks 1 --warm-up 0 fits"},
      {15, 150, "--weeks 1 --warm-up 1 fits"},        {27, 150, "--weeks 1 --warm-up 2 fits"},
      {40, 50, "more --weeks have more jobs"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.days);
    SiteJobs jobs{options, site_window(kEnd, c.days == 27 ? 5 : 4, 4), ""};
    for (JobId id = 0; id < static_cast<JobId>(c.jobs); ++id)
      jobs.take(record(id, kEnd - c.days * kDay + 60 * id));
    const auto workload = std::move(jobs).workload("lab");
    ASSERT_FALSE(workload);
    EXPECT_NE(workload.error().message.find(c.cure), std::string::npos) << workload.error().message;
    EXPECT_NE(workload.error().message.find("100 jobs"), std::string::npos) << workload.error().message;
  }
}

}  // namespace foreshape
