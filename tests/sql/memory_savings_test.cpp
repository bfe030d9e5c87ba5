// SPDX-License-Identifier: GPL-2.0-or-later
// From accounting's lines by way of the store to the figures, each computed by hand.
#include "sql/memory_savings.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>

#include "predictor/history/sacct.h"
#include "sql/job_store.h"
#include "tests/sql/pg_server.h"

namespace foreshape {
namespace {

constexpr UnixSeconds kNoon = 1'795'176'000;  // Friday 2026-11-20T12:00:00Z
constexpr UnixSeconds kMonday = kNoon - 4 * 86'400 - 12 * 3'600, kWeek_s = 7 * 86'400;

constexpr const char* kHeader =
    "JobID|JobIDRaw|Cluster|User|UID|Account|Partition|QOS|State|Submit|Start|End|ElapsedRaw|TimelimitRaw|"
    "ReqCPUS|"
    "ReqMem|ReqTRES|NCPUS|NNodes|AllocTRES|NTasks|MaxRSS|AdminComment|JobName\n";

/// One run as accounting has it. Memory in MiB a node.
struct AccountedRun {
  int id = 1;
  const char* user = "alice";
  const char* qos = "normal";
  const char* state = "COMPLETED";
  int submit_s = 0, run_s = 3'600;  ///< after noon; it starts at once
  int memory_mib = 4'096, nodes = 1;
  int peak_mib = 0;  ///< 0 = never sampled
  const char* step_state = "COMPLETED";
  const char* mark = "";  ///< behind the token

  /// As sacct prints it, with its batch step.
  std::string rows() const {
    const UnixSeconds begins = kNoon + submit_s;
    const std::string size = fmt::format("cpu=4,mem={}M,node={}", memory_mib * nodes, nodes);
    const std::string times = fmt::format("{}|{}|{}|{}", begins, begins, begins + run_s, run_s);
    return fmt::format(
               "{0}|{0}|lab|{1}|{2}|chem|main|{3}|{4}|{5}|60|4|{6}M|{7}|4|{8}|{7}|||foreshape={0:016x}{9}|"
               "relax\n",
               id, user, 1'000 + user[0], qos, state, times, memory_mib * nodes, size, nodes, mark) +
           fmt::format("{0}.batch|{0}.batch|lab|||chem|||{1}|{2}||4|||4|1|{3}|1|{4}K||batch\n", id,
                       step_state, times, size, peak_mib * 1'024);
  }
};

constexpr const char* kShaped = " foreshape_memory:1024M/4096M";
constexpr const char* kReturned =
    " foreshape_memory:1024M/4096M,returned (killed with 1024M, queued again with the 4096M requested)";

/// Shaped; killed and run again; started as it was resized; not shaped, on two nodes; killed for good; preempted while it was
/// shaped.
const std::vector<AccountedRun> kRuns = {
    {.id = 1, .memory_mib = 1'024, .peak_mib = 512, .mark = kShaped},
    {.id = 2,
     .state = "REQUEUED",
     .run_s = 1'800,
     .memory_mib = 1'024,
     .peak_mib = 1'030,
     .step_state = "CANCELLED by 0",
     .mark = kShaped},
    {.id = 2, .submit_s = 1'800, .peak_mib = 2'048, .mark = kReturned},
    {.id = 3,
     .user = "bob",
     .qos = "long",
     .memory_mib = 1'024,
     .mark = " foreshape_memory:2048M/4096M,was:1024M"},
    {.id = 4, .user = "bob", .run_s = 1'800, .memory_mib = 2'048, .nodes = 2},
    {.id = 5, .user = "bob", .state = "OUT_OF_MEMORY", .run_s = 900, .memory_mib = 1'024, .mark = kShaped},
    {.id = 6,
     .user = "carol",
     .state = "PREEMPTED",
     .run_s = 1'800,
     .memory_mib = 1'024,
     .peak_mib = 1'024,
     .step_state = "CANCELLED",
     .mark = kShaped},
    {.id = 6, .user = "carol", .submit_s = 1'800, .mark = " foreshape_memory:4096M/4096M"},
};

class MemorySavingsTest : public testing::Test {
 protected:
  void store(const std::string& rows) {
    std::string directory = testing::TempDir() + "foreshape_savings_XXXXXX";
    ASSERT_NE(::mkdtemp(directory.data()), nullptr);
    std::ofstream(directory + "/dump") << kHeader << rows;
    auto reader = SacctReader::open(directory + "/dump", {.utc = true, .cluster = "lab"},
                                    [](const BadLine& bad) { ADD_FAILURE() << bad.text("dump"); });
    JobBatch batch;
    for (auto job = reader->next(); job && *job; job = reader->next()) batch.add(**job);
    const auto stored = store_jobs(db_, batch);
    ASSERT_TRUE(stored) << stored.error().message;
    std::filesystem::remove_all(directory);
  }
  std::vector<std::string> figures(SavingsBy by, const JobFilter& filter = {}) {
    const std::vector<UnixSeconds> weeks = {kMonday - kWeek_s, kMonday, kMonday + kWeek_s};
    const auto savings = memory_savings(db_, filter, by, weeks);
    EXPECT_TRUE(savings) << savings.error().message;
    std::vector<std::string> texts;
    for (const MemorySavings& s : *savings) texts.push_back(text_of(s));
    texts.push_back(text_of(total_of(*savings)));
    return texts;
  }
  static std::string text_of(const MemorySavings& s) {
    return fmt::format(
        "{}: {} jobs, {} unknown, {} shaped, {} killed, {} again; {:g} {:g} {:g}; lost {:g} {:g}; {:g} of "
        "{:g} unused",
        s.week_s > 0 ? fmt::format("{}", s.week_s) : s.group, s.jobs, s.unknown, s.shaped, s.killed, s.reruns,
        s.gib_hours_requested, s.gib_hours_allocated, s.gib_hours_given_back, s.gib_hours_lost,
        s.core_hours_lost, s.gib_hours_unused, s.gib_hours_measured);
  }

  Pg db_ = PgServer::instance().connect(PgServer::instance().new_database());
};

const std::vector<std::string> kByUser = {
    "alice: 2 jobs, 0 unknown, 1 shaped, 1 killed, 1 again; 8 5 3; lost 0.5 2; 2.5 of 5 unused",
    "bob: 3 jobs, 0 unknown, 1 shaped, 1 killed, 0 again; 6 3 3; lost 0.25 1; 0 of 0 unused",
    "carol: 1 jobs, 0 unknown, 1 shaped, 0 killed, 0 again; 6 4.5 1.5; lost 0 0; 0 of 0.5 unused",
    "(all): 6 jobs, 0 unknown, 3 shaped, 2 killed, 1 again; 20 12.5 7.5; lost 0.75 3; 2.5 of 5.5 unused"};

TEST_F(MemorySavingsTest, AreTheSameInWhicheverPiecesAndOrderTheRunsAreTold) {
  std::string all;
  for (const AccountedRun& run : kRuns) all += run.rows();
  store(all);
  EXPECT_EQ(figures(SavingsBy::user), kByUser) << "in one file";
  store(all);
  EXPECT_EQ(figures(SavingsBy::user), kByUser) << "told again";
  for (const bool backwards : {false, true}) {
    ASSERT_TRUE(db_.script("DELETE FROM job; DELETE FROM requeued_run"));
    auto runs = kRuns;
    if (backwards) std::reverse(runs.begin(), runs.end());
    for (const AccountedRun& run : runs) store(run.rows());
    EXPECT_EQ(figures(SavingsBy::user), kByUser) << "one by one" << (backwards ? ", the last first" : "");
    store(all);
    EXPECT_EQ(figures(SavingsBy::user), kByUser) << "and once more in one file";
  }
}

TEST_F(MemorySavingsTest, OfAKillThatWasSeenBeforeTheRequeueAreBookedOnce) {
  AccountedRun killed = kRuns[1];
  killed.state = "FAILED";
  store(killed.rows());
  EXPECT_EQ(figures(SavingsBy::qos)[0],
            "normal: 1 jobs, 0 unknown, 0 shaped, 1 killed, 0 again; 0 0 0; lost 0.5 2; 0 of 0 unused");
  store(kRuns[1].rows() + kRuns[2].rows());
  EXPECT_EQ(figures(SavingsBy::qos)[0],
            "normal: 1 jobs, 0 unknown, 0 shaped, 1 killed, 1 again; 4 4 0; lost 0.5 2; 2 of 4 unused");
}

TEST_F(MemorySavingsTest, GoByWeekAndQosAndOnlyForTheJobsThatAreWanted) {
  AccountedRun next_week = kRuns[0];
  next_week.id = 9;
  next_week.submit_s = kWeek_s;
  store(kRuns[0].rows() + kRuns[3].rows() + next_week.rows());
  EXPECT_EQ(
      figures(SavingsBy::week),
      (std::vector<std::string>{
          fmt::format("{}: 2 jobs, 0 unknown, 2 shaped, 0 killed, 0 again; 8 2 6; lost 0 0; 0.5 of 1 unused",
                      kMonday),
          fmt::format("{}: 1 jobs, 0 unknown, 1 shaped, 0 killed, 0 again; 4 1 3; lost 0 0; 0.5 of 1 unused",
                      kMonday + kWeek_s),
          "(all): 3 jobs, 0 unknown, 3 shaped, 0 killed, 0 again; 12 3 9; lost 0 0; 1 of 2 unused"}));
  JobFilter filter;
  filter.qos = {"long"};
  EXPECT_EQ(figures(SavingsBy::qos, filter)[0],
            "long: 1 jobs, 0 unknown, 1 shaped, 0 killed, 0 again; 4 1 3; lost 0 0; 0 of 0 unused");
  filter = {};
  filter.start_s = kMonday + kWeek_s;
  EXPECT_EQ(figures(SavingsBy::user, filter)[0],
            "alice: 1 jobs, 0 unknown, 1 shaped, 0 killed, 0 again; 4 1 3; lost 0 0; 0.5 of 1 unused");
}

TEST_F(MemorySavingsTest, CountWhatIsNotKnownAndNotAsNothing) {
  store(kRuns[0].rows() + kRuns[4].rows());
  ASSERT_TRUE(
      db_.script("UPDATE job SET allocated_memory_bytes = NULL, memory_is_shaped = false WHERE job_id = 1"));
  EXPECT_EQ(figures(SavingsBy::user)[0],
            "alice: 1 jobs, 1 unknown, 0 shaped, 0 killed, 0 again; 0 0 0; lost 0 0; 0 of 0 unused");
  store(kRuns[0].rows());
  EXPECT_EQ(figures(SavingsBy::user)[0].find("1 unknown"), std::string::npos) << "read again, it is known";
}

TEST_F(MemorySavingsTest, AJobsRequestStaysWhereALaterDumpHasNoMark) {
  store(kRuns[0].rows());
  AccountedRun without = kRuns[0];
  without.mark = "";
  store(without.rows());
  EXPECT_EQ(figures(SavingsBy::user)[0],
            "alice: 1 jobs, 0 unknown, 1 shaped, 0 killed, 0 again; 4 1 3; lost 0 0; 0.5 of 1 unused");
}

}  // namespace
}  // namespace foreshape
