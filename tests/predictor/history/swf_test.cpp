// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/history/swf.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

#include "predictor/history/bad_rows.h"

namespace foreshape {
namespace {

class SwfTest : public testing::Test {
 protected:
  SwfTest() {
    std::string name = testing::TempDir() + "foreshape_swf_XXXXXX";
    path_ = ::mkdtemp(name.data());
  }
  ~SwfTest() override { std::filesystem::remove_all(path_); }

  /// Reads a trace of these lines; the jobs come back, bad lines go to bad_.
  std::vector<JobRecord> read(const std::string& text) {
    std::ofstream(path_ + "/t.swf") << text;
    auto reader = SwfReader::open(path_ + "/t.swf", [this](const BadLine& b) { bad_.push_back(b); });
    std::vector<JobRecord> jobs;
    while (auto job = reader->next().value()) jobs.push_back(*job);
    header_ = reader->header();
    EXPECT_EQ(reader->bad_lines() + reader->bad_fields(), bad_.size());
    return jobs;
  }

  std::string path_;
  std::vector<BadLine> bad_;
  SwfHeader header_;
};

TEST_F(SwfTest, TakesEveryColumnForWhatItMeans) {
  const auto jobs = read(
      "; Computer: IBM SP2\n"
      ";  MaxNodes: 4 (batch; 8 total)\n"
      "; MaxProcs: 32\n"
      "; UnixStartTime: 1000000\n"
      "\n"
      "  7 100 20 50 16 25.5 1024 12 3600 2048 1 97 5 307 3 2 -1 -1\r\n");
  ASSERT_EQ(jobs.size(), 1U);
  const JobRecord& job = jobs[0];
  EXPECT_EQ(header_.computer, "IBM SP2");
  EXPECT_EQ(header_.max_nodes, 4);
  EXPECT_EQ(header_.max_procs, 32);
  EXPECT_EQ(job.job_id, 7U);
  EXPECT_EQ(job.request.submit_s, 1000100);
  EXPECT_EQ(job.usage.start_s, 1000120);
  EXPECT_EQ(job.usage.end_s, 1000170);
  EXPECT_EQ(job.usage.run_s, 50);
  EXPECT_EQ(job.usage.state, JobState::completed);
  EXPECT_EQ(job.allocated_cpus, 16U);
  EXPECT_EQ(job.request.cpus, 12U);
  EXPECT_EQ(job.request.limit_s, 3600);
  EXPECT_EQ(job.request.uid, 97U);
  EXPECT_EQ(job.account, "5");
  EXPECT_EQ(job.name, "307");
  EXPECT_EQ(job.partition, "3");
  EXPECT_EQ(job.request.name, text_hash("307"));
  EXPECT_NE(job.request.name, folded_name_hash("308"));
  // 8 processors share a node.
  EXPECT_EQ(job.request.memory_per_node_bytes, 8LL * 2048 * 1024);
  EXPECT_EQ(job.usage.peak_memory_bytes, 8LL * 1024 * 1024);
  EXPECT_FLOAT_EQ(*job.usage.cpu_efficiency, 0.51F);
}

TEST_F(SwfTest, KeepsARowWithMoreColumnsThanItKnows) {
  const auto jobs = read(
      "1 0 0 5 1 -1 -1 1 10 -1 1 1 1 1 1 1 -1 -1 19 twenty\n"
      "2 9 0 5 1 -1 -1 1 10 -1 1 1 1 1 1 1 -1 7 19\n"
      "3 9 0 5 1 -1 -1 1 10 -1 1 1 1 1 1 1 -1 -1 \n");
  ASSERT_EQ(jobs.size(), 3U);
  EXPECT_EQ(jobs[0].request.limit_s, 10);
  ASSERT_EQ(bad_.size(), 2U) << "each is counted";
  BadRows rows;
  for (const BadLine& bad : bad_) rows.note(bad, "t.swf");
  EXPECT_EQ(
      rows.report("p", "t.swf"),
      "p: t.swf:1: field 'columns': more than 18: what is behind them is not read; taken as unknown, the "
      "rest of the line is kept\n"
      "p: more lines like these are only counted\n"
      "p: t.swf: 0 lines not understood, 2 fields left out (columns 2)\n")
      << "it is said once";
}

TEST_F(SwfTest, LeavesOutMoreCpuTimeThanTheProcessorsHad) {
  const struct {
    const char* run;
    const char* cpu;
    std::optional<float> want;
  } cases[] = {{"300", "99900", {}}, {"300", "330", {}}, {"300", "316", 1.05F}, {"300", "310", 310 / 300.0F},
               {"1", "2", 1.05F},    {"1", "3", {}},     {"0", "5", {}}};
  for (const auto& c : cases) {
    SCOPED_TRACE(std::string(c.cpu) + " of " + c.run);
    bad_.clear();
    const auto jobs =
        read(std::string("1 0 0 ") + c.run + " 8 " + c.cpu + " -1 8 600 -1 1 1 1 1 1 1 -1 -1\n");
    ASSERT_EQ(jobs.size(), 1U);
    EXPECT_EQ(jobs[0].usage.cpu_efficiency, c.want);
    if (std::string(c.run) == "0") continue;  // says nothing of the processors
    ASSERT_EQ(bad_.size(), c.want ? 0U : 1U);
    if (c.want) continue;
    EXPECT_EQ(bad_[0].text("t"), std::string("t:1: field 'cpu time': ") + c.cpu +
                                     ": more cpu time than the job's cpus had; taken as unknown, the rest of "
                                     "the line is kept");
  }
}

TEST_F(SwfTest, TakesMinusOneForUnknown) {
  const auto jobs = read("1 0 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 2 -1 -1\n");
  ASSERT_EQ(jobs.size(), 1U);
  const JobRecord& job = jobs[0];
  EXPECT_EQ(job.request.uid, kUnknownUser);
  EXPECT_EQ(job.user, "");
  EXPECT_EQ(job.name, "");
  EXPECT_EQ(job.request.name, 0U);
  EXPECT_EQ(job.partition, "2");
  EXPECT_FALSE(job.request.cpus || job.request.limit_s || job.request.memory_per_node_bytes);
  EXPECT_EQ(job.usage.end_s, 0);
  EXPECT_EQ(job.usage.state, JobState::unknown);
  EXPECT_FALSE(header_.max_procs);
}

TEST_F(SwfTest, SaysWhatIsWrongWithALineAndGoesOn) {
  const std::string good = "1 0 0 5 1 -1 -1 1 10 -1 1 1 1 1 1 1 -1 -1\n";
  const struct {
    const char* why;
    std::string line, field;
  } cases[] = {
      {"too few columns", "1 2 3", "line"},
      {"no job number", "nan 0 0 5 1 -1 -1 1 10 -1 1 1 1 1 1 1 -1 -1", "job number"},
      {"no user", "1 0 0 5 1 -1 -1 1 10 -1 1 x 1 1 1 1 -1 -1", "user"},
      {"no submission", "1 -1 0 5 1 -1 -1 1 10 -1 1 1 1 1 1 1 -1 -1", "submit time"},
      {"a part of a job", "1 0 0 5 1 -1 -1 1 10 -1 3 1 1 1 1 1 -1 -1", "status"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    bad_.clear();
    std::string text = good;
    text += c.line;
    text += "\n";
    text += good;
    EXPECT_EQ(read(text).size(), 2U);
    ASSERT_EQ(bad_.size(), 1U);
    EXPECT_EQ(bad_[0].line, 2U);
    EXPECT_EQ(bad_[0].field, c.field);
    EXPECT_EQ(bad_[0].text("t.swf").find('\x1B'), std::string::npos);
  }
}

TEST_F(SwfTest, LeavesOutAFieldThatItCannotReadAndKeepsTheRest) {
  const struct {
    const char* why;
    std::string line, field;
  } cases[] = {
      {"not a number", "1 0 0 x\x1B[2J 1 -1 -1 1 10 -1 1 1 1 1 1 1 -1 -1", "run time"},
      {"infinite", "1 0 0 inf 1 -1 -1 1 10 -1 1 1 1 1 1 1 -1 -1", "run time"},
      {"huge", "1 0 0 99999999999 1 -1 -1 1 10 -1 1 1 1 1 1 1 -1 -1", "run time"},
      {"a processor count that wraps", "1 0 0 5 4294967297 -1 -1 1 10 -1 1 1 1 1 1 1 -1 -1",
       "allocated processors"},
      {"think time", "1 0 0 5 1 -1 -1 1 10 -1 1 1 1 1 1 1 -1 soon", "think time"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    bad_.clear();
    const auto jobs = read(c.line + "\n");
    ASSERT_EQ(jobs.size(), 1U);
    EXPECT_EQ(jobs[0].request.uid, 1U);
    EXPECT_EQ(jobs[0].request.limit_s, 10);
    ASSERT_EQ(bad_.size(), 1U);
    EXPECT_TRUE(bad_[0].kept);
    EXPECT_EQ(bad_[0].field, c.field);
    EXPECT_EQ(bad_[0].text("t.swf").find('\x1B'), std::string::npos);
  }
}

TEST_F(SwfTest, ReadsAHeadersNumberWithCommas) {
  read("; MaxProcs: 1,152\n; MaxNodes: 1,152 (all)\n");
  EXPECT_EQ(header_.max_procs, 1'152);
  EXPECT_EQ(header_.max_nodes, 1'152);
}

TEST(SwfTraces, AreReadWhole) {
  const char* directory = std::getenv("FORESHAPE_TRACES");
  const std::string traces = directory != nullptr ? directory : FORESHAPE_DEFAULT_TRACES;
  if (!std::filesystem::exists(traces)) GTEST_SKIP() << "no traces in " << traces;
  const struct {
    const char* file;
    std::uint64_t jobs;
    std::int64_t procs;
  } cases[] = {
      {"KTH-SP2-1996-2.swf.gz", 28'489, 100},
      {"CTC-SP2-1996-3.1-cln.swf.gz", 77'222, 338},
      {"HPC2N-2002-2.2-cln.swf.gz", 202'871, 240},
      {"CEA-Curie-2011-derived.swf.gz", 295'540, 80'640},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.file);
    auto reader = SwfReader::open(traces + "/" + c.file);
    ASSERT_TRUE(reader);
    std::uint64_t jobs = 0;
    while (true) {
      const auto job = reader->next();
      ASSERT_TRUE(job) << job.error().message;
      if (!*job) break;
      ++jobs;
    }
    EXPECT_EQ(jobs, c.jobs);
    EXPECT_EQ(reader->bad_lines(), 0U);
    EXPECT_EQ(reader->header().max_procs, c.procs);
  }
}

}  // namespace
}  // namespace foreshape
