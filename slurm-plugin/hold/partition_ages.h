// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Since when each partition has been there.
//
// Runs in: slurmctld (agent thread).
// Threads: one at a time.

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "predictor/base/clock.h"

namespace foreshape {

/// What is made for some hours, a class or a maintenance, is changed and deleted again: nothing is held there.
class PartitionAges {
 public:
  static constexpr std::int64_t kYoungSeconds = 7'200;

  /// Those that are there now. At the first look nobody knows how old they are: all count as old.
  void update(const std::set<std::string>& names, UnixSeconds now_s) {
    std::map<std::string, UnixSeconds> next;
    for (const std::string& name : names) {
      const auto known = since_s_.find(name);
      const UnixSeconds new_s = is_first_ ? 0 : now_s;
      next.emplace(name, known != since_s_.end() ? known->second : new_s);
    }
    since_s_ = std::move(next);
    is_first_ = false;
  }

  bool is_young(const std::string& name, UnixSeconds now_s) const {
    const auto known = since_s_.find(name);
    return known != since_s_.end() && now_s - known->second < kYoungSeconds;
  }

 private:
  std::map<std::string, UnixSeconds> since_s_;
  bool is_first_ = true;
};

}  // namespace foreshape
