// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The order of the queue as Slurm itself can carry it: a constant for each job.
//
// Runs in: slurmctld and offline. No allocation.
// Threads: pure functions.

#include <cstdint>

#include "predictor/plan/policy.h"

namespace foreshape {

/// For how long jobs that are submitted later may still go ahead of this one if their own offset is as much
/// smaller: seconds, at most order.max_offset_s.
///
///   S(p, w) = (L ln(1 + p / 10 s) + l p) (1 - d w)          OrderForm::log
///   S(p, w) = (L2 ln^2(1 + p / 10 s) + l p) (1 - d w)       OrderForm::log_squared
///
/// The queue is ordered by submission time + S. The logarithm is shortest-first where users feel it, in
/// ratios; its square parts minutes from hours more sharply and seconds from minutes less, which is kinder to
/// jobs that end in seconds and are predicted minutes; the linear part keeps very long jobs behind; the
/// discount keeps wide jobs, for which the machine must be emptied, from paying twice. L, L2, l, d:
/// OrderPolicy. Source: ours, found by replay of five public logs (docs/order.md).
///
/// Jobs with p < order.short_job_s get S(p, w) - S(short_job_s, w), below 0: they are overdue from the start,
/// so they reserve nodes at once, and the shorter ones are still first.
///
/// p   predicted run time (the weighted mean, capped at the request), seconds; what is not a number >= 0
///     counts as endless
/// w   the job's share of the machine, n / N; taken into [0, 1]
std::int64_t order_offset_s(double p, double w, const OrderPolicy& order);

/// How a site's priorities are set up for the order.
struct OrderScale {
  /// bf_min_prio_reserve: the points at which a job counts as overdue and may reserve nodes.
  std::uint32_t overdue_points = 10'080;
  /// What PriorityWeightAge gives a waiting job: PriorityWeightAge / PriorityMaxAge in minutes.
  double points_per_minute = 1.0;
  /// What every job has whoever submitted it and whether we saw it or not: PriorityWeightPartition. It puts
  /// jobs without a site factor (submitted while Foreshape was off) among the others, and is taken
  /// off our points.
  std::int64_t base_points = 0;
};

/// OrderScale's base_points: what PriorityWeightPartition gives to a job in the partition with the least
/// PriorityJobFactor. Slurm norms the factors by the largest, unless PriorityFlags has NO_NORMAL_PART.
std::int64_t base_points(std::int64_t weight_partition, std::int64_t least_factor,
                         std::int64_t largest_factor, bool is_normed);

/// What Slurm's age factor gives a job for so long a wait.
double age_points(std::int64_t waited_s, const OrderScale& scale);

/// The points for site_factor of a job that had these, and whose first waited_s Slurm has forgotten since.
std::int32_t aged_points(std::int32_t points, std::int64_t waited_s, const OrderScale& scale);

/// The points for site_factor (before NICE_OFFSET is added): overdue_points - offset x slope, rounded to
/// the nearest, never below 0; then less base_points, so it may be negative. With Slurm's age factor and the
/// base on top, a job reaches overdue_points exactly when it has waited its offset, from the start if that is
/// not above 0; two jobs are in the order of submission + offset at any time.
/// Points that would go below 0 are cut: the site's overdue_points is too small for max_offset_s.
std::int32_t order_points(std::int64_t offset_s, const OrderScale& scale);

}  // namespace foreshape
