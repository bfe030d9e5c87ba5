// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/replay/site_jobs.h"

#include <algorithm>
#include <fmt/format.h>

#include "predictor/base/text.h"
#include "tools/cli/progress.h"
#include "tools/cli/slurm_text.h"

namespace foreshape {
namespace {

constexpr std::int64_t kDay_s = 86'400, kWeek_s = 7 * kDay_s;

/// "; --weeks 2 --warm-up 2 fits", or what else can be done.
std::string cure(std::int64_t history_s) {
  const std::int64_t weeks = history_s / kWeek_s;
  if (weeks >= 2)
    return fmt::format("--weeks {} --warm-up {} fits what there is", weeks / 2, weeks - weeks / 2);
  if (weeks == 1) return "--weeks 1 --warm-up 0 fits what there is";
  return "accounting may have more: foreshape ingest sacct --starttime now-8weeks, or --source sacct";
}

std::int64_t procs_of(const LoadOptions& options) {
  if (options.sharing == Sharing::pool) return options.procs;
  return std::int64_t{options.cluster.nodes} * options.cluster.cores_per_node;
}

}  // namespace

SiteWindow site_window(UnixSeconds to_s, std::uint32_t weeks, std::uint32_t warm_up_weeks) {
  SiteWindow window;
  window.to_s = to_s;
  window.measured_from_s = to_s - static_cast<std::int64_t>(weeks) * kWeek_s;
  window.learn_from_s = window.measured_from_s - static_cast<std::int64_t>(warm_up_weeks) * kWeek_s;
  return window;
}

SiteJobs::SiteJobs(const LoadOptions& options, SiteWindow window, std::string partition)
    : window_(window),
      partition_(std::move(partition)),
      machine_(procs_of(options)),
      whole_nodes_(options.sharing == Sharing::whole_nodes),
      jobs_(options) {}

void SiteJobs::take(const JobRecord& record) {
  const UnixSeconds submit_s = record.request.submit_s;
  if (submit_s < window_.learn_from_s || submit_s >= window_.to_s) return;
  if (!seen_.emplace(record.job_id, submit_s).second) return;
  if (!partition_.empty() && record.partition != partition_) {
    ++said_.other_partitions;
    return;
  }
  said_.first_submit_s = said_.first_submit_s == 0 ? submit_s : std::min(said_.first_submit_s, submit_s);
  JobRecord had = record;
  if (had.allocated_cpus > 0) had.request.cpus = had.allocated_cpus;
  if (whole_nodes_ && had.allocated_nodes > 0) had.request.nodes = had.allocated_nodes;
  const std::size_t before = jobs_.jobs.size();
  jobs_.offer(had, machine_, INT32_MAX);
  if (jobs_.jobs.size() == before) return;
  if (submit_s < window_.measured_from_s) {
    ++said_.learned_jobs;
    return;
  }
  ++said_.measured_jobs;
  users_.insert(jobs_.jobs.back().user);
  if (record.usage.start_s < submit_s) return;
  const auto wait_s = static_cast<double>(record.usage.start_s - submit_s);
  ++said_.actual.jobs;
  said_.actual.mean_s += (wait_s - said_.actual.mean_s) / static_cast<double>(said_.actual.jobs);
  said_.actual.longest_s = std::max(said_.actual.longest_s, wait_s);
}

Result<void> SiteJobs::check_enough(const std::string& cluster) const {
  const std::string where =
      "cluster " + harmless(cluster) + (partition_.empty() ? "" : ", partition " + harmless(partition_));
  const std::int64_t history_s = said_.first_submit_s == 0 ? 0 : window_.to_s - said_.first_submit_s;
  const std::string there =
      said_.first_submit_s == 0
          ? "no job at all"
          : fmt::format("{} jobs that can be replayed, of a history of {:.1f} days (since {})",
                        with_commas(said_.measured_jobs), static_cast<double>(history_s) / kDay_s,
                        timestamp_text(said_.first_submit_s));
  const auto weeks = (window_.to_s - window_.measured_from_s) / kWeek_s;
  // The first job may come some time after the window begins, as nights and holidays have it.
  const bool reaches = said_.first_submit_s != 0 && said_.first_submit_s <= window_.measured_from_s + kDay_s;
  if (reaches && said_.measured_jobs >= kMinSiteJobs) return {};
  return failure(
      ErrorCode::invalid_input,
      fmt::format("{}: too little history for {} weeks before {}: there is {}; {} jobs over all of "
                  "these weeks are needed{}",
                  where, weeks, timestamp_text(window_.to_s), there, kMinSiteJobs,
                  reaches ? "; more --weeks have more jobs" : ": " + cure(history_s)));
}

Result<SiteWorkload> SiteJobs::workload(const std::string& cluster) && {
  if (const auto enough = check_enough(cluster); !enough) return tl::make_unexpected(enough.error());
  said_.measured_users = static_cast<std::uint32_t>(users_.size());
  said_.loaded = std::move(jobs_).workload(harmless(cluster), machine_);
  said_.loaded.workload.measured_from_s = window_.measured_from_s;
  return std::move(said_);
}

}  // namespace foreshape
