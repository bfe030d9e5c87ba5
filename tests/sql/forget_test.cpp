// SPDX-License-Identifier: GPL-2.0-or-later
#include "sql/forget.h"

#include <gtest/gtest.h>

#include "sql/hold_store.h"
#include "sql/job_store.h"
#include "sql/journal_store.h"
#include "tests/sql/pg_server.h"

namespace foreshape {
namespace {

constexpr UnixSeconds kNoon = 1'795'176'000, kWeek_s = 7 * 86'400;

/// erin has carol's uid since a week later; each has one job, its submission and its end, and a hold of their
/// own.
class ForgetTest : public testing::Test {
 protected:
  void SetUp() override {
    JobBatch batch;
    std::vector<JournalEntry> entries;
    std::uint64_t number = 100;
    for (const auto& [user, uid, submit_s] :
         {std::tuple{"carol", 1003U, kNoon}, std::tuple{"dave", 1004U, kNoon},
          std::tuple{"erin", 1003U, kNoon + kWeek_s}}) {
      JobRecord job;
      job.cluster = "lab";
      job.job_id = static_cast<JobId>(number);
      job.user = user;
      job.token = number;
      job.request.uid = uid;
      job.request.submit_s = submit_s;
      job.requeued_runs.push_back(job);
      job.requeued_runs.front().request.submit_s = submit_s - 1;
      batch.add(job);
      SubmissionEvent submission;
      submission.token = number;
      submission.request.uid = uid;
      submission.request.submit_s = submit_s;
      OutcomeEvent outcome{.job_id = job.job_id, .token = number, .uid = uid, .submit_s = submit_s};
      HoldEvent hold;
      hold.kind = HoldKind::personal;
      hold.step = HoldPhase::done;
      hold.action = HoldAction::create;
      hold.at_s = submit_s;
      hold.reservation = BoundedText<64>("foreshape_" + std::to_string(number));
      hold.user = BoundedText<64>(user);
      entries.push_back({++number, submission});
      entries.push_back({++number, outcome});
      entries.push_back({++number, hold});
      StageEvent staging;
      staging.at_s = submit_s;
      staging.uid = uid;
      entries.push_back({++number, staging});
      number += 100;
    }
    ASSERT_TRUE(store_jobs(db_, batch));
    const auto stored = store_entries(db_, journal_source("lab", "/tmp/x"), entries);
    ASSERT_TRUE(stored) << stored.error().message;
  }

  /// "jobs 1, submissions 1": what there is.
  static std::string counts(const Result<std::vector<ForgottenRows>>& forgotten) {
    if (!forgotten) return forgotten.error().message;
    std::string text;
    for (const ForgottenRows& one : *forgotten)
      if (one.rows > 0) text += one.what + " " + std::to_string(one.rows) + "; ";
    return text;
  }
  std::string rows() {
    std::string text;
    for (const char* table : {"job", "requeued_run", "submission", "prediction", "decision", "outcome",
                              "person", "pre_allocation", "pre_allocation_step", "stage_event"}) {
      const auto found = db_.query((std::string("SELECT count(*) FROM ") + table).c_str());
      text += found ? std::string(found->text(0, 0)) : found.error().message;
    }
    return text;
  }

  std::string name_ = PgServer::instance().new_database();
  Pg db_ = PgServer::instance().connect(name_);
  static constexpr const char* kOfOne =
      "jobs 1; requeued runs 1; submissions 1; predictions 1; decisions 1; outcomes 1; holds 1; steps of "
      "holds 1; steps of "
      "staging 1; accounts "
      "1; ";
};

TEST_F(ForgetTest, DeletesAllOfAUserAndNothingOfWhoHasTheUidNow) {
  ASSERT_EQ(rows(), "3333333333");
  EXPECT_EQ(counts(forget_user(db_, "carol", "", false)), kOfOne);
  EXPECT_EQ(rows(), "2222222222");
  const auto left = db_.query(
      "SELECT string_agg(user_name, ' ' ORDER BY user_name), (SELECT min(submit_time) FROM submission "
      "WHERE uid = 1003) > to_timestamp(1795176000) FROM job");
  ASSERT_TRUE(left) << left.error().message;
  EXPECT_EQ(left->text(0, 0), "dave erin");
  EXPECT_TRUE(left->boolean(0, 1));
}

TEST_F(ForgetTest, ADryRunCountsTheSameAndChangesNothing) {
  EXPECT_EQ(counts(forget_user(db_, "erin", "lab", true)), kOfOne);
  EXPECT_EQ(rows(), "3333333333");
}

TEST_F(ForgetTest, DeletesWhatIsOlderThanAMomentAndDropsItsMonths) {
  ASSERT_TRUE(
      db_.script("UPDATE job SET state = CASE user_name WHEN 'dave' THEN 'RUNNING' ELSE 'COMPLETED' END; "
                 "UPDATE outcome SET state = 'COMPLETED'"));
  const auto months = [this] {
    return std::string(
        db_.query("SELECT count(*) FROM pg_class WHERE relname ~ '^job_[0-9]{4}_[0-9]{2}$'")->text(0, 0));
  };
  ASSERT_TRUE(db_.script("SELECT add_month('job', '2020-02-29'), add_month('activity', '2020-02-29')"));
  ASSERT_EQ(months(), "2");
  const UnixSeconds later = kNoon + kWeek_s - 1;
  const auto would = counts(forget_before(db_, later, true));
  EXPECT_EQ(rows(), "3333333333");
  EXPECT_EQ(counts(forget_before(db_, later, false)), would);
  EXPECT_EQ(
      would,
      "jobs 1; requeued runs 1; submissions 1; predictions 1; decisions 1; outcomes 2; holds 2; steps of "
      "holds 2; steps of staging 2; ")
      << "of dave's running job nothing but what was over";
  EXPECT_EQ(rows(), "2222213111");
  EXPECT_EQ(months(), "1") << "the empty one is gone, the other has jobs";
  EXPECT_EQ(counts(forget_before(db_, later, false)), "");
  ASSERT_TRUE(db_.script("SELECT add_month('job', '2020-02-29')"));
  EXPECT_EQ(months(), "2") << "and can be made again";
}

TEST_F(ForgetTest, SaysOfWhomItHasNothing) {
  EXPECT_EQ(counts(forget_user(db_, "mallory' OR 'a' = 'a", "", false)),
            "the store has nothing of a user 'mallory' OR 'a' = 'a'");
  EXPECT_EQ(counts(forget_user(db_, "carol", "elsewhere", false)),
            "the store has nothing of a user 'carol' on elsewhere");
  EXPECT_EQ(rows(), "3333333333");
}

}  // namespace
}  // namespace foreshape
