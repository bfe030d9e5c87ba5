// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/picture.h"

#include <gtest/gtest.h>

namespace foreshape {
namespace {

/// One processor, jobs of 100 s submitted at 0, 100, ... 900 and started 50 s later.
Workload ten_jobs() {
  Workload load;
  load.trace = "ten";
  load.procs = 2;
  load.users = 2;
  load.user_names = {"alice", "bob"};
  for (std::uint32_t i = 0; i < 10; ++i) {
    ReplayJob job;
    job.submit_s = 100 * i;
    job.run_s = job.limit_s = 100;
    job.procs = 1;
    job.user = i % 2;
    load.jobs.push_back(job);
  }
  return load;
}

Schedule fifty_seconds_late(const Workload& load) {
  Schedule schedule;
  for (const ReplayJob& job : load.jobs) {
    schedule.start_s.push_back(job.submit_s + 50);
    schedule.end_s.push_back(job.submit_s + 50 + job.run_s);
  }
  return schedule;
}

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

TEST(PictureOf, CountsEveryJobAtItsWaitAndSlowdown) {
  const Workload load = ten_jobs();
  const RunPicture picture = picture_of(load, fifty_seconds_late(load));
  ASSERT_EQ(picture.waits.shares.size(), kPicturePoints);
  ASSERT_EQ(picture.slowdowns.shares.size(), kPicturePoints);
  for (std::size_t point = 0; point < kPicturePoints; ++point) {
    EXPECT_EQ(picture.waits.shares[point], picture.waits.at(point) >= 51 ? 1 : 0) << point;
    EXPECT_EQ(picture.slowdowns.shares[point], picture.slowdowns.at(point) >= 1.5 ? 1 : 0) << point;
  }
}

TEST(PictureOf, TakesNoWaitForTheFirstPoint) {
  const Workload load = ten_jobs();
  Schedule schedule = fifty_seconds_late(load);
  schedule.start_s[0] = 0;
  EXPECT_DOUBLE_EQ(picture_of(load, schedule).waits.shares.front(), 0.1);
}

TEST(PictureOf, IsOfMeasuredJobs) {
  Workload load = ten_jobs();
  load.measured_from_s = 500;
  Schedule schedule = fifty_seconds_late(load);
  schedule.start_s[0] = 5'000;  // of a job that only teaches
  const RunPicture picture = picture_of(load, schedule);
  EXPECT_EQ(picture.waits.shares.back(), 1);
  for (std::size_t point = 0; point < kPicturePoints; ++point)
    EXPECT_EQ(picture.waits.shares[point], picture.waits.at(point) >= 51 ? 1 : 0) << point;
  EXPECT_EQ(picture.users[0].jobs + picture.users[1].jobs, 5U);
  const TracePicture frame = frame_of(load);
  EXPECT_EQ(frame.jobs, 5U);
  EXPECT_EQ(frame.from_s, 500);
  load.measured_from_s = 10'000;
  EXPECT_EQ(frame_of(load).jobs, 0U);
}

TEST(PictureOf, KeepsTheAreasOverTime) {
  const Workload load = ten_jobs();
  const RunPicture picture = picture_of(load, fifty_seconds_late(load));
  ASSERT_EQ(picture.waiting_jobs.size(), kPictureParts);
  // The course ends with the last submission, at 900 s: nine waits of 50 s, and 850 s with a job running.
  EXPECT_NEAR(mean_of(picture.waiting_jobs), 9 * 50 / 900.0, 1e-9);
  EXPECT_NEAR(mean_of(picture.utilisation), 850 / 900.0 / 2, 1e-9);
  EXPECT_NEAR(picture.waiting_jobs[0], 1, 1e-9);
  EXPECT_NEAR(picture.waiting_jobs[10], 0, 1e-9);  // 60 to 66 s: the first has started
  EXPECT_NEAR(picture.utilisation[10], 0.5, 1e-9);
}

TEST(PictureOf, NamesUsersAsTheTraceDoes) {
  const Workload load = ten_jobs();
  const RunPicture picture = picture_of(load, fifty_seconds_late(load));
  ASSERT_EQ(picture.users.size(), 2U);
  EXPECT_EQ(picture.users[1].name, "bob");
  EXPECT_EQ(picture.users[1].jobs, 5U);
  EXPECT_DOUBLE_EQ(picture.users[1].slowdown, 1.5);
}

TEST(PictureOf, BearsASingleJob) {
  Workload load = ten_jobs();
  load.jobs.resize(1);
  const RunPicture picture = picture_of(load, fifty_seconds_late(load));
  EXPECT_EQ(picture.waits.shares.back(), 1);
  EXPECT_EQ(picture.waiting_jobs.size(), kPictureParts);
}

}  // namespace
}  // namespace foreshape
