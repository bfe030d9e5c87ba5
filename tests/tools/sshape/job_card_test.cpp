// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/sshape/job_card.h"

#include <cstdlib>
#include <ctime>
#include <gtest/gtest.h>
#include <sstream>

#include "tests/tools/sshape/sample_job.h"

namespace foreshape {
namespace {

class JobCard : public testing::Test {
 protected:
  void SetUp() override {
    ::setenv("TZ", "UTC", 1);
    ::tzset();
  }
};

/// Twenty measured jobs like the sample.
NameSummary alike() {
  NameSummary jobs;
  jobs.user = "alice";
  jobs.name = "relax";
  jobs.jobs = jobs.measured = jobs.memory_measured = 20;
  jobs.requested_limit_s = 86'400;
  jobs.requested_memory_bytes = 64LL << 30;
  jobs.longest_run_s = 2'400;
  jobs.largest_memory_bytes = 5LL << 30;
  return jobs;
}

TEST_F(JobCard, SaysWhatWasRequestedUsedAndWhatToRequestNext) {
  const NameSummary jobs = alike();
  EXPECT_EQ(job_card(sample_job(), &jobs, std::nullopt),
            "Job 4710_1 'relax' of alice, COMPLETED\n"
            "Account physics, partition main, QOS normal\n"
            "Submitted 2026-11-21T22:26:40, waited 00:01:00, ended 2026-11-21T23:06:01\n"
            "\n"
            "                Requested   Predicted     Planned        Used  Efficiency\n"
            "Run time       1-00:00:00    00:35:00    00:48:20    00:38:21        2.7%\n"
            "CPUs                    8                                 6.0       75.5%\n"
            "Memory                64G          4G          5G       4.50G        7.0%\n"
            "GPUs                    2                        not measured\n"
            "\n"
            "Next time:\n"
            "# 20 jobs 'relax' of alice\n"
            "# used at most 00:40:00 and 5G a node\n"
            "# requested 1-00:00:00 and 64G a node\n"
            "#SBATCH --time=00:50:00\n"
            "#SBATCH --mem=6G\n");
}

TEST_F(JobCard, SaysWhyItHasNoAdvice) {
  NameSummary jobs = alike();
  jobs.requested_limit_s = 3'600;
  jobs.requested_memory_bytes = 8LL << 30;
  const auto ends_with = [&](const char* end) {
    const std::string card = job_card(sample_job(), &jobs, std::nullopt);
    EXPECT_TRUE(card.ends_with(end)) << card;
  };
  ends_with("\nNext time: the request can stay, by 20 measured jobs 'relax'.\n");
  jobs.measured = jobs.memory_measured = 4;
  ends_with("\nNext time: 4 measured jobs 'relax' are too few to say; 5 are enough.\n");
}

TEST_F(JobCard, SaysHowToFollowAJobThatHasNotEnded) {
  ReportedJob job = sample_job();
  job.end_s = 0;
  job.state = "RUNNING";
  job.requested_gpus.reset();
  job.peak_memory_bytes.reset();
  std::string card = job_card(job, nullptr, std::nullopt);
  EXPECT_NE(card.find("Until then: sstat -j 4710_1\n"), card.npos) << card;
  EXPECT_EQ(card.find("not measured"), card.npos) << card;
  EXPECT_EQ(card.find("GPUs"), card.npos) << card;
  job.start_s = 0;
  job.state = "PENDING";
  card = job_card(job, nullptr, std::nullopt);
  EXPECT_NE(card.find("Until then: squeue -j 4710_1\n"), card.npos) << card;
  EXPECT_EQ(card.find("waited"), card.npos) << card;
}

TEST_F(JobCard, SaysOfACancelledJobThatItNeverRan) {
  ReportedJob job = sample_job();
  job.start_s = 0;
  job.run_s = 0;
  job.state = "CANCELLED";
  job.peak_memory_bytes.reset();
  const std::string card = job_card(job, nullptr, std::nullopt);
  EXPECT_NE(card.find("It never ran.\n"), card.npos) << card;
  EXPECT_EQ(card.find("00:00:00\n"), card.npos) << card;
}

TEST_F(JobCard, Fits80ColumnsAndHasNoControlCharactersWhateverTheJobIsCalled) {
  ReportedJob job = sample_job();
  for (std::string* text : {&job.job_id_text, &job.name, &job.user, &job.account, &job.partition, &job.qos})
    *text = "\x1b[31m\r" + std::string(300, 'x');
  job.state = "OUT_OF_MEMORY";
  job.requested_nodes = 4;
  job.start_s = job.submit_s + 40 * 86'400;
  job.requeues = 12;
  NameSummary jobs = alike();
  jobs.name = job.name;
  std::istringstream lines(job_card(job, &jobs, std::nullopt));
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(line.size(), 80U) << line;
    EXPECT_EQ(line.find_first_of("\x1b\r"), line.npos) << line;
  }
}

}  // namespace
}  // namespace foreshape
