// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>
#include <unordered_set>

#include "predictor/history/sacct.h"
#include "sql/unsettled_jobs.h"
#include "tools/cli/slurm_text.h"
#include "tools/store/ingest.h"
#include "tools/store/sacct_source.h"

namespace foreshape {
namespace {

// Without a watermark: enough for the newest jobs of most users. More with --starttime.
constexpr std::int64_t kFirstHistory_s = 30LL * 86'400;
constexpr std::size_t kIdsOfACall = 500;  // within any limit of a command line

using SeenJobs = std::unordered_set<JobId>;

Result<void> feed_all(SacctReader& reader, JobFeed& feed) {
  while (true) {
    const auto job = reader.next();
    if (!job) return tl::make_unexpected(job.error());
    if (!*job) return {};
    if (auto taken = feed.take(**job, reader.file().progress()); !taken) return taken;
  }
}

/// Where sacct's jobs go: into the feed, and their ids into seen.
SacctSource::OnJob into(JobFeed& feed, SeenJobs& seen) {
  return [&feed, &seen](const JobRecord& job, double share) {
    seen.insert(job.job_id);
    return feed.take(job, share);
  };
}

SacctReader::OnBad noting(JobFeed& feed) {
  return [&feed](const BadLine& bad) { feed.note(bad, "sacct"); };
}

Result<void> follow_unsettled(Pg& db, const SacctSource& sacct, const std::string& cluster, JobFeed& feed,
                              SeenJobs& seen) {
  auto ids = unsettled_jobs(db, cluster);
  if (!ids) return tl::make_unexpected(ids.error());
  std::erase_if(*ids, [&](JobId id) { return seen.contains(id); });
  for (std::size_t first = 0; first < ids->size(); first += kIdsOfACall) {
    std::string list;
    for (std::size_t i = first; i < std::min(ids->size(), first + kIdsOfACall); ++i)
      list += (list.empty() ? "" : ",") + std::to_string((*ids)[i]);
    auto fed = sacct.read({"--jobs=" + list, "--starttime=1970-01-02"}, into(feed, seen), noting(feed));
    if (!fed) return fed;
  }
  return feed.finish();
}

/// What is ahead of the clock would leave nothing to read, at this run and all that follow: it is said, and
/// with
/// --starttime the watermark is set back.
Result<void> check_moments(Pg& db, const IngestSource& source, std::optional<UnixSeconds> up_to_s,
                           std::optional<UnixSeconds> since_s, UnixSeconds now_s) {
  constexpr std::int64_t kClockSkew_s = 600;  // of the hosts that ingest in turns
  if (since_s && *since_s >= now_s)
    return failure(
        ErrorCode::invalid_input,
        fmt::format("--starttime: {} is not before now, there is nothing to read", timestamp_text(*since_s)));
  if (!up_to_s || *up_to_s <= now_s + kClockSkew_s) return {};
  if (since_s) return set_back_watermark(db, source, *since_s);
  return failure(
      ErrorCode::invalid_input,
      fmt::format("cluster {} is read up to {}, but it is only {} now: the clock was wrong then, or is "
                  "now. If it is right now, read on with --starttime and a time before it went wrong, which "
                  "sets the mark back",
                  source.cluster, timestamp_text(*up_to_s), timestamp_text(now_s)));
}

}  // namespace

Result<void> ingest_sacct_file(Pg& db, const IngestOptions& options) {
  JobFeed feed(db, options);
  auto reader = SacctReader::open(options.file, {options.delimiter, options.utc, options.cluster},
                                  [&](const BadLine& bad) { feed.note(bad, options.file); });
  if (!reader) return tl::make_unexpected(reader.error());
  if (auto fed = feed_all(*reader, feed); !fed) return fed;
  if (auto stored = feed.finish(); !stored) return stored;
  if (auto understood = feed.check_understood(options.file); !understood) return understood;
  fmt::print("{}: {}\n", options.file, feed.summary());
  return {};
}

Result<void> ingest_sacct_live(Pg& db, const IngestOptions& options) {
  const auto cluster = cluster_name(options);
  if (!cluster) return tl::make_unexpected(cluster.error());
  IngestOptions live = options;
  live.since_s.reset();  // says where to begin, not which jobs to leave out
  const IngestSource source{*cluster, "sacct"};
  const auto mark = read_watermark(db, source);
  if (!mark) return tl::make_unexpected(mark.error());
  // Until now, and not until the end: what begins while we read is the next run's.
  const UnixSeconds until_s = SystemClock{}.now_s();
  if (auto fine = check_moments(db, source, mark->up_to_s, options.since_s, until_s); !fine) return fine;
  UnixSeconds from_s = options.since_s.value_or(mark->up_to_s ? *mark->up_to_s - options.overlap_s
                                                              : until_s - kFirstHistory_s);

  JobFeed feed(db, live);
  SeenJobs seen;
  const SacctSource sacct(*cluster);
  while (from_s < until_s) {
    const UnixSeconds to_s = std::min(from_s + kPieceOfHistory_s, until_s);
    if (auto fed = sacct.read_piece(from_s, to_s, into(feed, seen), noting(feed)); !fed) return fed;
    if (auto stored = feed.finish({{source, Watermark{to_s, std::nullopt}}}); !stored) return stored;
    from_s = to_s;
  }
  if (auto followed = follow_unsettled(db, sacct, *cluster, feed, seen); !followed) return followed;
  fmt::print("sacct of {}: {}\n", *cluster, feed.summary());
  return {};
}

}  // namespace foreshape
