// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/doctor/upgrade_checks.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "tools/site/order_checks.h"
#include "tools/site/slurm_version.h"

namespace foreshape {
namespace {

constexpr const char* kGroup = "plugins";

/// Releases that the plugins were run in (docs/administration.md, "Releases of Slurm"): newer ones may not
/// even compile.
constexpr std::uint32_t kOldestTried = 0x160500, kNewestTried = 0x1a05ff;

std::string name_of(const SlurmFacts& slurm, std::uint32_t target) {
  return slurm.version == 0 ? slurm_version_text(target)
                            : fmt::format("{} (slurmctld is {} now)", slurm_version_text(target),
                                          slurm_version_text(slurm.version));
}

/// JobSubmitPlugins without us.
std::string without_us(const SlurmFacts& slurm) {
  std::vector<std::string> others = slurm.submit_plugins;
  std::erase(others, "foreshape");
  return others.empty() ? "remove the line JobSubmitPlugins"
                        : fmt::format("JobSubmitPlugins={}", fmt::join(others, ","));
}

void check_tried(std::uint32_t target, Findings& findings) {
  if (target >= kOldestTried && target <= kNewestTried) return;
  findings.push_back({kGroup, Severity::warning,
                      fmt::format("Foreshape was not tried in Slurm {}: only from 22.05 to 26.05",
                                  slurm_version_text(target)),
                      "the plugins may not compile for it, or do nothing in it",
                      "build and try it on a test machine first; or take it out for the time being: " +
                          std::string("see docs/administration.md, Switching off")});
}

/// Until the new build is there nobody sets site factors: do Slurm's settings starve wide jobs meanwhile?
void check_meanwhile(const SlurmFacts& slurm, const OrderPolicy& order, Findings& findings) {
  const auto threshold = option_number(slurm.site.scheduler_parameters, "bf_min_prio_reserve");
  if (threshold.value_or(0) <= 0) return;
  const auto checks = order_checks(slurm.site, order);
  const auto base = std::ranges::find_if(
      checks, [](const Check& c) { return c.found.starts_with("PriorityWeightPartition="); });
  if (base == checks.end() || base->state != Check::State::wrong) return;
  findings.push_back(
      {kGroup, Severity::warning,
       fmt::format("bf_min_prio_reserve={} with {} while Foreshape does nothing", *threshold, base->found),
       "jobs without our site factor reserve no nodes for days: wide jobs starve",
       base->cure + "; or remove bf_min_prio_reserve before the upgrade"});
}

}  // namespace

Findings upgrade_findings(const InstalledPlugins& plugins, const SlurmFacts& slurm, const OrderPolicy& order,
                          std::uint32_t target) {
  if (plugins.job_submit.empty() || !plugins.job_submit.front().problem.empty())
    return {{kGroup, Severity::error, "no job_submit_foreshape.so could be read in PluginDir",
             "whether it fits another Slurm cannot be said",
             "run foreshape doctor without --before-upgrade first"}};
  const std::uint32_t built = plugins.job_submit.front().identity.version;
  if (built == target)
    return {
        fine(kGroup,
             fmt::format("the installed plugins are built for Slurm {}: restart slurmctld with it and they "
                         "work",
                         name_of(slurm, target)))};
  Findings findings{
      {kGroup, Severity::warning,
       fmt::format("the installed plugins are built for Slurm {}, not for {}", slurm_version_text(built),
                   name_of(slurm, target)),
       "slurmctld starts all the same and says so in its log, but Foreshape does nothing: jobs pass as "
       "submitted, holds "
       "end by themselves, profiles and models wait unused",
       fmt::format(
           "build for {0} where its headers are (contrib/package); then, in one stop of slurmctld, upgrade "
           "Slurm and install foreshape-slurm built for {0}. Or go without until then, which needs nothing; "
           "or "
           "take it out: {1}, give PluginDir and SchedulerType their old values, restart slurmctld",
           slurm_version_text(target), without_us(slurm))}};
  check_tried(target, findings);
  check_meanwhile(slurm, order, findings);
  return findings;
}

}  // namespace foreshape
