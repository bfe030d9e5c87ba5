// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/sshape/why_view.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <optional>
#include <tuple>

#include "predictor/base/text.h"
#include "sql/pg.h"
#include "tools/sshape/json_list.h"
#include "tools/sshape/next_request.h"
#include "tools/sshape/why.h"

namespace foreshape {
namespace {

constexpr UnixSeconds kEvidence_s = UnixSeconds{90} * 86'400;

/// Whose jobs of which name, and since when they are looked at: one for all tasks of an array.
using Names = std::map<std::tuple<std::string, std::int64_t, std::string>, UnixSeconds>;

void remember_name(Names& names, const ReportedJob& job, UnixSeconds now) {
  const UnixSeconds since = (job.end_s > 0 ? job.end_s : now) - kEvidence_s;
  const auto [at, is_new] = names.try_emplace({job.cluster, job.uid, job.name}, since);
  if (!is_new) at->second = std::min(at->second, since);
}

/// A line, or an element of the list where there is one.
void show_job(const ReportedJob& job, JsonLists* json) {
  if (json == nullptr) return fmt::print("{}\n", harmless(why_text(job)));
  nlohmann::ordered_json value = to_json(job);
  value["why"] = why_text(job);
  json->add(value);
}

Result<void> show_next_request(Pg& db, const Names::value_type& name, UnixSeconds end_s, JsonLists* json) {
  JobFilter filter;
  filter.start_s = name.second;
  filter.end_s = end_s;
  filter.clusters = {std::get<0>(name.first)};
  filter.users = {fmt::format("{}", std::get<1>(name.first))};
  filter.names = {std::get<2>(name.first)};
  const auto found = summarize_names(db, filter);
  if (!found) return tl::make_unexpected(found.error());
  for (const NameSummary& jobs : *found) {
    if (json != nullptr)
      json->add(to_json(jobs));
    else
      fmt::print("{}", sbatch_lines(jobs));
  }
  return {};
}

Result<void> show_next_requests(Pg& db, const Names& names, UnixSeconds end_s, JsonLists* json) {
  if (json != nullptr) json->next("names");
  for (const Names::value_type& name : names)
    if (auto done = show_next_request(db, name, end_s, json); !done) return done;
  return {};
}

}  // namespace

Result<void> show_why(Pg& db, const ShapeOptions& options) {
  Names names;
  std::optional<JsonLists> list;
  JsonLists* const json = options.json ? &list.emplace("jobs") : nullptr;
  const UnixSeconds now = options.filter.end_s.value_or(0);
  auto done = for_each_job(db, options.filter, [&](const ReportedJob& job) {
    remember_name(names, job, now);
    show_job(job, json);
    return true;
  });
  if (done) done = show_next_requests(db, names, now, json);
  if (json != nullptr) JsonLists::end();
  if (done && names.empty())
    return failure(ErrorCode::not_found, "why: no such job, or not one that you may see");
  return done;
}

}  // namespace foreshape
