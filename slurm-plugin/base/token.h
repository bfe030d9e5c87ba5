// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Tokens: each names one submission for good, across restarts, and travels in the job's admin comment
// (predictor/base/token_tag.h).
//
// Runs in: slurmctld.
// Threads: any.

#include <atomic>
#include <cstdint>

#include "predictor/base/clock.h"
#include "predictor/journal/event.h"

namespace foreshape {

class TokenCounter {
 public:
  /// started_ms: milliseconds since 1970 when the Runtime started. 20 bits of counter follow; should more
  /// submissions come, they run on into the milliseconds, which a restart can't fall behind: nobody submits
  /// a million jobs a millisecond.
  explicit TokenCounter(std::int64_t started_ms)
      : first_(static_cast<std::uint64_t>(started_ms) << 20U), next_(first_) {}
  SubmissionToken next() { return next_.fetch_add(1, std::memory_order_relaxed); }

  /// Tokens below it are of a Runtime that started before.
  SubmissionToken first() const { return first_; }

 private:
  const SubmissionToken first_;
  std::atomic<SubmissionToken> next_;
};

}  // namespace foreshape
