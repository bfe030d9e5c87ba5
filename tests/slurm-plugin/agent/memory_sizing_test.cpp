// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/agent/memory_sizing.h"

#include <cstring>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "predictor/plan/memory_shape.h"
#include "slurm-plugin/slurm/slurm_release.h"
#include "tests/slurm-plugin/fake_host.h"

namespace foreshape {
namespace {

constexpr UnixSeconds kSubmitted = 1'700'000'000;
constexpr UserId kOwner = 1021;
char kJobName[] = "relax", kMain[] = "main";
char kWaiting[] = "foreshape=0000000000000abc foreshape_memory:4096M/4096M";
char kSmaller[] = "foreshape=0000000000000abc foreshape_memory:1024M/4096M";
char kGivenBack[] = "foreshape=0000000000000abc foreshape_memory:1024M/4096M,returned (it was so)";

Settings enforcing() {
  Settings settings;
  settings.policy.modes[static_cast<std::size_t>(Lever::memory)] = Mode::enforce;
  return settings;
}

SiteFacts with_main() {
  SiteFacts facts;
  facts.partitions.emplace_back();
  facts.partitions[0].name = kMain;
  facts.partitions[0].hash = text_hash(kMain);
  return facts;
}

/// A cold start that waits with the 4 GiB requested.
slurm_job_info_t waiting_job(std::uint32_t id = 7) {
  slurm_job_info_t job;
  std::memset(&job, 0, sizeof job);
  job_id_of(job) = id;
  job.user_id = kOwner;
  job.job_state = JOB_PENDING;
  job.batch_flag = 1;
  job.requeue = 1;
  job.priority = 1;
  job.name = kJobName;
  job.partition = kMain;
  job.time_limit = 60;
  job.num_cpus = 1;
  job.num_nodes = 2;
  job.pn_min_memory = 4096;
  job.admin_comment = kWaiting;
  job.submit_time = kSubmitted;
  return job;
}

struct Waiting {
  Waiting()
      : clock(kSubmitted), state(enforcing(), with_main(), clock, kSubmitted * 1000, [](auto, auto) {}) {}

  void add_siblings(std::uint32_t count, std::uint32_t peak_mib, JobState ended = JobState::completed) {
    for (std::uint32_t i = 0; i < count; ++i) {
      PastJob past;
      past.job_id = 1'000 + ++jobs;
      past.uid = kOwner;
      past.submit_s = static_cast<std::uint32_t>(kSubmitted) + jobs;
      past.start_s = past.submit_s + 10;
      past.run_s = 100;
      past.end_s = past.start_s + past.run_s;
      past.name = folded_name_hash(kJobName);
      past.requested_limit_s = 3600;
      past.requested_cpus = 2;
      past.requested_nodes = 2;
      past.requested_memory_kib = 4U << 20;
      past.used_memory_kib = peak_mib << 10U;
      past.state = ended;
      state.profiles.add_outcome(past);
    }
    sizing.evidence_changed();
  }

  std::vector<MemorySize> due(std::vector<slurm_job_info_t> records) {
    job_info_msg_t list;
    std::memset(&list, 0, sizeof list);
    list.record_count = static_cast<std::uint32_t>(records.size());
    list.job_array = records.data();
    return sizing.due(list);
  }

  FakeClock clock;
  RuntimeState state;
  MemorySizing sizing{state};
  std::uint32_t jobs = 0;
};

TEST(MemorySizing, GivesAColdStartLessOnceItsSiblingsHaveEnded) {
  Waiting site;
  EXPECT_TRUE(site.due({waiting_job()}).empty()) << "nothing is known yet";
  EXPECT_FALSE(site.sizing.wants_look());
  site.add_siblings(20, 600);
  EXPECT_TRUE(site.sizing.wants_look());
  const auto sizes = site.due({waiting_job()});
  ASSERT_EQ(sizes.size(), 1U);
  EXPECT_EQ(sizes[0].job, 7U);
  EXPECT_EQ(sizes[0].nodes, 2U);
  EXPECT_EQ(sizes[0].mark.planned_mib, 4096);
  EXPECT_LT(sizes[0].to_mib, 2048);
  EXPECT_EQ(memory_mark(sizes[0].admin_comment)->planned_mib, sizes[0].to_mib);
  EXPECT_EQ(memory_mark(sizes[0].admin_comment)->requested_mib, 4096);
  EXPECT_EQ(sizes[0].had_comment, kWaiting);
  EXPECT_TRUE(site.due({waiting_job()}).empty()) << "no second look at the same evidence";
}

TEST(MemorySizing, GivesARequestPerCpuLessForEachOfThem) {
  static char comment[] = "foreshape=0000000000000abc foreshape_memory:4098M/4098M,cpus:3";
  Waiting site;
  site.add_siblings(20, 600);
  slurm_job_info_t job = waiting_job();
  job.num_nodes = 1;
  job.num_cpus = 3;
  job.pn_min_memory = MEM_PER_CPU | 1366;
  job.admin_comment = comment;
  const auto sizes = site.due({job});
  ASSERT_EQ(sizes.size(), 1U);
  EXPECT_EQ(sizes[0].mark.cpus, 3U);
  EXPECT_LT(sizes[0].to_mib, 2048);
  EXPECT_EQ(sizes[0].to_mib % 3, 0);
  EXPECT_EQ(memory_mark(sizes[0].admin_comment)->planned_mib, sizes[0].to_mib);
  job.pn_min_memory = 1366;
  site.sizing.evidence_changed();
  EXPECT_TRUE(site.due({job}).empty()) << "another figure by now: per node";
}

TEST(MemorySizing, GivesLessToAllWaitingTasksOfAnArrayOrToNone) {
  static char few[] = "5-8%2", many[] = "0-99";
  Waiting site;
  site.add_siblings(2, 600);  // eight jobs may be out
  slurm_job_info_t array = waiting_job();
  array.array_job_id = 7;
  array.array_task_id = NO_VAL;
  array.array_task_str = many;
  EXPECT_TRUE(site.due({array}).empty());
  array.array_task_str = few;
  site.sizing.evidence_changed();
  const auto sizes = site.due({array});
  ASSERT_EQ(sizes.size(), 1U);
  EXPECT_EQ(sizes[0].shown_id, "7");
  EXPECT_EQ(sizes[0].nodes, 8U) << "two for each of four tasks";
}

TEST(MemorySizing, GivesMoreAgainUpToTheRequestOnceOneWasKilled) {
  Waiting site;
  site.add_siblings(20, 600);
  slurm_job_info_t shrunk = waiting_job();
  const auto sizes = site.due({shrunk});
  ASSERT_EQ(sizes.size(), 1U);
  std::string comment = sizes[0].admin_comment;
  shrunk.admin_comment = comment.data();
  shrunk.pn_min_memory = static_cast<std::uint64_t>(sizes[0].to_mib);
  site.sizing.evidence_changed();
  EXPECT_TRUE(site.due({shrunk}).empty()) << "the evidence says the same";
  site.add_siblings(1, 0, JobState::out_of_memory);
  const auto larger = site.due({shrunk});
  ASSERT_EQ(larger.size(), 1U);
  EXPECT_EQ(larger[0].to_mib, 4096);
  EXPECT_EQ(memory_mark(larger[0].admin_comment)->former_mib, sizes[0].to_mib);
}

TEST(MemorySizing, GivesLessToAFewWhereLittleIsKnownAndToAllOnceMoreIs) {
  Waiting site;
  site.add_siblings(2, 600);
  std::vector<slurm_job_info_t> burst;
  for (std::uint32_t id = 1; id <= 50; ++id) burst.push_back(waiting_job(id));
  EXPECT_EQ(site.due(burst).size(), 2 * kOpenPerRun);
  site.add_siblings(18, 600);
  EXPECT_EQ(site.due(burst).size(), burst.size());
}

TEST(MemorySizing, FollowsTheHeadroomOfTheUser) {
  Waiting site;
  site.add_siblings(20, 600);
  site.state.memory_margins.set(MemoryMargins(false, {{.user = kOwner, .headroom = 3}}));
  const auto sizes = site.due({waiting_job()});
  ASSERT_EQ(sizes.size(), 1U);
  EXPECT_EQ(sizes[0].to_mib, 1856) << "600 * 3 * (1 + .5 / 20), up to the next step";
}

TEST(MemorySizing, LeavesWhatItHasWhereTooLittleIsKnownAnyMore) {
  Waiting site;
  slurm_job_info_t shrunk = waiting_job();
  shrunk.admin_comment = kSmaller;
  shrunk.pn_min_memory = 1024;
  EXPECT_TRUE(site.due({shrunk}).empty());
}

TEST(MemorySizing, LeavesAloneWhatIsNotOurs) {
  const struct {
    const char* why;
    void (*change)(slurm_job_info_t&);
  } cases[] = {
      {"never marked", [](auto& job) { job.admin_comment = nullptr; }},
      {"its user changed the memory", [](auto& job) { job.pn_min_memory = 3000; }},
      {"given back", [](auto& job) { job.admin_comment = kGivenBack; }},
      {"runs", [](auto& job) { job.job_state = JOB_RUNNING; }},
      {"has ended", [](auto& job) { job.job_state = JOB_COMPLETE; }},
      {"waits for its second run", [](auto& job) { job.restart_cnt = 1; }},
      {"interactive", [](auto& job) { job.batch_flag = 0; }},
      {"a part of a het job", [](auto& job) { job.het_job_id = 7; }},
      {"part of a het job", [](auto& job) { job.het_job_id = 7; }},
      {"on its way into a hold",
       [](auto& job) {
         static char hold[] = "foreshape_h_1";
         job.resv_name = hold;
       }},
      {"like no other",
       [](auto& job) {
         static char other[] = "temper";
         job.name = other;
       }},
  };
  for (const auto& c : cases) {
    Waiting site;
    site.add_siblings(20, 600);
    slurm_job_info_t job = waiting_job();
    c.change(job);
    EXPECT_TRUE(site.due({job}).empty()) << c.why;
  }
}

TEST(MemorySizing, GivesTheRequestBackToWhoMayNotBeTouchedAnyMore) {
  const struct {
    const char* why;
    void (*change)(slurm_job_info_t&);
  } cases[] = {
      {"may not be requeued by now", [](auto& job) { job.requeue = 0; }},
      {"opted out by now",
       [](auto& job) {
         static char off[] = "mine foreshape=off";
         job.comment = off;
       }},
      {"moved to a partition that is not known",
       [](auto& job) {
         static char other[] = "main,other";
         job.partition = other;
       }},
  };
  for (const auto& c : cases) {
    Waiting site;
    site.add_siblings(20, 600);
    slurm_job_info_t job = waiting_job();
    c.change(job);
    EXPECT_TRUE(site.due({job}).empty()) << c.why;
    job.admin_comment = kSmaller;
    job.pn_min_memory = 1024;
    for (int pass = 0; pass < 2; ++pass) {
      const auto sizes = site.due({job});
      ASSERT_EQ(sizes.size(), 1U) << c.why << ", new evidence or not";
      EXPECT_EQ(sizes[0].to_mib, 4096) << c.why;
    }
  }
}

TEST(MemorySizing, GivesTheRequestBackWhereTooManyWereKilled) {
  for (const MemoryMargins& fallback :
       {MemoryMargins(false, {{.user = kOwner, .keeps_request = true}}), MemoryMargins(true, {})}) {
    Waiting site;
    site.add_siblings(20, 600);
    slurm_job_info_t job = waiting_job();
    job.admin_comment = kSmaller;
    job.pn_min_memory = 1024;
    site.state.memory_margins.set(fallback);
    const auto sizes = site.due({job});
    ASSERT_EQ(sizes.size(), 1U);
    EXPECT_EQ(sizes[0].to_mib, 4096);
  }
}

TEST(MemorySizing, BoundsAPassAndComesToAllInTheEnd) {
  Waiting site;
  site.add_siblings(20, 600);
  std::vector<slurm_job_info_t> many;
  for (std::uint32_t id = 1; id <= 2 * MemorySizing::kMaxSizes + 1; ++id) many.push_back(waiting_job(id));
  std::unordered_set<JobId> sized;
  for (std::size_t wanted : {MemorySizing::kMaxSizes, MemorySizing::kMaxSizes, std::size_t{1}}) {
    EXPECT_TRUE(site.sizing.wants_look());
    const auto sizes = site.due(many);
    EXPECT_EQ(sizes.size(), wanted);
    for (const MemorySize& size : sizes) sized.insert(size.job);
  }
  EXPECT_FALSE(site.sizing.wants_look());
  EXPECT_EQ(sized.size(), many.size());
}

}  // namespace
}  // namespace foreshape
