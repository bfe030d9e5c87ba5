// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/history/sacct.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <map>

namespace foreshape {
namespace {

constexpr std::int64_t kKiB = 1 << 10, kMiB = 1 << 20;

// What Slurm 22.05 prints for our own format, shortened to the columns that a test needs.
constexpr const char* kHeader =
    "JobID|JobIDRaw|Cluster|User|UID|Account|Partition|QOS|State|Submit|Start|End|ElapsedRaw|TimelimitRaw|"
    "ReqCPUS|ReqMem"
    "|ReqTRES|NCPUS|NNodes|AllocTRES|NTasks|MaxRSS|TotalCPU|TRESUsageInTot|TRESUsageOutTot|AdminComment|"
    "SubmitLine|JobName\n";

class SacctTest : public testing::Test {
 protected:
  SacctTest() {
    std::string name = testing::TempDir() + "foreshape_sacct_XXXXXX";
    directory_ = ::mkdtemp(name.data());
  }
  ~SacctTest() override { std::filesystem::remove_all(directory_); }

  std::vector<JobRecord> read(const std::string& text,
                              SacctOptions options = {.utc = true, .cluster = "lab"}) {
    std::ofstream(directory_ + "/dump", std::ios::binary) << text;
    bad_.clear();
    auto reader =
        SacctReader::open(directory_ + "/dump", options, [this](const BadLine& b) { bad_.push_back(b); });
    std::vector<JobRecord> jobs;
    while (true) {
      auto job = reader->next();
      if (!job) {
        error_ = job.error().message;
        return jobs;
      }
      if (!*job) return jobs;
      jobs.push_back(std::move(**job));
    }
  }

  std::string directory_, error_;
  std::vector<BadLine> bad_;
};

/// A job's line under kHeader.
struct Line {
  std::string id = "77", raw = "77", user = "carol", uid = "1003", state = "COMPLETED";
  std::string submit = "2026-11-20T10:00:00", start = "2026-11-20T10:00:05", end = "2026-11-20T10:01:45";
  std::string elapsed = "100", cpus = "4", memory = "8G", requested = "billing=4,cpu=4,mem=8G,node=2",
              nodes = "2";
  std::string cpu = "00:00.000", comment = "", submit_line = "sbatch relax.sh", name = "relax";

  std::string text() const {
    return id + "|" + raw + "|lab|" + user + "|" + uid + "|chem|main|normal|" + state + "|" + submit + "|" +
           start + "|" + end + "|" + elapsed + "|60|" + cpus + "|" + memory + "|" + requested + "|" + cpus +
           "|" + nodes + "|" + requested + "|||" + cpu + "|||" + comment + "|" + submit_line + "|" + name +
           "\n";
  }
};

struct Step {
  std::string id = "77.batch", state = "COMPLETED", nodes = "1", tasks = "1", rss = "0", cpu = "00:00.000";
  std::string in = "cpu=00:00:00,energy=0,fs/disk=0,mem=0,pages=0,vmem=0", out = "energy=0,fs/disk=0";

  std::string text() const {
    return id + "|" + id + "|lab|||chem|||" + state +
           "|2026-11-20T10:00:05|2026-11-20T10:00:05|2026-11-20T10:01:45|100||4|||4|" + nodes +
           "|cpu=4,mem=8G,node=" + nodes + "|" + tasks + "|" + rss + "|" + cpu + "|" + in + "|" + out +
           "|||" + id + "\n";
  }
};

TEST_F(SacctTest, TakesEveryColumnForWhatItMeans) {
  const auto jobs = read(kHeader + Line{.comment = "x foreshape=1a2b3c4d5e6f7081"}.text());
  ASSERT_EQ(jobs.size(), 1U);
  const JobRecord& job = jobs[0];
  EXPECT_EQ(job.job_id, 77U);
  EXPECT_EQ(job.job_id_text, "77");
  EXPECT_EQ(job.cluster, "lab");
  EXPECT_EQ(job.user, "carol");
  EXPECT_EQ(job.account, "chem");
  EXPECT_EQ(job.token, 0x1a2b3c4d5e6f7081U);
  EXPECT_EQ(job.request.uid, 1003U);
  EXPECT_EQ(job.request.submit_s, 1795168800);
  EXPECT_EQ(job.usage.start_s, 1795168805);
  EXPECT_EQ(job.usage.end_s, 1795168905);
  EXPECT_EQ(job.usage.run_s, 100);
  EXPECT_EQ(job.usage.state, JobState::completed);
  EXPECT_EQ(job.request.limit_s, 3'600);
  EXPECT_EQ(job.request.cpus, 4U);
  EXPECT_EQ(job.request.nodes, 2U);
  EXPECT_EQ(job.request.memory_per_node_bytes, 4096 * kMiB);
  EXPECT_EQ(job.allocated_cpus, 4U);
  EXPECT_EQ(job.request.name, folded_name_hash("relax"));
  EXPECT_FALSE(job.request.interactive);
  EXPECT_TRUE(bad_.empty());
}

TEST_F(SacctTest, MergesStepsWithoutCountingAnythingTwice) {
  // 100 s on 4 cpus. srun's tasks are in step 0, not in the batch step; the job's own line repeats the sum.
  const auto jobs =
      read(kHeader + Line{.cpu = "03:20.500"}.text() +
           Step{.rss = "20000K", .cpu = "00:10.500", .in = "fs/disk=1000", .out = "fs/disk=10"}.text() +
           Step{.id = "77.extern",
                .nodes = "2",
                .tasks = "2",
                .rss = "900000K",
                .cpu = "00:00.000",
                .in = "fs/disk=5",
                .out = "fs/disk=5"}
               .text() +
           Step{.id = "77.0",
                .nodes = "2",
                .tasks = "5",
                .rss = "300M",
                .cpu = "03:10.000",
                .in = "fs/disk=2000",
                .out = "fs/disk=20"}
               .text());
  ASSERT_EQ(jobs.size(), 1U);
  const JobUsage& used = jobs[0].usage;
  EXPECT_EQ(used.peak_memory_bytes, 3 * 300 * kMiB) << "5 tasks on 2 nodes: 3 on the fuller one";
  EXPECT_EQ(used.read_bytes, 3000);
  EXPECT_EQ(used.written_bytes, 30);
  EXPECT_NEAR(used.cpu_efficiency.value(), 200.5 / 400, 1e-6);
}

TEST_F(SacctTest, TellsNeverSampledFromZero) {
  const auto jobs =
      read(kHeader + Line{.elapsed = "1"}.text() + Step{}.text() +
           Step{.id = "77.extern", .rss = "88K", .in = "fs/disk=2012", .out = "fs/disk=1"}.text());
  ASSERT_EQ(jobs.size(), 1U);
  EXPECT_FALSE(jobs[0].usage.peak_memory_bytes) << "the extern step is no evidence of what the script used";
  EXPECT_FALSE(jobs[0].usage.read_bytes);
  EXPECT_EQ(jobs[0].usage.cpu_efficiency, 0.0F) << "cpu time is taken at the end, not sampled";

  const auto sampled =
      read(kHeader + Line{}.text() + Step{.rss = "1M", .in = "fs/disk=0", .out = "fs/disk=0"}.text());
  EXPECT_EQ(sampled.at(0).usage.read_bytes, 0) << "sampled: it read nothing";

  const auto bare = read(kHeader + Line{}.text());
  EXPECT_FALSE(bare.at(0).usage.cpu_efficiency) << "sacct -X: no steps, nothing known";
}

TEST_F(SacctTest, FallsBackToAveragesAndToTheJobsOwnCpuTime) {
  const auto jobs = read(
      "JobIDRaw|UID|State|Submit|Start|End|Elapsed|NCPUS|NTasks|MaxRSS|AveDiskRead|AveDiskWrite|TotalCPU|"
      "JobID\n"
      "5|7|COMPLETED|1700000000|1700000010|1700000020|00:00:10|1|||||00:05.000|5\n"
      "6|7|COMPLETED|1700000000|1700000010|1700000020|00:00:10|1|||||00:05.000|6\n"
      "6.0|7|COMPLETED|1700000000|1700000010|1700000020|00:00:10|1|4|2M|1.50M|1K|00:06.000|6.0\n");
  ASSERT_EQ(jobs.size(), 2U);
  EXPECT_FLOAT_EQ(jobs[0].usage.cpu_efficiency.value(), 0.5F);
  EXPECT_FLOAT_EQ(jobs[1].usage.cpu_efficiency.value(), 0.6F);
  EXPECT_EQ(jobs[1].usage.read_bytes, 4 * 1536 * kKiB);
  EXPECT_EQ(jobs[1].usage.written_bytes, 4 * kKiB);
  EXPECT_EQ(jobs[1].usage.peak_memory_bytes, 8 * kMiB);
  EXPECT_TRUE(jobs[1].request.interactive) << "steps, but no batch step";
  EXPECT_EQ(jobs[0].user, "7") << "no name known";
}

TEST_F(SacctTest, KeepsArrayTasksAndHetComponentsApart) {
  const auto jobs =
      read(kHeader + Line{.id = "80_1", .raw = "81"}.text() + Step{.id = "81.batch", .rss = "1M"}.text() +
           Line{.id = "80_2", .raw = "80"}.text() + Step{.id = "80.batch", .rss = "2M"}.text() +
           Line{.id = "90+0", .raw = "90"}.text() + Step{.id = "90.0", .rss = "3M"}.text() +
           Line{.id = "90+1", .raw = "91"}.text() + Step{.id = "91.0", .rss = "4M"}.text() +
           Line{.id = "95_[1-10%2]",
                .raw = "95",
                .state = "PENDING",
                .start = "Unknown",
                .end = "Unknown",
                .elapsed = "0"}
               .text());
  ASSERT_EQ(jobs.size(), 5U);
  const JobId ids[] = {81, 80, 90, 91, 95};
  const char* texts[] = {"80_1", "80_2", "90+0", "90+1", "95_[1-10%2]"};
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(jobs[i].job_id, ids[i]);
    EXPECT_EQ(jobs[i].job_id_text, texts[i]);
    if (i < 4) {
      EXPECT_EQ(jobs[i].usage.peak_memory_bytes, static_cast<std::int64_t>(i + 1) * kMiB);
    }
  }
  EXPECT_EQ(jobs[0].request.array_tasks, 1U);
  EXPECT_EQ(jobs[2].request.array_tasks, 0U);
  EXPECT_EQ(jobs[4].request.array_tasks, 10U);
  EXPECT_EQ(jobs[4].usage.start_s, 0);
  EXPECT_EQ(jobs[4].allocated_cpus, 0U) << "what it asks for is not what it has";
}

TEST_F(SacctTest, MakesOneJobOfARequeuedOneWhicheverRunComesFirst) {
  const std::string first = Line{.state = "NODE_FAIL", .elapsed = "40"}.text() + Step{.rss = "900M"}.text();
  const std::string second =
      Line{.submit = "2026-11-20T10:02:00", .elapsed = "100"}.text() + Step{.rss = "5M"}.text();
  for (const auto& text : {first + second, second + first}) {
    const auto jobs = read(kHeader + text);
    ASSERT_EQ(jobs.size(), 1U);
    EXPECT_EQ(jobs[0].requeues, 1U);
    EXPECT_EQ(jobs[0].usage.run_s, 100);
    EXPECT_EQ(jobs[0].usage.state, JobState::completed);
    EXPECT_EQ(jobs[0].usage.peak_memory_bytes, 5 * kMiB) << "of the last run only";
    EXPECT_TRUE(bad_.empty());
  }
  // Ids that start over are other jobs.
  EXPECT_EQ(read(kHeader + Line{}.text() + Line{.submit = "2027-11-20T10:02:00"}.text()).size(), 2U);
  // Whoever has a finished job run again has two measurements. All cases: tests/sql/requeue_test.cpp.
  const Line tagged{.comment = "foreshape=0000000000000abc"};
  Line again = tagged;
  again.submit = "2026-11-20T12:00:00";
  EXPECT_EQ(read(kHeader + tagged.text() + again.text()).size(), 2U);
}

TEST_F(SacctTest, RecognisesAKillForMemoryThatSlurmCallsFailed) {
  const struct {
    const char* why;
    std::string job_state, step_state, rss;
    JobState want;
  } cases[] = {
      {"OverMemoryKill", "FAILED", "CANCELLED", "4200M", JobState::out_of_memory},
      {"a step cancelled by its user", "FAILED", "CANCELLED", "100M", JobState::failed},
      {"failed by itself, large", "FAILED", "FAILED", "4200M", JobState::failed},
      {"the cgroup's word", "FAILED", "OUT_OF_MEMORY", "100M", JobState::out_of_memory},
      {"the job survived its step", "COMPLETED", "OUT_OF_MEMORY", "100M", JobState::completed},
      {"cancelled as a whole", "CANCELLED by 0", "CANCELLED", "4200M", JobState::cancelled},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    const auto jobs =
        read(kHeader + Line{.state = c.job_state}.text() + Step{.state = c.step_state, .rss = c.rss}.text());
    EXPECT_EQ(jobs.at(0).usage.state, c.want);
  }
}

TEST_F(SacctTest, KnowsAJobThatNeverStarted) {
  Line never{.state = "CANCELLED by 1003", .elapsed = "0"};
  std::string text = never.text();  // AllocTRES stands after NNodes
  const std::string allocated = "|2|" + never.requested + "|||";
  text.replace(text.find(allocated), allocated.size(), "|2||||");
  const auto jobs = read(kHeader + text);
  ASSERT_EQ(jobs.size(), 1U);
  EXPECT_EQ(jobs[0].usage.start_s, 0);
  EXPECT_NE(jobs[0].usage.end_s, 0);
  EXPECT_EQ(jobs[0].allocated_cpus, 0U);
}

TEST_F(SacctTest, BelievesTheSubmitLineMoreThanTheSteps) {
  const auto jobs = read(kHeader + Line{.id = "90+1", .raw = "91"}.text() + Step{.id = "91.0"}.text() +
                         Line{.id = "5", .raw = "5", .submit_line = "/usr/bin/salloc -n1"}.text());
  ASSERT_EQ(jobs.size(), 2U);
  EXPECT_FALSE(jobs[0].request.interactive) << "a het component beside the one with the batch step";
  EXPECT_TRUE(jobs[1].request.interactive);
}

TEST_F(SacctTest, SaysWhatIsWrongWithALineAndGoesOn) {
  const struct {
    const char* why;
    std::string line, field;
  } cases[] = {
      {"too few fields", "1|2|3\n", "line"},
      {"job id", Line{.id = "x\x1B[2J"}.text(), "JobID"},
      {"submit", Line{.submit = "yesterday"}.text(), "Submit"},
      {"no submit", Line{.submit = "Unknown"}.text(), "Submit"},
      {"uid", Line{.uid = "root"}.text(), "UID"},
      {"raw id missing in an array", Line{.id = "5_1", .raw = ""}.text(), "JobIDRaw"},
      {"a step of nobody", Step{.id = "555.0"}.text(), "JobID"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    const auto jobs =
        read(kHeader + Line{.id = "1", .raw = "1"}.text() + c.line + Line{.id = "2", .raw = "2"}.text());
    EXPECT_EQ(jobs.size(), 2U);
    ASSERT_EQ(bad_.size(), 1U);
    EXPECT_EQ(bad_[0].line, 3U);
    EXPECT_EQ(bad_[0].field, c.field);
    EXPECT_EQ(bad_[0].text("dump").find('\x1B'), std::string::npos);
  }
}

TEST_F(SacctTest, LeavesOutAFieldThatItCannotReadAndKeepsTheRest) {
  const struct {
    const char* why;
    std::string lines, field;
    std::uint64_t line;
    std::size_t fields = 1;
  } cases[] = {
      {"state", Line{.state = "HAPPY"}.text(), "State", 2},
      {"memory of no known unit", Line{.memory = "16?"}.text(), "ReqMem", 2},
      {"start", Line{.start = "noon"}.text(), "Start", 2},
      {"end", Line{.end = "2026-13-20T10:00:00"}.text(), "End", 2},
      {"elapsed", Line{.elapsed = "1Me"}.text(), "ElapsedRaw", 2},
      {"cpus, requested and allocated", Line{.cpus = "n[1-2]"}.text(), "ReqCPUS", 2, 2},
      {"nodes in the request", Line{.requested = "cpu=4,node=?"}.text(), "ReqTRES", 2},
      {"nodes", Line{.nodes = "n[1-2]"}.text(), "NNodes", 2},
      {"cpu time", Line{.cpu = "?"}.text(), "TotalCPU", 2},
      {"a step's memory", Line{}.text() + Step{.rss = "17592186044416M"}.text(), "MaxRSS", 3},
      {"a step's tasks", Line{}.text() + Step{.tasks = "many"}.text(), "NTasks", 3},
      {"a step's state", Line{}.text() + Step{.state = "??"}.text(), "State", 3},
      {"more cpu time than there was", Line{.cpu = "10:00:00"}.text(), "TotalCPU", 2},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    const auto jobs = read(kHeader + c.lines + Line{.id = "2", .raw = "2"}.text());
    ASSERT_EQ(jobs.size(), 2U);
    EXPECT_EQ(jobs[0].job_id, 77U);
    EXPECT_EQ(jobs[0].user, "carol");
    EXPECT_EQ(jobs[0].request.limit_s, 3'600) << "the rest of the row stays";
    ASSERT_EQ(bad_.size(), c.fields);
    EXPECT_TRUE(bad_[0].kept);
    EXPECT_EQ(bad_[0].line, c.line);
    EXPECT_EQ(bad_[0].field, c.field);
  }
}

TEST_F(SacctTest, KeepsAStepsCpuTimeWhereItsMemoryCannotBeRead) {
  const auto jobs = read(kHeader + Line{}.text() + Step{.rss = "1M", .cpu = "01:40.000"}.text() +
                         Step{.id = "77.0", .rss = "16?", .cpu = "03:20.000"}.text());
  ASSERT_EQ(jobs.size(), 1U);
  EXPECT_FLOAT_EQ(jobs[0].usage.cpu_efficiency.value(), 0.75F);
  EXPECT_EQ(jobs[0].usage.peak_memory_bytes, kMiB);
}

TEST_F(SacctTest, LeavesOutMoreCpuTimeThanThereWas) {
  const auto jobs = read(kHeader + Line{.cpu = "1-16:59:47"}.text() + Step{.cpu = "1-16:59:47"}.text());
  ASSERT_EQ(jobs.size(), 1U);
  EXPECT_FALSE(jobs[0].usage.cpu_efficiency);
}

TEST_F(SacctTest, TakesNoLaterHetComponentForInteractive) {
  const auto jobs =
      read(kHeader + Line{.id = "90+0", .raw = "90", .submit_line = ""}.text() +
           Step{.id = "90.batch"}.text() + Step{.id = "90.0"}.text() +
           Line{.id = "90+1", .raw = "91", .submit_line = ""}.text() + Step{.id = "91.0"}.text());
  ASSERT_EQ(jobs.size(), 2U);
  EXPECT_FALSE(jobs[0].request.interactive);
  EXPECT_FALSE(jobs[1].request.interactive);
}

TEST_F(SacctTest, ReadsTheHourThatComesTwiceByTheRunTime) {
  ::setenv("TZ", "Europe/Berlin", 1);
  ::tzset();
  // 2026-10-25: 02:00 to 03:00 comes twice, first at 00:00 UTC. A run of an hour and 100 s looks like 100 s.
  const auto jobs = read(kHeader + Line{.submit = "2026-10-25T02:10:00",
                                        .start = "2026-10-25T02:10:00",
                                        .end = "2026-10-25T02:11:40",
                                        .elapsed = "3700"}
                                       .text(),
                         {});
  ::unsetenv("TZ");
  ::tzset();
  ASSERT_EQ(jobs.size(), 1U);
  EXPECT_EQ(jobs[0].usage.end_s - jobs[0].usage.start_s, 3'700);
  EXPECT_EQ(jobs[0].usage.start_s, 1792887000) << "00:10 UTC, the first of the two";
  EXPECT_LE(jobs[0].request.submit_s, jobs[0].usage.start_s);
}

TEST_F(SacctTest, KeepsTheStepsOfABadLineFromTheJobBefore) {
  const auto jobs =
      read(kHeader + Line{}.text() + Step{.rss = "1M"}.text() +
           Line{.id = "78", .raw = "78", .submit = "??"}.text() + Step{.id = "78.batch", .rss = "9G"}.text());
  ASSERT_EQ(jobs.size(), 1U);
  EXPECT_EQ(jobs[0].usage.peak_memory_bytes, kMiB);
  EXPECT_EQ(bad_.size(), 1U) << "the job's line; its steps go with it";
}

TEST_F(SacctTest, NamesTheColumnThatAHeaderLacks) {
  EXPECT_TRUE(read("JobID|State|Submit\n1|COMPLETED|2026-11-20T10:00:00\n").empty());
  EXPECT_NE(error_.find("UID"), std::string::npos) << error_;
}

TEST_F(SacctTest, LetsNoJobNameForgeALine) {
  // A delimiter belongs to the name where the submit line says so, and to nobody where nothing does.
  EXPECT_EQ(
      read(kHeader + Line{.submit_line = "sbatch -J a|b|c relax.sh", .name = "a|b|c"}.text()).at(0).name,
      "a|b|c");
  EXPECT_EQ(read(kHeader + Line{.name = "a|b|c"}.text()).at(0).name, "");
  EXPECT_EQ(bad_.size(), 1U);
  EXPECT_TRUE(bad_.at(0).kept);
  EXPECT_EQ(read(kHeader + Line{.name = "JobID"}.text()).at(0).name, "JobID") << "is no header";

  // With a delimiter of our own choice even a name with line feeds is whole.
  std::string text = kHeader + Line{.name = "@"}.text();
  const std::string delimiter =
      "\x1f"
      "4711"
      "\x1f";
  for (std::size_t at = 0; (at = text.find('|', at)) != std::string::npos;) text.replace(at, 1, delimiter);
  text.replace(text.find('@'), 1, "x\n99|99|lab|root|0|chem|main|normal|COMPLETED|||||");
  const auto jobs = read(text, {.delimiter = delimiter, .utc = true, .cluster = "lab"});
  ASSERT_EQ(jobs.size(), 1U);
  EXPECT_EQ(jobs[0].job_id, 77U);
}

class SacctTraces : public testing::Test {
 protected:
  void SetUp() override {
    const char* directory = std::getenv("FORESHAPE_TRACES");
    traces_ = directory != nullptr ? directory : FORESHAPE_DEFAULT_TRACES;
    if (!std::filesystem::exists(traces_)) GTEST_SKIP() << "no traces in " << traces_;
  }
  std::string traces_;
};

TEST_F(SacctTraces, OfTwoRealClustersAreReadWhole) {
  const struct {
    const char* file;
    const char* cluster;
    std::uint64_t jobs;
  } cases[] = {{"xdmod-pozidriv.sacct.gz", "pozidriv", 11'704},
               {"xdmod-phillips.sacct.gz", "phillips", 4'285}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.file);
    std::string first_bad;
    auto reader = SacctReader::open(traces_ + "/" + c.file, {}, [&](const BadLine& b) {
      if (first_bad.empty()) first_bad = b.text(c.file);
    });
    ASSERT_TRUE(reader);
    std::map<JobState, int> states;
    std::uint64_t jobs = 0;
    while (true) {
      const auto job = reader->next();
      ASSERT_TRUE(job) << job.error().message;
      if (!*job) break;
      ++jobs;
      ++states[(*job)->usage.state];
      EXPECT_EQ((*job)->cluster, c.cluster);
      EXPECT_GT((*job)->request.submit_s, 1'450'000'000);
      EXPECT_FALSE((*job)->usage.peak_memory_bytes);
      if ((*job)->request.memory_per_node_bytes) {
        EXPECT_LT(*(*job)->request.memory_per_node_bytes, std::int64_t{1} << 43)
            << "8 TiB a node: the flag bit is off";
      }
    }
    EXPECT_EQ(jobs + reader->bad_lines(), c.jobs) << first_bad;
    EXPECT_EQ(reader->bad_lines(), 0U) << first_bad;
    EXPECT_GT(states[JobState::completed], 0);
    EXPECT_GT(states[JobState::cancelled], 0);
  }
}

}  // namespace
}  // namespace foreshape
