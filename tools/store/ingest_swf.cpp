// SPDX-License-Identifier: GPL-2.0-or-later
#include <filesystem>
#include <fmt/format.h>

#include "predictor/history/job_file.h"
#include "tools/store/ingest.h"

namespace foreshape {

Result<void> ingest_swf(Pg& db, const IngestOptions& options) {
  JobFeed feed(db, options);
  auto reader = open_swf(options.file, [&](const BadLine& bad) { feed.note(bad, options.file); });
  if (!reader) return tl::make_unexpected(reader.error());
  const std::string name = std::filesystem::path(options.file).filename();
  const std::string cluster = options.cluster.empty() ? name.substr(0, name.find('.')) : options.cluster;
  while (true) {
    auto job = reader->next();
    if (!job) return tl::make_unexpected(job.error());
    if (!*job) break;
    (*job)->cluster = cluster;
    if (auto taken = feed.take(**job, reader->file().progress()); !taken) return taken;
  }
  if (auto stored = feed.finish(); !stored) return stored;
  if (auto understood = feed.check_understood(options.file); !understood) return understood;
  fmt::print("{}: cluster {}: {}\n", options.file, cluster, feed.summary());
  return {};
}

}  // namespace foreshape
