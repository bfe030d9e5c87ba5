// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/history/job_file.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <map>

namespace foreshape {
namespace {

class JobFileTest : public testing::Test {
 protected:
  JobFileTest() {
    std::string name = testing::TempDir() + "foreshape_jobs_XXXXXX";
    directory_ = ::mkdtemp(name.data());
  }
  ~JobFileTest() override { std::filesystem::remove_all(directory_); }
  std::string file(const std::string& text) const {
    std::ofstream(directory_ + "/jobs") << text;
    return directory_ + "/jobs";
  }
  std::vector<JobRecord> read(const std::string& path) {
    bad_.clear();
    auto jobs = open_job_file(path, [this](const BadLine& b) { bad_.push_back(b.text("f")); });
    std::vector<JobRecord> all;
    if (!jobs) {
      error_ = jobs.error().message;
      return all;
    }
    while (auto job = (*jobs)->next().value()) all.push_back(*job);
    EXPECT_EQ((*jobs)->bad_lines() + (*jobs)->bad_fields(), bad_.size());
    return all;
  }

  std::string directory_, error_;
  std::vector<std::string> bad_;
};

constexpr const char* kTorque =
    "# a comment\n"
    "job_id\tuser_id\tgroup_id\tjobname\tqueue\tsubmit_epoch\tstart_epoch\tend_epoch\texit_"
    "status\tnodes\tslots\t"
    "req_walltime_s\treq_vmem_kb\treq_mem_kb\tused_walltime_s\tused_cput_s\tused_mem_kb\tused_vmem_kb\n";
constexpr const char* kNextflow =
    "task_id,process,name,status,exit,container,cpus,time,memory,attempt,submit,start,complete,duration,"
    "realtime,"
    "%cpu,%mem,rss,vmem,peak_rss,peak_vmem,rchar,wchar,syscr,syscw,read_bytes,write_bytes,vol_ctxt,inv_"
    "ctxt\n";

TEST_F(JobFileTest, KnowsTheKindByTheFirstLines) {
  const struct {
    std::string text;
    JobFileKind want;
  } cases[] = {
      {"; MaxProcs: 8\n1 0 0 30 4\n", JobFileKind::swf},
      {"1 0 0 30 4\n", JobFileKind::swf},
      {"", JobFileKind::swf},
      {"1 0 5 50 4 -1 -1 4 60 -1 1 1 1 1 1 1 -1 -1\n2 10 5 50 4 -1 -1 4 60 -1 1 1 a|b 1 1 1 -1 -1\n",
       JobFileKind::swf},
      {"1 0 5 50 4 -1 -1 4 60 -1 1 1 ? 1 1 1 -1\n2 10 5 50 4 -1 -1 4 60 -1 1 1 1 1 1 1 -1 -1\n",
       JobFileKind::swf},
      {"JobIDRaw|User|Submit\n", JobFileKind::sacct},
      {"sacct: error: x\nJobIDRaw\tUser\tSubmit\n", JobFileKind::sacct},
      {kTorque, JobFileKind::torque},
      {kNextflow, JobFileKind::nextflow},
  };
  for (const auto& c : cases) {
    const auto kind = kind_of_job_file(file(c.text));
    ASSERT_TRUE(kind);
    EXPECT_EQ(*kind, c.want) << c.text;
  }
}

TEST_F(JobFileTest, TakesTorquesColumnsForWhatTheyMean) {
  const auto jobs =
      read(file(std::string(kTorque) +
                "504989[2]\t7\t3\trun_12\tbatch\t1000\t1100\t1300\t0\t2\t32\t3600\t8192\t-1\t200\t3200\t"
                "2048\t1\n"
                "9\t7\t3\tx\tbatch\t1000\t1100\t1300\t271\t1\t1\t3600\t-1\t4096\t200\t10\t0\t1\n"));
  ASSERT_EQ(jobs.size(), 2U);
  const JobRecord& job = jobs[0];
  EXPECT_EQ(job.job_id, 504989U);
  EXPECT_EQ(job.job_id_text, "504989[2]");
  EXPECT_EQ(job.request.uid, 7U);
  EXPECT_EQ(job.request.name, folded_name_hash("run_9"));
  EXPECT_EQ(job.request.cpus, 32U);
  EXPECT_EQ(job.request.nodes, 2U);
  EXPECT_EQ(job.request.limit_s, 3'600);
  EXPECT_EQ(job.request.memory_per_node_bytes, 4'096 * 1'024);
  EXPECT_EQ(job.usage.peak_memory_bytes, 1'024 * 1'024);
  EXPECT_EQ(job.usage.run_s, 200);
  EXPECT_FLOAT_EQ(job.usage.cpu_efficiency.value(), 0.5F);
  EXPECT_EQ(job.usage.state, JobState::completed);
  EXPECT_EQ(jobs[1].usage.state, JobState::cancelled);
  EXPECT_EQ(jobs[1].request.memory_per_node_bytes, 4'096 * 1'024);
  EXPECT_FALSE(jobs[1].usage.peak_memory_bytes);  // never sampled
}

TEST_F(JobFileTest, TakesNextflowsColumnsForWhatTheyMean) {
  const auto jobs = read(
      file(std::string(kNextflow) +
           "7,A:B_1,A:B_1 (x),COMPLETED,0,c,4,14400000,7516192768,1,5000,6000,9000,4000,2001,200.0,1.3,1,1,"
           "1844760576,1,1,1,1,1,8364032,618336256,1,1\n"
           "8,A,A,FAILED,1,c,1,-,-,1,5000,6000,9000,4000,0,-,-,-,-,-,-,-,-,-,-,-,-,-,-\n"));
  ASSERT_EQ(jobs.size(), 2U);
  const JobRecord& job = jobs[0];
  EXPECT_EQ(job.job_id, 7U);
  EXPECT_EQ(job.name, "A:B_1");
  EXPECT_EQ(job.request.submit_s, 5);
  EXPECT_EQ(job.request.limit_s, 14'400);
  EXPECT_EQ(job.request.memory_per_node_bytes, 7'516'192'768);
  EXPECT_EQ(job.usage.run_s, 3);
  EXPECT_EQ(job.usage.peak_memory_bytes, 1'844'760'576);
  EXPECT_EQ(job.usage.read_bytes, 8'364'032);
  EXPECT_EQ(job.usage.written_bytes, 618'336'256);
  EXPECT_FLOAT_EQ(job.usage.cpu_efficiency.value(), 0.5F);
  EXPECT_EQ(jobs[1].usage.state, JobState::failed);
  EXPECT_FALSE(jobs[1].request.limit_s);
  EXPECT_FALSE(jobs[1].usage.peak_memory_bytes);
}

TEST_F(JobFileTest, LeavesOutMoreCpuTimeThanTheCpusHadAndKeepsTheRow) {
  const auto torque =
      read(file(std::string(kTorque) +
                "1\t7\t3\tx\tq\t1000\t1100\t1300\t0\t1\t2\t3600\t-1\t-1\t200\t133200\t2048\t1\n"
                "2\t7\t3\tx\tq\t1000\t1100\t1300\t0\t1\t2\t3600\t-1\t-1\t200\t410\t2048\t1\n"));
  ASSERT_EQ(torque.size(), 2U);
  EXPECT_FALSE(torque[0].usage.cpu_efficiency);
  EXPECT_EQ(torque[0].usage.run_s, 200);
  EXPECT_FLOAT_EQ(torque[1].usage.cpu_efficiency.value(), 1.025F);
  ASSERT_EQ(bad_.size(), 1U);
  EXPECT_EQ(bad_[0],
            "f:3: field 'used_cput_s': 133200: more cpu time than the job's cpus had; taken as unknown, the "
            "rest of the line is kept");
  const auto nextflow =
      read(file("task_id,status,submit,name,cpus,realtime,%cpu\n"
                "1,COMPLETED,5000,A,2,200000,66600.0\n2,COMPLETED,5000,A,2,200000,201.0\n"));
  ASSERT_EQ(nextflow.size(), 2U);
  EXPECT_FALSE(nextflow[0].usage.cpu_efficiency);
  EXPECT_FLOAT_EQ(nextflow[1].usage.cpu_efficiency.value(), 1.005F);
  ASSERT_EQ(bad_.size(), 1U);
  EXPECT_NE(bad_[0].find("field '%cpu': 66600.0: more cpu time than"), std::string::npos) << bad_[0];
}

TEST_F(JobFileTest, ReadsNextflowsTraceAsItIsPrintedForPeople) {
  const char* row[] = {"7",         "COMPLETED", "2025-03-03 10:00:00.123", "ALIGN (s1)", "4m 59s",
                       "\"98,5%\"", "1.5 GB"};
  std::string commas = "task_id,status,submit,name,realtime,%cpu,peak_rss,note\n", tabs = commas;
  std::replace(tabs.begin(), tabs.end(), ',', '\t');
  for (const char* field : row) {
    commas += std::string(field) + ",";
    tabs += std::string(field == row[5] ? "98.5%" : field) + "\t";
  }
  for (const std::string& text : {commas + "x\n", tabs + "x\n"}) {
    SCOPED_TRACE(text);
    const auto jobs = read(file(text));
    ASSERT_EQ(jobs.size(), 1U) << error_;
    EXPECT_TRUE(bad_.empty());
    EXPECT_EQ(jobs[0].name, "ALIGN");
    EXPECT_EQ(jobs[0].request.submit_s, 1'740'996'000);
    EXPECT_EQ(jobs[0].usage.run_s, 299);
    EXPECT_EQ(jobs[0].usage.peak_memory_bytes, 1536 * 1024 * 1024);
  }
}

TEST_F(JobFileTest, ReadsNextflowsOwnChoiceOfColumns) {
  const auto jobs = read(file(
      "task_id\thash\tnative_id\tname\tstatus\texit\tsubmit\tduration\trealtime\t%cpu\tpeak_rss\tpeak_vmem\t"
      "rchar\twchar\n"
      "1\ta1/b2\t40\tALIGN (s1)\tCOMPLETED\t0\t2025-03-03 10:00:00.123\t5m 3s\t4m 59s\t98.5%\t1.2 GB\t2 GB\t"
      "3.4 MB\t12 KB\n"
      "2\ta2/b2\t41\tSORT (s1)\tABORTED\t-\t2025-03-03 10:05:04.000\t-\t-\t-\t-\t-\t-\t-\n"));
  ASSERT_EQ(jobs.size(), 2U) << error_;
  const JobUsage& used = jobs[0].usage;
  EXPECT_EQ(used.run_s, 299);
  EXPECT_EQ(used.start_s - jobs[0].request.submit_s, 4);
  EXPECT_EQ(used.end_s - jobs[0].request.submit_s, 303);
  EXPECT_EQ(jobs[1].usage.start_s, 0);
}

TEST_F(JobFileTest, NamesAKindThatIsNotReadWithTheCure) {
  std::string gwf = "1", gwf_names = "JobID";
  for (int i = 1; i < 29; ++i) {
    gwf += " -1";
    gwf_names += " SubmitTime";
  }
  const std::pair<std::string, const char*> cases[] = {
      {"# header\n" + gwf + "\n", "Grid Workload Format"},
      {gwf_names + "\n" + gwf + "\n", "Grid Workload Format"},
      {"WorkflowID, JobID , SubmitTime, RunTime, NProcs, ReqNProcs, Dependencies\n1, 2, 3, 4, 5, 6, -1\n",
       "Grid Workflow Format"},
      {"WorkflowID,JobID,SubmitTime,RunTime,NProcs,ReqNProcs,Dependencies\n1,2,3,4,5,6,-1\n",
       "Grid Workflow Format"},
      {"id_job,id_array_job,id_user,time_submit\n1,1,2,3\n", "slurmdbd's own database"},
      {"{\"jobs\": []}\n", "JSON"},
      {"JobID           JobName\n------ -------\n", "--parsable2"},
      {"Slurm accounting storage is disabled\n", "where the cluster has slurmdbd"},
      {"sacct: error: slurm_persist_conn_open_without_init: failed\n", "an error of sacct's, and no rows"},
  };
  for (const auto& [text, says] : cases) {
    SCOPED_TRACE(text);
    error_.clear();
    EXPECT_TRUE(read(file(text)).empty());
    EXPECT_NE(error_.find(says), std::string::npos) << error_;
    const auto trace = open_swf(file(text));
    ASSERT_FALSE(trace) << "where only a trace will do, it is named as well";
    EXPECT_NE(trace.error().message.find(says), std::string::npos) << trace.error().message;
  }
}

TEST_F(JobFileTest, NamesWhatIsNoTraceWhereOnlyATraceWillDo) {
  const std::pair<std::string, const char*> cases[] = {
      {kNextflow, "a trace of Nextflow; foreshape evaluate and replay read it"},
      {kTorque, "Torque's end records; foreshape evaluate and replay read it"},
      {"JobID|UID|Submit|State\n", "what sacct prints; use foreshape ingest sacct"},
      {"sacct: error: x\nJobID|UID|Submit|State\n", "what sacct prints; use foreshape ingest sacct"},
      {"{\n\"line\": \"a|b\"}\n", "JSON"},
  };
  for (const auto& [text, says] : cases) {
    SCOPED_TRACE(text);
    const auto trace = open_swf(file(text));
    ASSERT_FALSE(trace);
    EXPECT_NE(trace.error().message.find(says), std::string::npos) << trace.error().message;
  }
  EXPECT_TRUE(open_swf(file("what is this?\n; MaxProcs: 8\n1 0 0 30 4\n"))) << "lines are judged one by one";
}

TEST_F(JobFileTest, SaysWhichLineFieldAndWhy) {
  const auto jobs =
      read(file(std::string(kTorque) + "1\t7\t3\tx\tq\t1\t1\t1\t0\t1\tmany\t1\t1\t1\t1\t1\t1\t1\n"
                                       "1\t7\n"
                                       "1\t7\t3\tx\tq\t-5\t1\t1\t0\t1\t1\t1\t1\t1\t1\t1\t1\t1\n"
                                       "1\t7\t3\tx\tq\t\t1\t1\t0\t1\t1\t1\t1\t1\t1\t1\t1\t1\n"));
  ASSERT_EQ(jobs.size(), 1U) << "a count of slots is not vital";
  EXPECT_FALSE(jobs[0].request.cpus);
  EXPECT_EQ(jobs[0].request.limit_s, 1);
  ASSERT_EQ(bad_.size(), 4U);
  EXPECT_EQ(bad_[0],
            "f:3: field 'slots': 'many' is not a number; taken as unknown, the rest of the line is kept");
  EXPECT_EQ(bad_[1], "f:4: field 'line': 2 fields instead of 18");
  EXPECT_EQ(bad_[2], "f:5: field 'submit_epoch': -5 is not in 0 to 1099511627776");
  EXPECT_EQ(bad_[3], "f:6: field 'submit_epoch': '': not said");
}

TEST_F(JobFileTest, RefusesATableWithoutTheColumns) {
  read(file("task_id,process\n1,2\n"));
  EXPECT_NE(error_.find("no column 'status'"), std::string::npos) << error_;
}

/// Every public data set is read whole, without a bad line.
TEST(PublicTraces, AreReadToTheLastJob) {
  const char* from_environment = std::getenv("FORESHAPE_TRACES");
  const std::filesystem::path traces = from_environment ? from_environment : FORESHAPE_DEFAULT_TRACES;
  if (!std::filesystem::exists(traces / "sizey_mag.csv.gz")) GTEST_SKIP() << "no traces at " << traces;
  const std::map<std::string, std::size_t> jobs = {
      {"IU-Mason-2017OctNov.tsv.gz", 12'163}, {"sizey_mag.csv.gz", 6'242},
      {"sizey_chipseq.csv.gz", 2'938},        {"sizey_iwd.csv.gz", 1'661},
      {"xdmod-pozidriv.sacct.gz", 11'704},    {"xdmod-phillips.sacct.gz", 4'285}};
  for (const auto& [name, want] : jobs) {
    SCOPED_TRACE(name);
    auto file = open_job_file((traces / name).string());
    ASSERT_TRUE(file) << file.error().message;
    std::size_t count = 0;
    while ((*file)->next().value()) ++count;
    EXPECT_EQ(count, want);
    EXPECT_EQ((*file)->bad_lines(), 0U);
  }
}

}  // namespace
}  // namespace foreshape
