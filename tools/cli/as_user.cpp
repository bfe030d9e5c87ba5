// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/cli/as_user.h"

#include <cstdlib>
#include <grp.h>
#include <pwd.h>
#include <unistd.h>
#include <utility>

#include "predictor/base/text.h"

namespace foreshape {

Result<OsUser> os_user(const std::string& name) {
  const passwd* user = ::getpwnam(name.c_str());  // NOLINT(concurrency-mt-unsafe): one thread
  if (user == nullptr)
    return failure(ErrorCode::not_found, "no user '" + harmless(name) + "' on this machine");
  return OsUser{name, user->pw_uid, user->pw_gid};
}

Result<AsUser> AsUser::begin(const OsUser& user) {
  if (::setgroups(0, nullptr) != 0 || ::setegid(user.gid) != 0 || ::seteuid(user.uid) != 0)
    return failure(ErrorCode::unavailable, "can't act as user " + user.name + ": run it as root");
  return AsUser{};
}

AsUser::~AsUser() {
  if (!active_) return;
  // To go on as root by name but with another's rights would be a program that nobody has thought of.
  if (::seteuid(0) != 0 || ::setegid(0) != 0) std::abort();
}

AsUser::AsUser(AsUser&& other) noexcept : active_(std::exchange(other.active_, false)) {}

}  // namespace foreshape
