// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/slurm/job_request.h"

#include <functional>
#include <gtest/gtest.h>
#include <string>

#include "slurm-plugin/slurm/slurm_field.h"
#include "tests/slurm-plugin/fake_host.h"

namespace foreshape {
namespace {

constexpr UnixSeconds kNow = 1'700'000'000;

/// The descriptor of a test: strings are the test's own.
SubmittedJob read(const std::function<void(job_desc_msg_t&)>& edit) {
  job_desc_msg_t job = blank_descriptor();
  edit(job);
  return submitted_job(job, 1021, kNow);
}

char* text(const char* literal) { return const_cast<char*>(literal); }

TEST(SubmittedJob, SaysNothingWhereTheUserSaidNothing) {
  const SubmittedJob job = read([](auto&) {});
  EXPECT_EQ(job.request.uid, 1021U);
  EXPECT_EQ(job.request.submit_s, kNow);
  EXPECT_FALSE(job.request.nodes || job.request.cpus || job.request.tasks || job.request.gpus);
  EXPECT_FALSE(job.request.memory_per_node_bytes || job.request.limit_s);
  EXPECT_EQ(job.request.name, 0U);
  EXPECT_EQ(job.request.script, 0U);
  EXPECT_TRUE(job.request.interactive);
  EXPECT_FALSE(job.opted_out);
}

TEST(SubmittedJob, TakesTheJobsOwnUserWhereRootSubmitsForHim) {
  EXPECT_EQ(read([](auto& job) { job.user_id = 77; }).request.uid, 77U);
}

TEST(SubmittedJob, LeavesSentinelsAtTheBorder) {
  for (const std::uint32_t none : {0U, NO_VAL, INFINITE}) {
    const SubmittedJob job =
        read([&](auto& d) { d.time_limit = d.min_nodes = d.min_cpus = d.num_tasks = none; });
    EXPECT_FALSE(job.request.limit_s || job.request.nodes || job.request.cpus || job.request.tasks) << none;
  }
  EXPECT_EQ(read([](auto& job) { job.time_limit = 90; }).request.limit_s, 5400);
}

TEST(SubmittedJob, CountsMemoryPerNode) {
  constexpr std::int64_t kMiB = 1 << 20;
  const struct {
    const char* why;
    std::uint64_t memory;
    std::uint32_t nodes, cpus;
    std::optional<std::int64_t> want;
  } cases[] = {
      {"per node", 4096, NO_VAL, 8, 4096 * kMiB},
      {"per cpu on one node", MEM_PER_CPU | 100, NO_VAL, 8, 800 * kMiB},
      {"per cpu over two nodes", MEM_PER_CPU | 100, 2, 9, 500 * kMiB},
      {"per cpu, cpus not said", MEM_PER_CPU | 100, NO_VAL, NO_VAL, 100 * kMiB},
      {"all of the node", 0, 1, 1, std::nullopt},
      {"not set", NO_VAL64, 1, 1, std::nullopt},
      {"endless", INFINITE64, 1, 1, std::nullopt},
      {"absurd", INT64_MAX, 1, 1, 1'000'000'000'000'000'000},
  };
  for (const auto& c : cases) {
    const SubmittedJob job = read([&](auto& d) {
      d.pn_min_memory = c.memory;
      d.min_nodes = c.nodes;
      d.min_cpus = c.cpus;
    });
    EXPECT_EQ(job.request.memory_per_node_bytes, c.want) << c.why;
  }
}

TEST(SubmittedJob, CountsCpusTasksAndGpus) {
  const SubmittedJob job = read([](auto& d) {
    d.min_nodes = 2;
    d.ntasks_per_node = 4;
    d.cpus_per_task = 3;
    d.min_cpus = 1;
    d.tres_per_node = text("gres:gpu:2");
  });
  EXPECT_EQ(job.request.tasks, 8U);
  EXPECT_EQ(job.request.cpus, 24U);
  EXPECT_EQ(job.request.gpus, 4U);
  EXPECT_NE(job.request.gres, 0U);
}

TEST(SubmittedJob, TellsWhatIsEndlessFromWhatWasNotSaid) {
  const struct {
    const char* why;
    std::uint32_t limit;
    std::uint64_t memory;
    const char* per_gpu;
    bool limit_said, memory_said;
  } cases[] = {
      {"nothing", NO_VAL, NO_VAL64, nullptr, false, false},
      {"-t UNLIMITED", INFINITE, NO_VAL64, nullptr, true, false},
      {"-t 0 by the API", 0, NO_VAL64, nullptr, true, false},
      {"--mem=0", NO_VAL, 0, nullptr, false, true},
      {"--mem-per-cpu=0", NO_VAL, MEM_PER_CPU, nullptr, false, true},
      {"--mem-per-gpu without gpus", NO_VAL, NO_VAL64, "gres:gpu:100", false, true},
  };
  for (const auto& c : cases) {
    const SubmittedJob job = read([&](auto& d) {
      d.time_limit = c.limit;
      d.pn_min_memory = c.memory;
      d.mem_per_tres = text(c.per_gpu);
    });
    EXPECT_EQ(job.says_limit, c.limit_said) << c.why;
    EXPECT_EQ(job.says_memory, c.memory_said) << c.why;
    EXPECT_FALSE(job.request.limit_s || job.request.memory_per_node_bytes) << c.why;
  }
}

TEST(SubmittedJob, CountsWhatIsRequestedForEachGpu) {
  const SubmittedJob job = read([](auto& d) {
    d.min_nodes = 2;
    d.tres_per_node = text("gres:gpu:4");
    d.cpus_per_tres = text("gres:gpu:3");
    d.mem_per_tres = text("gres:gpu:1024");
  });
  EXPECT_EQ(job.request.gpus, 8U);
  EXPECT_EQ(job.request.cpus, 24U);
  EXPECT_EQ(job.request.memory_per_node_bytes, 4LL << 30);
}

TEST(SubmittedJob, ReadsCpusPerTaskInTheFormOfNewerClients) {
  const SubmittedJob newer = read([](auto& d) {
    d.num_tasks = 2;
    d.tres_per_task = text("cpu=4");
  });
  EXPECT_EQ(newer.request.cpus, 8U);
  EXPECT_EQ(newer.request.gres, 0U) << "cpus are no generic resource";
  const auto gres = [](const char* tres) {
    return read([&](auto& d) { d.tres_per_task = text(tres); }).request.gres;
  };
  EXPECT_EQ(gres("cpu=4,gres/gpu:1"), gres("gres/gpu:1"));
}

TEST(SubmittedJob, TakesTheFirstOfWhatIsListedAndKeepsTheRest) {
  const SubmittedJob job = read([](auto& d) {
    d.partition = text("fast,,main");
    d.qos = text("high,low");
  });
  EXPECT_EQ(job.request.partition, text_hash("fast"));
  EXPECT_EQ(job.partition.view(), "fast,,main");
  ASSERT_EQ(job.partitions.count, 2U);
  EXPECT_EQ(job.partitions.hashes[1], text_hash("main"));
  EXPECT_EQ(job.request.qos, text_hash("high"));
  EXPECT_EQ(job.qoses.count, 2U);
  std::string many;
  for (int i = 0; i < 1000; ++i) many += "p" + std::to_string(i) + ",";
  EXPECT_EQ(listed_names(many).count, kMaxListed);
}

TEST(SubmittedJob, TellsScriptsAndArgumentsApart) {
  char* first[] = {text("job.sh"), text("a"), nullptr};
  char* second[] = {text("job.sh"), text("b"), nullptr};
  const auto script = [&](const char* body, char** argv) {
    return read([&](auto& d) {
      d.script = text(body);
      d.argv = argv;
      d.argc = 2;
    });
  };
  const SubmittedJob job = script("#!/bin/sh\nrun\n", first);
  EXPECT_FALSE(job.request.interactive);
  EXPECT_EQ(job.request.script, script("#!/bin/sh\nrun\n", first).request.script);
  EXPECT_NE(job.request.script, script("#!/bin/sh\nrun\n", second).request.script);
  EXPECT_NE(job.request.script, script("#!/bin/sh\nwalk\n", first).request.script);
}

TEST(SubmittedJob, LooksAtABoundedPartOfAScript) {
  const std::string long_script(10 * kMaxScriptBytes, 'x');
  std::string other_end = long_script;
  other_end.back() = 'y';
  const auto hash = [](const std::string& s) {
    return read([&](auto& d) { d.script = const_cast<char*>(s.c_str()); }).request.script;
  };
  EXPECT_EQ(hash(long_script), hash(other_end));
}

TEST(SubmittedJob, FindsBurstBufferDirectives) {
  const auto hash = [](const char* script) {
    return read([&](auto& d) { d.script = text(script); }).request.burst_buffer;
  };
  EXPECT_EQ(hash("#!/bin/sh\n#SBATCH -n 1\nrun\n#BB_LUA pool=p\n"), 0U) << "after the first command";
  EXPECT_NE(hash("#!/bin/sh\n#BB_LUA pool=p capacity=1G\nrun\n"), 0U);
  EXPECT_NE(hash("#!/bin/sh\n#BB_LUA pool=p capacity=1G\n"), hash("#!/bin/sh\n#BB_LUA pool=p capacity=2G\n"));
}

TEST(SubmittedJob, OptsOutByAWordInTheComment) {
  const struct {
    const char* comment;
    bool want;
  } cases[] = {{"foreshape=off", true},
               {"a, foreshape=off, b", true},
               {"foreshape=offline", false},
               {"notforeshape=off", false},
               {"foreshape=on", false},
               {"", false},
               {"foreshape=offx foreshape=off", true}};
  for (const auto& c : cases)
    EXPECT_EQ(read([&](auto& d) { d.comment = text(c.comment); }).opted_out, c.want) << c.comment;
}

TEST(SubmittedJob, FoldsDigitsInNames) {
  const auto hash = [](const char* name) { return read([&](auto& d) { d.name = text(name); }).request.name; };
  EXPECT_EQ(hash("relax_001"), hash("relax_27"));
  EXPECT_NE(hash("relax"), hash("cool"));
}

}  // namespace
}  // namespace foreshape
