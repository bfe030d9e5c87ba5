// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/fair_share.h"

#include <map>
#include <unordered_map>
#include <utility>

namespace foreshape {
FairShare::Numbering FairShare::numbered(const Workload& load, bool by_account) {
  Numbering numbers;
  std::map<std::pair<TextHash, std::uint32_t>, std::uint32_t> associations;
  std::unordered_map<TextHash, std::uint32_t> accounts;
  numbers.association_of_job.reserve(load.jobs.size());
  for (const ReplayJob& job : load.jobs) {
    const TextHash name = by_account ? job.request.account : 0;
    const auto account = accounts.try_emplace(name, static_cast<std::uint32_t>(accounts.size())).first;
    const auto next = static_cast<std::uint32_t>(associations.size());
    const auto [association, is_new] = associations.try_emplace({name, job.user}, next);
    if (is_new) numbers.account_of_association.push_back(account->second);
    numbers.association_of_job.push_back(association->second);
  }
  return numbers;
}

FairShare::FairShare(const Workload& load, const FairSharePolicy& policy)
    : FairShare(load, policy, numbered(load, policy.by_account)) {}

FairShare::FairShare(const Workload& load, const FairSharePolicy& policy, Numbering numbers)
    : load_(load),
      policy_(policy),
      association_of_(std::move(numbers.association_of_job)),
      account_of_(std::move(numbers.account_of_association)),
      usage_(account_of_.size(), static_cast<double>(policy.half_life_s)) {}

void FairShare::submitted(JobIndex job) {
  // Numbered in order of first submissions: a new one is the next.
  const std::uint32_t association = association_of_[job];
  if (association == associations_.size()) associations_.push_back({account_of_[association], 0});
}

void FairShare::started(JobIndex job, std::int64_t now_s) {
  usage_.take(association_of_[job], load_.jobs[job].procs, now_s);
}

void FairShare::ended(JobIndex job, std::int64_t now_s) {
  usage_.take(association_of_[job], -std::int64_t{load_.jobs[job].procs}, now_s);
}

bool FairShare::renew(std::int64_t now_s) {
  const std::int64_t period = now_s / policy_.calc_period_s;
  if (period == period_ && factors_.size() == associations_.size()) return false;
  period_ = period;
  for (std::uint32_t a = 0; a < associations_.size(); ++a) associations_[a].usage = usage_.usage(a, now_s);
  factors_ = policy_.fair_tree ? fair_tree_factors(associations_) : classic_factors(associations_);
  return true;
}

}  // namespace foreshape
