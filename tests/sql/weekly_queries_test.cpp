// SPDX-License-Identifier: GPL-2.0-or-later
#include "sql/weekly_queries.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sql/pg.h"
#include "tests/sql/pg_server.h"

namespace foreshape {
namespace {

constexpr UnixSeconds kMonday = 1'795'392'000 - 7 * 86'400L;  // 2026-11-16T00:00:00Z

/// Jobs of two weeks: waits of 1, 2 and 9 minutes in the first, one of 5 and one that never started in the second; run
/// times that meet, exceed and stay below the quantiles 10, 20, ... 110.
constexpr const char* kJobs = R"sql(
INSERT INTO foreshape.job (cluster, job_id, job_id_text, token, submit_time, start_time, end_time, state, uid, user_name, run_s,
  peak_memory_bytes)
SELECT 'lab', i, i::text, i, at, at + wait * interval '1 minute', at + wait * interval '1 minute' + coalesce(run_s, 0) * interval '1 second',
  state, 1001, 'alice', run_s, run_s
FROM (VALUES (1, timestamptz '2026-11-16 10:00+00', 1, 20, 'COMPLETED'), (2, '2026-11-16 10:00+00', 2, 21, 'FAILED'),
             (3, '2026-11-17 10:00+00', 9, 500, 'COMPLETED'), (4, '2026-11-23 10:00+00', 5, 5, 'COMPLETED'),
             (5, '2026-11-23 10:00+00', 6, 999, 'TIMEOUT')) AS v (i, at, wait, run_s, state);
UPDATE foreshape.job SET start_time = NULL WHERE job_id = 5;
INSERT INTO foreshape.prediction (cluster, token, uid, submit_time, evidence, similar_jobs, run_s, run_s_q, run_s_jobs, memory_bytes,
  memory_bytes_q, memory_bytes_jobs, cpu_efficiency_jobs, read_bytes_jobs, written_bytes_jobs)
SELECT 'lab', job_id, 1001, submit_time, 'user', 9, 60, '{10,20,30,40,50,60,70,80,90,100,110}', 9, CASE WHEN job_id = 1 THEN 60 END,
  '{10,20,30,40,50,60,70,80,90,100,110}', 9, 0, 0, 0 FROM foreshape.job;
)sql";

class WeeklyQueriesTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto filled = db_.script(kJobs);
    ASSERT_TRUE(filled) << filled.error().message;
  }
  Pg db_ = PgServer::instance().connect(PgServer::instance().new_database());
};

TEST_F(WeeklyQueriesTest, HaveTheMeanAndMedianWaitOfEachWeekAndOfAll) {
  const std::vector<UnixSeconds> weeks = {kMonday, kMonday + 7 * 86'400L};
  const auto waits = weekly_waits(db_, {}, weeks);
  ASSERT_TRUE(waits) << waits.error().message;
  std::string text;
  for (const WeekWaits& w : *waits)
    text += fmt::format("{}: {} jobs, {} started, {:g} {:g}\n", w.week_s, w.jobs, w.started, w.mean_s,
                        w.median_s);
  EXPECT_EQ(
      text,
      fmt::format(
          "{}: 3 jobs, 3 started, 240 120\n{}: 2 jobs, 1 started, 300 300\n0: 5 jobs, 4 started, 255 210\n",
          weeks[0], weeks[1]));
}

TEST_F(WeeklyQueriesTest, CountWhatEqualsAQuantileAsWithinAndWhatWasCutOffNotAtAll) {
  const auto all = calibrations(db_, {});
  ASSERT_TRUE(all) << all.error().message;
  EXPECT_EQ(all->run_time.jobs, 4);
  EXPECT_EQ(all->run_time.within, (std::array<std::int64_t, 11>{1, 2, 3, 3, 3, 3, 3, 3, 3, 3, 3}));
  EXPECT_EQ(all->memory.jobs, 1) << "only one was predicted";
  EXPECT_EQ(all->memory.within[0], 0);
  EXPECT_EQ(all->memory.within[1], 1);
}

TEST_F(WeeklyQueriesTest, SayNothingOfTenthsOfAFewJobs) {
  auto times = run_times_by_prediction(db_, {});
  ASSERT_TRUE(times) << times.error().message;
  EXPECT_TRUE(times->empty()) << "four are too few";
  ASSERT_TRUE(db_.script("UPDATE job SET state = 'COMPLETED' WHERE job_id = 5"));
  times = run_times_by_prediction(db_, {});
  ASSERT_EQ(times->size(), 1U);
  EXPECT_EQ(times->front().jobs, 5);
  EXPECT_EQ(times->front().predicted_s, 60);
  EXPECT_EQ(times->front().half_s, 21);
}

}  // namespace
}  // namespace foreshape
