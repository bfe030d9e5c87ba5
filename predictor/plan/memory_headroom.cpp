// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/plan/memory_headroom.h"

#include <algorithm>
#include <cmath>

namespace foreshape {

double next_headroom(double headroom, bool was_killed, double target) {
  const double from = headroom > 0 && std::isfinite(headroom) ? headroom : kFirstHeadroom;
  const double step = kHeadroomStep * ((was_killed ? 1 : 0) - target);
  return std::clamp(from * std::exp(step), kMinHeadroom, kMaxHeadroom);
}

}  // namespace foreshape
