// SPDX-License-Identifier: GPL-2.0-or-later
#include "trainer/time_ordered.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <random>

#include "predictor/baseline/candidates.h"
#include "predictor/baseline/kernel.h"

namespace foreshape {
namespace {

std::vector<TracedJob> bursts(std::size_t count) {
  std::mt19937 random(7);  // NOLINT(cert-msc51-cpp): the same jobs each time
  std::vector<TracedJob> jobs;
  for (std::size_t i = 0; i < count; ++i) {
    TracedJob job;
    job.request.uid = static_cast<UserId>(random() % 3);
    job.request.submit_s = 1000 + static_cast<UnixSeconds>(i / 4) * 40;  // four in one second
    job.request.limit_s = 60 << (random() % 4);
    job.request.cpus = 1U << (random() % 3);
    job.usage.run_s = 1 + random() % 100;
    job.usage.start_s = job.request.submit_s + static_cast<UnixSeconds>(random() % 40);
    job.usage.end_s = job.usage.start_s + job.usage.run_s;
    job.usage.state = JobState::completed;
    jobs.push_back(job);
  }
  return jobs;
}

std::vector<float> typical_run_times(const std::vector<TracedJob>& jobs) {
  std::vector<float> out;
  visit_in_time(jobs, [&](const TracedJob& job, const ProfileStore& store) {
    Candidates candidates;
    gather(job.request, store, candidates);
    out.push_back(predict_kernel(job.request, candidates).of(Resource::run_time).typical);
  });
  return out;
}

TEST(VisitInTime, WhatComesLaterNeverChangesWhatWasPredicted) {
  const auto jobs = bursts(400);
  const auto predicted = typical_run_times(jobs);
  for (const std::size_t cut : {40U, 200U, 396U}) {
    auto altered = jobs;
    const UnixSeconds now = jobs[cut].request.submit_s;
    for (std::size_t i = cut; i < altered.size(); ++i) altered[i].request.uid = 0;
    for (TracedJob& job : altered)
      if (job.usage.end_s >= now) {
        job.usage.run_s = 50;  // not known yet at that time
        job.usage.end_s = now + 1'000;
      }
    const auto again = typical_run_times(altered);
    for (std::size_t i = 0; i < cut; ++i) EXPECT_EQ(again[i], predicted[i]) << i << " of " << cut;
  }
}

TEST(VisitInTime, JobsOfOneSecondDoNotSeeEachOther) {
  auto jobs = bursts(8);
  for (TracedJob& job : jobs) {
    job.request.uid = 1;
    job.request.submit_s = 1000;
    job.usage.end_s = 1000;  // over in the same second
  }
  visit_in_time(
      jobs, [](const TracedJob&, const ProfileStore& store) { EXPECT_EQ(store.counts().newer_jobs, 0U); });
}

TEST(VisitInTime, KnowsAJobFromTheSecondAfterItsEnd) {
  auto jobs = bursts(3);
  const std::array<UnixSeconds, 3> submit = {1000, 1100, 1101};
  for (std::size_t i = 0; i < 3; ++i) {
    jobs[i].request.uid = 1;
    jobs[i].request.submit_s = submit[i];
    jobs[i].usage.end_s = i == 0 ? 1100 : 5000;
  }
  std::vector<std::size_t> known;
  visit_in_time(
      jobs, [&](const TracedJob&, const ProfileStore& store) { known.push_back(store.counts().newer_jobs); });
  EXPECT_EQ(known, (std::vector<std::size_t>{0, 0, 1}));
}

class LoadSubmissions : public testing::Test {
 protected:
  LoadSubmissions() {
    std::string name = testing::TempDir() + "foreshape_submissions_XXXXXX";
    directory_ = ::mkdtemp(name.data());
  }
  ~LoadSubmissions() override { std::filesystem::remove_all(directory_); }
  std::string file(const std::string& text) const {
    std::ofstream(directory_ / "jobs") << text;
    return directory_ / "jobs";
  }

  std::filesystem::path directory_;
};

TEST_F(LoadSubmissions, CountsWhatRanForNoTimeNeverRanOrRequestedNothing) {
  const std::string trace = file(
      "; UnixStartTime: 830000000\n"
      "1 0 5 100 4 -1 -1 4 3600 -1 1 1 1 1 1 1 -1 -1\n"
      "2 20 5 0 4 -1 -1 4 3600 -1 1 1 1 1 1 1 -1 -1\n"
      "3 10 -1 -1 -1 -1 -1 4 3600 -1 5 1 1 1 1 1 -1 -1\n"
      "4 30 5 50 4 -1 -1 4 -1 -1 1 1 1 1 1 1 -1 -1\n");
  BadRows bad;
  EXPECT_EQ(load_trace(trace, bad)->size(), 1U) << "the one that a run time can be predicted of";
  BadRows none;
  const auto jobs = load_submissions(trace, none);
  ASSERT_TRUE(jobs) << jobs.error().message;
  ASSERT_EQ(jobs->size(), 4U);
  EXPECT_EQ(none.report("p", trace), "");
  std::int64_t before_s = 0;
  for (const TracedJob& job : *jobs) {
    EXPECT_GE(job.request.submit_s, before_s);
    EXPECT_GE(job.usage.run_s, 0);
    EXPECT_GE(job.usage.end_s, job.usage.start_s);
    before_s = job.request.submit_s;
  }
}

TEST_F(LoadSubmissions, CountsAJobThatWasCancelledWhileItWaited) {
  const std::string dump = file(
      "JobIDRaw|JobID|User|UID|State|Submit|Start|End|ElapsedRaw\n"
      "1|1|c|1|COMPLETED|1790000000|1790000005|1790000105|100\n"
      "2|2|c|1|CANCELLED by 1|1790000200|None|1790000300|0\n"
      "3|3|c|1|COMPLETED|1790000400|1790000405|1790000405|0\n");
  BadRows bad;
  const auto jobs = load_submissions(dump, bad);
  ASSERT_TRUE(jobs) << jobs.error().message;
  EXPECT_EQ(jobs->size(), 3U);
}

TEST_F(LoadSubmissions, OfAFileWithoutAnyIsAnError) {
  BadRows bad;
  const auto none = load_submissions(file("Slurm said no\n"), bad);
  ASSERT_FALSE(none);
  EXPECT_NE(none.error().message.find("no job that can be used, 1 lines not understood; the first: "),
            std::string::npos)
      << none.error().message;
}

}  // namespace
}  // namespace foreshape
