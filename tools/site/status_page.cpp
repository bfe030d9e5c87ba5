// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/site/status_page.h"

#include <algorithm>
#include <fmt/format.h>

#include "predictor/base/text.h"
#include "predictor/journal/journal_files.h"
#include "predictor/plan/names.h"
#include "predictor/plan/order_key.h"
#include "tools/cli/slurm_text.h"
#include "tools/site/hold_text.h"
#include "tools/site/json_fields.h"
#include "tools/site/memory_text.h"
#include "tools/site/slurm_version.h"
#include "tools/site/trial_text.h"

namespace foreshape {
namespace {

using Json = nlohmann::json;

std::string line(const char* name, const std::string& text) {
  return fmt::format("{:<10} {}\n", name, harmless(text));
}

std::string site_line(const Json& status, UnixSeconds now) {
  return line(
      "Site",
      fmt::format("cluster {}, {} nodes, Slurm {}; in slurmctld (pid {}) for {}; as of {} ago",
                  json_text(status, "/slurm/cluster"), json_count(status, "/slurm/nodes"),
                  slurm_version_text(json_count(status, "/slurm/version")), json_count(status, "/pid"),
                  age_text(now - json_number<UnixSeconds>(status, "/started")),
                  age_text(now - json_number<UnixSeconds>(status, "/written"))));
}

std::string mode_line(const Json& status) {
  if (json_flag(status, "/kill_switch")) return line("Mode", "switched off by the file StateDir/disabled");
  if (!json_flag(status, "/enabled", true)) return line("Mode", "switched off by Enabled=no");
  const bool observe_only = json_flag(status, "/observe_only");
  return line("Mode", fmt::format("run time {}, memory {}, cpus {}, I/O {}{}",
                                  json_text(status, "/modes/run_time"), json_text(status, "/modes/memory"),
                                  json_text(status, "/modes/cpus"), json_text(status, "/modes/io"),
                                  observe_only ? " (suspended: observe only, after too many faults)" : ""));
}

std::string lever_line(const Settings& settings) {
  return line("Levers", fmt::format("Order {}, Hold {}", kOrderModeNames.of(settings.policy.order.mode),
                                    kHoldModeNames.of(settings.policy.hold.mode)));
}

/// After what waiting nobody passes a narrow job any more, by what is predicted of it.
std::string offsets_line(const OrderPolicy& order) {
  if (order.mode == OrderMode::off) return {};
  constexpr std::pair<const char*, double> kRuns[] = {
      {"1 min", 60}, {"10 min", 600}, {"1 h", 3'600}, {"8 h", 28'800}, {"1 day", 86'400}};
  std::string text = fmt::format("{}; predicted", kOrderFormNames.of(order.form));
  for (const auto& [name, run_s] : kRuns) {
    const std::int64_t offset = order_offset_s(run_s, 0, order);
    text += fmt::format(" {}: {},", name, offset <= 0 ? "overdue from the start" : age_text(offset));
  }
  return line("Offsets", text + fmt::format(" at most {}", age_text(order.max_offset_s)));
}

std::string jobs_line(const Json& status) {
  return line(
      "Jobs",
      fmt::format(
          "{} submitted: {} predicted, {} passed through, {} opted out, {} advised, "
          "{} ordered, {} moved while they waited, {} sent to the pool; {} modified, {} ended unmatched",
          json_count(status, "/jobs/submitted"), json_count(status, "/jobs/predicted"),
          json_count(status, "/jobs/passed"), json_count(status, "/jobs/opted_out"),
          json_count(status, "/jobs/advised"), json_count(status, "/jobs/ordered"),
          json_count(status, "/jobs/renewed"), json_count(status, "/jobs/pooled"),
          json_count(status, "/jobs/modified"), json_count(status, "/jobs/unmatched")));
}

std::string memory_line(const Json& status) {
  const std::string text = memory_text(status);
  return text.empty() ? text : line("Memory", text);
}

std::string trial_line(const Json& status) {
  const std::string text = trial_text(status);
  return text.empty() ? text : line("Trials", text);
}

std::string latency_line(const Json& status) {
  const auto us = [&](const char* path) {
    return json_number<double>(status, std::string("/submit_latency/") + path);
  };
  return line(
      "Latency",
      fmt::format("inside job_submit: median {:.1f} us, p99 {:.1f} us, p99.9 {:.1f} us, max {:.1f} us "
                  "({} calls)",
                  us("p50_us"), us("p99_us"), us("p999_us"), us("max_us"),
                  json_count(status, "/submit_latency/count")));
}

std::string profiles_lines(const Json& status, UnixSeconds now) {
  std::string text = line(
      "Profiles",
      fmt::format("{} jobs of {} users; since the snapshot {} jobs of {} users",
                  json_count(status, "/profiles/jobs"), json_count(status, "/profiles/users"),
                  json_count(status, "/profiles/newer_jobs"), json_count(status, "/profiles/newer_users")));
  const auto made = json_number<UnixSeconds>(status, "/profiles/snapshot_made");
  if (made == 0)
    return text +
           line("Snapshot", "none loaded: predictions rest on the jobs that have ended since the start");
  return text +
         line(
             "Snapshot",
             fmt::format(
                 "made {} ({} ago), {}, loaded in {:.2f} s", timestamp_text(made), age_text(now - made),
                 rough_size_text(json_number<std::int64_t>(status, "/profiles/snapshot_bytes"), std::nullopt),
                 json_number<double>(status, "/profiles/snapshot_load_seconds")));
}

std::string model_line(const Json& status) {
  const std::string checksum = json_text(status, "/model/checksum");
  if (checksum.empty())
    return line("Model", json_flag(status, "/model/on", true) ? "none: the kernel predicts"
                                                              : "off: the kernel predicts");
  return line(
      "Model",
      fmt::format("{}, made {} from {} jobs; used for {} predictions ({:.0f} us each), {} fell back "
                  "to the kernel because it was busy; "
                  "the blend knows {} users and has learned from {} jobs",
                  checksum, timestamp_text(json_number<UnixSeconds>(status, "/model/made")),
                  json_count(status, "/model/rows"), json_count(status, "/jobs/by_model"),
                  json_number<double>(status, "/model/predict_us"), json_count(status, "/jobs/model_busy"),
                  json_count(status, "/model/blend_users"), json_count(status, "/model/blend_learned")));
}

std::string journal_line(const Json& status, const Settings& settings,
                         const std::optional<JournalBacklog>& backlog) {
  std::string text =
      fmt::format("{} events written, {} queued of {}, {} lost", json_count(status, "/journal/written"),
                  json_count(status, "/journal/queued"), json_count(status, "/journal/queue_capacity"),
                  json_count(status, "/journal/lost"));
  const std::string most = rough_size_text(settings.journal_total_bytes, std::nullopt);
  if (backlog)
    text +=
        fmt::format("; {} of {} in {} files, {} events not yet ingested",
                    rough_size_text(backlog->bytes, std::nullopt), most, backlog->files, backlog->waiting);
  else
    text +=
        fmt::format("; {} of {}",
                    rough_size_text(json_number<std::int64_t>(status, "/journal/bytes"), std::nullopt), most);
  return line("Journal", text);
}

}  // namespace

Result<JournalBacklog> journal_backlog(const std::string& directory, std::uint64_t next_sequence) {
  const auto files = list_journal_files(directory);
  if (!files) return tl::make_unexpected(files.error());
  JournalBacklog backlog;
  backlog.files = files->size();
  for (const JournalFile& file : *files) backlog.bytes += file.bytes;
  if (files->empty()) return backlog;
  const std::uint64_t first =
      std::max(files->front().first_sequence, read_ingested(directory).value_or(0) + 1);
  backlog.waiting = next_sequence > first ? next_sequence - first : 0;
  return backlog;
}

std::string status_page(const Json& status, const Settings& settings,
                        const std::optional<JournalBacklog>& backlog, UnixSeconds now) {
  return site_line(status, now) + mode_line(status) + lever_line(settings) +
         offsets_line(settings.policy.order) + jobs_line(status) + memory_line(status) + trial_line(status) +
         latency_line(status) + profiles_lines(status, now) + model_line(status) +
         journal_line(status, settings, backlog) + line("Holds", hold_text(status)) +
         line("Faults", fmt::format("{} since the start", json_count(status, "/faults")));
}

}  // namespace foreshape
