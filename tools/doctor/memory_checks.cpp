// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/doctor/memory_checks.h"

#include <algorithm>
#include <fmt/format.h>

#include "tools/cli/lists.h"

namespace foreshape {
namespace {

constexpr const char* kGroup = "slurm";
constexpr auto kMemory = static_cast<std::size_t>(Lever::memory);

bool is_enforced(const Settings& settings) {
  const auto is_ours = [](const ScopeRule& rule) { return rule.modes.modes[kMemory] == Mode::enforce; };
  return settings.policy.modes[kMemory] == Mode::enforce ||
         std::ranges::any_of(settings.policy.rules, is_ours);
}

bool has_word(const std::string& list, const char* word) {
  return std::ranges::any_of(split_list(list),
                             [word](const std::string& one) { return equal_ignoring_case(one, word); });
}

Finding selection_finding(const SlurmFacts& slurm) {
  const std::string parameters = slurm.value("SelectTypeParameters");
  const std::string now = "SelectTypeParameters=" + parameters;
  if (parameters.find("_MEMORY") != std::string::npos || parameters.find("_Memory") != std::string::npos)
    return fine(kGroup, now);
  return {kGroup, Severity::warning, now + " does not allocate memory",
          "what Memory=enforce gives back nobody else can have: there is nothing to gain",
          "SelectTypeParameters=CR_Core_Memory in slurm.conf (restart slurmctld), or Memory=observe"};
}

Finding requeue_finding(const SlurmFacts& slurm) {
  if (slurm.value("JobRequeue") != "0") return fine(kGroup, "JobRequeue=" + slurm.value("JobRequeue"));
  return {
      kGroup, Severity::note, "JobRequeue=0",
      "only jobs that are submitted with --requeue may be run again, so only these are submitted with less",
      "JobRequeue=1 in slurm.conf, then scontrol reconfigure; or leave it to the users"};
}

/// Without either a job that needs more than it has takes it from its neighbours.
Finding limit_finding(const SlurmFacts& slurm) {
  const std::string gather = slurm.value("JobAcctGatherParams");
  if (has_word(gather, "OverMemoryKill")) return fine(kGroup, "JobAcctGatherParams=" + gather);
  const std::string constrains = slurm.value("ConstrainRAMSpace");
  if (equal_ignoring_case(constrains, "yes") && has_word(slurm.value("TaskPlugin"), "task/cgroup"))
    return fine(kGroup, "ConstrainRAMSpace=yes with task/cgroup");
  return {kGroup, Severity::warning, "nothing holds a job to its memory",
          "with Memory=enforce jobs have less than they requested: one that needs more takes it from the "
          "others on "
          "its node",
          "TaskPlugin=task/cgroup in slurm.conf and ConstrainRAMSpace=yes in cgroup.conf (or "
          "JobAcctGatherParams=OverMemoryKill), then restart slurmctld and slurmd"};
}

}  // namespace

Findings memory_findings(const SlurmFacts& slurm, const Settings& settings) {
  if (!is_enforced(settings)) return {};
  return {selection_finding(slurm), requeue_finding(slurm), limit_finding(slurm)};
}

}  // namespace foreshape
