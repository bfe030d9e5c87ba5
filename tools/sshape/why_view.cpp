// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/sshape/why_view.h"

#include <fmt/format.h>
#include <optional>

#include "predictor/base/text.h"
#include "sql/pg.h"
#include "tools/sshape/job_names.h"
#include "tools/sshape/json_list.h"
#include "tools/sshape/next_request.h"
#include "tools/sshape/table_view.h"
#include "tools/sshape/why.h"

namespace foreshape {
namespace {

/// A line, or an element of the list where there is one.
void show_job(const ReportedJob& job, JsonLists* json) {
  if (json == nullptr) return fmt::print("{}\n", harmless(why_text(job)));
  nlohmann::ordered_json value = to_json(job);
  value["why"] = why_text(job);
  json->add(value);
}

}  // namespace

Result<void> show_why(Pg& db, const ShapeOptions& options) {
  JobNames names(options.filter.end_s.value_or(0));
  std::optional<JsonLists> list;
  JsonLists* const json = options.json ? &list.emplace("jobs") : nullptr;
  auto done = for_each_job(db, options.filter, [&](const ReportedJob& job) {
    names.remember(job);
    show_job(job, json);
    return true;
  });
  if (done) done = names.ask(db);
  if (json != nullptr) {
    json->next("names");
    for (const NameSummary& jobs : names.summaries()) json->add(to_json(jobs));
    JsonLists::end();
  } else {
    for (const NameSummary& jobs : names.summaries()) print(sbatch_lines(jobs));
  }
  if (done && names.empty())
    return failure(ErrorCode::not_found, "why: no such job, or not one that you may see");
  return done;
}

}  // namespace foreshape
