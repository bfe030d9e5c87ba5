// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The numbers of users that the site names, and the names of users by number, each asked for now and then.
//
// Runs in: slurmctld (agent thread).
// Threads: one at a time.

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "slurm-plugin/slurm/slurm_control.h"

namespace foreshape {

class UserNumbers {
 public:
  static constexpr std::int64_t kAskAgainSeconds = 600;  // a name service may be slow

  /// nullopt: there is no such user.
  std::optional<UserId> of(const std::string& name, SlurmControl& control, UnixSeconds now_s) {
    Known& known = known_[name];
    if (known.requested_s == 0 || now_s - known.requested_s > kAskAgainSeconds)
      known = {control.user_id(name), now_s};
    return known.uid;
  }

  /// Likewise the name of that number.
  std::optional<std::string> name_of(UserId uid, SlurmControl& control, UnixSeconds now_s) {
    Named& named = named_[uid];
    if (named.requested_s == 0 || now_s - named.requested_s > kAskAgainSeconds)
      named = {control.user_name(uid), now_s};
    return named.name;
  }

 private:
  struct Named {
    std::optional<std::string> name;
    UnixSeconds requested_s = 0;
  };
  struct Known {
    std::optional<UserId> uid;
    UnixSeconds requested_s = 0;
  };
  std::map<std::string, Known> known_;
  std::map<UserId, Named> named_;
};

}  // namespace foreshape
