// SPDX-License-Identifier: GPL-2.0-or-later
#include "sql/job_store.h"

#include <gtest/gtest.h>

#include "sql/past_jobs.h"
#include "tests/sql/pg_server.h"

namespace foreshape {
namespace {

constexpr UnixSeconds kNoon = 1'795'176'000;  // 2026-11-20T12:00:00Z

JobRecord job(JobId id, JobState state = JobState::completed) {
  JobRecord j;
  j.cluster = "lab";
  j.job_id = id;
  j.job_id_text = std::to_string(id);
  j.user = "carol";
  j.account = "chem";
  j.name = "relax";
  j.request.uid = 1003;
  j.request.submit_s = kNoon;
  j.usage.state = state;
  j.usage.start_s = kNoon + 10;
  j.usage.end_s = state == JobState::running ? 0 : kNoon + 110;
  j.usage.run_s = 100;
  return j;
}

class JobStoreTest : public testing::Test {
 protected:
  std::int64_t store(const std::vector<JobRecord>& jobs) {
    JobBatch batch;
    for (const auto& j : jobs) batch.add(j);
    const auto changed = store_jobs(db_, batch);
    EXPECT_TRUE(changed) << changed.error().message;
    return changed.value_or(-1);
  }
  std::string one(const char* sql) {
    const auto rows = db_.query(sql);
    EXPECT_TRUE(rows) << rows.error().message;
    return rows && rows->size() > 0 ? std::string(rows->text(0, 0)) : "no row";
  }

  Pg db_ = PgServer::instance().connect(PgServer::instance().new_database());
};

TEST_F(JobStoreTest, ChangesNothingTheSecondTime) {
  EXPECT_EQ(store({job(1), job(2), job(3)}), 3);
  EXPECT_EQ(store({job(1), job(2), job(3)}), 0);
  EXPECT_EQ(one("SELECT count(*) FROM job"), "3");
  EXPECT_EQ(one("SELECT count(*) FROM job_2026_11"), "3") << "in the partition of its month";
}

TEST_F(JobStoreTest, BringsARunningJobToItsEndAndNeverBack) {
  store({job(1, JobState::running)});
  EXPECT_EQ(one("SELECT end_time IS NULL FROM job"), "t");
  EXPECT_EQ(store({job(1)}), 1);
  EXPECT_EQ(store({job(1, JobState::running)}), 0) << "an old dump";
  EXPECT_EQ(one("SELECT state FROM job"), "COMPLETED");
}

TEST_F(JobStoreTest, KeepsWhatWasMeasuredWhenADumpHasNoSteps) {
  JobRecord measured = job(1);
  measured.usage.peak_memory_bytes = 5'000'000;
  measured.usage.cpu_efficiency = 0.5F;
  store({measured});
  EXPECT_EQ(store({job(1)}), 0);
  EXPECT_EQ(one("SELECT peak_memory_bytes FROM job"), "5000000");
}

TEST_F(JobStoreTest, StoresAJobOnceThatABatchHasTwice) {
  EXPECT_EQ(store({job(1), job(1, JobState::running)}), 1);
  EXPECT_EQ(one("SELECT state FROM job"), "COMPLETED");
}

TEST_F(JobStoreTest, ReplacesARunThatWasPutBackInEitherOrder) {
  const JobRecord first = job(1, JobState::node_fail);
  JobRecord second = job(1);
  second.request.submit_s = kNoon + 500;
  store({first});
  store({second});
  EXPECT_EQ(one("SELECT count(*) || ' ' || max(requeues) || ' ' || max(state) FROM job"), "1 1 COMPLETED");
  EXPECT_EQ(store({second}), 0) << "the count stays";
  store({first});
  EXPECT_EQ(one("SELECT count(*) || ' ' || max(requeues) FROM job"), "1 1") << "the requeued run told late";
}

TEST_F(JobStoreTest, JoinsRunsThatStandApartInABatch) {
  std::vector<JobRecord> runs = {job(1, JobState::requeued), job(2), job(1, JobState::preempted), job(3),
                                 job(1)};
  runs[2].request.submit_s = kNoon + 500;
  runs[4].request.submit_s = kNoon + 900;
  for (auto* run : {&runs[0], &runs[2], &runs[4]}) run->token = 7;
  store({runs[0]});  // running in a batch before
  EXPECT_GT(store(runs), 0);
  EXPECT_EQ(one("SELECT count(*) || ' ' || max(requeues) || ' ' || max(state) FROM job WHERE job_id = 1"),
            "1 2 COMPLETED");
  EXPECT_EQ(store(runs), 0);
  EXPECT_EQ(one("SELECT count(*) FROM job"), "3");
}

TEST_F(JobStoreTest, ForgetsARunThatItSawRunningAndThatWasPutBack) {
  JobRecord second = job(1, JobState::pending);
  second.request.submit_s = kNoon + 500;
  store({job(1, JobState::running)});
  store({job(1, JobState::requeued), second});
  EXPECT_EQ(one("SELECT count(*) || ' ' || max(requeues) || ' ' || max(state) FROM job"), "1 1 PENDING");
}

TEST_F(JobStoreTest, ForgetsARunThatItSawRunningWhenItsEndIsToldLast) {
  JobRecord second = job(1);
  second.request.submit_s = kNoon + 500;
  store({job(1, JobState::running)});
  store({second});
  EXPECT_EQ(one("SELECT count(*) FROM job"), "2") << "nothing says yet that the first was requeued";
  store({job(1, JobState::requeued)});
  EXPECT_EQ(one("SELECT count(*) || ' ' || max(requeues) || ' ' || max(state) FROM job"), "1 1 COMPLETED");
}

// After kill -9 slurmctld starts over from the ids that it saved last.
TEST_F(JobStoreTest, KeepsAJobThatSlurmForgotApartFromTheNextWithItsId) {
  const JobRecord forgotten = job(1, JobState::pending);
  JobRecord next = job(1);
  next.request.submit_s = kNoon + 7;
  next.token = 9;
  store({forgotten, next});
  store({forgotten, next});
  EXPECT_EQ(one("SELECT string_agg(state, ' ' ORDER BY submit_time) FROM job"), "PENDING COMPLETED");
  EXPECT_EQ(one("SELECT sum(requeues) FROM job"), "0");
}

TEST_F(JobStoreTest, TakesAnIdThatStartedOverForAnotherJob) {
  store({job(1)});
  JobRecord later = job(1);
  later.request.submit_s = kNoon + 100'000'000;
  store({later});
  EXPECT_EQ(one("SELECT count(*) FROM job"), "2");
}

TEST_F(JobStoreTest, KeepsOddDatesAndHostileNames) {
  JobRecord odd = job(1);
  odd.request.submit_s = 4'000'000'000;
  odd.name = "a\tb\\N\x1B[2J\xFF'; DROP TABLE job; --";
  JobRecord early = job(2);
  early.request.submit_s = 10;
  EXPECT_EQ(store({odd, early}), 2);
  EXPECT_EQ(one("SELECT count(*) FROM job_odd_dates"), "2");
  EXPECT_EQ(one("SELECT job_name FROM job WHERE job_id = 1"), "a?b\\N?[2J?'; DROP TABLE job; --");
}

TEST_F(JobStoreTest, TakesTheTokenThatTheAgentSaw) {
  ASSERT_TRUE(db_.query(
      "INSERT INTO outcome VALUES ('lab', 1, to_timestamp($1::bigint), 77, 1003, NULL, NULL, 'COMPLETED')",
      {pg(kNoon)}));
  store({job(1)});
  EXPECT_EQ(one("SELECT token FROM job"), "77");
}

TEST_F(JobStoreTest, MovesTheWatermarkWithTheRowsOrNotAtAll) {
  JobBatch good;
  good.add(job(1));
  const IngestSource source{"lab", "sacct"};
  ASSERT_TRUE(store_jobs(db_, good, {{source, {kNoon, std::nullopt}}}));
  EXPECT_EQ(read_watermark(db_, source)->up_to_s, kNoon);
  ASSERT_TRUE(store_jobs(db_, good, {{source, {kNoon - 5, std::nullopt}}}));
  EXPECT_EQ(read_watermark(db_, source)->up_to_s, kNoon) << "never back";

  JobRecord impossible = job(2);
  impossible.usage.end_s = std::numeric_limits<UnixSeconds>::max();  // no timestamp
  JobBatch bad;
  bad.add(impossible);
  EXPECT_FALSE(store_jobs(db_, bad, {{source, {kNoon + 5, std::nullopt}}}));
  EXPECT_EQ(read_watermark(db_, source)->up_to_s, kNoon);
  EXPECT_EQ(one("SELECT count(*) FROM job"), "1");
}

TEST_F(JobStoreTest, GivesTheNewestFinishedJobsForASnapshot) {
  std::vector<JobRecord> jobs;
  for (JobId i = 1; i <= 300; ++i) {
    JobRecord j = job(i);
    j.account = i % 2 == 0 ? "chem" : "bio";
    j.usage.end_s = kNoon + i;
    if (i == 299) {
      j.usage = {};
      j.usage.state = JobState::running;
    }
    jobs.push_back(j);
  }
  store(jobs);
  std::vector<PastJob> past;
  ASSERT_TRUE(for_each_past_job(db_, "lab", 100, [&](const PastJob& p) { past.push_back(p); }));
  EXPECT_EQ(past.size(), 200U) << "100 in each account";
  for (const auto& p : past) {
    EXPECT_GT(p.job_id, 98U);
    EXPECT_NE(p.job_id, 299U);
    EXPECT_EQ(p.uid, 1003U);
    EXPECT_EQ(p.name, folded_name_hash("relax"));
    EXPECT_EQ(p.used_memory_kib, PastJob::kNotMeasured);
  }
  ASSERT_TRUE(for_each_past_job(db_, "elsewhere", 100, [&](const PastJob&) { FAIL(); }));
}

}  // namespace
}  // namespace foreshape
