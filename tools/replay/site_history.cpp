// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/replay/site_history.h"

#include <fmt/format.h>

#include "predictor/history/bad_rows.h"
#include "sql/past_jobs.h"
#include "tools/cli/progress.h"
#include "tools/store/sacct_source.h"

namespace foreshape {
namespace {

Result<void> read_store(const SiteRequest& request, const std::string& cluster, const SiteWindow& window,
                        SiteJobs& jobs) {
  auto db = Pg::connect(request.database);
  if (!db) return tl::make_unexpected(db.error());
  Progress progress("jobs read");
  return for_each_submitted_record(*db, cluster, window.learn_from_s, window.to_s,
                                   [&](const JobRecord& record) {
                                     jobs.take(record);
                                     progress.show(jobs.jobs());
                                     return true;
                                   });
}

Result<void> read_sacct(const std::string& cluster, const SiteWindow& window, SiteJobs& jobs) {
  Progress progress("jobs read");
  BadRows bad;
  const SacctSource sacct(cluster);
  const auto length_s = static_cast<double>(window.to_s - window.learn_from_s);
  for (UnixSeconds from_s = window.learn_from_s; from_s < window.to_s; from_s += kPieceOfHistory_s) {
    const UnixSeconds to_s = std::min(from_s + kPieceOfHistory_s, window.to_s);
    const auto take = [&](const JobRecord& record, double) -> Result<void> {
      jobs.take(record);
      progress.show(jobs.jobs(), static_cast<double>(from_s - window.learn_from_s) / length_s);
      return {};
    };
    auto done = sacct.read_piece(from_s, to_s, take, [&](const BadLine& line) { bad.note(line, "sacct"); });
    if (!done) return done;
  }
  progress.wipe();
  fmt::print(stderr, "{}", bad.report(kReplayProgram, "sacct"));
  return {};
}

}  // namespace

Result<void> read_site_history(const SiteRequest& request, const std::string& cluster,
                               const SiteWindow& window, SiteJobs& jobs, std::string& read) {
  std::string why_not_store;
  if (request.source != HistorySource::sacct) {
    read = "the store";
    auto stored = read_store(request, cluster, window, jobs);
    if (stored && jobs.jobs() > 0) return {};
    if (request.source == HistorySource::store) return stored;
    why_not_store = stored ? "the store has no job of these weeks" : "no store: " + stored.error().message;
    fmt::print(stderr, "{}: {}; sacct is read instead\n", kReplayProgram, why_not_store);
  }
  read = "sacct";
  auto done = read_sacct(cluster, window, jobs);
  if (done || why_not_store.empty()) return done;
  return failure(ErrorCode::unavailable,
                 fmt::format("no history to replay: {}; and sacct: {}", why_not_store, done.error().message));
}

}  // namespace foreshape
