// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/setup/directory_names.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <pwd.h>
#include <set>
#include <string_view>

#include "predictor/base/directory.h"
#include "tools/setup/slurm_conf_text.h"

namespace foreshape {
namespace {

namespace fs = std::filesystem;

/// The system's own, and the default places of Slurm's state.
constexpr std::string_view kSystemDirectories[] = {"/",
                                                   "/bin",
                                                   "/boot",
                                                   "/dev",
                                                   "/etc",
                                                   "/etc/slurm",
                                                   "/home",
                                                   "/lib",
                                                   "/lib32",
                                                   "/lib64",
                                                   "/media",
                                                   "/mnt",
                                                   "/opt",
                                                   "/proc",
                                                   "/root",
                                                   "/run",
                                                   "/run/slurm",
                                                   "/sbin",
                                                   "/srv",
                                                   "/sys",
                                                   "/tmp",
                                                   "/usr",
                                                   "/usr/local",
                                                   "/usr/share",
                                                   "/var",
                                                   "/var/cache",
                                                   "/var/lib",
                                                   "/var/lib/slurm",
                                                   "/var/local",
                                                   "/var/log",
                                                   "/var/mail",
                                                   "/var/run",
                                                   "/var/log/slurm",
                                                   "/var/spool",
                                                   "/var/spool/slurm",
                                                   "/var/spool/slurmctld",
                                                   "/var/spool/slurmd",
                                                   "/usr/bin",
                                                   "/usr/lib",
                                                   "/usr/lib64",
                                                   "/usr/sbin"};

/// Nothing below them is for data.
constexpr std::string_view kSystemTrees[] = {"/boot/", "/etc/",     "/proc/",    "/sys/",
                                             "/bin/",  "/usr/bin/", "/usr/lib/", "/usr/sbin/"};

constexpr std::string_view kDraft = ".new";  // what replace_file writes first

std::string without_draft(const std::string& name) {
  return name.ends_with(kDraft) ? name.substr(0, name.size() - kDraft.size()) : name;
}

DirectoryNames::IsOurs one_of(std::set<std::string> names) {
  return [names = std::move(names)](const std::string& name) { return names.contains(without_draft(name)); };
}

/// The log of the timers, and what logrotate makes of it.
bool is_log(const std::string& name) {
  return name == "timers.log" || name.starts_with("timers.log.") || name.starts_with("timers.log-");
}

bool is_model(const std::string& name) { return without_draft(name).ends_with(".fsm"); }

/// "00000000000000000001.fsj": journal_file_name, and how far ingest has read.
bool is_journal_file(const std::string& name) {
  constexpr std::string_view kEnding = ".fsj";
  if (without_draft(name) == "ingested") return true;
  return name.size() > kEnding.size() && name.ends_with(kEnding) &&
         name.find_first_not_of("0123456789") == name.size() - kEnding.size();
}

/// The same directory, however it is written and whatever links lead there.
std::string plain(const std::string& path) {
  std::error_code unknown;
  fs::path place = fs::weakly_canonical(path, unknown);
  if (unknown) place = fs::path(path).lexically_normal();
  if (!place.has_filename() && place.has_relative_path()) place = place.parent_path();  // "/x/"
  return place.string();
}

/// Whether slurm.conf, or what it includes, says this directory for that key.
bool says(const ConfFile& conf, const char* key, const std::string& place) {
  std::string text = conf.text;
  for (const auto& included : conf.included) text += "\n" + included.text.value_or("");
  const ConfText read = read_conf_text(text);
  const auto pairs = read.find(key);
  return std::any_of(pairs.begin(), pairs.end(),
                     [&place](const ConfPair* pair) { return plain(pair->value) == place; });
}

bool is_system_directory(const std::string& place) {
  return std::ranges::find(kSystemDirectories, place) != std::end(kSystemDirectories) ||
         std::ranges::any_of(kSystemTrees,
                             [&place](std::string_view tree) { return place.starts_with(tree); });
}

}  // namespace

DirectoryNames state_names(const Settings& settings) {
  std::set<std::string> names = {"disabled",
                                 "foreshape.conf.in-force",
                                 "holds.json",
                                 "holds-dry-run.json",
                                 "journal.left",
                                 "journal.left.damaged",
                                 "journal.lost",
                                 "memory-safety.json",
                                 "model.blend",
                                 "model.gate",
                                 "memory-safety.json.damaged"};
  // These have other names, or lie elsewhere, where the settings say so.
  for (const std::string& path : {settings.snapshot_file, settings.status_file, settings.model_file})
    if (directory_of(path) == settings.state_dir) names.insert(last_name(path));
  DirectoryNames all;
  all.is_ours = [named = one_of(std::move(names))](const std::string& name) {
    return is_log(name) || named(name);
  };
  all.below["models"] = is_model;
  all.below["training"] = one_of({"jobs.h5", "candidate.fsm", "retrain.lock"});
  all.below["stage"] = is_journal_file;  // the account of staging is one
  return all;
}

DirectoryNames journal_names() { return {is_journal_file, {}}; }

std::string other_use_of(const SetupSite& site, const std::string& path) {
  const std::string place = plain(path);
  if (is_system_directory(place)) return "a directory of the system";
  for (const char* key : {"StateSaveLocation", "SlurmdSpoolDir"})
    if (says(site.conf, key, place)) return std::string("Slurm's ") + key;
  const passwd* user = ::getpwuid(site.slurm_user.uid);  // NOLINT(concurrency-mt-unsafe): one thread
  if (user != nullptr && place == plain(user->pw_dir)) return "the home of " + site.slurm_user.name;
  return "";
}

}  // namespace foreshape
