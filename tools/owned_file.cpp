#include "tools/owned_file.h"

#include <cerrno>
#include <cstring>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "predictor/base/file.h"

namespace foreshape {
namespace {

Error unavailable(const std::string& path, const char* step) {
  return {ErrorCode::unavailable, path + ": " + step + ": " + std::strerror(errno)};
}

Result<uid_t> owner_of(const std::string& path, const std::string& user_name) {
  if (!user_name.empty()) {
    const passwd* user = ::getpwnam(user_name.c_str());
    if (user == nullptr) return failure(ErrorCode::not_found, "no user " + user_name + " on this machine");
    return user->pw_uid;
  }
  const auto slash = path.rfind('/');
  const std::string folder = slash == path.npos ? "." : path.substr(0, slash + 1);
  struct stat info {};
  if (::stat(folder.c_str(), &info) != 0) return tl::make_unexpected(unavailable(folder, "folder"));
  return info.st_uid;
}

}  // namespace

Result<void> replace_owned_file(const std::string& path, const std::string& bytes, mode_t mode,
                                const std::string& owner) {
  const auto uid = owner_of(path, owner);
  if (!uid) return tl::make_unexpected(uid.error());
  const std::string draft = path + ".draft";
  if (auto written = replace_file(draft, bytes, mode); !written) return written;
  const bool give_away = ::geteuid() == 0 || !owner.empty();
  if (give_away && ::chown(draft.c_str(), *uid, static_cast<gid_t>(-1)) != 0)
    return tl::make_unexpected(unavailable(draft, "chown"));
  if (::rename(draft.c_str(), path.c_str()) != 0) return tl::make_unexpected(unavailable(path, "rename"));
  return {};
}

}  // namespace foreshape
