// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/agent/requeue_watch.h"

#include <cstring>
#include <gtest/gtest.h>

#include "slurm-plugin/slurm/slurm_release.h"

namespace foreshape {
namespace {

constexpr UnixSeconds kQueuedAgain = 5'000;
constexpr UnixSeconds kTooLate = kQueuedAgain + RequeueWatch::kPatienceSeconds;

std::vector<JobId> stuck(RequeueWatch& watch, std::uint32_t state, UnixSeconds now_s) {
  slurm_job_info_t job;
  std::memset(&job, 0, sizeof job);
  job_id_of(job) = 7;
  job.job_state = state;
  job_info_msg_t list;
  std::memset(&list, 0, sizeof list);
  list.record_count = 1;
  list.job_array = &job;
  return watch.stuck(list, now_s);
}

TEST(RequeueWatch, NamesOnceWhoIsStillCompletingAMinuteAfter) {
  RequeueWatch watch;
  watch.queued_again(7, kQueuedAgain);
  EXPECT_EQ(stuck(watch, JOB_PENDING | JOB_COMPLETING, kTooLate - 1), std::vector<JobId>{});
  EXPECT_TRUE(watch.wants_look());
  EXPECT_EQ(stuck(watch, JOB_PENDING | JOB_COMPLETING, kTooLate), std::vector<JobId>{7});
  EXPECT_FALSE(watch.wants_look());
  EXPECT_EQ(stuck(watch, JOB_PENDING | JOB_COMPLETING, kTooLate + 1), std::vector<JobId>{});
}

TEST(RequeueWatch, ForgetsWhoWasLetGo) {
  RequeueWatch watch;
  watch.queued_again(7, kQueuedAgain);
  EXPECT_EQ(stuck(watch, JOB_PENDING, kQueuedAgain + 1), std::vector<JobId>{});
  EXPECT_FALSE(watch.wants_look());
  EXPECT_EQ(stuck(watch, JOB_RUNNING | JOB_COMPLETING, kTooLate), std::vector<JobId>{})
      << "its next run's end";
}

TEST(RequeueWatch, LeavesOthersAlone) {
  RequeueWatch watch;
  watch.queued_again(8, kQueuedAgain);
  EXPECT_EQ(stuck(watch, JOB_PENDING | JOB_COMPLETING, kTooLate), std::vector<JobId>{});
}

}  // namespace
}  // namespace foreshape
