#include <fmt/format.h>
#include <random>
#include <unordered_set>

#include "predictor/history/sacct.h"
#include "tools/child_process.h"
#include "tools/ingest.h"

namespace foreshape {
namespace {

// A site's history is read in pieces: sacct keeps all that it prints in memory, and a kill loses one piece
// only.
constexpr std::int64_t kPieceOfHistory_s = 86'400;
// Without a watermark: enough for the newest jobs of most users. More with --since.
constexpr std::int64_t kFirstHistory_s = 30LL * 86'400;
constexpr std::size_t kIdsOfACall = 500;  // within any limit of a command line

using SeenJobs = std::unordered_set<JobId>;

Result<void> feed_all(SacctReader& reader, JobFeed& feed, SeenJobs* seen) {
  while (true) {
    const auto job = reader.next();
    if (!job) return tl::make_unexpected(job.error());
    if (!*job) return {};
    if (seen != nullptr) seen->insert((*job)->job_id);
    if (auto taken = feed.take(**job, reader.file().progress()); !taken) return taken;
  }
}

/// Runs sacct with these words and feeds what it says.
class Sacct {
 public:
  explicit Sacct(std::string cluster) : cluster_(std::move(cluster)) {
    // Nobody can put this into a job's name: it is made anew for each run.
    std::random_device random;
    delimiter_ = fmt::format("\x1f{:08x}{:08x}\x1f", random(), random());
  }

  Result<void> feed(const std::vector<std::string>& selection, JobFeed& feed, SeenJobs& seen) const {
    // The job id once more at the end: a name with a line feed in it is then seen to go on.
    std::vector<std::string> words = {"sacct",
                                      "--allusers",
                                      "--duplicates",
                                      "--parsable2",
                                      "--noconvert",
                                      "--delimiter=" + delimiter_,
                                      "--clusters=" + cluster_,
                                      "--format=" + std::string(sacct_format()) + ",JobID"};
    words.insert(words.end(), selection.begin(), selection.end());
    auto sacct = ChildProcess::start(words, {{"SLURM_TIME_FORMAT", "%s"}, {"SACCT_FORMAT", ""}});
    if (!sacct) return tl::make_unexpected(sacct.error());
    auto reader = SacctReader::open(sacct->output_path(), {delimiter_, true, true, cluster_},
                                    [&](const BadLine& bad) { feed.note(bad, "sacct"); });
    if (!reader) return tl::make_unexpected(reader.error());
    if (auto fed = feed_all(*reader, feed, &seen); !fed) return fed;
    return sacct->finish();
  }

 private:
  std::string cluster_, delimiter_;
};

/// Jobs that may have ended unseen: those that the store takes for unfinished, and those that the agent saw
/// end and accounting did not tell of (slurmdbd was away, and its records came late).
Result<std::vector<std::string>> unsettled_jobs(Pg& db, const std::string& cluster, const SeenJobs& seen) {
  const auto rows = db.query(
      "SELECT job_id FROM foreshape.job WHERE cluster = $1 AND state IN ('UNKNOWN', 'PENDING', 'RUNNING')"
      " UNION SELECT job_id FROM foreshape.outcome o WHERE cluster = $1 AND submit_time > now() - interval "
      "'30 days'"
      "   AND NOT EXISTS (SELECT FROM foreshape.job j WHERE j.cluster = o.cluster AND j.job_id = o.job_id"
      "                   AND j.submit_time >= o.submit_time)",
      {cluster});
  if (!rows) return tl::make_unexpected(rows.error());
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < rows->size(); ++i)
    if (!seen.contains(static_cast<JobId>(rows->integer(i, 0).value_or(0))))
      ids.emplace_back(rows->text(i, 0));
  return ids;
}

Result<void> follow_unsettled(Pg& db, const Sacct& sacct, const std::string& cluster, JobFeed& feed,
                              SeenJobs& seen) {
  const auto ids = unsettled_jobs(db, cluster, seen);
  if (!ids) return tl::make_unexpected(ids.error());
  for (std::size_t first = 0; first < ids->size(); first += kIdsOfACall) {
    std::string list;
    for (std::size_t i = first; i < std::min(ids->size(), first + kIdsOfACall); ++i)
      list += (list.empty() ? "" : ",") + (*ids)[i];
    if (auto fed = sacct.feed({"--jobs=" + list, "--starttime=1970-01-02"}, feed, seen); !fed) return fed;
  }
  return feed.finish();
}

}  // namespace

Result<void> ingest_sacct_file(Pg& db, const IngestOptions& options) {
  JobFeed feed(db, options);
  auto reader = SacctReader::open(options.file, {"|", false, options.utc, options.cluster},
                                  [&](const BadLine& bad) { feed.note(bad, options.file); });
  if (!reader) return tl::make_unexpected(reader.error());
  if (auto fed = feed_all(*reader, feed, nullptr); !fed) return fed;
  if (auto stored = feed.finish(); !stored) return stored;
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
  UnixSeconds from_s = options.since_s.value_or(mark->up_to_s ? *mark->up_to_s - options.overlap_s
                                                              : until_s - kFirstHistory_s);

  JobFeed feed(db, live);
  SeenJobs seen;
  const Sacct sacct(*cluster);
  while (from_s < until_s) {
    const UnixSeconds to_s = std::min(from_s + kPieceOfHistory_s, until_s);
    auto fed = sacct.feed({fmt::format("--starttime=uts{}", from_s), fmt::format("--endtime=uts{}", to_s)},
                          feed, seen);
    if (!fed) return fed;
    if (auto stored = feed.finish({{source, Watermark{to_s, std::nullopt}}}); !stored) return stored;
    from_s = to_s;
  }
  if (auto followed = follow_unsettled(db, sacct, *cluster, feed, seen); !followed) return followed;
  fmt::print("sacct of {}: {}\n", *cluster, feed.summary());
  return {};
}

}  // namespace foreshape
