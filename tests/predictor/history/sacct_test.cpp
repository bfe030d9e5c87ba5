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
    folder_ = ::mkdtemp(name.data());
  }
  ~SacctTest() override { std::filesystem::remove_all(folder_); }

  std::vector<JobRecord> read(const std::string& text,
                              SacctOptions options = {.utc = true, .cluster = "lab"}) {
    std::ofstream(folder_ + "/dump", std::ios::binary) << text;
    bad_.clear();
    auto reader =
        SacctReader::open(folder_ + "/dump", options, [this](const BadLine& b) { bad_.push_back(b); });
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

  std::string folder_, error_;
  std::vector<BadLine> bad_;
};

/// A job's line under kHeader.
struct Line {
  std::string id = "77", raw = "77", user = "carol", uid = "1003", state = "COMPLETED";
  std::string submit = "2026-11-20T10:00:00", start = "2026-11-20T10:00:05", end = "2026-11-20T10:01:45";
  std::string elapsed = "100", cpus = "4", memory = "8G", asked = "billing=4,cpu=4,mem=8G,node=2",
              nodes = "2";
  std::string cpu = "00:00.000", comment = "", submit_line = "sbatch relax.sh", name = "relax";

  std::string text() const {
    return id + "|" + raw + "|lab|" + user + "|" + uid + "|chem|main|normal|" + state + "|" + submit + "|" +
           start + "|" + end + "|" + elapsed + "|60|" + cpus + "|" + memory + "|" + asked + "|" + cpus + "|" +
           nodes + "|" + asked + "|||" + cpu + "|||" + comment + "|" + submit_line + "|" + name + "\n";
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
  // A token says that it is the same whatever the state.
  const Line tagged{.comment = "foreshape=0000000000000abc"};
  Line again = tagged;
  again.submit = "2026-11-20T12:00:00";
  EXPECT_EQ(read(kHeader + tagged.text() + again.text()).size(), 1U);
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
  const std::string allocated = "|2|" + never.asked + "|||";
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
      {"state", Line{.state = "HAPPY"}.text(), "State"},
      {"submit", Line{.submit = "yesterday"}.text(), "Submit"},
      {"no submit", Line{.submit = "Unknown"}.text(), "Submit"},
      {"uid", Line{.uid = "root"}.text(), "UID"},
      {"memory", Line{.memory = "lots"}.text(), "ReqMem"},
      {"raw id missing in an array", Line{.id = "5_1", .raw = ""}.text(), "JobIDRaw"},
      {"a step of nobody", Step{.id = "555.0"}.text(), "JobID"},
      {"a step's size", Step{.id = "1.0", .rss = "x"}.text(), "MaxRSS"},
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

TEST_F(SacctTest, KeepsTheStepsOfABadLineFromTheJobBefore) {
  const auto jobs =
      read(kHeader + Line{}.text() + Step{.rss = "1M"}.text() +
           Line{.id = "78", .raw = "78", .state = "??"}.text() + Step{.id = "78.batch", .rss = "9G"}.text());
  ASSERT_EQ(jobs.size(), 1U);
  EXPECT_EQ(jobs[0].usage.peak_memory_bytes, kMiB);
  EXPECT_EQ(bad_.size(), 1U) << "the job's line; its steps go with it";
}

TEST_F(SacctTest, NamesTheColumnThatAHeaderLacks) {
  EXPECT_TRUE(read("JobID|State|Submit\n1|COMPLETED|2026-11-20T10:00:00\n").empty());
  EXPECT_NE(error_.find("UID"), std::string::npos) << error_;
}

TEST_F(SacctTest, LetsNoJobNameForgeALine) {
  // A delimiter in the last column belongs to the name.
  EXPECT_EQ(read(kHeader + Line{.name = "a|b|c"}.text()).at(0).name, "a|b|c");
  EXPECT_EQ(read(kHeader + Line{.name = "JobID"}.text()).at(0).name, "JobID") << "is no header";

  // With a delimiter of our own choice even a name with line feeds is whole.
  std::string text = kHeader + Line{.name = "@"}.text();
  const std::string delimiter =
      "\x1f"
      "4711"
      "\x1f";
  for (std::size_t at = 0; (at = text.find('|', at)) != std::string::npos;) text.replace(at, 1, delimiter);
  text.replace(text.find('@'), 1, "x\n99|99|lab|root|0|chem|main|normal|COMPLETED|||||");
  const auto jobs =
      read(text, {.delimiter = delimiter, .lines_may_continue = true, .utc = true, .cluster = "lab"});
  ASSERT_EQ(jobs.size(), 1U);
  EXPECT_EQ(jobs[0].job_id, 77U);
}

class SacctTraces : public testing::Test {
 protected:
  void SetUp() override {
    const char* folder = std::getenv("FORESHAPE_TRACES");
    traces_ = folder != nullptr ? folder : FORESHAPE_DEFAULT_TRACES;
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
