// SPDX-License-Identifier: GPL-2.0-or-later
// What a submission's memory becomes, with Memory=enforce and with a dry run.

#include <array>
#include <cstring>
#include <gtest/gtest.h>
#include <memory>
#include <random>
#include <string>
#include <variant>

#include "predictor/base/memory_mark.h"
#include "predictor/plan/memory_shape.h"
#include "slurm-plugin/slurm/shaped_job.h"
#include "slurm-plugin/slurm/slurm_field.h"
#include "slurm-plugin/state/submission.h"
#include "tests/slurm-plugin/fake_host.h"

namespace foreshape {
namespace {

constexpr UnixSeconds kNow = 1'700'000'000;
constexpr UserId kUser = 1021;

Settings memory_in(Mode mode) {
  Settings settings;
  settings.policy.modes[static_cast<std::size_t>(Lever::memory)] = mode;
  return settings;
}

SiteFacts one_partition() {
  SiteFacts facts;
  facts.partitions.emplace_back();
  facts.partitions[0].name = "main";
  facts.partitions[0].hash = text_hash("main");
  facts.partitions[0].is_default = true;
  return facts;
}

/// A user whose jobs "relax" used 500 MiB of the 4 GiB requested.
struct Site {
  explicit Site(Mode mode, std::uint32_t runs = 30)
      : clock(kNow),
        state(memory_in(mode), one_partition(), clock, kNow * 1000, [](LogLevel, std::string_view) {}) {
    for (std::uint32_t i = 0; i < runs; ++i) {
      PastJob past;
      past.job_id = i + 1;
      past.uid = kUser;
      past.submit_s = static_cast<std::uint32_t>(kNow) - 100'000 + 1000 * i;
      past.start_s = past.submit_s + 10;
      past.run_s = 100;
      past.end_s = past.start_s + past.run_s;
      past.name = folded_name_hash("relax");
      past.requested_limit_s = 3600;
      past.requested_cpus = 1;
      past.requested_memory_kib = 4U << 20;
      past.used_memory_kib = 500U << 10;
      past.state = JobState::completed;
      state.profiles.add_outcome(past);
    }
  }

  SubmissionEvent recorded() {
    std::array<JournalEvent, 1> one;
    return state.events.take(one) == 1 ? std::get<SubmissionEvent>(one[0]) : SubmissionEvent{};
  }

  FakeClock clock;
  RuntimeState state;
};

char kName[] = "relax", kScript[] = "#!/bin/sh\n./relax\n";

job_desc_msg_t like_the_history() {
  job_desc_msg_t job = blank_descriptor();
  job.name = kName;
  job.script = kScript;
  job.time_limit = 60;
  job.min_cpus = 1;
  job.pn_min_memory = 4096;
  return job;
}

TEST(SubmitMemory, IsShapedMarkedCountedAndTold) {
  Site site(Mode::enforce);
  job_desc_msg_t job = like_the_history();
  job.min_nodes = 2;
  char* message = nullptr;
  submit(site.state, job, kUser, &message);
  const SubmissionEvent event = site.recorded();
  ASSERT_TRUE(event.plan.shaped_memory_mib);
  EXPECT_EQ(static_cast<std::int64_t>(job.pn_min_memory), *event.plan.shaped_memory_mib);
  EXPECT_LT(job.pn_min_memory, 4096U);
  EXPECT_EQ(event.request.memory_per_node_bytes, 4LL << 30) << "the user's own figure is in the journal";
  const auto mark = memory_mark(job.admin_comment);
  ASSERT_TRUE(mark);
  EXPECT_EQ(mark->planned_mib, *event.plan.shaped_memory_mib);
  EXPECT_EQ(mark->requested_mib, 4096);
  EXPECT_EQ(site.state.jobs.shaped, 1U);
  EXPECT_EQ(site.state.jobs.saved_mib, 2 * (4096 - job.pn_min_memory)) << "over both nodes";
  ASSERT_NE(message, nullptr);
  EXPECT_NE(std::string(message).find("it is queued again with 4096M"), std::string::npos) << message;
  free_written(job, &message);
}

TEST(SubmitMemory, OfARequestPerCpuIsLessForEachOfThem) {
  Site site(Mode::enforce);
  job_desc_msg_t job = like_the_history();
  job.num_tasks = 1;
  job.min_cpus = job.cpus_per_task = 3;
  job.pn_min_memory = MEM_PER_CPU | 1366;
  submit(site.state, job, kUser, nullptr);
  const SubmissionEvent event = site.recorded();
  const auto mark = memory_mark(bounded(job.admin_comment));
  ASSERT_TRUE(mark);
  EXPECT_EQ(mark->cpus, 3U);
  EXPECT_EQ(mark->requested_mib, 3 * 1366);
  EXPECT_LT(mark->planned_mib, 3 * 1366);
  EXPECT_EQ(mark->planned_mib, event.plan.shaped_memory_mib) << "whole figures are in the journal, too";
  EXPECT_EQ(job.pn_min_memory, MEM_PER_CPU | static_cast<std::uint64_t>(mark->planned_mib / 3));
  EXPECT_EQ(site.state.jobs.saved_mib, 3 * 1366 - mark->planned_mib);
  free_written(job, nullptr);
}

TEST(SubmitMemory, OfAColdStartIsLeftAndMarkedAsOneThatMayBeSizedBeforeItStarts) {
  Site site(Mode::enforce);
  static char name[] = "never_seen", minding[] = "#!/bin/sh\nsrun --mem=4G a\n";
  job_desc_msg_t job = like_the_history();
  job.name = name;
  char* message = nullptr;
  submit(site.state, job, kUser, &message);
  EXPECT_FALSE(site.recorded().plan.shaped_memory_mib);
  EXPECT_EQ(job.pn_min_memory, 4096U);
  const auto mark = memory_mark(bounded(job.admin_comment));
  ASSERT_TRUE(mark);
  EXPECT_EQ(mark->planned_mib, 4096);
  EXPECT_EQ(mark->requested_mib, 4096);
  EXPECT_EQ(site.state.jobs.shaped + site.state.jobs.would_shape, 0U);
  EXPECT_EQ(message, nullptr) << "nothing has become of it yet";
  free_written(job, &message);

  job_desc_msg_t untouchable = like_the_history();
  untouchable.name = name;
  untouchable.script = minding;
  submit(site.state, untouchable, kUser, nullptr);
  EXPECT_FALSE(memory_mark(bounded(untouchable.admin_comment)));
  free_written(untouchable, nullptr);
}

TEST(SubmitMemory, OfABurstIsShapedForAFewWhereLittleIsKnown) {
  Site site(Mode::enforce, 2);
  std::uint32_t shaped = 0;
  for (int i = 0; i < 50; ++i) {
    job_desc_msg_t job = like_the_history();
    submit(site.state, job, kUser, nullptr);
    shaped += job.pn_min_memory < 4096 ? 1 : 0;
    EXPECT_TRUE(memory_mark(bounded(job.admin_comment))) << "the others may be sized before they start";
    free_written(job, nullptr);
  }
  EXPECT_EQ(shaped, 2 * kOpenPerRun);
}

TEST(SubmitMemory, IsOnlyDecidedInADryRun) {
  for (const Mode mode : {Mode::dry_run, Mode::advise}) {
    Site site(mode);
    job_desc_msg_t job = like_the_history();
    char* message = nullptr;
    submit(site.state, job, kUser, &message);
    EXPECT_TRUE(site.recorded().plan.shaped_memory_mib);
    EXPECT_EQ(job.pn_min_memory, 4096U);
    EXPECT_FALSE(memory_mark(job.admin_comment));
    EXPECT_EQ(site.state.jobs.would_shape, 1U);
    EXPECT_EQ(site.state.jobs.shaped, 0U);
    EXPECT_EQ(message == nullptr, mode == Mode::dry_run) << "a dry run tells nobody";
    free_written(job, &message);
  }
}

TEST(SubmitMemory, IsLeftAloneInTheOtherModesAndWithoutATag) {
  Site observing(Mode::observe);
  job_desc_msg_t job = like_the_history();
  submit(observing.state, job, kUser, nullptr);
  EXPECT_FALSE(observing.recorded().plan.shaped_memory_mib);
  EXPECT_EQ(job.pn_min_memory, 4096U);
  free_written(job, nullptr);

  Settings untagged = memory_in(Mode::enforce);
  untagged.job_tag = false;
  Site site(Mode::enforce);
  site.state.settings.set(untagged);
  job_desc_msg_t other = like_the_history();
  submit(site.state, other, kUser, nullptr);
  EXPECT_EQ(other.pn_min_memory, 4096U) << "nothing would tell what was requested";
  EXPECT_FALSE(site.recorded().plan.shaped_memory_mib);
}

TEST(SubmitMemory, IsLeftAloneWhereTooManyOfTheUserWereKilled) {
  Site site(Mode::enforce);
  site.state.memory_margins.set(MemoryMargins(false, {{.user = kUser, .keeps_request = true}}));
  job_desc_msg_t job = like_the_history();
  submit(site.state, job, kUser, nullptr);
  EXPECT_EQ(job.pn_min_memory, 4096U);
  EXPECT_FALSE(memory_mark(bounded(job.admin_comment)));
  EXPECT_FALSE(site.recorded().plan.shaped_memory_mib);
  free_written(job, nullptr);
  job_desc_msg_t others = like_the_history();
  site.state.memory_margins.set(MemoryMargins(false, {{.user = kUser + 1, .keeps_request = true}}));
  submit(site.state, others, kUser, nullptr);
  EXPECT_LT(others.pn_min_memory, 4096U);
  free_written(others, nullptr);
}

TEST(SubmitMemory, IsLeftAloneAfterOneRunOutOfMemory) {
  Site site(Mode::enforce);
  PastJob killed;
  killed.job_id = 1000;
  killed.uid = kUser;
  killed.submit_s = static_cast<std::uint32_t>(kNow) - 60;
  killed.start_s = killed.submit_s + 10;
  killed.run_s = 10;
  killed.end_s = killed.start_s + killed.run_s;
  killed.name = folded_name_hash("relax");
  killed.requested_limit_s = 3600;
  killed.requested_cpus = 1;
  killed.requested_memory_kib = 4U << 20;
  killed.state = JobState::out_of_memory;
  for (std::uint32_t later = 0; later < 20; ++later) {
    site.state.profiles.add_outcome(killed);
    job_desc_msg_t job = like_the_history();
    submit(site.state, job, kUser, nullptr);
    EXPECT_EQ(job.pn_min_memory, 4096U) << later << " jobs after it";
    free_written(job, nullptr);
    // The next of them fares well: it had its request.
    killed.job_id += 1;
    killed.submit_s += 1;
    killed.end_s += 1;
    killed.state = JobState::completed;
    killed.used_memory_kib = 500U << 10;
  }
}

/// Every wish that keeps a job out of reach, said or not by chance.
struct RandomJob {
  explicit RandomJob(std::mt19937_64& random) {
    const auto one_in = [&random](std::uint64_t n) { return random() % n == 0; };
    const std::uint64_t memories[] = {4096, 1,        300,        random() % 100'000, random(),
                                      0,    NO_VAL64, INFINITE64, MEM_PER_CPU | 2048};
    job.pn_min_memory = memories[one_in(2) ? 0 : random() % std::size(memories)];
    const auto sometimes = [&](auto& field, auto value, bool& may_not) {
      if (!one_in(12)) return;
      field = value;
      may_not = true;
    };
    sometimes(job.script, nullptr, untouchable);
    sometimes(job.requeue, std::uint16_t{0}, untouchable);
    sometimes(job.shared, std::uint16_t(random() % 5), untouchable);
    sometimes(job.mem_per_tres, kGpu, untouchable);
    if (one_in(12)) job.array_inx = kIndexes;
    sometimes(job.het_job_offset, std::uint32_t(random() % 3), untouchable);
    sometimes(job.clusters, kOther, untouchable);
    sometimes(job.comment, kOff, untouchable);
    sometimes(job.script, kMinding, untouchable);
    sometimes(job.partition, kOther, untouchable);
    sometimes(job.name, kOther, is_cold);  // no jobs of that name
    const bool is_figure = job.pn_min_memory > 0 && job.pn_min_memory < (1ULL << 42);
    const bool is_per_cpu = job.pn_min_memory == (MEM_PER_CPU | 2048);
    untouchable |= !is_figure && !is_per_cpu;
    bool is_wide = false;
    if (one_in(10)) job.time_limit = static_cast<std::uint32_t>(1 + random() % 59);
    if ((is_wide |= one_in(10))) job.min_nodes = static_cast<std::uint32_t>(2 + random());
    if (one_in(10) && (is_wide = true)) job.num_tasks = static_cast<std::uint32_t>(2 + random());
    untouchable |= is_per_cpu && is_wide;
  }
  static inline char kGpu[] = "gres:gpu:4096", kIndexes[] = "1-3", kOther[] = "other",
                     kOff[] = "mine foreshape=off", kMinding[] = "#!/bin/sh\nsrun --mem=1G a\n";
  job_desc_msg_t job = like_the_history();
  bool untouchable = false;
  bool is_cold = false;  ///< it may be touched, and nothing is known of it yet
};

TEST(SubmitMemory, IsNeverMoreThanRequestedAndNeverTouchedForWhoMayNotBe) {
  std::mt19937_64 random(20261128);
  Site site(Mode::enforce);
  int shaped = 0;
  for (int i = 0; i < 20'000; ++i) {
    RandomJob made(random);
    const job_desc_msg_t before = made.job;
    submit(site.state, made.job, kUser, nullptr);
    site.recorded();
    const auto mark = memory_mark(bounded(made.job.admin_comment));
    ASSERT_TRUE(mark || made.job.pn_min_memory == before.pn_min_memory) << i;
    if (mark) {
      shaped += made.job.pn_min_memory < before.pn_min_memory ? 1 : 0;
      ASSERT_FALSE(made.untouchable) << i;
      ASSERT_LE(made.job.pn_min_memory, before.pn_min_memory) << i;
      ASSERT_TRUE(!made.is_cold || made.job.pn_min_memory == before.pn_min_memory) << i;
      ASSERT_EQ(memory_field(mark->requested_mib, mark->cpus), before.pn_min_memory) << i;
      ASSERT_EQ(memory_field(mark->planned_mib, mark->cpus), made.job.pn_min_memory) << i;
    }
    free_written(made.job, nullptr);
    made.job.pn_min_memory = before.pn_min_memory;
    ASSERT_EQ(std::memcmp(&made.job, &before, sizeof before), 0) << i << ": nothing else is changed";
  }
  EXPECT_GT(shaped, 1'000) << "the property is of jobs that are shaped, too";
}

}  // namespace
}  // namespace foreshape
