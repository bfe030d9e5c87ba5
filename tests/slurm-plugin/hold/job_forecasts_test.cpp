// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/hold/job_forecasts.h"

#include <gtest/gtest.h>
#include <memory>
#include <utility>
#include <vector>

#include "tests/slurm-plugin/fake_slurm.h"

namespace foreshape {
namespace {

constexpr UserId kUser = 7;

std::shared_ptr<const UserOverruns> overruns(float factor) {
  return std::make_shared<const UserOverruns>(std::vector<std::pair<UserId, float>>{{kUser, factor}});
}

/// A user whose jobs have always run for two minutes, and one that waits.
struct Habit {
  Habit() {
    for (std::uint32_t i = 0; i < 20; ++i) {
      PastJob job;
      job.uid = kUser;
      job.submit_s = static_cast<std::uint32_t>(kNow) - 3600 - 600 * i;
      job.end_s = job.submit_s + 120;
      job.run_s = 120;
      job.requested_nodes = 1;
      job.requested_cpus = 64;
      job.requested_limit_s = 1200;
      job.state = JobState::completed;
      profiles.add_outcome(job);
    }
    slurm.wait(1, kUser).requested.limit_s = 1200;
    policy.hold.short_job_s = 300;
  }
  bool is_short(std::shared_ptr<const UserOverruns> known) {
    forecasts.begin_pass(slurm.seen.jobs, std::move(known));
    return forecasts.may_use_pool(slurm.seen.jobs[0], policy);
  }
  FakeSlurm slurm{1, 1};
  ProfileStore profiles;
  Policy policy;
  JobForecasts forecasts{profiles};
};

TEST(JobForecasts, CountHowFarItsUsersJobsRunBeyondWhatIsPredicted) {
  Habit habit;
  EXPECT_TRUE(habit.is_short(nullptr));
  EXPECT_TRUE(habit.is_short(overruns(1))) << "nothing is held against him";
  EXPECT_FALSE(habit.is_short(overruns(4))) << "also where it was said before";
  EXPECT_TRUE(habit.is_short(overruns(1)));
}

}  // namespace
}  // namespace foreshape
