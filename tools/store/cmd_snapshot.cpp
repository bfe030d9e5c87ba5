// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>
#include <unordered_set>

#include "predictor/base/clock.h"
#include "predictor/profile/profile_table.h"
#include "predictor/profile/snapshot.h"
#include "sql/past_jobs.h"
#include "tools/cli/commands.h"
#include "tools/cli/options.h"
#include "tools/cli/owned_file.h"
#include "tools/cli/progress.h"
#include "tools/site/settings_file.h"
#include "tools/store/ingest.h"

namespace foreshape {
namespace {

constexpr const char* kProgram = "foreshape snapshot";
constexpr mode_t kMode = 0600;  // what people ran is nobody else's business

/// --out, else where the plugin looks for it.
Result<std::string> file_of(const ParsedOptions& parsed) {
  if (parsed.has("out")) return parsed.text("out");
  return settings_of(parsed).map([](const Settings& settings) { return settings.snapshot_file; });
}

Result<void> run(const ParsedOptions& parsed) {
  const auto file = file_of(parsed);
  if (!file) return tl::make_unexpected(file.error());
  IngestOptions options;
  options.cluster = parsed.text("cluster");
  const auto cluster = cluster_name(options);
  if (!cluster) return tl::make_unexpected(cluster.error());
  auto db = Pg::connect(database(parsed));
  if (!db) return tl::make_unexpected(db.error());

  Progress progress("jobs");
  SnapshotBuilder builder;
  std::unordered_set<std::uint32_t> users;
  std::uint64_t jobs = 0;
  auto read = for_each_past_job(*db, *cluster, kProfileJobs, [&](const PastJob& job) {
    builder.add(job);
    users.insert(job.uid);
    progress.show(++jobs);
  });
  if (!read) return read;
  // A mistyped name must not take everybody's history away from a plugin that has it.
  if (jobs == 0)
    return failure(ErrorCode::not_found,
                   fmt::format("cluster '{}' has no finished job in the store: {} is left as it is; see "
                               "--cluster, or run foreshape ingest first",
                               *cluster, *file));
  const auto bytes = builder.bytes(SystemClock{}.now_s());
  if (!bytes) return tl::make_unexpected(bytes.error());
  if (auto written = replace_owned_file(*file, *bytes, kMode, parsed.text("owner")); !written) return written;
  progress.wipe();
  fmt::print("{}: cluster {}: {} users, {} jobs, {:.1f} MiB, {:.1f} s\n", *file, *cluster,
             with_commas(users.size()), with_commas(jobs), static_cast<double>(bytes->size()) / (1 << 20),
             progress.seconds());
  return {};
}

}  // namespace

int run_snapshot(const Args& args) {
  CommandLine line{kProgram, "[--out FILE] [--cluster NAME] [--owner USER] [--db CONNINFO]",
                   "Writes the newest finished jobs of every user, of every account and of the cluster into "
                   "one file, which the\n"
                   "plugin loads. The file is replaced in one step."};
  const OptionRow rows[] = {
      {"out,o", text_value("FILE"), "the file to write (default: SnapshotFile of foreshape.conf)"},
      {"cluster,M", text_value("NAME"), "whose jobs (default: scontrol's ClusterName)"},
      {"owner", text_value("USER"),
       "give the file to this user (default, as root: to the directory's owner)"},
  };
  add_settings_option(line.options);
  add_options(line.options, rows);
  add_database_option(line.options);
  const auto parsed = parse_options(line, args);
  if (parsed.finished) return *parsed.finished;
  if (const auto done = run(parsed); !done) return report_failure(kProgram, done.error());
  return kDone;
}

}  // namespace foreshape
