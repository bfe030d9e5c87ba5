// SPDX-License-Identifier: GPL-2.0-or-later
#include <gtest/gtest.h>
#include <span>
#include <string>
#include <vector>

#include "predictor/base/job_state.h"
#include "predictor/base/names.h"
#include "sql/queries.h"
#include "tests/sql/pg_server.h"

namespace foreshape {
namespace {

TEST(StateFunctions, SayTheSameInSqlAndInCppOfEveryState) {
  auto& server = PgServer::instance();
  Pg db = server.connect(server.new_database());
  for (int i = 0; i <= static_cast<int>(JobState::requeued); ++i) {
    const auto state = static_cast<JobState>(i);
    const std::string name(kJobStateNames.of(state));
    const auto row =
        db.query("SELECT is_open($1), has_ended($1), is_cut_off($1), is_measurement($1)", {name});
    ASSERT_TRUE(row) << row.error().message;
    EXPECT_EQ(row->boolean(0, 0), is_open(state)) << name;
    EXPECT_EQ(row->boolean(0, 1), has_ended(state)) << name;
    EXPECT_EQ(row->boolean(0, 2), is_cut_off(state)) << name;
    EXPECT_EQ(row->boolean(0, 3), is_measurement(state)) << name;
    const auto stored = db.query(
        "INSERT INTO job (cluster, job_id, job_id_text, submit_time, state, uid, user_name)"
        " VALUES ('lab', $1, 'x', now(), $2, 1, 'u')",
        {pg(std::int64_t{i}), name});
    EXPECT_TRUE(stored) << name << ": the table takes every state";
  }
}

/// The plan as text, for a store that has many ended jobs and few open ones.
std::string plan_of(Pg& db, const char* sql, std::span<const PgParam> params) {
  const auto rows = db.query((std::string("EXPLAIN ") + sql).c_str(), params);
  EXPECT_TRUE(rows) << rows.error().message;
  std::string plan;
  for (std::size_t i = 0; rows && i < rows->size(); ++i) plan += std::string(rows->text(i, 0)) + "\n";
  return plan;
}

TEST(StateFunctions, LeaveThePartialIndexesInUse) {
  auto& server = PgServer::instance();
  Pg db = server.connect(server.new_database());
  ASSERT_TRUE(
      db.script("INSERT INTO job (cluster, job_id, job_id_text, submit_time, end_time, state, uid, user_name)"
                " SELECT 'lab', i, 'x', to_timestamp(i), to_timestamp(i + 9),"
                "   CASE WHEN i % 1000 = 0 THEN 'PREEMPTED' ELSE 'COMPLETED' END, i % 50, 'u'"
                " FROM generate_series(1, 30000) i;"
                "INSERT INTO person SELECT DISTINCT cluster, uid, user_name, account FROM job;"
                "ANALYZE job; ANALYZE person"));
  ASSERT_TRUE(db.script(kMakeJobStageSql));
  const struct {
    const char *sql, *index, *call;
    std::vector<PgParam> params;
  } cases[] = {
      {kUnsettledJobsSql, "job_odd_dates_cluster_job_id_idx", "is_open", {"lab"}},
      {kNewestJobsSql, "job_odd_dates_cluster_uid_account_end_time_idx", "has_ended", {"lab", "10"}},
      {kReplaceRequeuedRunsSql, "job_odd_dates_cluster_job_id_idx", "is_requeued_run", {}},
  };
  for (const auto& c : cases) {
    const std::string plan = plan_of(db, c.sql, c.params);
    EXPECT_NE(plan.find(c.index), plan.npos) << plan;
    // Its text stands in the plan, not the call: only so does the planner see that the index serves.
    EXPECT_EQ(plan.find(c.call), plan.npos) << plan;
  }
}

}  // namespace
}  // namespace foreshape
