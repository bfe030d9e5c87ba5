// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/metrics.h"

#include <cmath>
#include <gtest/gtest.h>

#include "replay/experiment.h"
#include "replay/report.h"

namespace foreshape {
namespace {

struct Given {
  std::int64_t submit, start, run, plan;
  std::int32_t procs;
  std::uint32_t user;
};

struct Fixture {
  Workload load;
  Schedule schedule;
};

Fixture given(std::initializer_list<Given> jobs) {
  Fixture f;
  f.load.trace = "given";
  f.load.procs = 10;
  for (const Given& g : jobs) {
    ReplayJob job;
    job.submit_s = g.submit;
    job.run_s = job.limit_s = g.run;
    job.procs = g.procs;
    job.user = g.user;
    f.load.users = std::max(f.load.users, g.user + 1);
    f.load.jobs.push_back(job);
    f.schedule.start_s.push_back(g.start);
    f.schedule.end_s.push_back(g.start + g.run);
    f.schedule.estimates.push_back(Estimate::of(g.plan));
  }
  return f;
}

TEST(MetricsOf, IsWhatTheDefinitionsSay) {
  // Slowdowns: (90 + 10) / 10 = 10; (0 + 2) / 10 -> 1; (1000 + 1000) / 1000 = 2; (300 + 5) / 10 = 30.5.
  const Fixture f = given(
      {{0, 90, 10, 20, 1, 0}, {0, 0, 2, 2, 5, 0}, {50, 1050, 1000, 500, 10, 1}, {100, 400, 5, 5, 1, 1}});
  const Metrics m = metrics_of(f.load, f.schedule);
  EXPECT_EQ(m.jobs, 4U);
  EXPECT_DOUBLE_EQ(m.avebsld, 43.5 / 4);
  EXPECT_DOUBLE_EQ(m.gmbsld, std::pow(10 * 1 * 2 * 30.5, 0.25));
  EXPECT_DOUBLE_EQ(m.medianbsld, 2);
  EXPECT_DOUBLE_EQ(m.p95bsld, 30.5);
  EXPECT_DOUBLE_EQ(m.maxbsld, 30.5);
  EXPECT_DOUBLE_EQ(m.rmsbsld, std::sqrt((100 + 1 + 4 + 30.5 * 30.5) / 4));
  EXPECT_DOUBLE_EQ(m.short_started, 1.0 / 3);
  EXPECT_DOUBLE_EQ(m.mean_wait_s, (90 + 0 + 1000 + 300) / 4.0);
  EXPECT_DOUBLE_EQ(m.p95_wait_s, 1000);
  EXPECT_DOUBLE_EQ(m.makespan_s, 2050);
  EXPECT_DOUBLE_EQ(m.utilisation, (10 + 10 + 10'000 + 5) / (10 * 2050.0));
  EXPECT_DOUBLE_EQ(m.under_predicted, 0.25);
  EXPECT_DOUBLE_EQ(m.run_time_accuracy, (0.5 + 1 + 0.5 + 1) / 4);
  EXPECT_EQ(m.kills, 0U);
  EXPECT_DOUBLE_EQ(m.class_wait_s[static_cast<std::size_t>(JobClass::wide_short)],
                   (90 + 0 + 1000 + 300) / 4.0);
}

TEST(MetricsOf, IsOfMeasuredJobsOnly) {
  Fixture f = given({{0, 9'000, 10, 10, 1, 0}, {100, 100, 10, 10, 1, 1}, {200, 230, 10, 10, 1, 1}});
  f.load.measured_from_s = 100;
  const Metrics m = metrics_of(f.load, f.schedule);
  EXPECT_EQ(m.jobs, 2U);
  EXPECT_DOUBLE_EQ(m.mean_wait_s, 15);
  EXPECT_DOUBLE_EQ(m.max_wait_s, 30);
  EXPECT_EQ(slowdown_of_users(f.load, f.schedule), (std::vector<double>{0, (1 + 4) / 2.0}));
  f.load.measured_from_s = 1'000;
  EXPECT_EQ(metrics_of(f.load, f.schedule).jobs, 0U);
}

TEST(SlowdownOfUsers, IsTheMeanOfEach) {
  const Fixture f = given({{0, 90, 10, 20, 1, 0}, {0, 0, 2, 2, 5, 0}, {100, 400, 5, 5, 1, 2}});
  EXPECT_EQ(slowdown_of_users(f.load, f.schedule), (std::vector<double>{5.5, 0, 30.5}));
}

TEST(Fairness, CountsUsersThatMovedByMoreThanFivePercent) {
  const Fairness f = fairness({10, 10, 10, 10, 0}, {9.4, 9.6, 10.6, 20, 0});
  EXPECT_DOUBLE_EQ(f.better, 0.25);
  EXPECT_DOUBLE_EQ(f.worse, 0.5);
}

TEST(MetricsOf, TellsWhatJobsPredictedTenTimesTooLongHave) {
  // Slowdowns 10, 1, 2, 30.5; predicted 200 for 10 (misjudged), 50 for 2 (counts as 10: not), 9,999 for 1,000
  // (just not), 100 for 5 (misjudged).
  const Fixture f = given({{0, 90, 10, 200, 1, 0},
                           {0, 0, 2, 50, 5, 0},
                           {50, 1050, 1000, 9'999, 10, 1},
                           {100, 400, 5, 100, 2, 1}});
  const Metrics m = metrics_of(f.load, f.schedule);
  EXPECT_DOUBLE_EQ(m.misjudged_jobs, 0.5);
  EXPECT_DOUBLE_EQ(m.misjudged_slowdown, 40.5 / 43.5);
  EXPECT_EQ(m.quarter_jobs, 2U) << "5 and 10 of 10 processors";
  EXPECT_DOUBLE_EQ(m.quarter_wait_s, 500);

  ReplayRun run;
  run.trace = "t";
  run.policy = "slurm-order";
  run.predictor = "kernel";
  run.metrics = m;
  const std::string text = table_text({run}, {});
  EXPECT_NE(
      text.find("slurm-order:kernel: 50.0 % of the jobs ran at most a tenth of what was predicted of them, "
                "and have 93 % of the whole slowdown.\n"),
      std::string::npos)
      << text;
}

TEST(RunExperiment, PairsPoliciesBySeedWhateverTheNumberOfThreads) {
  Workload load;
  load.trace = "t";
  load.procs = 2;
  load.users = 1;
  for (int i = 0; i < 300; ++i) {
    ReplayJob job;
    job.submit_s = 40L * i;
    job.limit_s = 100;
    job.run_s = 30 + i % 70;
    job.procs = 1 + i % 2;
    load.jobs.push_back(job);
  }
  const std::vector<SchedulingPolicy> policies = {*find_policy("easy"), *find_policy("easy-sjbf")};
  ExperimentOptions options;
  options.jitter_s = 59;
  options.runs = 3;
  const auto one = run_experiment(load, policies, options);
  options.threads = 4;
  const auto four = run_experiment(load, policies, options);
  ASSERT_EQ(one.size(), 6U);
  for (std::size_t i = 0; i < one.size(); ++i) {
    EXPECT_EQ(one[i].seed, 1 + i / 2);
    EXPECT_EQ(one[i].policy, policies[i % 2].name);
    EXPECT_EQ(one[i].metrics.avebsld, four[i].metrics.avebsld);
  }
  EXPECT_NE(one[0].metrics.avebsld, one[2].metrics.avebsld);
  const auto compared = compare_with_first(one);
  ASSERT_EQ(compared.size(), 1U);
  EXPECT_EQ(compared[0].runs, 3U);
  double logs = 0;
  for (std::size_t i = 0; i < 6; i += 2)
    logs += std::log(one[i + 1].metrics.avebsld / one[i].metrics.avebsld);
  EXPECT_NEAR(compared[0].avebsld.mean, std::exp(logs / 3), 1e-12);
}

TEST(Reports, AreParsable) {
  ReplayRun run;
  run.trace = "a,\"b\x1B";
  run.policy = "easy";
  run.predictor = "requested";
  run.metrics.jobs = 3;
  run.metrics.avebsld = 1.5;
  EXPECT_EQ(csv_text({run}).find('\x1B'), std::string::npos);
  EXPECT_NE(csv_text({run}).find("\"a,\"\"b?\",easy,requested,0,0,3,1.5,"), std::string::npos)
      << csv_text({run});
  const std::string json = json_text({run}, {});
  EXPECT_NE(json.find("\"version\": 1"), std::string::npos);
  EXPECT_NE(json.find("\"avebsld\": 1.5"), std::string::npos);
}

TEST(Reports, ExplainPoliciesAndColumns) {
  ReplayRun run;
  run.policy = "slurm";
  run.predictor = "requested";
  const std::string text = table_text({run}, {});
  EXPECT_NE(text.find("slurm:requested              Slurm, first come first served\n"), std::string::npos)
      << text;
  for (const char* explained : {"RMS:", "1min %:", "used %:", "over %:", "right:", "better%,",
                                "took:", "narrow:", "short:", "quarter:", "killed:", "span:"})
    EXPECT_NE(text.find(explained), std::string::npos) << explained;
  for (const char* riddle : {"nar short", "SH%", "bett%"})
    EXPECT_EQ(text.find(riddle), std::string::npos) << riddle;
}

TEST(Reports, SayNothingOfTheWaitOfJobsThatThereAreNone) {
  ReplayRun run;
  run.metrics.jobs = 3;
  run.metrics.class_jobs = {3, 0, 0, 0};
  EXPECT_NE(json_text({run}, {}).find("\"wait_narrow_short_s\": 0.0"), std::string::npos);
  EXPECT_NE(json_text({run}, {}).find("\"wait_wide_long_s\": null"), std::string::npos);
  EXPECT_NE(csv_text({run}).find(",0,,,,,"), std::string::npos) << csv_text({run});
  EXPECT_NE(table_text({run}, {}).find("        0.00            -            -            -            -"),
            std::string::npos)
      << table_text({run}, {});
}

}  // namespace
}  // namespace foreshape
