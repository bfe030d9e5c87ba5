// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/sshape/job_names.h"

#include <algorithm>
#include <fmt/format.h>

#include "sql/pg.h"

namespace foreshape {
namespace {

constexpr UnixSeconds kEvidence_s = UnixSeconds{90} * 86'400;

}  // namespace

void JobNames::remember(const ReportedJob& job) {
  const UnixSeconds since = (job.end_s > 0 ? job.end_s : now_) - kEvidence_s;
  const auto [at, is_new] = since_.try_emplace(key_of(job), since);
  if (!is_new) at->second = std::min(at->second, since);
}

Result<void> JobNames::ask(Pg& db) {
  summaries_.clear();
  places_.clear();
  for (const auto& [key, since] : since_) {
    JobFilter filter;
    filter.start_s = since;
    filter.end_s = now_;
    filter.clusters = {std::get<0>(key)};
    filter.users = {fmt::format("{}", std::get<1>(key))};
    filter.names = {std::get<2>(key)};
    const auto found = summarize_names(db, filter);
    if (!found) return tl::make_unexpected(found.error());
    if (!found->empty()) places_[key] = summaries_.size();
    summaries_.insert(summaries_.end(), found->begin(), found->end());
  }
  return {};
}

const NameSummary* JobNames::of(const ReportedJob& job) const {
  const auto at = places_.find(key_of(job));
  return at == places_.end() ? nullptr : &summaries_[at->second];
}

}  // namespace foreshape
