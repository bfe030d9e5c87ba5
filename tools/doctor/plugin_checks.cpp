// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/doctor/plugin_checks.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "tools/site/slurm_version.h"

namespace foreshape {
namespace {

constexpr const char* kGroup = "plugins";
constexpr const char* kWhyNoStart = "slurmctld will not start the next time that it is restarted";

using Plugins = std::vector<InstalledPlugin>;

Plugins look_for(const std::vector<std::string>& directories, const char* name) {
  Plugins found;
  for (const std::string& directory : directories) {
    InstalledPlugin plugin;
    plugin.path = facts_of((std::filesystem::path(directory) / name).string());
    if (!plugin.path.exists) continue;
    auto identity = read_plugin(plugin.path.path);
    if (identity)
      plugin.identity = std::move(*identity);
    else
      plugin.problem = identity.error().message;
    found.push_back(std::move(plugin));
  }
  return found;
}

/// The lines of slurm.conf that find our plugins, whatever PluginDir is now.
std::string plugin_dir_line(const SlurmFacts& slurm) {
  std::vector<std::string> others = slurm.plugin_directories;
  std::erase_if(others, [](const std::string& d) { return d.find("foreshape") != std::string::npos; });
  return fmt::format(
      "PluginDir=<our directory>/dropin:<our directory>:{} in slurm.conf, where our directory is that "
      "of job_submit_foreshape.so; then restart slurmctld",
      fmt::join(others, ":"));
}

Finding version_finding(const InstalledPlugin& plugin, const SlurmFacts& slurm) {
  if (!plugin.problem.empty())
    return {kGroup, Severity::error, plugin.problem, kWhyNoStart,
            "install the package foreshape-slurm again, or cmake --install"};
  const std::string built = slurm_version_text(plugin.identity.version);
  if (slurm.version == 0 || plugin.identity.version == slurm.version)
    return fine(kGroup, fmt::format("{} is built for Slurm {}{}", plugin.path.path, built,
                                    slurm.version == 0 ? "" : ", which runs"));
  return {kGroup, Severity::error,
          fmt::format("{} is built for Slurm {}, and slurmctld is {}", plugin.path.path, built,
                      slurm_version_text(slurm.version)),
          "it does nothing in another version than its own: every job passes as submitted",
          fmt::format(
              "build it for {} (contrib/package, or cmake with that Slurm's headers), install it, restart "
              "slurmctld",
              slurm_version_text(slurm.version))};
}

/// Whoever may write to a library, or to its directory, runs what they like as SlurmUser.
void check_rights(const InstalledPlugin& plugin, const std::optional<Person>& user, Findings& findings) {
  constexpr mode_t kOthersWrite = 022;
  std::vector<PathFacts> places{plugin.path};
  if (!plugin.path.above.empty()) places.push_back(plugin.path.above.back());
  for (const PathFacts& place : places)
    if (place.owner != 0 || (place.mode & kOthersWrite) != 0)
      findings.push_back(
          {kGroup, Severity::warning,
           fmt::format("{} can be changed by others than root: {}", place.path, rights_text(place)),
           "whoever changes it runs what they like inside slurmctld",
           fmt::format("chown root {0}; chmod go-w {0}", place.path)});
  if (!user) return;
  const std::string closed = closed_directory(*user, plugin.path);
  if (!closed.empty() || !may(*user, Right::read, plugin.path))
    findings.push_back({kGroup, Severity::error,
                        fmt::format("{} can't read {}", user->name, plugin.path.path), kWhyNoStart,
                        closed.empty() ? fmt::format("chmod a+r {}", plugin.path.path)
                                       : fmt::format("chmod a+x {}", closed)});
}

void check_used(const Plugins& plugins, const char* name, const SlurmFacts& slurm, Findings& findings) {
  if (plugins.empty()) {
    findings.push_back({kGroup, Severity::error,
                        fmt::format("{}.so is in no directory of PluginDir={}", name,
                                    fmt::join(slurm.plugin_directories, ":")),
                        kWhyNoStart, plugin_dir_line(slurm)});
    return;
  }
  findings.push_back(version_finding(plugins.front(), slurm));
  check_rights(plugins.front(), person_of(slurm.user), findings);
}

/// sched/backfill: ours as a drop-in, with Slurm's own behind it.
void check_drop_in(const Plugins& backfill, const SlurmFacts& slurm, Findings& findings) {
  const auto stock = std::ranges::find_if(
      backfill, [](const InstalledPlugin& p) { return p.problem.empty() && !p.is_ours(); });
  const auto ours = std::ranges::find_if(backfill, &InstalledPlugin::is_ours);
  if (stock == backfill.end()) {
    findings.push_back({kGroup, Severity::error,
                        "Slurm's own sched_backfill.so is in no directory of PluginDir", kWhyNoStart,
                        "add Slurm's own plugin directory at the end of PluginDir, restart slurmctld"});
  } else if (ours == backfill.end() || stock < ours) {
    findings.push_back(
        {kGroup, Severity::note, "Slurm finds its own backfill first: our scheduler plugin is not loaded",
         "job_submit/foreshape does the work without it, but a changed foreshape.conf is noticed only "
         "within AgentInterval",
         plugin_dir_line(slurm)});
  } else {
    check_used({ours, ours + 1}, "sched_backfill", slurm, findings);
  }
}

/// Slurm's own library on disk says which Slurm the next slurmctld will be.
void check_next_slurm(const Plugins& backfill, const SlurmFacts& slurm, Findings& findings) {
  const auto stock = std::ranges::find_if(
      backfill, [](const InstalledPlugin& p) { return p.problem.empty() && !p.is_ours(); });
  if (stock == backfill.end() || slurm.version == 0 || stock->identity.version == slurm.version) return;
  findings.push_back({kGroup, Severity::warning,
                      fmt::format("slurmctld is {}, and {} is of {}", slurm_version_text(slurm.version),
                                  stock->path.path, slurm_version_text(stock->identity.version)),
                      "Slurm was upgraded, and slurmctld has not been restarted since",
                      fmt::format("before you restart it: foreshape doctor --before-upgrade {}",
                                  slurm_version_text(stock->identity.version))});
}

}  // namespace

InstalledPlugins look_for_plugins(const std::vector<std::string>& directories) {
  InstalledPlugins found{look_for(directories, "job_submit_foreshape.so"),
                         look_for(directories, "sched_foreshape.so"),
                         look_for(directories, "sched_backfill.so"),
                         {}};
  if (!found.job_submit.empty()) {
    const std::filesystem::path own = found.job_submit.front().path.path;
    found.runtime = facts_of((own.parent_path() / "libforeshape_runtime.so").string());
  }
  return found;
}

Findings plugin_findings(const InstalledPlugins& plugins, const SlurmFacts& slurm) {
  Findings findings;
  const std::string scheduler = slurm.value("SchedulerType");
  const bool submits = std::ranges::find(slurm.submit_plugins, "foreshape") != slurm.submit_plugins.end();
  if (submits || !plugins.job_submit.empty())
    check_used(plugins.job_submit, "job_submit_foreshape", slurm, findings);
  if (scheduler == "sched/foreshape") check_used(plugins.sched_foreshape, "sched_foreshape", slurm, findings);
  if (scheduler == "sched/backfill") check_drop_in(plugins.sched_backfill, slurm, findings);
  check_next_slurm(plugins.sched_backfill, slurm, findings);
  if (!plugins.job_submit.empty() && !plugins.runtime.exists)
    findings.push_back(
        {kGroup, Severity::error, plugins.runtime.path + " is missing",
         "without it the plugins do nothing: every job passes as submitted",
         "install the package foreshape-slurm again: its files belong together in one directory"});
  return findings;
}

}  // namespace foreshape
