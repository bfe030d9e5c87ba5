// SPDX-License-Identifier: GPL-2.0-or-later
// The rule of predictor/history/requeue.h on each way that jobs take: the reader of a dump, a batch, the
// store.
#include "predictor/history/requeue.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>

#include "predictor/base/names.h"
#include "predictor/history/sacct.h"
#include "sql/job_store.h"
#include "tests/sql/pg_server.h"

namespace foreshape {
namespace {

constexpr UnixSeconds kNoon = 1'795'176'000;  // 2026-11-20T12:00:00Z
constexpr std::int64_t kDay_s = 86'400;

struct Run {
  JobState state = JobState::completed;
  std::int64_t submit_s = 0;  ///< after noon
  std::uint64_t token = 0;
  const char* name = "relax";
};

JobRecord record(const Run& run) {
  const bool runs = run.state != JobState::pending && run.state != JobState::unknown;
  JobRecord j;
  j.cluster = "lab";
  j.job_id = 7;
  j.job_id_text = "7";
  j.user = "carol";
  j.account = "chem";
  j.name = run.name;
  j.token = run.token;
  j.request.uid = 1003;
  j.request.submit_s = kNoon + run.submit_s;
  j.usage.state = run.state;
  j.usage.start_s = runs ? j.request.submit_s + 10 : 0;
  j.usage.end_s = runs && run.state != JobState::running ? j.request.submit_s + 110 : 0;
  j.usage.run_s = runs ? 100 : 0;
  return j;
}

std::string sacct_line(const JobRecord& j) {
  const auto moment = [](UnixSeconds s) { return s > 0 ? std::to_string(s) : std::string("Unknown"); };
  return fmt::format(
      "7|7|lab|carol|1003|chem|short|normal|{}|{}|{}|{}|{}|60|1|1G|cpu=1,mem=1G,node=1|1|1|{}|{}\n",
      kJobStateNames.of(j.usage.state), j.request.submit_s, moment(j.usage.start_s), moment(j.usage.end_s),
      j.usage.run_s, j.token != 0 ? fmt::format("foreshape={:016x}", j.token) : "", j.name);
}

/// How many jobs the reader makes of these lines, and the requeues of the last one.
std::string as_read(const std::vector<JobRecord>& jobs) {
  std::string name = testing::TempDir() + "foreshape_requeue_XXXXXX";
  const std::string directory = ::mkdtemp(name.data());
  std::ofstream(directory + "/dump") << "JobID|JobIDRaw|Cluster|User|UID|Account|Partition|QOS|State|Submit|"
                                        "Start|End|ElapsedRaw|TimelimitRaw|"
                                        "ReqCPUS|ReqMem|ReqTRES|NCPUS|NNodes|AdminComment|JobName\n";
  std::ofstream dump(directory + "/dump", std::ios::app);
  for (const auto& j : jobs) dump << sacct_line(j);
  dump.close();
  auto reader = SacctReader::open(directory + "/dump", {.utc = true, .cluster = "lab"},
                                  [](const BadLine& bad) { ADD_FAILURE() << bad.text("dump"); });
  int count = 0;
  std::uint32_t requeues = 0;
  for (auto job = reader->next(); job && *job; job = reader->next()) {
    ++count;
    requeues += (*job)->requeues;
  }
  std::filesystem::remove_all(directory);
  return fmt::format("{} jobs, {} requeues", count, requeues);
}

class Requeue : public testing::Test {
 protected:
  /// What the store has after these batches, one after the other, twice.
  std::string as_stored(const std::vector<std::vector<JobRecord>>& batches) {
    EXPECT_TRUE(db_.script("DELETE FROM job; DELETE FROM requeued_run"));
    for (int round = 0; round < 2; ++round)
      for (const auto& jobs : batches) {
        JobBatch batch;
        for (const auto& j : jobs) batch.add(j);
        const auto stored = store_jobs(db_, batch);
        EXPECT_TRUE(stored) << stored.error().message;
      }
    EXPECT_EQ(
        db_.query("SELECT (SELECT sum(requeues) FROM job) - (SELECT count(*) FROM requeued_run)")->text(0, 0),
        "0")
        << "each requeued run is kept";
    return std::string(
        db_.query("SELECT count(*) || ' jobs, ' || sum(requeues) || ' requeues' FROM job")->text(0, 0));
  }

  Pg db_ = PgServer::instance().connect(PgServer::instance().new_database());
};

struct Case {
  const char* why;
  Run first, second;
  bool is_one;
};

constexpr Case kCases[] = {
    {"requeued", {JobState::requeued}, {JobState::completed, 120}, true},
    {"preempted, in the queue again", {JobState::preempted}, {JobState::pending, 120}, true},
    {"a node failed", {JobState::node_fail}, {JobState::running, 120}, true},
    {"the boot failed", {JobState::boot_fail}, {JobState::completed, 120}, true},
    {"cut off twice", {JobState::preempted}, {JobState::preempted, 120}, true},
    {"slurmctld was down for days", {JobState::node_fail}, {JobState::completed, 6 * kDay_s}, true},
    {"one tag, cut off", {JobState::preempted, 0, 9}, {JobState::completed, 120, 9}, true},
    {"one tag, held for a month", {JobState::requeued, 0, 9}, {JobState::completed, 30 * kDay_s, 9}, true},
    {"one tag, renamed", {JobState::requeued, 0, 9, "relax"}, {JobState::completed, 120, 9, "relax2"}, true},
    {"one tag, the first seen running only", {JobState::running, 0, 9}, {JobState::completed, 120, 9}, true},
    {"the tag is told at the end only", {JobState::requeued, 0, 9}, {JobState::running, 120}, true},

    {"one tag, both completed", {JobState::completed, 0, 9}, {JobState::completed, 120, 9}, false},
    {"one tag, failed, run again by hand", {JobState::failed, 0, 9}, {JobState::completed, 120, 9}, false},
    {"one tag, timed out", {JobState::timeout, 0, 9}, {JobState::completed, 120, 9}, false},
    {"one tag, cancelled", {JobState::cancelled, 0, 9}, {JobState::completed, 120, 9}, false},
    {"two tags, cut off", {JobState::preempted, 0, 9}, {JobState::completed, 120, 10}, false},
    {"preempted years ago", {JobState::preempted, -3 * 365 * kDay_s}, {JobState::completed}, false},
    {"a node failed last month", {JobState::node_fail, -30 * kDay_s}, {JobState::completed}, false},
    {"another name", {JobState::preempted, 0, 0, "relax"}, {JobState::completed, 120, 0, "scf"}, false},
    {"completed, the id given again", {JobState::completed}, {JobState::completed, 120}, false},
    {"slurmctld forgot a waiting job", {JobState::pending}, {JobState::completed, 7, 9}, false},
    {"slurmctld forgot a running job", {JobState::running}, {JobState::running, 120}, false},
};

TEST_F(Requeue, MakesOneJobOrTwoOnEveryWayThatJobsTake) {
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.why);
    const JobRecord first = record(c.first), second = record(c.second);
    const std::string want = c.is_one ? "1 jobs, 1 requeues" : "2 jobs, 0 requeues";
    EXPECT_EQ(is_requeued_run(first, second), c.is_one);
    EXPECT_FALSE(is_requeued_run(second, first));
    EXPECT_EQ(as_read({first, second}), want);
    EXPECT_EQ(as_read({second, first}), want);
    EXPECT_EQ(as_stored({{first, second}}), want);
    EXPECT_EQ(as_stored({{second, first}}), want);
    EXPECT_EQ(as_stored({{first}, {second}}), want);
    EXPECT_EQ(as_stored({{second}, {first}}), want);
  }
}

TEST_F(Requeue, IsCountedOnceWhereTheStoreHasTheRunThatTheReaderJoined) {
  const JobRecord first = record({JobState::requeued});
  JobRecord joined = record({JobState::completed, 120});  // as the reader makes it of both lines
  joined.requeues = 1;
  joined.first_submit_s = first.request.submit_s;
  EXPECT_EQ(as_stored({{first}, {joined}}), "1 jobs, 1 requeues");
  EXPECT_EQ(as_stored({{joined}, {first}}), "1 jobs, 1 requeues");
}

TEST_F(Requeue, JoinsAChainOfRunsEachWithTheNext) {
  // From the end of the first to the requeue of the third more time goes by than between a run and its
  // requeue.
  const JobRecord a = record({JobState::preempted, 0}), b = record({JobState::node_fail, 5 * kDay_s}),
                  c = record({JobState::completed, 10 * kDay_s});
  EXPECT_EQ(as_read({a, b, c}), "1 jobs, 2 requeues");
  EXPECT_EQ(as_read({c, b, a}), "1 jobs, 2 requeues");
  EXPECT_EQ(as_stored({{a, b, c}}), "1 jobs, 2 requeues");
  EXPECT_EQ(as_stored({{a}, {b, c}}), "1 jobs, 2 requeues");
  EXPECT_EQ(as_stored({{a, b}, {c}}), "1 jobs, 2 requeues");
  EXPECT_EQ(as_stored({{a}, {b}, {c}}), "1 jobs, 2 requeues");
}

TEST_F(Requeue, KeepsTheChainOfAnOldJobApartFromTheNewOneOfItsId) {
  const JobRecord old_run = record({JobState::preempted, -400 * kDay_s}),
                  old_end = record({JobState::completed, -400 * kDay_s + 120}),
                  new_run = record({JobState::preempted, 0}), new_end = record({JobState::completed, 120});
  EXPECT_EQ(as_read({old_run, old_end, new_run, new_end}), "2 jobs, 2 requeues");
  EXPECT_EQ(as_stored({{old_run, old_end, new_run, new_end}}), "2 jobs, 2 requeues");
  EXPECT_EQ(as_stored({{old_run, new_run}, {old_end, new_end}}), "2 jobs, 2 requeues");
}

TEST_F(Requeue, IsTheSameRuleInSqlForAllStatesTagsNamesAndTimes) {
  std::vector<std::string> differing;
  constexpr auto kLast = static_cast<int>(JobState::requeued);
  for (int state = 0; state <= kLast; ++state)
    for (const std::uint64_t token : {0, 9})
      for (const std::uint64_t later_token : {0, 9, 10})
        for (const char* name : {"relax", "scf"})
          for (const std::int64_t later_s : {std::int64_t{0}, std::int64_t{60}, kRequeueGap_s - 1,
                                             kRequeueGap_s + 110, kRequeueGap_s + 111, 999 * kDay_s}) {
            const JobRecord a = record({static_cast<JobState>(state), 0, token});
            const JobRecord b = record({JobState::completed, later_s, later_token, name});
            const auto seconds = [](UnixSeconds s) { return s > 0 ? pg(s) : std::nullopt; };
            const auto tag = [](std::uint64_t t) {
              return t != 0 ? pg(static_cast<std::int64_t>(t)) : std::nullopt;
            };
            const auto said = db_.query(
                "SELECT is_requeued_run(to_timestamp($1::bigint), to_timestamp($2::bigint), "
                "to_timestamp($3::bigint),"
                " $4, $5, $6, to_timestamp($7::bigint), $8, $9)",
                {pg(a.request.submit_s), seconds(a.usage.start_s), seconds(a.usage.end_s),
                 std::string(kJobStateNames.of(a.usage.state)), a.name, tag(a.token), pg(b.request.submit_s),
                 b.name, tag(b.token)});
            ASSERT_TRUE(said) << said.error().message;
            if (said->boolean(0, 0) != is_requeued_run(a, b))
              differing.push_back(fmt::format("{} {} {} {} {}", kJobStateNames.of(a.usage.state), token,
                                              later_token, name, later_s));
          }
  EXPECT_TRUE(differing.empty()) << differing.size() << ", first: " << differing.front();
}

}  // namespace
}  // namespace foreshape
