// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// With how much headroom each user's jobs may be given less memory than requested; and whose keep the request, whatever
// foreshape.conf says, since too many of theirs were killed.
//
// Runs in: slurmctld.
// Threads: immutable once made: from any. No allocation in keeps_request() and headroom().

#include <algorithm>
#include <utility>
#include <vector>

#include "predictor/base/job.h"
#include "predictor/plan/memory_headroom.h"

namespace foreshape {

class MemoryMargins {
 public:
  struct OfUser {
    UserId user = 0;
    bool keeps_request = false;
    double headroom = kFirstHeadroom;
    bool operator==(const OfUser&) const = default;
  };

  MemoryMargins() = default;  ///< kFirstHeadroom for everybody
  /// users: sorted.
  MemoryMargins(bool all_keep_request, std::vector<OfUser> users)
      : all_keep_request_(all_keep_request), users_(std::move(users)) {}

  bool operator==(const MemoryMargins&) const = default;

  bool all_keep_request() const { return all_keep_request_; }
  std::vector<UserId> users_that_keep_it() const {
    std::vector<UserId> keepers;
    for (const OfUser& user : users_)
      if (user.keeps_request) keepers.push_back(user.user);
    return keepers;
  }
  /// The largest of all users; kFirstHeadroom where nothing is known.
  double largest_headroom() const {
    const auto largest = std::ranges::max_element(users_, {}, &OfUser::headroom);
    return largest != users_.end() ? largest->headroom : kFirstHeadroom;
  }

  /// Whether the same users keep their request, whatever their headroom.
  bool keeps_the_same(const MemoryMargins& other) const {
    return all_keep_request_ == other.all_keep_request_ && users_that_keep_it() == other.users_that_keep_it();
  }

  bool keeps_request(UserId user) const { return all_keep_request_ || of(user).keeps_request; }
  double headroom(UserId user) const { return of(user).headroom; }

 private:
  OfUser of(UserId user) const {
    const auto found = std::ranges::lower_bound(users_, user, {}, &OfUser::user);
    return found != users_.end() && found->user == user ? *found : OfUser{user};
  }

  bool all_keep_request_ = false;
  std::vector<OfUser> users_;
};

}  // namespace foreshape
