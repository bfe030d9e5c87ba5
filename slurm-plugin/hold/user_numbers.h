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
    return asked(numbers_[name], now_s, [&] { return control.user_id(name); });
  }

  /// Likewise the name of that number.
  std::optional<std::string> name_of(UserId uid, SlurmControl& control, UnixSeconds now_s) {
    return asked(names_[uid], now_s, [&] { return control.user_name(uid); });
  }

 private:
  template <class T>
  struct Answer {
    std::optional<T> value;
    UnixSeconds requested_s = 0;
  };

  template <class T, class Ask>
  static std::optional<T> asked(Answer<T>& answer, UnixSeconds now_s, Ask&& ask) {
    if (answer.requested_s == 0 || now_s - answer.requested_s > kAskAgainSeconds) answer = {ask(), now_s};
    return answer.value;
  }

  std::map<std::string, Answer<UserId>> numbers_;
  std::map<UserId, Answer<std::string>> names_;
};

}  // namespace foreshape
