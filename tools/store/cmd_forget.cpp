// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>

#include "predictor/base/clock.h"
#include "sql/forget.h"
#include "tools/cli/commands.h"
#include "tools/cli/options.h"
#include "tools/cli/time_words.h"

namespace foreshape {
namespace {

constexpr const char* kProgram = "foreshape forget";

constexpr const char* kWhatRemains =
    "What else knows of this user: the journal and the account of staging, until ingest has read them (then "
    "run this again);\nthe user's directory in the fast tier, until the user or an administrator removes it; "
    "the "
    "snapshot, until\n"
    "foreshape snapshot makes the next one; slurmctld's memory, until it is restarted; a trained model, in "
    "its weights alone,\n"
    "until one is trained anew; and Slurm's accounting, from which foreshape ingest sacct --starttime brings "
    "jobs "
    "back.\n";

constexpr const char* kOlderRemains =
    "Jobs that wait or run stay, and so does what ingest has not read yet. Slurm's accounting keeps its own; "
    "models have learned\nfrom what is gone now.\n";

/// --before, which must be over.
Result<std::optional<UnixSeconds>> moment_of(const ParsedOptions& options) {
  if (!options.has("before")) return std::nullopt;
  const UnixSeconds now = SystemClock().now_s();
  const auto moment = parse_time_words(options.text("before"), now);
  if (!moment) return tl::make_unexpected(about("--before", moment.error()));
  if (*moment > now) return failure(ErrorCode::invalid_input, "--before: that is still to come");
  return *moment;
}

Result<void> run(const ParsedOptions& options) {
  const auto moment = moment_of(options);
  if (!moment) return tl::make_unexpected(moment.error());
  auto db = Pg::connect(database(options));
  if (!db) return tl::make_unexpected(db.error());
  const bool dry_run = options.has("dry-run");
  const auto forgotten = *moment
                             ? forget_before(*db, **moment, dry_run)
                             : forget_user(*db, options.operands.front(), options.text("cluster"), dry_run);
  if (!forgotten) return tl::make_unexpected(forgotten.error());
  std::int64_t all = 0;
  for (const ForgottenRows& one : *forgotten) {
    all += one.rows;
    if (one.rows > 0) fmt::print("{}{} {}\n", dry_run ? "would delete " : "deleted ", one.rows, one.what);
  }
  if (all == 0) fmt::print("there is nothing that old\n");
  fmt::print("{}", *moment ? kOlderRemains : kWhatRemains);
  return {};
}

}  // namespace

int run_forget(const Args& args) {
  CommandLine line{
      kProgram, "USER | --before TIME [OPTIONS]",
      "Deletes all that the store has of a user, or what it has of everybody from before a time: jobs, "
      "submissions,\npredictions, decisions, outcomes, holds, staging. Says how many rows of each, and "
      "what remains elsewhere."};
  const OptionRow rows[] = {
      {"dry-run,n", flag(), "say what would be deleted, change nothing"},
      {"cluster,M", text_value("NAME"), "of a user: on this cluster only (default: all)"},
      {"before", text_value("TIME"),
       "what had been submitted before then, such as now-104weeks or 2025-01-01"},
  };
  add_options(line.options, rows);
  add_database_option(line.options);
  line.operands_max = 1;
  const auto options = parse_options(line, args);
  if (options.finished) return *options.finished;
  const bool is_by_time = options.has("before");
  if (options.operands.size() != (is_by_time ? 0U : 1U))
    return report_usage(kProgram, is_by_time ? "--before is for everybody: name no user"
                                             : "whom? name one user, or --before a time");
  if (is_by_time && options.has("cluster")) return report_usage(kProgram, "--before is for all clusters");
  if (const auto done = run(options); !done) return report_failure(kProgram, done.error());
  return kDone;
}

}  // namespace foreshape
