// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/model/features/past_logs.h"

#include <algorithm>

#include "predictor/base/fast_math.h"
#include "predictor/base/target_clones.h"
#include "predictor/model/features/feature_parts.h"

namespace foreshape {
namespace {

float at_least_one(std::uint32_t x) { return static_cast<float>(std::max(x, 1U)); }

}  // namespace

FORESHAPE_TARGET_CLONES
void take_logs(std::span<float> values) {
  for (std::size_t i = 0; i < values.size(); i += PastLogs::kLanes)
    for (std::size_t l = 0; l < PastLogs::kLanes; ++l) values[i + l] = fast_log(values[i + l]);
}

void logs_of(const Candidates& candidates, PastLogs& logs) {
  const std::size_t size = candidates.size;
  const std::size_t filled = PastLogs::whole(size);
  for (std::size_t i = 0; i < size; ++i) {
    const PastJob& past = candidates.jobs[i];
    logs.run_s[i] = at_least_one(past.run_s);
    logs.limit_s[i] = at_least_one(past.requested_limit_s);
  }
  for (PastLogs::Column* column : {&logs.run_s, &logs.limit_s}) {
    std::fill(column->begin() + size, column->begin() + filled, 1.0F);
    take_logs(std::span{*column}.first(filled));
  }
}

float PastLogs::share_of_limit(const PastJob& past, std::size_t i) const {
  return past.requested_limit_s == 0 ? 0 : clipped(run_s[i] - limit_s[i], 15) / 3;
}

}  // namespace foreshape
