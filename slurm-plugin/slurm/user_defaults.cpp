// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/slurm/user_defaults.h"

#include <algorithm>
#include <tuple>

#include "predictor/base/hash.h"

namespace foreshape {
namespace {

/// All names once, sorted: a site has few accounts and QOS beside its users.
std::vector<std::string> names_in(const AssociationRows& rows) {
  std::vector<std::string> names;
  for (const auto& user : rows.users) names.push_back(user.account);
  for (const auto& one : rows.associations) names.push_back(one.qos);
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace

UserDefaults::UserDefaults(AssociationRows rows) : qos_(std::move(rows.qos)) {
  rows.users.resize(std::min(rows.users.size(), kMaxRows));
  rows.associations.resize(std::min(rows.associations.size(), kMaxRows));
  names_ = names_in(rows);
  for (const auto& user : rows.users)
    if (!user.account.empty()) accounts_.emplace_back(user.uid, name_index(user.account));
  for (const auto& one : rows.associations)
    if (!one.qos.empty())
      qoses_.push_back({one.uid, text_hash(one.account), text_hash(one.partition), name_index(one.qos)});
  std::ranges::sort(accounts_);
  std::ranges::sort(qoses_, {}, &Qos::key);
}

std::uint32_t UserDefaults::name_index(std::string_view name) {
  return static_cast<std::uint32_t>(std::ranges::lower_bound(names_, name) - names_.begin());
}

const std::string* UserDefaults::account_of(UserId uid) const {
  const auto found = std::ranges::lower_bound(accounts_, uid, {}, &std::pair<UserId, std::uint32_t>::first);
  return found != accounts_.end() && found->first == uid ? &names_[found->second] : nullptr;
}

const std::string* UserDefaults::qos_of(UserId uid, TextHash account, TextHash partition) const {
  const std::tuple wanted{uid, account, partition};
  const auto found = std::ranges::lower_bound(qoses_, wanted, {}, &Qos::key);
  return found != qoses_.end() && found->key() == wanted ? &names_[found->name] : nullptr;
}

bool UserDefaults::fill(SubmittedJob& job) const {
  JobRequest& request = job.request;
  const std::string* account = account_of(request.uid);
  if (request.account == 0 && account != nullptr) {
    job.account.assign(*account);
    request.account = text_hash(*account);
  }
  if (request.qos == 0) {
    const std::string* qos = qos_of(request.uid, request.account, request.partition);
    if (qos == nullptr) qos = qos_of(request.uid, request.account, 0);
    if (qos == nullptr) qos = &qos_;
    job.qos.assign(*qos);
    job.qoses = listed_names(*qos);
    request.qos = job.qoses.hashes[0];
  }
  return account != nullptr;
}

}  // namespace foreshape
