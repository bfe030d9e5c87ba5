// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/setup/state_directory.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

#include "predictor/base/directory.h"
#include "tools/cli/owned_file.h"
#include "tools/setup/directory_names.h"

namespace foreshape {
namespace {

namespace fs = std::filesystem;

/// A directory with our names in it. Whatever has another name there is somebody else's.
struct OwnedDirectory {
  std::string path;
  OsUser owner;
  mode_t mode = 0700;
  DirectoryNames names;
  std::string own_step;   ///< the name of what lies in it and has a step of its own; "" = nothing
  std::string other_use;  ///< what else this directory is, so that it can't be ours; "" = nothing
};

tl::unexpected<Error> cannot(const std::string& path, const char* what) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): one thread
  return failure(ErrorCode::unavailable, fmt::format("{}: {}: {}", path, what, std::strerror(errno)));
}

tl::unexpected<Error> other_use(const OwnedDirectory& wanted) {
  return failure(
      ErrorCode::invalid_input,
      fmt::format("{} is {}: choose a directory that is Foreshape's alone (StateDir or JournalDir in "
                  "foreshape.conf, --state-dir where there is none)",
                  wanted.path, wanted.other_use));
}

Result<StepFinding> check_directory(const OwnedDirectory& wanted) {
  if (!wanted.other_use.empty()) return other_use(wanted);
  const auto opened = open_directory(wanted.path);
  if (!opened && opened.error().code == ErrorCode::not_found)
    return StepFinding{StepState::open, fmt::format("make {}, owner {}, mode {:o}", wanted.path,
                                                    wanted.owner.name, wanted.mode)};
  if (!opened) return tl::make_unexpected(opened.error());
  struct stat info {};
  if (::fstat(opened->get(), &info) != 0) return cannot(wanted.path, "stat");
  if (info.st_uid != wanted.owner.uid)
    return StepFinding{
        StepState::left_over,
        fmt::format("{0} belongs to uid {1}, and {2} must own it; if it is meant, run: chown {2} {0}",
                    wanted.path, info.st_uid, wanted.owner.name)};
  if ((info.st_mode & 0022U) == 0)
    return StepFinding{StepState::done, fmt::format("{} belongs to {}", wanted.path, wanted.owner.name)};
  return StepFinding{StepState::open, fmt::format("chmod go-w {}", wanted.path)};
}

/// Gives a new directory away; of one that was there only the mode changes.
Result<void> make_directory(const OwnedDirectory& wanted) {
  const bool is_new = !open_directory(wanted.path).has_value();
  // Made with mode 0700 and opened once: what is given away below is what was checked, whatever its name
  // leads to.
  const auto opened = open_owned_directory(wanted.path);
  if (!opened) return tl::make_unexpected(opened.error());
  struct stat info {};
  if (::fstat(opened->get(), &info) != 0) return cannot(wanted.path, "stat");
  const bool as_expected = is_new ? (info.st_mode & 0777U) == 0700 : info.st_uid == wanted.owner.uid;
  if (!as_expected)
    return failure(ErrorCode::busy, wanted.path + ": was replaced meanwhile; look at it and run this again");
  const mode_t mode = is_new ? wanted.mode : info.st_mode & 07755U;
  if (::fchmod(opened->get(), mode) != 0) return cannot(wanted.path, "chmod");
  if (is_new && ::fchown(opened->get(), wanted.owner.uid, wanted.owner.gid) != 0)
    return cannot(wanted.path, "chown");
  return {};
}

/// What lies in a directory, told apart by name.
struct Contents {
  std::vector<fs::path> ours;  ///< in the order in which they go; a directory is empty by then
  bool has_files = false;      ///< files among them
  bool has_others = false;

  void add_file(const fs::path& path) {
    ours.push_back(path);
    has_files = true;
  }
};

bool is_directory(const fs::directory_entry& entry) {
  std::error_code gone;
  return entry.symlink_status(gone).type() == fs::file_type::directory;
}

/// The files of a directory, without what is below it.
Result<void> add_files(const fs::path& path, const DirectoryNames::IsOurs& is_ours, Contents& contents) {
  std::error_code trouble;
  fs::directory_iterator entry(path, trouble);
  for (; !trouble && entry != fs::directory_iterator(); entry.increment(trouble)) {
    if (!is_directory(*entry) && is_ours(entry->path().filename().string()))
      contents.add_file(entry->path());
    else
      contents.has_others = true;
  }
  if (trouble) return failure(ErrorCode::unavailable, path.string() + ": " + trouble.message());
  return {};
}

/// With its owner's rights: wherever a link leads, root reads nothing there.
Result<Contents> contents_of(const OwnedDirectory& wanted) {
  const auto as_owner = AsUser::begin(wanted.owner);
  if (!as_owner) return tl::make_unexpected(as_owner.error());
  Contents contents;
  std::error_code trouble;
  fs::directory_iterator entry(wanted.path, trouble);
  for (; !trouble && entry != fs::directory_iterator(); entry.increment(trouble)) {
    const std::string name = entry->path().filename().string();
    const auto below = wanted.names.below.find(name);
    if (is_directory(*entry) && below != wanted.names.below.end()) {
      if (auto added = add_files(entry->path(), below->second, contents); !added)
        return tl::make_unexpected(added.error());
      contents.ours.push_back(entry->path());
    } else if (!is_directory(*entry) && wanted.names.is_ours(name)) {
      contents.add_file(entry->path());
    } else if (name != wanted.own_step) {
      contents.has_others = true;
    }
  }
  if (trouble) return failure(ErrorCode::unavailable, wanted.path + ": " + trouble.message());
  return contents;
}

/// Of a directory that is there, belongs to the right user, and may be emptied.
Result<StepFinding> check_contents(const OwnedDirectory& wanted) {
  const auto contents = contents_of(wanted);
  if (!contents) return tl::make_unexpected(contents.error());
  if (!contents->has_others)
    return StepFinding{StepState::open, fmt::format("remove {} and all that lies in it", wanted.path)};
  if (contents->has_files)
    return StepFinding{
        StepState::open,
        fmt::format("remove Foreshape's files from {}, which stays: other files are in it", wanted.path)};
  return StepFinding{StepState::left_over, wanted.path + " stays: other files are in it, and none of ours"};
}

Result<StepFinding> check_removal(const OwnedDirectory& wanted, bool purge) {
  const auto opened = open_directory(wanted.path);
  if (!opened && opened.error().code == ErrorCode::not_found)
    return StepFinding{StepState::done, wanted.path + " is not there"};
  if (!opened) return tl::make_unexpected(opened.error());
  if (!purge)
    return StepFinding{StepState::left_over,
                       wanted.path + " stays with all its data; --purge-data removes it"};
  if (!wanted.other_use.empty())
    return StepFinding{StepState::left_over,
                       fmt::format("{} stays: it is {}; remove what is Foreshape's yourself", wanted.path,
                                   wanted.other_use)};
  struct stat info {};
  if (::fstat(opened->get(), &info) != 0) return cannot(wanted.path, "stat");
  if (info.st_uid != wanted.owner.uid)
    return failure(ErrorCode::invalid_input,
                   fmt::format("{} belongs to uid {}, not to {}: look at it and remove it yourself",
                               wanted.path, info.st_uid, wanted.owner.name));
  return check_contents(wanted);
}

bool is_not_empty(const std::error_code& trouble) {
  return trouble == std::errc::directory_not_empty || trouble == std::errc::file_exists;
}

/// What lies in it goes with its owner's rights alone: wherever a link in it leads, root removes nothing
/// there.
Result<void> remove_directory(const OwnedDirectory& wanted) {
  const auto contents = contents_of(wanted);
  if (!contents) return tl::make_unexpected(contents.error());
  {
    const auto as_owner = AsUser::begin(wanted.owner);
    if (!as_owner) return tl::make_unexpected(as_owner.error());
    for (const fs::path& path : contents->ours) {
      std::error_code trouble;
      fs::remove(path, trouble);
      if (trouble && !is_not_empty(trouble))
        return failure(ErrorCode::unavailable, fmt::format("{}: {}", path.string(), trouble.message()));
    }
  }
  const auto above = open_directory(directory_of(wanted.path));
  if (!above) return tl::make_unexpected(above.error());
  // With somebody else's files in it, it stays.
  if (::unlinkat(above->get(), last_name(wanted.path).c_str(), AT_REMOVEDIR) != 0 && errno != ENOENT &&
      errno != ENOTEMPTY && errno != EEXIST)
    return cannot(wanted.path, "rmdir");
  return {};
}

SetupStep directory_step(const std::string& name, const OwnedDirectory& wanted, bool purge) {
  return {.name = name,
          .check = [wanted] { return check_directory(wanted); },
          .make = [wanted] { return make_directory(wanted); },
          .check_removal = [wanted, purge] { return check_removal(wanted, purge); },
          .remove = [wanted] { return remove_directory(wanted); }};
}

}  // namespace

SetupStep state_directory_step(const SetupSite& site, bool purge) {
  const Settings& settings = site.settings;
  const bool has_journal = directory_of(settings.journal_dir) == settings.state_dir;
  return directory_step("state directory",
                        {.path = settings.state_dir,
                         .owner = site.slurm_user,
                         .mode = 0700,
                         .names = state_names(settings),
                         .own_step = has_journal ? last_name(settings.journal_dir) : "",
                         .other_use = other_use_of(site, settings.state_dir)},
                        purge);
}

SetupStep journal_directory_step(const SetupSite& site, bool purge) {
  // 0750 as the plugin makes it: ingest may run as a member of SlurmUser's group.
  return directory_step("journal",
                        {.path = site.settings.journal_dir,
                         .owner = site.slurm_user,
                         .mode = 0750,
                         .names = journal_names(),
                         .own_step = "",
                         .other_use = other_use_of(site, site.settings.journal_dir)},
                        purge);
}

}  // namespace foreshape
