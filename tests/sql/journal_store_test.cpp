// SPDX-License-Identifier: GPL-2.0-or-later
#include "sql/journal_store.h"

#include <gtest/gtest.h>

#include "sql/job_store.h"
#include "tests/sql/pg_server.h"

namespace foreshape {
namespace {

constexpr UnixSeconds kNoon = 1'795'176'000;

class JournalStoreTest : public testing::Test {
 protected:
  std::int64_t store(std::vector<JournalEntry> entries) {
    const auto stored = store_entries(db_, source_, entries);
    EXPECT_TRUE(stored) << stored.error().message;
    return stored.value_or(-1);
  }
  std::string one(const char* sql) {
    const auto rows = db_.query(sql);
    EXPECT_TRUE(rows) << rows.error().message;
    return rows && rows->size() > 0 ? std::string(rows->text(0, 0)) : "no row";
  }
  HoldEvent step(HoldPhase s, HoldAction a, UnixSeconds at_s, std::uint32_t nodes = 2) {
    HoldEvent e;
    e.kind = HoldKind::personal;
    e.step = s;
    e.action = a;
    e.at_s = at_s;
    e.reservation.assign("fs_carol_1");
    e.user.assign("carol");
    e.nodes = nodes;
    e.deadline_s = at_s + 600;
    return e;
  }

  IngestSource source_ = journal_source("lab", "/tmp/foreshape_no_such_journal");
  Pg db_ = PgServer::instance().connect(PgServer::instance().new_database());
};

SubmissionEvent submission(SubmissionToken token) {
  SubmissionEvent e;
  e.token = token;
  e.request.uid = 1003;
  e.request.submit_s = kNoon;
  e.request.script = 42;
  e.request.limit_s = 3'600;
  e.prediction.evidence = Evidence::user;
  e.prediction.model = token % 2 == 0 ? 0xfedcba9876543210U : 0;
  Forecast& run = e.prediction.of(Resource::run_time);
  run.jobs = 20;
  run.typical = 100.5F;
  for (std::size_t i = 0; i < run.quantiles.size(); ++i) run.quantiles[i] = static_cast<float>(10 * i);
  e.plan.modes = {Mode::enforce, Mode::advise, Mode::observe, Mode::off};
  e.plan.run_s = 300;
  e.name.assign("relax\x1B[2J");
  return e;
}

TEST_F(JournalStoreTest, StoresEachEntryExactlyOnce) {
  const std::vector<JournalEntry> entries = {
      {1000, submission(7)},
      {1001, OutcomeEvent{.job_id = 5,
                          .token = 7,
                          .uid = 1003,
                          .submit_s = kNoon,
                          .start_s = kNoon + 1,
                          .end_s = kNoon + 9,
                          .state = JobState::completed}},
      {1002, NoticeEvent{.at_s = kNoon, .lost_events = 3, .text = BoundedText<200>("disk full")}}};
  EXPECT_EQ(store(entries), 3);
  EXPECT_EQ(store(entries), 0);
  EXPECT_EQ(store({entries[2], {1003, submission(8)}}), 1) << "a batch that overlaps";
  EXPECT_EQ(read_watermark(db_, source_)->sequence, 1003);
  EXPECT_EQ(one("SELECT count(*) FROM submission"), "2");
  EXPECT_EQ(one("SELECT count(*) FROM notice"), "1");
  EXPECT_EQ(one("SELECT state FROM outcome"), "COMPLETED");
}

TEST_F(JournalStoreTest, SaysWhichModelPredicted) {
  store({{1, submission(8)}});
  EXPECT_EQ(one("SELECT to_hex(model) FROM prediction"), "fedcba9876543210");
}

TEST_F(JournalStoreTest, KeepsPredictionAndDecisionReadable) {
  store({{1, submission(7)}});
  EXPECT_EQ(one("SELECT at_level(run_s_q, 0.95::real) FROM prediction"), "80");
  EXPECT_EQ(one("SELECT run_s FROM prediction"), "100.5");
  EXPECT_EQ(one("SELECT model IS NULL FROM prediction"), "t") << "the kernel's";
  EXPECT_EQ(one("SELECT memory_bytes_q IS NULL AND memory_bytes_jobs = 0 FROM prediction"), "t")
      << "nothing known";
  EXPECT_EQ(one("SELECT run_time_mode || memory_mode || cpus_mode || io_mode FROM decision"),
            "enforceadviseobserveoff");
  EXPECT_EQ(one("SELECT job_name FROM submission"), "relax?[2J");
}

TEST_F(JournalStoreTest, KeepsWhatADryRunDecided) {
  SubmissionEvent dry = submission(9);
  dry.plan.modes[1] = Mode::dry_run;
  dry.plan.order_offset_s = 5'000;
  dry.plan.order_is_dry = true;
  dry.plan.shaped_memory_mib = 512;
  SubmissionEvent odd = submission(10);
  odd.plan.shaped_memory_mib = INT64_MAX;
  SubmissionEvent broken = submission(11);
  broken.plan.shaped_memory_mib = -1;
  store({{1, dry}, {2, submission(7)}, {3, odd}, {4, broken}});
  EXPECT_EQ(one("SELECT concat_ws(' ', memory_mode, order_offset_s, order_is_dry, shaped_memory_bytes) FROM "
                "decision "
                "WHERE token = 9"),
            "dry-run 5000 t 536870912");
  EXPECT_EQ(one("SELECT concat_ws(' ', order_is_dry, shaped_memory_bytes) FROM decision WHERE token = 7"),
            "f");
  EXPECT_EQ(one("SELECT count(*) FROM decision"), "4") << "an odd record holds up nothing";
}

TEST_F(JournalStoreTest, JoinsPredictionAndJobWhicheverComesFirst) {
  JobRecord job;
  job.cluster = "lab";
  job.job_id = 5;
  job.user = "carol";
  job.request.uid = 1003;
  job.request.submit_s = kNoon;
  job.usage.state = JobState::completed;
  JobBatch batch;
  batch.add(job);
  ASSERT_TRUE(store_jobs(db_, batch));  // accounting knows no token
  store({{1, submission(7)}, {2, OutcomeEvent{.job_id = 5, .token = 7, .uid = 1003, .submit_s = kNoon}}});
  EXPECT_EQ(one("SELECT predicted_run_s || ' ' || planned_run_s FROM job_report"), "100.5 300");
}

TEST_F(JournalStoreTest, DerivesAHoldFromItsSteps) {
  using S = HoldPhase;
  using A = HoldAction;
  HoldEvent hit = step(S::hit, A::none, kNoon + 30);
  hit.job_id = 5;
  HoldEvent released = step(S::released, A::release, kNoon + 90);
  released.idle_node_s = 120;
  const std::vector<JournalEntry> entries = {{1, step(S::intend, A::create, kNoon)},
                                             {2, step(S::done, A::create, kNoon + 1)},
                                             {3, step(S::adopted, A::none, kNoon + 2)},
                                             {4, step(S::done, A::grow, kNoon + 10, 4)},
                                             {5, hit},
                                             {6, released},
                                             {7, step(S::would, A::create, kNoon + 900)}};
  store(entries);
  store(entries);
  EXPECT_EQ(one("SELECT count(*) FROM pre_allocation_step"), "7");
  EXPECT_EQ(one("SELECT count(*) FROM pre_allocation"), "2")
      << "adopted is the one that is open; a dry run is another";
  EXPECT_EQ(one("SELECT nodes || ' ' || hits || ' ' || idle_node_s || ' ' || extract(epoch FROM closed_at - "
                "created_at)::int"
                " FROM pre_allocation WHERE NOT dry_run"),
            "4 1 120 89");
}

TEST_F(JournalStoreTest, KeepsAStepOfStagingOnceAlsoIfItsUsersJournalIsTakenTwice) {
  StageEvent used;
  used.step = StagePhase::used;
  used.at_s = kNoon;
  used.uid = 1003;
  used.job_id = 7;
  used.bytes = 1LL << 40;
  used.user_number = 42;
  used.source.assign("/project/in\x1B[2J");
  StageEvent planned;
  planned.at_s = kNoon;
  store({{1, used}, {2, planned}});
  store({{3, used}, {4, planned}});
  EXPECT_EQ(one("SELECT count(*) FROM stage_event WHERE step = 'used'"), "1");
  EXPECT_EQ(one("SELECT count(*) FROM stage_event WHERE step = 'planned' AND user_number IS NULL"), "2");
  EXPECT_EQ(one("SELECT uid || ' ' || job_id || ' ' || bytes || ' ' || source FROM stage_event WHERE step = "
                "'used'"),
            "1003 7 1099511627776 /project/in?[2J");
}

TEST_F(JournalStoreTest, RefusesNoRecordWhateverItSays) {
  SubmissionEvent e = submission(UINT64_MAX);
  e.request.submit_s = std::numeric_limits<UnixSeconds>::max();
  e.request.uid = UINT32_MAX;
  e.request.cpus = UINT32_MAX;
  e.request.memory_per_node_bytes = std::numeric_limits<std::int64_t>::max();
  e.request.array_tasks = UINT32_MAX;
  e.prediction.of(Resource::run_time).typical = std::numeric_limits<float>::quiet_NaN();
  e.prediction.of(Resource::run_time).quantiles.fill(std::numeric_limits<float>::infinity());
  OutcomeEvent outcome;
  outcome.job_id = UINT32_MAX;
  outcome.end_s = std::numeric_limits<UnixSeconds>::max();
  HoldEvent hold = step(HoldPhase::done, HoldAction::create, std::numeric_limits<UnixSeconds>::max() - 600);
  hold.nodes = UINT32_MAX;
  hold.reservation.assign("x\t\xFF\\");
  NoticeEvent notice;
  notice.lost_events = UINT64_MAX;
  EXPECT_EQ(store({{1, e}, {2, outcome}, {3, hold}, {4, notice}}), 4);
}

TEST_F(JournalStoreTest, ForgetsABatchThatFailsWhole) {
  ASSERT_TRUE(db_.script("ALTER TABLE foreshape.outcome RENAME TO elsewhere"));
  const JournalEntry entries[] = {{1, submission(7)}, {2, OutcomeEvent{}}};
  EXPECT_FALSE(store_entries(db_, source_, entries));
  EXPECT_EQ(one("SELECT count(*) FROM submission"), "0");
  EXPECT_EQ(one("SELECT count(*) FROM ingest_watermark"), "0");
}

}  // namespace
}  // namespace foreshape
