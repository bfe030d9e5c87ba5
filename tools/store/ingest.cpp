// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/store/ingest.h"

#include <fmt/format.h>

#include "tools/cli/child_process.h"

namespace foreshape {

JobFeed::JobFeed(Pg& db, const IngestOptions& options) : db_(db), options_(options), progress_("jobs") {}

Result<void> JobFeed::take(const JobRecord& job, double share) {
  if (options_.strict)
    if (auto fine = bad_.check_strict(); !fine) return fine;
  ++rows_;
  if (options_.since_s && job.usage.end_s > 0 && job.usage.end_s < *options_.since_s) return {};
  ++jobs_;
  batch_.add(job);
  progress_.show(jobs_, share);
  return batch_.is_full() ? store(std::nullopt) : Result<void>{};
}

Result<void> JobFeed::finish(const std::optional<std::pair<IngestSource, Watermark>>& moved) {
  if (options_.strict)
    if (auto fine = bad_.check_strict(); !fine) return fine;
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
  const std::size_t shown = bad_.first().size();
  bad_.note(bad, file);
  const bool is_shown = bad_.first().size() > shown;
  if (options_.strict || (!is_shown && has_told_of_more_)) return;
  progress_.wipe();
  if (is_shown)
    fmt::print(stderr, "foreshape ingest: {}\n", bad_.first().back());
  else
    fmt::print(stderr, "foreshape ingest: more lines like these are only counted\n");
  has_told_of_more_ = has_told_of_more_ || !is_shown;
}

Result<void> JobFeed::check_understood(const std::string& file) const {
  if (rows_ > 0 || bad_.lines() == 0) return {};
  return failure(ErrorCode::invalid_input, fmt::format("{}: no job was read, {}; the first: {}", file,
                                                       bad_.summary(), bad_.first().front()));
}

std::string JobFeed::summary() const {
  const double seconds = progress_.seconds();
  return fmt::format("{} jobs read, {} rows new or changed, {}, {:.1f} s ({} jobs/s)", with_commas(jobs_),
                     with_commas(static_cast<std::uint64_t>(changed_)), bad_.summary(), seconds,
                     with_commas(static_cast<std::uint64_t>(static_cast<double>(jobs_) / (seconds + 1e-9))));
}

Result<std::string> cluster_name(const IngestOptions& options) {
  if (!options.cluster.empty()) return options.cluster;
  const auto unknown = [](const std::string& why) {
    return failure(ErrorCode::unavailable, why + "; say which cluster it is with --cluster");
  };
  const auto config = output_of({"scontrol", "show", "config"});
  if (!config) return unknown(config.error().message);
  constexpr std::string_view kKey = "\nClusterName";
  const auto key = config->find(kKey);
  const auto begin = config->find("= ", key);
  if (key == config->npos || begin == config->npos) return unknown("scontrol show config has no ClusterName");
  return config->substr(begin + 2, config->find('\n', begin) - begin - 2);
}

}  // namespace foreshape
