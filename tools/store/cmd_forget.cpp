// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>

#include "sql/forget.h"
#include "tools/cli/commands.h"
#include "tools/cli/options.h"

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
    "until one is trained anew; and Slurm's accounting, from which foreshape ingest sacct --from brings jobs "
    "back.\n";

Result<void> run(const ParsedOptions& options) {
  auto db = Pg::connect(database(options));
  if (!db) return tl::make_unexpected(db.error());
  const bool dry_run = options.has("dry-run");
  const auto forgotten = forget_user(*db, options.operands.front(), options.text("cluster"), dry_run);
  if (!forgotten) return tl::make_unexpected(forgotten.error());
  for (const ForgottenRows& one : *forgotten)
    if (one.rows > 0) fmt::print("{}{} {}\n", dry_run ? "would delete " : "deleted ", one.rows, one.what);
  fmt::print("{}", kWhatRemains);
  return {};
}

}  // namespace

int run_forget(const Args& args) {
  CommandLine line{kProgram, "USER [--dry-run] [--cluster NAME] [--db CONNINFO]",
                   "Deletes all that the store has of a user: jobs, submissions, predictions, decisions, "
                   "outcomes, holds, staging.\n"
                   "Says how many rows of each, and what else knows of the user."};
  const OptionRow rows[] = {
      {"dry-run,n", flag(), "say what would be deleted, change nothing"},
      {"cluster,M", text_value("NAME"), "on this cluster only (default: all)"},
  };
  add_options(line.options, rows);
  add_database_option(line.options);
  line.operands_max = 1;
  const auto options = parse_options(line, args);
  if (options.finished) return *options.finished;
  if (options.operands.size() != 1) return report_usage(kProgram, "whom? name one user");
  if (const auto done = run(options); !done) return report_failure(kProgram, done.error());
  return kDone;
}

}  // namespace foreshape
