#pragma once
// Tokens: each names one submission for good, across restarts, and travels in the job's admin comment.
//
// Runs in: slurmctld.
// Threads: TokenCounter from any thread; the rest are pure functions.

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <string_view>

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

/// "foreshape=<16 hex digits>" with a NUL behind it.
using TokenTag = std::array<char, 27>;

TokenTag token_tag(SubmissionToken token);

/// The token in an admin comment, wherever it stands in it; 0 if there is none.
SubmissionToken tagged_token(std::string_view admin_comment);

}  // namespace foreshape
