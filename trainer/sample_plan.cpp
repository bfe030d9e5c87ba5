// SPDX-License-Identifier: GPL-2.0-or-later
#include "trainer/sample_plan.h"

#include <algorithm>

#include "trainer/random_numbers.h"

namespace foreshape {

HistoryWindows split_history(std::uint64_t jobs, double validation, double held_back) {
  const auto count = static_cast<double>(jobs);
  const auto of = [&](double share) { return static_cast<std::uint64_t>(share * count); };
  return {jobs - of(validation + held_back), jobs - of(held_back)};
}

SamplePlan::SamplePlan(const HistoryWindows& windows, const SampleBounds& bounds)
    : windows_(windows), seed_(bounds.seed) {
  const std::uint64_t learn = windows.learn_end, all = std::min(bounds.samples, learn);
  newest_ = all == learn ? all : all - all / 2;
  older_wanted_ = all - newest_;
  validation_wanted_ = std::min(bounds.validation, windows.validation_end - windows.learn_end);
}

/// Whether this job is one of the `wanted` out of the `among` that are left, it included.
bool SamplePlan::choose(std::uint64_t among, std::uint64_t& wanted) {
  const double share = static_cast<double>(random_of(seed_, job_) >> 11U) * 0x1p-53;
  if (share * static_cast<double>(among) >= static_cast<double>(wanted)) return false;
  --wanted;
  return true;
}

std::optional<SamplePlan::Place> SamplePlan::next() {
  const std::uint64_t older_end = windows_.learn_end - newest_;
  bool chosen = false;
  if (job_ < older_end)
    chosen = choose(older_end - job_, older_wanted_);
  else if (job_ < windows_.learn_end)
    chosen = true;
  else if (job_ < windows_.validation_end)
    chosen = choose(windows_.validation_end - job_, validation_wanted_);
  const bool validation = job_++ >= windows_.learn_end;
  if (!chosen) return std::nullopt;
  std::uint64_t& count = validation ? validating_ : learnt_;
  return Place{validation, static_cast<std::size_t>(count++ % kShards)};
}

}  // namespace foreshape
