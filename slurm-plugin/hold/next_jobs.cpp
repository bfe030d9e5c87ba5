// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/hold/next_jobs.h"

#include <map>
#include <utility>

#include "slurm-plugin/state/hold_admission.h"

namespace foreshape {
namespace {

/// The hold through which a running job came in; also if its user took the reservation's name away since.
std::string entered_through(const SeenJob& job, const AdmittedJobs& admitted) {
  const auto entry = admitted.find(job.id);
  if (entry != admitted.end() && !entry->second.hold.empty()) return entry->second.hold;
  return is_hold_name(job.reservation) ? job.reservation : "";
}

}  // namespace

NextJobs::NameOf NextJobs::served_names(const HoldPolicy& policy, const NextJobSources& from) const {
  const UnixSeconds now_s = clock_.now_s();
  if (policy.serves_everybody())
    return [from, now_s](UserId uid) { return from.users.name_of(uid, from.control, now_s); };
  std::map<UserId, std::string> named;
  for (const std::string& name : policy.users)
    if (const auto uid = from.users.of(name, from.control, now_s)) named.emplace(*uid, name);
  return [named = std::move(named)](UserId uid) -> std::optional<std::string> {
    const auto found = named.find(uid);
    return found != named.end() ? std::optional{found->second} : std::nullopt;
  };
}

std::vector<ForeseenJob> NextJobs::foresee(const SeenSlurm& seen, const ResourcePool& pool,
                                           const Policy& policy, const NextJobSources& from) {
  const NameOf name_of = served_names(policy.hold, from);
  std::vector<ForeseenJob> foreseen = submissions_.foresee(seen, policy.hold, name_of);
  if (!policy.hold.chains || policy.hold.users.empty()) return foreseen;
  const ChainRules rules{
      .probability_min = policy.hold.personal_probability_min,
      .expected_end_s = [&](const SeenJob& job) { return from.jobs.expected_end_s(job, seen.at_s, policy); },
      .may_be_served = [&](UserId uid) { return policy.hold.serves_everybody() || name_of(uid).has_value(); },
      .name_of = name_of,
      .partition_of = [this](TextHash partition) { return submissions_.partition_of(partition); },
      .may_enter =
          [&](const SeenJob& job) {
            return !from.ledger.is_barred(job.uid, seen.at_s) && from.jobs.may_follow(job, policy);
          },
      .hold_of = [&](const SeenJob& job) { return entered_through(job, from.assigner.admitted()); }};
  for (ForeseenJob& job : chains_.foresee(seen, pool, rules)) foreseen.push_back(std::move(job));
  return foreseen;
}

}  // namespace foreshape
