// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Policies as the tests of the engine want them, and the comparison with the reference.
//
// Runs in: offline.
// Threads: pure functions.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "replay/simulation.h"
#include "tests/replay/reference.h"

namespace foreshape {

// For each predictor and correction of a policy: thousands for each policy.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr int kWorkloads = 10;
#else
inline constexpr int kWorkloads = 200;
#endif

/// A policy as tests want it: times are scaled to the small workloads, so that caps, protection, promises and
/// windows all matter.
inline SchedulingPolicy scaled(SchedulingPolicy p) {
  p.order_cap_s = 8;
  p.protect_wait_s = 40;
  p.protect_rms_factor = 1.5;
  p.protect_recent_jobs = 5;
  if (p.promise_slack_s) p.promise_slack_s = 10;
  if (p.renew_s == 300) p.renew_s = 20;
  p.static_key.log_offset_s = p.static_key.log_squared_offset_s = 20;
  if (p.static_key.short_job_s > 0) p.static_key.short_job_s = 4;
  p.slurm.interval_s = 5;
  p.slurm.jobs_max = p.order == Order::arrival ? 8 : 12;
  p.slurm.window_s = 60;
  p.slurm.resolution_s = 3;
  p.slurm.precision_s = 2;
  p.slurm.main_depth = 6;
  p.slurm.min_age_reserve_s = p.order == Order::arrival ? 0 : 5;
  if (p.trial) p.trial = TrialPolicy{.length_s = 4, .start_cost_s = 1, .user_day_max = 6};
  return p;
}

/// Every known policy with every predictor, and every correction where a job can outrun its plan.
inline std::vector<SchedulingPolicy> all_policies() {
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
        p.name += fmt::format(":{}, correction {}", source_name(source), static_cast<int>(correction));
        all.push_back(p);
      }
    }
  }
  return all;
}

/// Slurm's loop with settings other than its defaults.
inline std::vector<SchedulingPolicy> slurm_settings() {
  std::vector<SchedulingPolicy> all;
  for (const std::string_view name :
       {"slurm", "slurm-key", "slurm-key-wide", "slurm-order", "slurm-order-trial"}) {
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
    for (const std::int64_t max_age_s : {SlurmLoop::kNoMaxAge, std::int64_t{25}}) {
      SchedulingPolicy p = scaled(*find_policy(name));
      p.slurm.max_age_s = max_age_s;
      // Thirds of 24 s are whole: ties are ties however sums are rounded.
      p.fair_share = FairSharePolicy{.weight_s = 24, .half_life_s = 30, .calc_period_s = 7};
      p.name += fmt::format(", fair-share, max age {}", max_age_s);
      all.push_back(p);
    }
    for (const std::int64_t precision_s : {0, 1, 5}) {
      for (const std::int64_t linear_s : {0, 4}) {
        SchedulingPolicy p = scaled(*find_policy(name));
        p.slurm.precision_s = precision_s;
        p.slurm.window_linear_s = linear_s;
        if (linear_s > 0) p.slurm.precision_jobs = 2;
        p.name += fmt::format(", precision {} + {}", precision_s, linear_s);
        all.push_back(p);
      }
    }
  }
  return all;
}

/// Engine and reference start every job at the same time, on kWorkloads of that kind.
template <class MakeWorkload>
void expect_agreement(const SchedulingPolicy& policy, MakeWorkload&& make) {
  SCOPED_TRACE(policy.name);
  std::mt19937 random{20261122};  // NOLINT(cert-msc51-cpp): repeatable
  for (int i = 0; i < kWorkloads; ++i) {
    const Workload load = make(random);
    ASSERT_EQ(simulate(load, policy).start_s, reference_starts(load, policy)) << "workload " << i;
  }
}

/// Calls expect(load, schedule) for every policy on kWorkloads of that kind.
template <class MakeWorkload, class Expect>
void for_each_schedule(MakeWorkload&& make, Expect&& expect) {
  for (const SchedulingPolicy& policy : all_policies()) {
    SCOPED_TRACE(policy.name);
    std::mt19937 random{7};  // NOLINT(cert-msc51-cpp): repeatable
    for (int i = 0; i < kWorkloads; ++i) {
      const Workload load = make(random);
      expect(load, simulate(load, policy));
      if (testing::Test::HasFatalFailure()) return;
    }
  }
}

/// When the job became the first by arrival, and the latest time at which it could then start: the earliest
/// planned end that leaves it room. room: of the empty machine, with take(job), give(job) and fits(job).
template <class Room>
std::int64_t promised_to_head(const Workload& load, const Schedule& schedule, std::size_t head, Room room) {
  std::int64_t since = load.jobs[head].submit_s;
  for (std::size_t i = 0; i < head; ++i) since = std::max(since, schedule.start_s[i]);
  std::multimap<std::int64_t, std::size_t> ends;
  for (std::size_t i = 0; i < load.jobs.size(); ++i) {
    // Those that started in the same second count too: beside the head they must not have put it off.
    const bool started = schedule.start_s[i] <= since && i != head;
    const std::int64_t planned_end = schedule.start_s[i] + schedule.estimates[i].plan_s;
    if (!started || schedule.end_s[i] < since || planned_end <= since) continue;
    room.take(i);
    ends.emplace(planned_end, i);
  }
  std::int64_t latest = since;
  for (const auto& [end, job] : ends) {
    if (end > latest && room.fits(head)) break;
    room.give(job);
    latest = end;
  }
  return latest;
}

/// Where plans are upper bounds, EASY never puts off the head of the queue. room_of(load, schedule): as
/// above.
template <class MakeWorkload, class WorkspaceOf>
void expect_never_puts_off_the_head(MakeWorkload&& make, WorkspaceOf&& room_of) {
  for (const char* name : {"easy", "easy-sjbf"}) {
    for (const Source source : {Source::requested, Source::clairvoyant}) {
      SchedulingPolicy policy = *find_policy(name);
      policy.source = source;
      SCOPED_TRACE(std::string(name) + ":" + std::string(source_name(source)));
      std::mt19937 random{11};  // NOLINT(cert-msc51-cpp): repeatable
      for (int i = 0; i < 5 * kWorkloads; ++i) {
        const Workload load = make(random);
        const Schedule schedule = simulate(load, policy);
        for (std::size_t j = 0; j < load.jobs.size(); ++j)
          ASSERT_LE(schedule.start_s[j], promised_to_head(load, schedule, j, room_of(load, schedule)))
              << "workload " << i << ", job " << j;
      }
    }
  }
}

}  // namespace foreshape
