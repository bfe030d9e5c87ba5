#include "tools/ingest.h"

#include <fmt/format.h>

#include "predictor/base/text.h"
#include "tools/run_program.h"

namespace foreshape {

JobFeed::JobFeed(Pg& db, const IngestOptions& options) : db_(db), options_(options), progress_("jobs") {}

Result<void> JobFeed::take(const JobRecord& job, double share) {
  if (options_.strict && bad_lines_ > 0) return failure(ErrorCode::invalid_input, first_bad_ + " (--strict)");
  if (options_.since_s && job.usage.end_s > 0 && job.usage.end_s < *options_.since_s) return {};
  ++jobs_;
  batch_.add(job);
  progress_.show(jobs_, share);
  return batch_.is_full() ? store(std::nullopt) : Result<void>{};
}

Result<void> JobFeed::finish(const std::optional<std::pair<IngestSource, Watermark>>& moved) {
  if (options_.strict && bad_lines_ > 0) return failure(ErrorCode::invalid_input, first_bad_ + " (--strict)");
  if (batch_.size() == 0 && !moved) return {};
  return store(moved);
}

Result<void> JobFeed::store(const std::optional<std::pair<IngestSource, Watermark>>& moved) {
  const auto changed = store_jobs(db_, batch_, moved);
  if (!changed) return tl::make_unexpected(changed.error());
  changed_ += *changed;
  batch_.clear();
  return {};
}

void JobFeed::note(const BadLine& bad, const std::string& file) {
  constexpr std::uint64_t kShownMax = 10;
  const std::string text = bad.text(file);
  if (bad_lines_++ == 0) first_bad_ = text;
  if (bad_lines_ > kShownMax || options_.strict) return;
  progress_.wipe();
  fmt::print(stderr, "foreshape ingest: {}\n", harmless(text));
  if (bad_lines_ == kShownMax)
    fmt::print(stderr, "foreshape ingest: more lines like these are only counted\n");
}

std::string JobFeed::summary() const {
  const double seconds = progress_.seconds();
  return fmt::format("{} jobs read, {} rows new or changed, {} lines not understood, {:.1f} s ({} jobs/s)",
                     with_commas(jobs_), with_commas(static_cast<std::uint64_t>(changed_)),
                     with_commas(bad_lines_), seconds,
                     with_commas(static_cast<std::uint64_t>(static_cast<double>(jobs_) / (seconds + 1e-9))));
}

Result<std::string> cluster_name(const IngestOptions& options) {
  if (!options.cluster.empty()) return options.cluster;
  const auto unknown = [](const std::string& why) {
    return failure(ErrorCode::unavailable, why + "; say which cluster it is with --cluster");
  };
  const auto config = run_program({"scontrol", "show", "config"});
  if (!config) return unknown(config.error().message);
  constexpr std::string_view kKey = "\nClusterName";
  const auto key = config->find(kKey);
  const auto begin = config->find("= ", key);
  if (key == config->npos || begin == config->npos) return unknown("scontrol show config has no ClusterName");
  return config->substr(begin + 2, config->find('\n', begin) - begin - 2);
}

}  // namespace foreshape
