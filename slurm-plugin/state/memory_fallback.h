// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Whose jobs keep the memory that they request, whatever foreshape.conf says: too many of theirs were killed
// with less.
//
// Runs in: slurmctld.
// Threads: immutable once made: from any. No allocation in is_for().

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "predictor/base/job.h"

namespace foreshape {

class MemoryFallback {
 public:
  MemoryFallback() = default;  ///< nobody's
  /// users: sorted.
  MemoryFallback(bool for_all, std::vector<UserId> users) : for_all_(for_all), users_(std::move(users)) {}

  bool operator==(const MemoryFallback&) const = default;
  bool is_for_all() const { return for_all_; }
  std::size_t users() const { return users_.size(); }

  bool is_for(UserId user) const { return for_all_ || std::ranges::binary_search(users_, user); }

 private:
  bool for_all_ = false;
  std::vector<UserId> users_;
};

}  // namespace foreshape
