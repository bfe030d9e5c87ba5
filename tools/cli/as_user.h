// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Root acting as another user for a while: what that user may not do, root then does not do for them either.
//
// Runs in: offline.
// Threads: main thread only, since the user is the whole process's.

#include <string>
#include <sys/types.h>

#include "predictor/base/result.h"

namespace foreshape {

struct OsUser {
  std::string name;
  uid_t uid = 0;
  gid_t gid = 0;
};

/// Errors: not_found - no user of that name on this machine.
Result<OsUser> os_user(const std::string& name);

/// While it lives the process has the user's rights alone: its uid, its own group, no other groups.
class AsUser {
 public:
  /// Errors: unavailable - we are not root.
  static Result<AsUser> begin(const OsUser& user);
  ~AsUser();
  AsUser(AsUser&& other) noexcept;
  AsUser& operator=(AsUser&&) = delete;

 private:
  AsUser() = default;
  bool active_ = true;
};

}  // namespace foreshape
