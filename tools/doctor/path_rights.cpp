// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/doctor/path_rights.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>

namespace foreshape {
namespace {

constexpr std::size_t kRecordBytes = 1U << 16;  // of a line of the user database
constexpr mode_t kPermissions = 07777;

PathFacts facts_of_one(const std::string& path) {
  PathFacts facts;
  facts.path = path;
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) {
    facts.hidden = errno == EACCES;
    return facts;
  }
  facts.exists = true;
  facts.is_directory = S_ISDIR(info.st_mode);
  facts.owner = info.st_uid;
  facts.group = info.st_gid;
  facts.mode = info.st_mode & kPermissions;
  return facts;
}

}  // namespace

std::optional<Person> person_of(const std::string& name) {
  passwd entry{};
  passwd* found = nullptr;
  std::vector<char> buffer(kRecordBytes);
  if (getpwnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr)
    return std::nullopt;
  constexpr int kMaxGroups = 4'096;
  std::vector<gid_t> groups(kMaxGroups);
  int count = kMaxGroups;
  if (getgrouplist(name.c_str(), found->pw_gid, groups.data(), &count) < 0) count = kMaxGroups;
  groups.resize(static_cast<std::size_t>(count));
  return Person{name, found->pw_uid, std::move(groups)};
}

PathFacts facts_of(const std::string& path) {
  PathFacts facts = facts_of_one(path);
  std::filesystem::path above;
  for (const auto& part : std::filesystem::path(path).parent_path()) {
    above /= part;
    facts.above.push_back(facts_of_one(above.string()));
  }
  return facts;
}

bool may(const Person& person, Right right, const PathFacts& path) {
  if (person.uid == 0) return true;
  const auto bit = static_cast<mode_t>(right);
  if (person.uid == path.owner) return (path.mode & (bit << 6U)) != 0;
  const bool in_group = std::ranges::find(person.groups, path.group) != person.groups.end();
  return (path.mode & (in_group ? bit << 3U : bit)) != 0;
}

std::string closed_directory(const Person& person, const PathFacts& path) {
  const auto closed = std::ranges::find_if(
      path.above, [&](const PathFacts& above) { return above.exists && !may(person, Right::enter, above); });
  return closed == path.above.end() ? "" : closed->path;
}

std::string rights_text(const PathFacts& path) {
  return fmt::format("owner {}, mode {:04o}", user_text(path.owner), path.mode);
}

std::string user_text(uid_t uid) {
  passwd entry{};
  passwd* found = nullptr;
  std::vector<char> buffer(kRecordBytes);
  if (getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr)
    return std::to_string(uid);
  return found->pw_name;
}

}  // namespace foreshape
