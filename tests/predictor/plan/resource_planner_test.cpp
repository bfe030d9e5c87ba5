#include "predictor/plan/resource_planner.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>

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

TEST(PlanJob, RunTimeIsThePredictionAtTheMarginButNeverMoreThanAsked) {
  const struct {
    const char* why;
    float at_one;
    std::optional<std::int64_t> asked;
    float margin;
    std::optional<std::int64_t> want;
  } cases[] = {
      {"prediction fits", 1000, 3600, .95F, 950},
      {"a smaller margin plans less", 1000, 3600, .5F, 500},
      {"user asked for less", 1000, 60, .95F, 60},
      {"user asked for nothing", 1000, std::nullopt, .95F, 950},
      {"fractions round up", 1.2F, 3600, .5F, 1},
      {"never nothing", 0, 3600, .95F, 1},
      {"not a number is no plan", std::numeric_limits<float>::quiet_NaN(), 3600, .95F, std::nullopt},
      {"endless is no plan", std::numeric_limits<float>::infinity(), 3600, .95F, std::nullopt},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    JobRequest job;
    job.limit_s = c.asked;
    Policy policy;
    policy.run_time_margin = c.margin;
    EXPECT_EQ(plan_job(job, predicted(Resource::run_time, ramp(c.at_one)), policy, 0).run_s, c.want);
  }
}

TEST(PlanJob, MemoryIsInWholeMiBAndNeverMoreThanAsked) {
  constexpr std::int64_t kMiB = 1 << 20;
  const struct {
    float at_one;
    std::int64_t asked, want;
  } cases[] = {{100.5F * kMiB, 1000 * kMiB, 100 * kMiB},
               {1, 1000 * kMiB, kMiB},
               {5000.F * kMiB, 1000 * kMiB + 5, 1000 * kMiB + 5}};
  for (const auto& c : cases) {
    JobRequest job;
    job.memory_per_node_bytes = c.asked;
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
  policy.order.on = true;
  JobRequest job;
  EXPECT_EQ(plan_job(job, {}, policy, 0).order_offset_s, policy.order.max_offset_s)
      << "nothing known, nothing asked";
  job.limit_s = 90;
  const auto asked = plan_job(job, {}, policy, 0).order_offset_s;
  EXPECT_EQ(asked, static_cast<std::int64_t>(36'000 * std::log(10) + 450));
  EXPECT_EQ(plan_job(job, predicted(Resource::run_time, ramp(1e6F)), policy, 0).order_offset_s, asked)
      << "the mean counts at most as the request";
  EXPECT_LT(plan_job(job, predicted(Resource::run_time, ramp(60)), policy, 0).order_offset_s, asked);
}

TEST(PlanJob, OrderSparesWideJobs) {
  Policy policy;
  policy.order.on = true;
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
      {"in a dry run too", true, [](JobRequest&, Policy& p) { p.hold.mode = HoldPolicy::Mode::dry_run; }},
      {"holding off", false, [](JobRequest&, Policy& p) { p.hold.mode = HoldPolicy::Mode::off; }},
      {"no pool", false, [](JobRequest&, Policy& p) { p.hold.pool = false; }},
      {"not short enough", false, [](JobRequest&, Policy& p) { p.hold.short_job_s = 500; }},
      {"dependency", false, [](JobRequest& j, Policy&) { j.has_dependency = true; }},
      {"licences", false, [](JobRequest& j, Policy&) { j.licences = 1; }},
      {"burst buffer", false, [](JobRequest& j, Policy&) { j.burst_buffer = 1; }},
      {"many at once", false, [](JobRequest& j, Policy&) { j.array_tasks = 2; }},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    JobRequest job;
    Policy policy;
    policy.hold.mode = HoldPolicy::Mode::on;
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
    EXPECT_EQ(policy.mode_for(Lever::memory, c.partition, c.qos, c.account), c.want);
    EXPECT_EQ(policy.mode_for(Lever::run_time, c.partition, c.qos, c.account), Mode::observe);
  }
}

}  // namespace
}  // namespace foreshape
