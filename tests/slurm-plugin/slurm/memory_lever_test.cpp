// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/slurm/memory_lever.h"

#include <functional>
#include <gtest/gtest.h>
#include <optional>
#include <string>

#include "slurm-plugin/slurm/slurm_field.h"
#include "tests/slurm-plugin/fake_host.h"

namespace foreshape {
namespace {

SiteFacts facts_with(std::initializer_list<const char*> partitions) {
  SiteFacts facts;
  for (const char* name : partitions) {
    facts.partitions.emplace_back();
    facts.partitions.back().name = name;
    facts.partitions.back().hash = text_hash(name);
  }
  return facts;
}

char kScript[] = "#!/bin/sh\n#SBATCH --mem=4G\n./relax\n";
char kMain[] = "main";

job_desc_msg_t batch_job() {
  job_desc_msg_t job = blank_descriptor();
  job.script = kScript;
  job.partition = kMain;
  job.pn_min_memory = 4096;
  return job;
}

std::optional<MemoryRequest> shapeable(const job_desc_msg_t& job, const SiteFacts& facts) {
  return shapeable_memory(job, submitted_job(job, 1021, 1'700'000'000), facts);
}
bool may_shape(const job_desc_msg_t& job, const SiteFacts& facts) {
  return shapeable(job, facts).has_value();
}

TEST(ShapeableMemory, IsOfPlainBatchJobsThatRequestOneFigureANode) {
  const auto requested = shapeable(batch_job(), facts_with({"main"}));
  ASSERT_TRUE(requested);
  EXPECT_EQ(requested->mib, 4096);
  EXPECT_EQ(requested->cpus, 0U);
}

TEST(ShapeableMemory, IsOfARequestPerCpuWhereOneNodeIsAllThatTheJobCanRunOn) {
  constexpr std::uint32_t kNot = 0;
  const struct {
    const char* options;
    std::function<void(job_desc_msg_t&)> change;
    std::uint32_t cpus;  ///< kNot: may not be shaped
  } cases[] = {
      {"nothing but --mem-per-cpu", [](auto&) {}, 1},
      {"-c 4",
       [](auto& job) {
         job.num_tasks = 1;
         job.min_cpus = job.pn_min_cpus = job.cpus_per_task = 4;
       },
       4},
      {"-n 4 -N 1",
       [](auto& job) {
         job.num_tasks = job.min_cpus = 4;
         job.min_nodes = job.max_nodes = 1;
       },
       4},
      {"-n 4: where its tasks will be nobody knows", [](auto& job) { job.num_tasks = job.min_cpus = 4; },
       kNot},
      {"-N 2", [](auto& job) { job.min_nodes = job.max_nodes = 2; }, kNot},
      {"-n 4 -N 1-2",
       [](auto& job) {
         job.num_tasks = job.min_cpus = 4;
         job.min_nodes = 1;
         job.max_nodes = 2;
       },
       kNot},
      {"--mincpus=8", [](auto& job) { job.pn_min_cpus = 8; }, kNot},
      {"more than there are", [](auto& job) { job.min_cpus = 1U << 30U; }, kNot},
      {"more memory than there is", [](auto& job) { job.pn_min_memory = MEM_PER_CPU | 1ULL << 42U; }, kNot},
      {"--mem-per-cpu=0", [](auto& job) { job.pn_min_memory = MEM_PER_CPU; }, kNot},
  };
  for (const auto& c : cases) {
    job_desc_msg_t job = batch_job();
    job.pn_min_memory = MEM_PER_CPU | 1024;
    c.change(job);
    const auto requested = shapeable(job, facts_with({"main"}));
    EXPECT_EQ(requested ? requested->cpus : kNot, c.cpus) << c.options;
    EXPECT_EQ(requested ? requested->mib : 0, 1024 * std::int64_t{c.cpus}) << c.options;
  }
}

TEST(WholeFigures, AreTheLeastThatAreNoLess) {
  EXPECT_EQ(whole_figures(1000, 0), 1000);
  EXPECT_EQ(whole_figures(1000, 1), 1000);
  EXPECT_EQ(whole_figures(1000, 8), 1000);
  EXPECT_EQ(whole_figures(1000, 3), 1002);
}

TEST(ShapeableMemory, IsNeverForTheseJobs) {
  static char some[] = "1", off[] = "foreshape=off", list[] = "main,other", unknown[] = "elsewhere";
  static char step[] = "#!/bin/sh\nsrun --mem=4G ./a\n",
              sized[] = "#!/bin/sh\njava -Xmx${SLURM_MEM_PER_NODE}m A\n";
  static std::string comment(kMaxTextBytes - 50, 'x');
  const struct {
    const char* why;
    std::function<void(job_desc_msg_t&)> change;
  } cases[] = {
      {"salloc or srun", [](auto& job) { job.script = nullptr; }},
      {"--no-requeue", [](auto& job) { job.requeue = 0; }},
      {"--mem=0", [](auto& job) { job.pn_min_memory = 0; }},
      {"nothing said", [](auto& job) { job.pn_min_memory = NO_VAL64; }},
      {"no end", [](auto& job) { job.pn_min_memory = INFINITE64; }},
      {"--mem-per-gpu", [](auto& job) { job.mem_per_tres = some; }},
      {"--exclusive", [](auto& job) { job.shared = JOB_SHARED_NONE; }},
      {"--exclusive=user", [](auto& job) { job.shared = JOB_SHARED_USER; }},
      {"--oversubscribe", [](auto& job) { job.shared = JOB_SHARED_OK; }},
      {"a het job", [](auto& job) { job.het_job_offset = 0; }},
      {"for another cluster", [](auto& job) { job.clusters = some; }},
      {"opted out", [](auto& job) { job.comment = off; }},
      {"a step that requests memory", [](auto& job) { job.script = step; }},
      {"sized by what the job has", [](auto& job) { job.script = sized; }},
      {"no room for the mark", [](auto& job) { job.admin_comment = comment.data(); }},
      {"one partition of the list is not known", [](auto& job) { job.partition = list; }},
      {"nor is this one", [](auto& job) { job.partition = unknown; }},
  };
  for (const auto& c : cases) {
    job_desc_msg_t job = batch_job();
    c.change(job);
    EXPECT_FALSE(may_shape(job, facts_with({"main"}))) << c.why;
  }
}

TEST(ShapeableMemory, DependsOnWhatSlurmWouldMakeOfTheJob) {
  SiteFacts facts = facts_with({"main"});
  facts.requeues_by_default = false;
  job_desc_msg_t job = batch_job();
  EXPECT_FALSE(may_shape(job, facts)) << "JobRequeue=0";
  job.requeue = 1;
  EXPECT_TRUE(may_shape(job, facts)) << "--requeue";
  facts.limits_memory_per_cpu = true;
  EXPECT_FALSE(may_shape(job, facts)) << "MaxMemPerCPU of the site";
  facts.limits_memory_per_cpu = false;
  facts.partitions[0].limits_memory_per_cpu = true;
  EXPECT_FALSE(may_shape(job, facts)) << "MaxMemPerCPU of the partition";
  EXPECT_FALSE(may_shape(job, SiteFacts{})) << "the agent has not seen the partitions yet";
}

TEST(MindsMemory, LooksAtCommandsAndNotAtDirectives) {
  EXPECT_FALSE(minds_memory("#!/bin/sh\n#SBATCH --mem=4G\n#SBATCH --mem-bind=local\n./a\n"));
  EXPECT_FALSE(minds_memory(""));
  EXPECT_TRUE(minds_memory("srun --mem 4G ./a"));
  EXPECT_TRUE(minds_memory("#!/bin/sh\n  srun -n1 --mem-per-cpu=1G ./a"));
  EXPECT_TRUE(minds_memory("# $SLURM_MEM_PER_CPU"));
  EXPECT_TRUE(minds_memory(std::string(kMaxScriptBytes, '\n'))) << "not all of it was looked at";
}

}  // namespace
}  // namespace foreshape
