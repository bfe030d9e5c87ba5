// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/sshape/job_view.h"

#include <fmt/format.h>
#include <optional>

#include "predictor/base/text.h"
#include "sql/pg.h"
#include "tools/sshape/job_advice.h"
#include "tools/sshape/job_card.h"
#include "tools/sshape/job_names.h"
#include "tools/sshape/next_request.h"
#include "tools/sshape/table_view.h"

namespace foreshape {
namespace {

/// What the command line selects: an array may have a million tasks, so only one of them is kept.
struct Selected {
  std::optional<ReportedJob> first;
  bool has_others = false;
};

Result<Selected> select(Pg& db, const JobFilter& filter, JobNames& names) {
  Selected selected;
  return for_each_job(db, filter,
                      [&](const ReportedJob& job) {
                        names.remember(job);
                        if (selected.first)
                          selected.has_others = true;
                        else
                          selected.first = job;
                        return true;
                      })
      .and_then([&] { return names.ask(db); })
      .map([&] { return std::move(selected); });
}

template <class Show>
Result<void> each_job(Pg& db, const JobFilter& filter, const Selected& selected, const Show& show) {
  if (selected.has_others) return for_each_job(db, filter, show);
  show(*selected.first);
  return {};
}

/// The jobs, then their names, as in `sshape why --json`.
Result<void> show_json(Pg& db, const ShapeOptions& options, const Selected& selected, const JobNames& names) {
  JsonLists list("jobs");
  auto done = each_job(db, options.filter, selected, [&](const ReportedJob& job) {
    list.add(to_json(job));
    return true;
  });
  list.next("names");
  for (const NameSummary& jobs : names.summaries()) list.add(to_json(jobs));
  JsonLists::end();
  return done;
}

Result<void> show_table(Pg& db, const ShapeOptions& options, const Selected& selected,
                        const JobNames& names) {
  return print_table<ReportedJob>(
      options,
      [&](const std::vector<Column>& columns, const ReportedJob& job) {
        return advised_texts(columns, job, names.of(job), options.unit);
      },
      [&](const auto& show) { return each_job(db, options.filter, selected, show); });
}

tl::unexpected<Error> unknown(const std::vector<std::string>& jobs) {
  std::string list;
  for (const std::string& job : jobs) list += (list.empty() ? "" : ",") + job;
  return failure(ErrorCode::not_found,
                 fmt::format("no job {0} in the store that you may see: one is known once foreshape ingest "
                             "has read it from accounting; sacct -j {0} says whether Slurm knows it",
                             shortened(harmless(list), 64)));
}

}  // namespace

Result<void> show_job(Pg& db, const ShapeOptions& options) {
  JobNames names(options.filter.end_s.value_or(0));
  const auto selected = select(db, options.filter, names);
  if (!selected) return tl::make_unexpected(selected.error());
  if (!selected->first) return unknown(options.filter.jobs);
  if (options.json) return show_json(db, options, *selected, names);
  if (!options.prose) return show_table(db, options, *selected, names);
  if (!selected->has_others) {
    print(job_card(*selected->first, names.of(*selected->first), options.unit, options.style));
    return {};
  }
  auto done = show_table(db, options, *selected, names);
  if (const std::string lines = sbatch_text_of(names.summaries()); !lines.empty())
    print("\nNext time:\n" + lines);
  return done;
}

}  // namespace foreshape
