// SPDX-License-Identifier: GPL-2.0-or-later
#include <gtest/gtest.h>

#include "sql/job_store.h"
#include "sql/journal_store.h"
#include "sql/roles.h"
#include "tests/sql/pg_server.h"

namespace foreshape {
namespace {

constexpr UnixSeconds kNoon = 1'795'176'000;

class RowSecurityTest : public testing::Test {
 protected:
  void SetUp() override {
    JobBatch batch;
    std::vector<JournalEntry> entries, stagings;
    for (const auto& [user, uid] : {std::pair{"carol", 1003U}, {"dave", 1004U}}) {
      JobRecord job;
      job.cluster = "lab";
      job.job_id = uid;
      job.user = user;
      job.token = uid;
      job.request.uid = uid;
      job.request.submit_s = kNoon;
      JobRecord requeued = job;
      requeued.request.submit_s = kNoon - 1;
      job.requeued_runs.push_back(requeued);
      batch.add(job);
      SubmissionEvent e;
      e.token = uid;
      e.request.uid = uid;
      e.request.submit_s = kNoon;
      entries.push_back({uid, e});
      StageEvent staging;
      staging.uid = uid;
      staging.at_s = kNoon;
      stagings.push_back({uid, staging});
    }
    ASSERT_TRUE(store_jobs(db_, batch));
    ASSERT_TRUE(store_entries(db_, journal_source("lab", "/tmp/x"), entries));
    ASSERT_TRUE(store_entries(db_, journal_source("lab", "/tmp/staging"), stagings));
    ASSERT_TRUE(sync_roles(db_, "", false, {}));
  }
  std::string as(const char* user, const char* sql) {
    Pg db = PgServer::instance().connect(name_, user);
    const auto rows = db.query(sql);
    return rows ? std::string(rows->text(0, 0)) : "refused";
  }

  std::string name_ = PgServer::instance().new_database();
  Pg db_ = PgServer::instance().connect(name_);
};

TEST_F(RowSecurityTest, ShowsAUserTheirOwnRowsOnly) {
  for (const char* table : {"job", "job_report", "requeued_run", "submission", "prediction", "decision",
                            "person", "stage_event"}) {
    const std::string count = std::string("SELECT count(*) FROM ") + table;
    EXPECT_EQ(as("carol", count.c_str()), "1") << table;
  }
  EXPECT_EQ(as("carol", "SELECT user_name FROM job"), "carol");
  EXPECT_EQ(as("carol", "SELECT count(*) || min(user_name) || max(user_name) FROM run"), "2carolcarol");
  EXPECT_EQ(as("carol", "DELETE FROM requeued_run RETURNING 1"), "refused");
  EXPECT_EQ(as("dave", "SELECT uid FROM prediction"), "1004");
  EXPECT_EQ(as("carol", "SELECT count(*) FROM job_2026_11"), "refused") << "no way round the policies";
  EXPECT_EQ(as("carol", "DELETE FROM job RETURNING 1"), "refused");
  EXPECT_EQ(as("carol", "SELECT count(*) FROM notice"), "0");
}

TEST_F(RowSecurityTest, AUidGivenToSomebodyElseDoesNotShowWhatWasBefore) {
  // erin has had carol's uid for a week; gus, of whom the store hears late, had dave's before him.
  constexpr UnixSeconds kWeek_s = 7 * 86'400;
  JobBatch batch;
  std::vector<JournalEntry> entries;
  std::uint32_t number = 5'000;
  for (const auto& [user, uid, submit_s] :
       {std::tuple{"erin", 1003U, kNoon + kWeek_s}, std::tuple{"gus", 1004U, kNoon - kWeek_s},
        std::tuple{"erin", 1003U, kNoon + 2 * kWeek_s}}) {
    JobRecord job;
    job.cluster = "lab";
    job.job_id = number;
    job.user = user;
    job.token = number;
    job.request.uid = uid;
    job.request.submit_s = submit_s;
    SubmissionEvent submission;
    OutcomeEvent outcome;
    submission.token = outcome.token = number;
    submission.request.uid = outcome.uid = uid;
    // Requeued since; and the plugin's clock is read a little earlier.
    job.first_submit_s = submit_s - 600;
    submission.request.submit_s = outcome.submit_s = job.first_submit_s - 2;
    outcome.job_id = number;
    batch.add(job);
    entries.push_back({number, submission});
    entries.push_back({++number, outcome});
    ++number;
  }
  ASSERT_TRUE(store_jobs(db_, batch));
  const auto stored = store_entries(db_, journal_source("lab", "/tmp/x"), entries);
  ASSERT_TRUE(stored) << stored.error().message;
  ASSERT_TRUE(sync_roles(db_, "", false, {}));
  for (const char* table : {"submission", "prediction", "decision", "job_report"}) {
    const std::string count = std::string("SELECT count(*) FROM ") + table;
    for (const auto& [user, rows] : {std::pair{"carol", "1"}, {"erin", "2"}, {"dave", "1"}, {"gus", "1"}})
      EXPECT_EQ(as(user, count.c_str()), rows) << user << " of " << table;
  }
  EXPECT_EQ(as("erin", "SELECT min(token) FROM submission"), "5000");
  EXPECT_EQ(as("carol", "SELECT count(*) FROM outcome"), "0");
  EXPECT_EQ(as("erin", "SELECT count(*) FROM outcome"), "2");
}

TEST_F(RowSecurityTest, ShowsAnOperatorEverything) {
  ASSERT_TRUE(
      db_.script("DO $$ BEGIN CREATE ROLE olga LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;"
                 "GRANT foreshape_operator TO olga"));
  EXPECT_EQ(as("olga", "SELECT count(*) FROM job_report"), "2");
  EXPECT_EQ(as("olga", "DELETE FROM job RETURNING 1"), "refused");
}

TEST_F(RowSecurityTest, LetsTheWriterIngestAndTheSamplerOnlyInsert) {
  ASSERT_TRUE(
      db_.script("DO $$ BEGIN CREATE ROLE ingest LOGIN; CREATE ROLE sampler LOGIN;"
                 " EXCEPTION WHEN duplicate_object THEN NULL; END $$;"
                 "GRANT foreshape_writer TO ingest; GRANT foreshape_activity TO sampler"));
  Pg writer = PgServer::instance().connect(name_, "ingest");
  JobRecord job;
  job.cluster = "lab";
  job.job_id = 9;
  job.request.submit_s = 1'600'000'000;  // a month without a partition yet
  JobBatch batch;
  batch.add(job);
  const auto stored = store_jobs(writer, batch);
  EXPECT_TRUE(stored) << stored.error().message;
  const JournalEntry entry{5000, SubmissionEvent{}};
  EXPECT_TRUE(store_entries(writer, journal_source("lab", "/tmp/x"), {&entry, 1}));

  Pg sampler = PgServer::instance().connect(name_, "sampler");
  EXPECT_TRUE(sampler.query("INSERT INTO activity VALUES (now(), 'lab', 'carol', 'login1', 1, 30)"));
  EXPECT_FALSE(sampler.query("SELECT * FROM activity"));
  EXPECT_FALSE(sampler.query("SELECT * FROM job"));
}

TEST_F(RowSecurityTest, GivesRolesOnceAndToPeopleOnly) {
  const auto again = sync_roles(db_, "lab", false, {});
  ASSERT_TRUE(again);
  EXPECT_EQ(again->created + again->granted, 0);
  EXPECT_EQ(again->unchanged, 2);
  for (const char* bad : {"", "pg_monitor", "foreshape_operator", "public", "none", "1003", "a\x1B"})
    EXPECT_FALSE(may_be_role(bad)) << bad;
  EXPECT_FALSE(may_be_role(std::string(64, 'a')));
  EXPECT_TRUE(may_be_role("o'neil \"x\"; DROP ROLE y"));
}

TEST_F(RowSecurityTest, QuotesHostileNames) {
  ASSERT_TRUE(
      db_.query("INSERT INTO person VALUES ('lab', 7, $1, 'chem')", {"x\"; ALTER ROLE carol SUPERUSER; --"}));
  ASSERT_TRUE(sync_roles(db_, "lab", false, {}));
  EXPECT_EQ(db_.query("SELECT rolsuper FROM pg_roles WHERE rolname = 'carol'")->text(0, 0), "f");
  EXPECT_EQ(db_.query("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'x\"%'")->text(0, 0), "1");
}

}  // namespace
}  // namespace foreshape
