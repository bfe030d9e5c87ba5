// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>

#include "sql/migrations.h"
#include "tools/cli/commands.h"
#include "tools/cli/options.h"

namespace foreshape {
namespace {

constexpr const char* kProgram = "foreshape migrate";

Result<int> show_states(Pg& db, bool pending_only) {
  const auto states = migration_states(db, embedded_migrations());
  if (!states) return tl::make_unexpected(states.error());
  int pending = 0;
  for (const auto& state : *states) {
    pending += state.applied_at.empty() ? 1 : 0;
    if (pending_only && !state.applied_at.empty()) continue;
    fmt::print("{:<40} {}\n", state.name,
               state.applied_at.empty() ? "to be applied" : "applied " + state.applied_at);
  }
  return pending;
}

Result<void> run(const ParsedOptions& options) {
  auto db = Pg::connect(database(options));
  if (!db) return tl::make_unexpected(db.error());
  if (options.has("status") || options.has("dry-run")) {
    const auto pending = show_states(*db, options.has("dry-run"));
    if (!pending) return tl::make_unexpected(pending.error());
    if (options.has("dry-run")) fmt::print("{} to be applied; nothing was changed\n", *pending);
    return {};
  }
  const auto applied = migrate(*db, embedded_migrations(), version_text(),
                               [](const Migration& m) { fmt::print("applied {}\n", m.name); });
  if (!applied) return tl::make_unexpected(applied.error());
  if (*applied == 0) fmt::print("the schema is up to date\n");
  return {};
}

}  // namespace

int run_migrate(const Args& args) {
  CommandLine line{
      kProgram, "[--dry-run|--status] [--db CONNINFO]",
      "Creates the store's schema and roles, or brings them up to date. Nothing is ever dropped."};
  const OptionRow rows[] = {
      {"dry-run", flag(), "say what would be applied, change nothing"},
      {"status", flag(), "list all steps and when they were applied"},
  };
  add_options(line.options, rows);
  add_database_option(line.options);
  const auto options = parse_options(line, args);
  if (options.finished) return *options.finished;
  if (const auto done = run(options); !done) return report_failure(kProgram, done.error());
  return kDone;
}

}  // namespace foreshape
