#include "replay/simulation.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/replay/random_workload.h"
#include "tests/replay/reference.h"

namespace foreshape {
namespace {

// For each predictor and correction of a policy: thousands for each policy.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int kWorkloads = 30;
#else
constexpr int kWorkloads = 300;
#endif

/// A policy as tests want it: times are scaled to the small workloads, so that caps, protection, promises and
/// windows all matter.
SchedulingPolicy scaled(SchedulingPolicy p) {
  p.order_cap_s = 8;
  p.protect_wait_s = 40;
  p.protect_rms_factor = 1.5;
  p.protect_recent_jobs = 5;
  if (p.promise_slack_s) p.promise_slack_s = 10;
  if (p.renew_s == 300) p.renew_s = 20;
  p.static_key.log_offset_s = 20;
  p.slurm.interval_s = 5;
  p.slurm.jobs_max = p.order == Order::arrival ? 8 : 12;
  p.slurm.window_s = 60;
  p.slurm.resolution_s = 3;
  p.slurm.precision_s = 2;
  p.slurm.main_depth = 6;
  p.slurm.min_age_reserve_s = p.order == Order::arrival ? 0 : 5;
  return p;
}

/// Every known policy with every predictor, and every correction where a job can outrun its plan.
std::vector<SchedulingPolicy> policies() {
  std::vector<SchedulingPolicy> all;
  for (const std::string_view name : policy_names()) {
    for (const Source source :
         {Source::requested, Source::last2, Source::similar, Source::kernel, Source::clairvoyant}) {
      for (const Correction correction :
           {Correction::requested, Correction::incremental, Correction::next_quantile}) {
        SchedulingPolicy p = scaled(*find_policy(name));
        p.source = source;
        p.correction = correction;
        const bool exact = source == Source::requested || source == Source::clairvoyant || p.plan_requested;
        if (exact && correction != Correction::requested) continue;
        p.name += fmt::format(":{}, {}", source_name(source), correction_name(correction));
        all.push_back(p);
      }
    }
  }
  return all;
}

/// Slurm's loop with settings other than its defaults.
std::vector<SchedulingPolicy> slurm_settings() {
  std::vector<SchedulingPolicy> all;
  for (const std::string_view name : {"slurm", "slurm-key", "slurm-key-wide"}) {
    for (const std::int64_t max_age_s : {SlurmLoop::kNoMaxAge, std::int64_t{25}, std::int64_t{60}}) {
      for (const std::int64_t reserve_after_s : {-20, 10}) {
        SchedulingPolicy p = scaled(*find_policy(name));
        p.slurm.max_age_s = max_age_s;
        p.slurm.reserve_overdue_only = true;
        p.slurm.reserve_after_s = reserve_after_s;
        p.name += fmt::format(", max age {}, reserves after {}", max_age_s, reserve_after_s);
        all.push_back(p);
      }
    }
    for (const std::int64_t precision_s : {0, 1, 5}) {
      for (const std::int64_t linear_s : {0, 4}) {
        SchedulingPolicy p = scaled(*find_policy(name));
        p.slurm.precision_s = precision_s;
        p.slurm.window_linear_s = linear_s;
        p.name += fmt::format(", precision {} + {}", precision_s, linear_s);
        all.push_back(p);
      }
    }
  }
  return all;
}

void expect_agreement(const SchedulingPolicy& policy) {
  SCOPED_TRACE(policy.name);
  std::mt19937 random{20261122};  // NOLINT(cert-msc51-cpp): repeatable
  for (int i = 0; i < kWorkloads; ++i) {
    const Workload load = random_workload(random);
    ASSERT_EQ(simulate(load, policy).start_s, reference_starts(load, policy)) << "workload " << i;
  }
}

TEST(Simulate, AgreesWithTheReferenceJobByJob) {
  for (const SchedulingPolicy& policy : policies()) expect_agreement(policy);
}

TEST(Simulate, AgreesWithTheReferenceUnderEverySettingOfSlurm) {
  for (const SchedulingPolicy& policy : slurm_settings()) expect_agreement(policy);
}

/// Processors in use never exceed the machine, counted between ends and starts of the same second.
void expect_within_capacity(const Workload& load, const Schedule& schedule) {
  std::vector<std::pair<std::int64_t, std::int64_t>> changes;
  for (std::size_t i = 0; i < load.jobs.size(); ++i) {
    changes.emplace_back(schedule.start_s[i], load.jobs[i].procs);
    changes.emplace_back(schedule.end_s[i], -load.jobs[i].procs);
  }
  std::sort(changes.begin(), changes.end());  // ends of a second come first: they are negative
  std::int64_t used = 0;
  for (const auto& [time, procs] : changes) {
    used += procs;
    ASSERT_LE(used, load.procs) << "at " << time;
  }
}

TEST(Simulate, KeepsTheInvariants) {
  for (const SchedulingPolicy& policy : policies()) {
    SCOPED_TRACE(policy.name);
    std::mt19937 random{7};  // NOLINT(cert-msc51-cpp): repeatable
    for (int i = 0; i < kWorkloads; ++i) {
      const Workload load = random_workload(random);
      const Schedule schedule = simulate(load, policy);
      expect_within_capacity(load, schedule);
      for (std::size_t j = 0; j < load.jobs.size(); ++j) {
        ASSERT_GE(schedule.start_s[j], load.jobs[j].submit_s);
        ASSERT_EQ(schedule.end_s[j] - schedule.start_s[j], load.jobs[j].run_s);
        ASSERT_LE(schedule.estimates[j].plan_s, load.jobs[j].limit_s);
      }
    }
  }
}

/// When the job became the first by arrival, and the latest time at which it could then start: the earliest
/// planned end that leaves it enough processors.
std::int64_t promised_to_head(const Workload& load, const Schedule& schedule, std::size_t head) {
  std::int64_t since = load.jobs[head].submit_s;
  for (std::size_t i = 0; i < head; ++i) since = std::max(since, schedule.start_s[i]);
  std::vector<std::pair<std::int64_t, std::int64_t>> ends;
  std::int64_t free = load.procs;
  for (std::size_t i = 0; i < load.jobs.size(); ++i) {
    // Those that started in the same second count too: beside the head they must not have put it off.
    const bool started = schedule.start_s[i] <= since && i != head;
    const std::int64_t planned_end = schedule.start_s[i] + schedule.estimates[i].plan_s;
    if (!started || schedule.end_s[i] < since || planned_end <= since) continue;
    free -= load.jobs[i].procs;
    ends.emplace_back(planned_end, load.jobs[i].procs);
  }
  std::sort(ends.begin(), ends.end());
  std::int64_t latest = since;
  for (const auto& [end, procs] : ends) {
    if (free >= load.jobs[head].procs) break;
    free += procs;
    latest = end;
  }
  return latest;
}

TEST(Simulate, NeverPutsOffTheHeadWherePlansAreUpperBounds) {
  for (const char* name : {"easy", "easy-sjbf"}) {
    for (const Source source : {Source::requested, Source::clairvoyant}) {
      SchedulingPolicy policy = *find_policy(name);
      policy.source = source;
      SCOPED_TRACE(std::string(name) + ":" + std::string(source_name(source)));
      std::mt19937 random{11};  // NOLINT(cert-msc51-cpp): repeatable
      for (int i = 0; i < 1'000; ++i) {
        const Workload load = random_workload(random);
        const Schedule schedule = simulate(load, policy);
        for (std::size_t j = 0; j < load.jobs.size(); ++j)
          ASSERT_LE(schedule.start_s[j], promised_to_head(load, schedule, j))
              << "workload " << i << ", job " << j;
      }
    }
  }
}

TEST(Simulate, CutsJobsAtThePredictionWhereAsked) {
  SchedulingPolicy policy = *find_policy("easy++");
  policy.kill_on_prediction = true;
  std::mt19937 random{7};  // NOLINT(cert-msc51-cpp): repeatable
  for (int i = 0; i < 100; ++i) {
    const Workload load = random_workload(random);
    const Schedule schedule = simulate(load, policy);
    for (std::size_t j = 0; j < load.jobs.size(); ++j)
      ASSERT_EQ(schedule.end_s[j] - schedule.start_s[j],
                std::min(load.jobs[j].run_s, schedule.estimates[j].plan_s));
    EXPECT_EQ(schedule.corrections, 0U);
  }
}

}  // namespace
}  // namespace foreshape
