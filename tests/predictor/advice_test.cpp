// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/advice.h"

#include <gtest/gtest.h>

#include "predictor/planned_job.h"
#include "tests/predictor/profile/builders.h"
#include "tests/readme_output.h"

namespace foreshape {
namespace {

using test::finished;

constexpr std::int64_t kGiB = 1 << 30;

std::vector<PastJob> relax(std::size_t count, std::uint32_t run_s, double memory_gib) {
  std::vector<PastJob> jobs;
  for (std::size_t i = 0; i < count; ++i) {
    PastJob job = finished(static_cast<std::uint32_t>(i), 7, 500'000, run_s);
    job.name = folded_name_hash("relax_01");
    job.used_memory_kib =
        memory_gib > 0 ? static_cast<std::uint32_t>(memory_gib * (1 << 20)) : PastJob::kNotMeasured;
    jobs.push_back(job);
  }
  return jobs;
}

JobRequest request(std::int64_t limit_s, std::int64_t memory_gib) {
  JobRequest job;
  job.uid = 7;
  job.name = folded_name_hash("relax_44");
  job.limit_s = limit_s;
  job.memory_per_node_bytes = memory_gib * kGiB;
  return job;
}

Plan plan_in(Mode mode) {
  Plan plan;
  plan.modes.fill(mode);
  return plan;
}

std::string said(const std::optional<AdviceText>& text) {
  return text ? std::string(text->view()) : "nothing";
}

TEST(AdviceText, SaysWhatTheUsersOwnJobsUsed) {
  const struct {
    const char* why;
    std::vector<PastJob> jobs;
    JobRequest job;
    const char* want;
  } cases[] = {
      {"both far too large", relax(30, 2460, 5.1), request(86'400, 64),
       "your last 20 'relax' jobs used at most 5.1G of memory (requested 64G) and 41 min (requested 24 h)"},
      {"only the time", relax(8, 45, 40), request(600, 64),
       "your last 8 'relax' jobs used at most 45 s (requested 10 min)"},
      {"only the memory", relax(6, 3000, 0.05), request(3600, 4),
       "your last 6 'relax' jobs used at most 51M of memory (requested 4G)"},
      {"memory never measured", relax(8, 100'000, 0), request(604'800, 64),
       "your last 8 'relax' jobs used at most 28 h (requested 7 days)"},
      {"asked sensibly", relax(30, 2460, 40), request(3600, 64), "nothing"},
      {"too few jobs", relax(4, 60, 1), request(86'400, 64), "nothing"},
      {"no history", {}, request(86'400, 64), "nothing"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    EXPECT_EQ(said(advice_text(c.job, "relax", c.jobs, plan_in(Mode::advise))), c.want);
  }
}

TEST(AdviceText, IsWhatTheReadmeShows) {
  const auto text = advice_text(request(86'400, 64), "relax", relax(30, 2460, 5.1), plan_in(Mode::advise));
  // The plugin names itself (plan_writer.h), sbatch too.
  EXPECT_EQ(test::readme_output(FORESHAPE_SOURCE, "advice").text, "sbatch: foreshape: " + said(text) + "\n");
}

TEST(AdviceText, CountsOnlyJobsOfThatNameThatEndedByThemselves) {
  auto jobs = relax(6, 60, 1);
  jobs[0].state = JobState::timeout;
  jobs[1].name = 1;
  EXPECT_EQ(said(advice_text(request(86'400, 64), "relax", jobs, plan_in(Mode::advise))), "nothing");
}

TEST(AdviceText, NeverSpeaksOfAnotherUsersJobs) {
  auto jobs = relax(6, 60, 1);
  for (PastJob& job : jobs) job.uid = 8;
  EXPECT_EQ(said(advice_text(request(86'400, 64), "relax", jobs, plan_in(Mode::advise))), "nothing");
}

TEST(AdviceText, IsSilentOnLeversBelowAdvise) {
  Plan plan = plan_in(Mode::advise);
  plan.modes[static_cast<std::size_t>(Lever::memory)] = Mode::observe;
  EXPECT_EQ(said(advice_text(request(86'400, 64), "relax", relax(6, 60, 1), plan)),
            "your last 6 'relax' jobs used at most 60 s (requested 24 h)");
  EXPECT_EQ(said(advice_text(request(86'400, 64), "relax", relax(6, 60, 1), plan_in(Mode::observe))),
            "nothing");
}

TEST(AdviceText, MakesTheNameHarmlessAndShort) {
  const auto jobs = relax(6, 60, 1);
  EXPECT_EQ(said(advice_text(request(86'400, 1), "\x1b[2J{}%s\n", jobs, plan_in(Mode::advise))),
            "your last 6 '?[2J{}%s?' jobs used at most 60 s (requested 24 h)");
  const std::string long_name(5000, '\xff');
  const auto text = advice_text(request(86'400, 64), long_name, jobs, plan_in(Mode::advise));
  ASSERT_TRUE(text);
  EXPECT_LT(text->view().size(), 150U);
}

TEST(AdviceText, ComesFromTheStoreToo) {
  ProfileStore store;
  for (const PastJob& job : relax(6, 60, 1)) store.add_outcome(job);
  EXPECT_EQ(said(advice_text(request(86'400, 1), "relax", store, plan_in(Mode::advise))),
            "your last 6 'relax' jobs used at most 60 s (requested 24 h)");
}

TEST(PredictAndPlan, PlansFromWhatTheStoreKnows) {
  ProfileStore store;
  for (const PastJob& job : relax(20, 600, 1)) store.add_outcome(job);
  Policy policy;
  policy.order.mode = OrderMode::on;
  const PlannedJob planned = predict_and_plan(request(86'400, 64), store, policy, 0);
  EXPECT_EQ(planned.prediction.evidence, Evidence::user);
  ASSERT_TRUE(planned.plan.run_s && planned.plan.memory_bytes && planned.plan.order_offset_s);
  EXPECT_GE(*planned.plan.run_s, 600);
  EXPECT_LT(*planned.plan.run_s, 86'400);
  EXPECT_FALSE(planned.plan.may_use_pool) << "whoever requests a day for ten minutes may mean it";
  EXPECT_TRUE(predict_and_plan(request(6'000, 64), store, policy, 0).plan.may_use_pool);
}

TEST(PredictAndPlan, LeavesAStrangersJobUnplanned) {
  const PlannedJob planned = predict_and_plan(request(86'400, 64), ProfileStore{}, Policy{}, 0);
  EXPECT_FALSE(planned.plan.run_s || planned.plan.memory_bytes || planned.plan.may_use_pool);
}

}  // namespace
}  // namespace foreshape
