// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>

#include "predictor/base/text.h"
#include "sql/roles.h"
#include "tools/cli/commands.h"
#include "tools/cli/options.h"

namespace foreshape {
namespace {

constexpr const char* kProgram = "foreshape roles";

Result<void> run(const ParsedOptions& options) {
  auto db = Pg::connect(database(options));
  if (!db) return tl::make_unexpected(db.error());
  const bool dry_run = options.has("dry-run");
  const auto changes = sync_roles(*db, options.text("cluster"), dry_run, [](const std::string& statement) {
    fmt::print("{}\n", harmless(statement));
  });
  if (!changes) return tl::make_unexpected(changes.error());
  fmt::print("{} roles {}, {} grants, {} unchanged, {} names refused\n", changes->created,
             dry_run ? "to be created" : "created", changes->granted, changes->unchanged, changes->refused);
  return {};
}

}  // namespace

int run_roles(const Args& args) {
  CommandLine line{
      kProgram, "sync [--dry-run] [--cluster NAME] [--db CONNINFO]",
      "Gives each user whose jobs the store knows a database role without a password, so that they can\n"
      "read their own rows (peer authentication over the unix socket). Existing roles are left as they are."};
  const OptionRow rows[] = {
      {"dry-run", flag(), "print the statements, change nothing"},
      {"cluster", text_value("NAME"), "users of this cluster only"},
  };
  add_options(line.options, rows);
  add_database_option(line.options);
  line.operands_max = 1;
  const auto options = parse_options(line, args);
  if (options.finished) return *options.finished;
  if (options.operands != Args{"sync"}) return report_usage(kProgram, "what to do? only 'sync' is known");
  if (const auto done = run(options); !done) return report_failure(kProgram, done.error());
  return kDone;
}

}  // namespace foreshape
