#pragma once
// The order of the queue as Slurm itself can carry it: a constant for each job, set once at submission.
//
// Runs in: slurmctld and offline. No allocation.
// Threads: pure functions.

#include <cstdint>

#include "predictor/plan/policy.h"

namespace foreshape {

/// For how long jobs that are submitted later may still go ahead of this one if their own offset is as much
/// smaller: seconds, in [0, order.max_offset_s].
///
///   S(p, w) = (L ln(1 + p / 10 s) + l p) (1 - d w)
///
/// The queue is ordered by submission time + S. The logarithm is shortest-first where users feel it, in
/// ratios; the linear part keeps very long jobs behind; the discount keeps wide jobs, for which the machine
/// must be emptied, from paying twice. L, l, d: OrderPolicy. Source: ours, found by replay of five public
/// logs (docs/order.md).
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
};

/// The points for site_factor (before NICE_OFFSET is added): overdue_points - offset x slope, rounded to
/// the nearest, never below 0. With Slurm's age factor on top, a job reaches overdue_points exactly when
/// it has waited its offset; two jobs are in the order of submission + offset at any time.
/// An offset that would go below 0 is cut: the site's overdue_points is too small for max_offset_s.
std::uint32_t order_points(std::int64_t offset_s, const OrderScale& scale);

}  // namespace foreshape
