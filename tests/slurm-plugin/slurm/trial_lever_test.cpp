// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/slurm/trial_lever.h"

#include <functional>
#include <gtest/gtest.h>
#include <string>

#include "slurm-plugin/slurm/slurm_field.h"
#include "tests/slurm-plugin/fake_host.h"

namespace foreshape {
namespace {

constexpr std::uint32_t kTrial_min = 4;

job_desc_msg_t hour_long_job() {
  static char script[] = "#!/bin/sh\n./relax\n";
  job_desc_msg_t job = blank_descriptor();
  job.script = script;
  job.time_limit = 60;
  return job;
}

bool may_try(const job_desc_msg_t& job, const SiteFacts& facts = {}) {
  return can_be_tried(job, submitted_job(job, 1021, 1'700'000'000), facts, kTrial_min);
}

TEST(MayBeTried, IsForPlainBatchJobsThatMayRunAgain) {
  EXPECT_TRUE(may_try(hour_long_job()));
  SiteFacts facts;
  facts.requeues_by_default = false;
  EXPECT_FALSE(may_try(hour_long_job(), facts));
  job_desc_msg_t says_so = hour_long_job();
  says_so.requeue = 1;
  EXPECT_TRUE(may_try(says_so, facts));
}

TEST(MayBeTried, IsNeverForTheseJobs) {
  static char some[] = "1", off[] = "foreshape=off";
  static char asks[] = "#!/bin/sh\nscontrol show job $SLURM_JOB_ID\n",
              ends[] = "#!/bin/sh\necho $SLURM_JOB_END_TIME\n";
  static std::string comment(kMaxTextBytes - 200, 'x'), large(kMaxScriptBytes, 'x');
  const struct {
    const char* why;
    std::function<void(job_desc_msg_t&)> change;
  } cases[] = {
      {"salloc or srun", [](auto& job) { job.script = nullptr; }},
      {"--no-requeue", [](auto& job) { job.requeue = 0; }},
      {"no limit", [](auto& job) { job.time_limit = NO_VAL; }},
      {"no end", [](auto& job) { job.time_limit = INFINITE; }},
      {"hardly longer than a trial", [](auto& job) { job.time_limit = 3 * kTrial_min - 1; }},
      {"--time-min", [](auto& job) { job.time_min = 30; }},
      {"--deadline", [](auto& job) { job.deadline = 1; }},
      {"--signal before its end", [](auto& job) { job.warn_time = 60; }},
      {"--array", [](auto& job) { job.array_inx = some; }},
      {"het job", [](auto& job) { job.het_job_offset = 0; }},
      {"--clusters", [](auto& job) { job.clusters = some; }},
      {"--dependency", [](auto& job) { job.dependency = some; }},
      {"--bb", [](auto& job) { job.burst_buffer = some; }},
      {"--reservation", [](auto& job) { job.reservation = some; }},
      {"opted out", [](auto& job) { job.comment = off; }},
      {"asks for its limit", [](auto& job) { job.script = asks; }},
      {"knows its end", [](auto& job) { job.script = ends; }},
      {"not all looked at", [](auto& job) { job.script = large.data(); }},
      {"no room for the mark", [](auto& job) { job.admin_comment = comment.data(); }},
  };
  for (const auto& c : cases) {
    job_desc_msg_t job = hour_long_job();
    c.change(job);
    EXPECT_FALSE(may_try(job)) << c.why;
  }
}

}  // namespace
}  // namespace foreshape
