// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/plan/resource_planner.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>

#include "predictor/plan/order_key.h"

namespace foreshape {
namespace {

/// A forecast whose quantile at level q is `at_one` x q.
Forecast ramp(float at_one) {
  Forecast f;
  for (std::size_t i = 0; i < kQuantileLevels.size(); ++i) f.quantiles[i] = at_one * kQuantileLevels[i];
  f.typical = f.mean = at_one / 2;
  f.jobs = 20;
  return f;
}

Prediction predicted(Resource resource, const Forecast& forecast) {
  Prediction p;
  p.evidence = Evidence::user;
  p.of(resource) = forecast;
  return p;
}

TEST(PlanJob, RunTimeIsThePredictionAtTheMarginButNeverMoreThanRequested) {
  const struct {
    const char* why;
    float at_one;
    std::optional<std::int64_t> requested;
    float margin;
    std::optional<std::int64_t> want;
  } cases[] = {
      {"prediction fits", 1000, 3600, .95F, 950},
      {"a smaller margin plans less", 1000, 3600, .5F, 500},
      {"user requested less", 1000, 60, .95F, 60},
      {"user requested nothing", 1000, std::nullopt, .95F, 950},
      {"fractions round up", 1.2F, 3600, .5F, 1},
      {"never nothing", 0, 3600, .95F, 1},
      {"not a number is no plan", std::numeric_limits<float>::quiet_NaN(), 3600, .95F, std::nullopt},
      {"endless is no plan", std::numeric_limits<float>::infinity(), 3600, .95F, std::nullopt},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    JobRequest job;
    job.limit_s = c.requested;
    Policy policy;
    policy.run_time_margin = c.margin;
    EXPECT_EQ(plan_job(job, predicted(Resource::run_time, ramp(c.at_one)), policy, 0).run_s, c.want);
  }
}

TEST(PlanJob, MemoryIsInWholeMiBAndNeverMoreThanRequested) {
  constexpr std::int64_t kMiB = 1 << 20;
  const struct {
    float at_one;
    std::int64_t requested, want;
  } cases[] = {{100.5F * kMiB, 1000 * kMiB, 100 * kMiB},
               {1, 1000 * kMiB, kMiB},
               {5000.F * kMiB, 1000 * kMiB + 5, 1000 * kMiB + 5}};
  for (const auto& c : cases) {
    JobRequest job;
    job.memory_per_node_bytes = c.requested;
    EXPECT_EQ(plan_job(job, predicted(Resource::peak_memory, ramp(c.at_one)), Policy{}, 0).memory_bytes,
              c.want);
  }
}

TEST(PlanJob, PlansNothingOfWhatIsUnknownOrOff) {
  Policy policy;
  EXPECT_FALSE(plan_job({}, {}, policy, 0).run_s);
  EXPECT_FALSE(plan_job({}, {}, policy, 0).memory_bytes);
  EXPECT_FALSE(plan_job({}, {}, policy, 0).order_offset_s);
  policy.modes.fill(Mode::off);
  EXPECT_FALSE(plan_job({}, predicted(Resource::run_time, ramp(10)), policy, 0).run_s);
  EXPECT_EQ(plan_job({}, {}, policy, 0).modes, policy.modes);
}

TEST(PlanJob, OrderAlwaysHasAnOffset) {
  Policy policy;
  policy.order.mode = OrderMode::on;
  JobRequest job;
  EXPECT_EQ(plan_job(job, {}, policy, 0).order_offset_s, policy.order.max_offset_s)
      << "nothing known, nothing asked";
  job.limit_s = 90;
  const auto requested = plan_job(job, {}, policy, 0).order_offset_s;
  EXPECT_EQ(requested, static_cast<std::int64_t>(36'000 * std::log(10) + 450));
  EXPECT_EQ(plan_job(job, predicted(Resource::run_time, ramp(1e6F)), policy, 0).order_offset_s, requested)
      << "the mean counts at most as the request";
  EXPECT_LT(plan_job(job, predicted(Resource::run_time, ramp(60)), policy, 0).order_offset_s, requested);
}

TEST(PlanJob, AUserWhoseJobsOverrunWinsLess) {
  Policy policy;
  policy.order.mode = OrderMode::on;
  policy.hold.mode = HoldMode::on;
  JobRequest job;
  job.limit_s = 3'600;
  const Prediction minute = predicted(Resource::run_time, ramp(60));
  const Plan trusted = plan_job(job, minute, policy, 0);
  const Plan overrunning = plan_job(job, minute, policy, 0, nullptr, {.overrun = 1'000});
  EXPECT_LT(trusted.order_offset_s, overrunning.order_offset_s);
  EXPECT_TRUE(trusted.may_use_pool);
  EXPECT_FALSE(overrunning.may_use_pool);
  EXPECT_EQ(plan_job(job, minute, policy, 0, nullptr, {.overrun = 1e9F}).order_offset_s,
            plan_job(job, {}, policy, 0).order_offset_s)
      << "at worst the request counts";
  EXPECT_EQ(plan_job(job, minute, policy, 0, nullptr, {.overrun = 0.5F}).order_offset_s,
            trusted.order_offset_s);
}

TEST(PlanJob, APredictionWinsAThousandTimesAtMost) {
  Policy policy;
  policy.order.mode = OrderMode::on;
  policy.order.short_job_s = 600;
  JobRequest job;
  job.limit_s = 7 * 86'400;
  const Prediction second = predicted(Resource::run_time, ramp(1));
  const auto offset = plan_job(job, second, policy, 0).order_offset_s;
  EXPECT_EQ(offset, order_offset_s(604.8, 0, policy.order));
  EXPECT_GT(offset, 0) << "a request of a week is never overdue from the start";
  job.limit_s = 3'600;
  EXPECT_LT(plan_job(job, second, policy, 0).order_offset_s, 0);
  job.limit_s = std::nullopt;
  EXPECT_LT(plan_job(job, second, policy, 0).order_offset_s, 0)
      << "without a limit there is nothing to go by";
}

TEST(PlanJob, OrderSparesWideJobs) {
  Policy policy;
  policy.order.mode = OrderMode::on;
  JobRequest job;
  job.limit_s = 90;
  job.cpus = 50;
  const auto narrow = plan_job(job, {}, policy, 0).order_offset_s.value();
  EXPECT_NEAR(static_cast<double>(plan_job(job, {}, policy, 100).order_offset_s.value()),
              0.55 * static_cast<double>(narrow), 1);
}

TEST(PlanJob, ThePoolIsForJobsPredictedShortThatCanStartAnywhere) {
  const struct {
    const char* why;
    bool want;
    void (*change)(JobRequest&, Policy&);
  } cases[] = {
      {"short", true, [](JobRequest&, Policy&) {}},
      {"in a dry run too", true, [](JobRequest&, Policy& p) { p.hold.mode = HoldMode::dry_run; }},
      {"holding off", false, [](JobRequest&, Policy& p) { p.hold.mode = HoldMode::off; }},
      {"no pool", false, [](JobRequest&, Policy& p) { p.hold.pool = false; }},
      {"not short enough", false, [](JobRequest&, Policy& p) { p.hold.short_job_s = 500; }},
      {"its request is within ten times", true, [](JobRequest& j, Policy&) { j.limit_s = 9'000; }},
      {"asks for more", false, [](JobRequest& j, Policy&) { j.limit_s = 12'000; }},
      {"and the site allows it", true,
       [](JobRequest& j, Policy& p) {
         j.limit_s = 12'000;
         p.hold.max_time_s = 12'000;
       }},
      {"asks for a week", false, [](JobRequest& j, Policy&) { j.limit_s = 604'800; }},
      {"dependency", false, [](JobRequest& j, Policy&) { j.has_dependency = true; }},
      {"licenses", false, [](JobRequest& j, Policy&) { j.licenses = 1; }},
      {"burst buffer", false, [](JobRequest& j, Policy&) { j.burst_buffer = 1; }},
      {"many at once", false, [](JobRequest& j, Policy&) { j.array_tasks = 2; }},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    JobRequest job;
    Policy policy;
    policy.hold.mode = HoldMode::on;
    c.change(job, policy);
    EXPECT_EQ(plan_job(job, predicted(Resource::run_time, ramp(1000)), policy, 0).may_use_pool, c.want);
  }
  EXPECT_FALSE(plan_job({}, {}, Policy{}, 0).may_use_pool) << "unknown is not short";
}

TEST(Policy, TheNarrowerScopeWins) {
  Policy policy;
  const auto rule = [](ScopeRule::Kind kind, TextHash hash, std::optional<Mode> memory) {
    ScopeRule r;
    r.kind = kind;
    r.hash = hash;
    r.modes.modes[static_cast<std::size_t>(Lever::memory)] = memory;
    return r;
  };
  policy.rules = {rule(ScopeRule::Kind::account, 3, Mode::off),
                  rule(ScopeRule::Kind::partition, 1, Mode::advise),
                  rule(ScopeRule::Kind::qos, 2, Mode::enforce), rule(ScopeRule::Kind::qos, 4, std::nullopt)};
  const struct {
    TextHash partition, qos, account;
    Mode want;
  } cases[] = {{0, 0, 0, Mode::observe}, {1, 0, 0, Mode::advise}, {1, 2, 0, Mode::enforce},
               {1, 2, 3, Mode::off},     {1, 4, 0, Mode::advise}, {9, 9, 9, Mode::observe}};
  for (const auto& c : cases) {
    const LeverModes modes = policy.modes_for({{&c.partition, 1}, {&c.qos, 1}, c.account});
    EXPECT_EQ(modes[static_cast<std::size_t>(Lever::memory)], c.want);
    EXPECT_EQ(modes[static_cast<std::size_t>(Lever::run_time)], Mode::observe);
  }
}

}  // namespace
}  // namespace foreshape
