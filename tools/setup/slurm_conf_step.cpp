// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/setup/slurm_conf_step.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include "predictor/base/directory.h"
#include "tools/setup/changed_file.h"
#include "tools/setup/written_file.h"

namespace foreshape {
namespace {

constexpr const char* kRestart =
    "then restart slurmctld (systemctl restart slurmctld): 'scontrol reconfigure' loads no plugins";

Result<PluginPlaces> our_places(const SetupSite& site) {
  if (!site.plugins.ours.empty()) return site.plugins;
  return failure(ErrorCode::not_found,
                 "no job_submit_foreshape.so beside " + site.programs +
                     ": install foreshape-slurm, or name its directory with --plugin-dir");
}

std::string indented(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += "\n    " + line;
  return text;
}

Result<StepFinding> check(const SetupSite& site, bool apply) {
  const auto places = our_places(site);
  if (!places) return tl::make_unexpected(places.error());
  const auto lines = plugin_lines(site.conf, *places);
  if (!lines) {
    if (apply) return tl::make_unexpected(about(site.slurm_conf, lines.error()));
    const std::vector<std::string> plain = {
        fmt::format("PluginDir={0}/dropin:{0}:<what PluginDir had>", places->ours),
        "JobSubmitPlugins=<others, if any>,foreshape", "SchedulerType=sched/backfill"};
    return StepFinding{StepState::left_over, lines.error().message + ":" + indented(plain)};
  }
  const auto wanted = with_plugin_lines(site.conf, *places);
  if (!wanted) return tl::make_unexpected(about(site.slurm_conf, wanted.error()));
  if (*wanted == site.conf.text) return StepFinding{StepState::done, site.slurm_conf + " has the plugins"};
  if (apply)
    return StepFinding{StepState::open,
                       fmt::format("put the plugins into {} (it was: {}), {}:{}", site.slurm_conf,
                                   conf_backup_path(site), kRestart, indented(*lines))};
  return StepFinding{StepState::left_over,
                     fmt::format("have these lines in {} (or: foreshape setup --apply), {}:{}",
                                 site.slurm_conf, kRestart, indented(*lines))};
}

/// The file as a plain one of its directory's: what a link leads to, or its group alone reads, is left alone.
Result<struct stat> plain_file(int directory, const SetupSite& site) {
  struct stat info {};
  if (::fstatat(directory, last_name(site.slurm_conf).c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0)
    // NOLINTNEXTLINE(concurrency-mt-unsafe): one thread
    return failure(ErrorCode::unavailable, site.slurm_conf + ": " + std::strerror(errno));
  if (!S_ISREG(info.st_mode))
    return failure(ErrorCode::invalid_input,
                   site.slurm_conf + " is a link: name the file itself with --slurm-conf");
  if ((info.st_mode & 0004U) == 0)
    return failure(ErrorCode::invalid_input, site.slurm_conf + " is not readable by all: edit it by hand");
  return info;
}

/// Replaces slurm.conf, if it still says what was looked at.
Result<void> write_conf(const SetupSite& site, const std::string& text, bool keep_backup) {
  const auto directory = open_directory(directory_of(site.slurm_conf));
  if (!directory) return tl::make_unexpected(directory.error());
  const auto info = plain_file(directory->get(), site);
  if (!info) return tl::make_unexpected(info.error());
  const auto now = text_or_none(site.slurm_conf);
  if (!now) return tl::make_unexpected(now.error());
  if (*now != site.conf.text)
    return failure(ErrorCode::busy, site.slurm_conf + " was changed meanwhile: run it again");
  if (keep_backup)
    if (auto kept = keep_copy(site.slurm_conf, conf_backup_path(site)); !kept) return kept;
  return change_file(site.slurm_conf, text, info->st_mode & 0777U);
}

Result<void> make(const SetupSite& site) {
  const auto wanted = with_plugin_lines(site.conf, site.plugins);
  if (!wanted) return tl::make_unexpected(wanted.error());
  return write_conf(site, *wanted, true);
}

Result<StepFinding> check_removal(const SetupSite& site, bool apply, bool purge) {
  const auto without = without_plugin_lines(site.conf, site.plugins);
  const bool named = !without || *without != site.conf.text;
  if (!without && (apply || purge)) return tl::make_unexpected(about(site.slurm_conf, without.error()));
  if (named && apply)
    return StepFinding{StepState::open,
                       fmt::format("take the plugins out of {}, {}", site.slurm_conf, kRestart)};
  if (named && purge)
    return failure(
        ErrorCode::invalid_input,
        site.slurm_conf + " still has the plugins: --remove --apply takes them out; restart slurmctld then");
  if (named)
    return StepFinding{StepState::left_over,
                       fmt::format("take foreshape out of PluginDir and JobSubmitPlugins in {} (or: "
                                   "--remove --apply), {}",
                                   site.slurm_conf, kRestart)};
  if (site.slurmctld_has_us && purge)
    return failure(
        ErrorCode::invalid_input,
        "slurmctld still runs with foreshape and writes to StateDir: restart it, and run this again");
  return StepFinding{StepState::done, site.slurm_conf + " has nothing of ours"};
}

Result<void> remove(const SetupSite& site) {
  const auto without = without_plugin_lines(site.conf, site.plugins);
  if (!without) return tl::make_unexpected(without.error());
  if (auto written = write_conf(site, *without, false); !written) return written;
  const auto before = text_or_none(conf_backup_path(site));
  if (!before) return tl::make_unexpected(before.error());
  // The same again: nobody needs it any more. Another: what was changed since is for a person to compare.
  return *before == *without ? remove_file(conf_backup_path(site)) : Result<void>{};
}

}  // namespace

std::string conf_backup_path(const SetupSite& site) { return site.slurm_conf + ".before-foreshape"; }

SetupStep slurm_conf_step(const SetupSite& site, bool apply, bool purge) {
  return {.name = "slurm.conf",
          .check = [site, apply] { return check(site, apply); },
          .make = [site] { return make(site); },
          .check_removal = [site, apply, purge] { return check_removal(site, apply, purge); },
          .remove = [site] { return remove(site); }};
}

}  // namespace foreshape
