// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/replay/site_omissions.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "predictor/base/text.h"
#include "tools/cli/lists.h"
#include "tools/cli/progress.h"

namespace foreshape {
namespace {

/// Of "PriorityWeightFairShare=1000", which older releases spell in another case.
bool is_fair_share(std::string_view weight) {
  return equal_ignoring_case(weight.substr(0, weight.find('=')), "PriorityWeightFairShare");
}

void add_settings(const SiteSettings& settings, std::vector<std::string>& all) {
  // By name: "PriorityWeightQOS=1000" is what an administrator looks for.
  for (const std::string& weight : settings.other_weights)
    if (!is_fair_share(weight)) all.push_back(harmless(weight));
  if (settings.weight_fair_share > 0)
    all.emplace_back(
        "fair-shares that differ, and accounts within accounts (each account, and each user in it, has one "
        "share)");
  if (settings.least_job_factor != settings.largest_job_factor && settings.weight_partition > 0)
    all.emplace_back("priorities of partitions (PriorityJobFactor)");
  if (!settings.preempt_type.empty() && settings.preempt_type != "preempt/none")
    all.push_back("preemption (" + harmless(settings.preempt_type) + ")");
  if (!settings.scheduler_type.empty() && settings.scheduler_type != "sched/backfill")
    all.push_back(harmless(settings.scheduler_type) + " (backfill is replayed)");
}

void add_machine(const SiteMachine& machine, Sharing sharing, std::vector<std::string>& all) {
  if (!machine.alike)
    all.emplace_back("nodes and their memory (they are of several kinds: one pool of CPUs)");
  else if (sharing == Sharing::pool)
    all.emplace_back("nodes and their memory (one pool of CPUs)");
  if (machine.islands.size() > 1)
    all.push_back(fmt::format("partitions that share no node ({}): --partition looks at one",
                              fmt::join(machine.islands, "; ")));
  if (machine.not_up > 0)
    all.push_back(fmt::format("{} nodes that are down or drained now (they count as up)", machine.not_up));
  if (machine.has_gpus) all.emplace_back("GPUs");
}

void add_what_no_replay_has(std::vector<std::string>& all) {
  for (const char* always :
       {"limits of users, accounts, QOS and partitions", "reservations and outages",
        "dependencies, --begin and array limits", "licenses", "how users would change what they submit"})
    all.emplace_back(always);
}

}  // namespace

std::vector<std::string> site_omissions(const SiteSettings& settings, const SiteMachine& machine,
                                        Sharing sharing, const std::vector<std::string>& ignored_options) {
  std::vector<std::string> all;
  add_settings(settings, all);
  add_machine(machine, sharing, all);
  if (!ignored_options.empty())
    all.push_back(harmless(fmt::format("SchedulerParameters {}", fmt::join(ignored_options, ", "))));
  add_what_no_replay_has(all);
  all.emplace_back(
      "Foreshape's memory, shorter limits, nodes booted ahead and data staged ahead (accounting does not say "
      "which jobs waited "
      "for memory, a boot or data)");
  return all;
}

std::vector<std::string> trace_omissions(Sharing sharing, const std::vector<SchedulingPolicy>& policies) {
  std::vector<std::string> all;
  if (!std::ranges::all_of(policies, [](const SchedulingPolicy& p) { return p.fair_share.has_value(); }))
    all.emplace_back("fair-share, but where a policy is given it (--priority-weight-fairshare)");
  all.emplace_back("priorities of partitions and QOS, preemption");
  if (sharing == Sharing::pool) all.emplace_back("nodes and their memory (one pool of processors)");
  add_what_no_replay_has(all);
  return all;
}

std::vector<std::string> left_out_jobs(const LoadReport& report) {
  std::vector<std::string> all;
  for (const DroppedJobs& dropped : report.dropped)
    all.push_back(fmt::format("{} jobs ({})", with_commas(dropped.jobs), dropped.reason));
  return all;
}

}  // namespace foreshape
