#include "predictor/plan/order_key.h"

#include <algorithm>
#include <cmath>

namespace foreshape {

std::int64_t order_offset_s(double p, double w, const OrderPolicy& order) {
  if (!(p >= 0)) return order.max_offset_s;
  const double run_offset = order.log_offset_s * std::log1p(p / 10) + order.linear_offset * p;
  const double share = w >= 0 ? std::min(w, 1.0) : 0;
  const double offset = run_offset * (1 - order.width_discount * share);
  // Compared as doubles: an endless p must not be converted.
  if (!(offset < static_cast<double>(order.max_offset_s))) return order.max_offset_s;
  return std::max(std::int64_t{0}, static_cast<std::int64_t>(offset));
}

std::uint32_t order_points(std::int64_t offset_s, const OrderScale& scale) {
  const double most = scale.overdue_points;
  const double points = most - static_cast<double>(offset_s) / 60 * scale.points_per_minute;
  return points > 0 ? static_cast<std::uint32_t>(std::min(std::round(points), most)) : 0;
}

}  // namespace foreshape
