// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/plan/order_key.h"

#include <algorithm>
#include <cmath>

namespace foreshape {

namespace {

/// Of a job that takes next to nothing of the machine.
double narrow_offset_s(double p, const OrderPolicy& order) {
  const double log = std::log1p(p / 10);
  const double curved =
      order.form == OrderForm::log ? order.log_offset_s * log : order.log_squared_offset_s * log * log;
  return curved + order.linear_offset * p;
}

/// NICE_OFFSET is 2^31: what is added to it must stay within an int32.
std::int32_t within_factor(double points) {
  constexpr double kMax = 2'000'000'000;
  return static_cast<std::int32_t>(std::clamp(points, -kMax, kMax));
}

}  // namespace

std::int64_t order_offset_s(double p, double w, const OrderPolicy& order) {
  if (!(p >= 0)) return order.max_offset_s;
  const auto short_job = static_cast<double>(order.short_job_s);
  const double ahead = p < short_job ? narrow_offset_s(short_job, order) : 0;
  const double share = w >= 0 ? std::min(w, 1.0) : 0;
  const double offset = (narrow_offset_s(p, order) - ahead) * (1 - order.width_discount * share);
  // Compared as doubles: an endless p must not be converted.
  const auto most = static_cast<double>(order.max_offset_s);
  if (!(offset < most)) return order.max_offset_s;
  return static_cast<std::int64_t>(std::max(offset, -most));
}

std::int64_t base_points(std::int64_t weight_partition, std::int64_t least_factor,
                         std::int64_t largest_factor, bool is_normed) {
  return weight_partition * least_factor / (is_normed ? std::max<std::int64_t>(largest_factor, 1) : 1);
}

double age_points(std::int64_t waited_s, const OrderScale& scale) {
  return static_cast<double>(waited_s) / 60 * scale.points_per_minute;
}

std::int32_t aged_points(std::int32_t points, std::int64_t waited_s, const OrderScale& scale) {
  return within_factor(points + std::round(age_points(waited_s, scale)));
}

std::int32_t order_points(std::int64_t offset_s, const OrderScale& scale) {
  const double points = scale.overdue_points - age_points(offset_s, scale);
  return within_factor(std::max(std::round(points), 0.0) - static_cast<double>(scale.base_points));
}

}  // namespace foreshape
