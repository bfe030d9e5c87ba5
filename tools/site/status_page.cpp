// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/site/status_page.h"

#include <algorithm>
#include <fmt/format.h>

#include "predictor/base/text.h"
#include "predictor/journal/journal_files.h"
#include "predictor/plan/names.h"
#include "predictor/plan/order_key.h"
#include "tools/cli/slurm_text.h"
#include "tools/site/json_fields.h"
#include "tools/site/memory_text.h"
#include "tools/site/slurm_version.h"
#include "tools/site/trial_text.h"

namespace foreshape {
namespace {

using Json = nlohmann::json;

std::uint64_t count(const Json& status, const std::string& path) {
  return json_number<std::uint64_t>(status, path);
}

std::string line(const char* name, const std::string& text) {
  return fmt::format("{:<10} {}\n", name, harmless(text));
}

/// "3 h 12 min": two units at most, for ages.
std::string age_text(std::int64_t seconds) {
  seconds = std::max<std::int64_t>(seconds, 0);
  if (seconds < 120) return fmt::format("{} s", seconds);
  if (seconds < 7'200) return fmt::format("{} min", seconds / 60);
  if (seconds < 2LL * 86'400) return fmt::format("{} h {} min", seconds / 3'600, seconds % 3'600 / 60);
  return fmt::format("{} d {} h", seconds / 86'400, seconds % 86'400 / 3'600);
}

std::string site_line(const Json& status, UnixSeconds now) {
  return line("Site",
              fmt::format("cluster {}, {} nodes, Slurm {}; in slurmctld (pid {}) for {}; as of {} ago",
                          json_text(status, "/slurm/cluster"), count(status, "/slurm/nodes"),
                          slurm_version_text(count(status, "/slurm/version")), count(status, "/pid"),
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
          count(status, "/jobs/submitted"), count(status, "/jobs/predicted"), count(status, "/jobs/passed"),
          count(status, "/jobs/opted_out"), count(status, "/jobs/advised"), count(status, "/jobs/ordered"),
          count(status, "/jobs/renewed"), count(status, "/jobs/pooled"), count(status, "/jobs/modified"),
          count(status, "/jobs/unmatched")));
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
                  count(status, "/submit_latency/count")));
}

std::string profiles_lines(const Json& status, UnixSeconds now) {
  std::string text = line(
      "Profiles", fmt::format("{} jobs of {} users; since the snapshot {} jobs of {} users",
                              count(status, "/profiles/jobs"), count(status, "/profiles/users"),
                              count(status, "/profiles/newer_jobs"), count(status, "/profiles/newer_users")));
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
  return line("Model",
              fmt::format("{}, made {} from {} jobs; used for {} predictions ({:.0f} us each), {} fell back "
                          "to the kernel because it was busy; "
                          "the blend knows {} users and has learned from {} jobs",
                          checksum, timestamp_text(json_number<UnixSeconds>(status, "/model/made")),
                          count(status, "/model/rows"), count(status, "/jobs/by_model"),
                          json_number<double>(status, "/model/predict_us"), count(status, "/jobs/model_busy"),
                          count(status, "/model/blend_users"), count(status, "/model/blend_learned")));
}

std::string journal_line(const Json& status, const Settings& settings,
                         const std::optional<JournalBacklog>& backlog) {
  std::string text = fmt::format("{} events written, {} queued of {}, {} lost",
                                 count(status, "/journal/written"), count(status, "/journal/queued"),
                                 count(status, "/journal/queue_capacity"), count(status, "/journal/lost"));
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

/// Whatever the agent says of its holds: numbers and words by name.
std::string holds_line(const Json& status) {
  std::string text = fmt::format("{} free nodes in the pool", count(status, "/pool_free_nodes"));
  const Json& holds = json_at(status, "/holds");
  if (!holds.is_object()) return line("Holds", text);
  for (const auto& [name, value] : holds.items())
    if (value.is_number() || value.is_string())
      text += fmt::format(", {} {}", name, value.is_string() ? value.get<std::string>() : value.dump());
  std::replace(text.begin(), text.end(), '_', ' ');
  return line("Holds", text);
}

bool order_works(const Json& status, const Settings& settings) {
  return settings.policy.order.mode == OrderMode::on && json_flag(status, "/enabled", true) &&
         !json_flag(status, "/kill_switch") && !json_flag(status, "/observe_only");
}

/// bf_min_prio_reserve without our site factors: nobody reserves nodes until age alone has brought him there.
std::optional<Check> lonely_threshold(const Json& status) {
  const auto threshold = json_number<std::int64_t>(status, "/slurm/bf_min_prio_reserve");
  if (threshold <= 0) return std::nullopt;
  const auto max_age_s = json_number<double>(status, "/slurm/priority_max_age_s");
  const auto weight = json_number<double>(status, "/slurm/priority_weight_age");
  const auto missing =
      static_cast<double>(threshold - json_number<std::int64_t>(status, "/slurm/base_points"));
  constexpr double kHour_s = 3'600, kHarmless_h = 48;
  const bool ever = missing <= weight && max_age_s > 0;
  const double hours = weight > 0 ? std::max(missing, 0.0) / weight * max_age_s / kHour_s : 0;
  if (ever && hours <= kHarmless_h) return std::nullopt;
  return Check{Check::State::wrong,
               fmt::format("Order does nothing, but bf_min_prio_reserve={} is in force: {}", threshold,
                           ever ? fmt::format("no job reserves nodes before it has waited {:.0f} h", hours)
                                : "no job ever reserves nodes"),
               "wide jobs starve; remove bf_min_prio_reserve from SchedulerParameters and run scontrol "
               "reconfigure, or set PriorityWeightPartition as advised below"};
}

/// Where most jobs have waited their offset, nearly all reserve nodes, as if Order were off.
std::optional<Check> overdue_queue(const Json& status) {
  const std::uint64_t waiting = count(status, "/queue/waiting"), overdue = count(status, "/queue/overdue");
  constexpr std::uint64_t kFew = 10;
  if (waiting < kFew || 2 * overdue <= waiting) return std::nullopt;
  return Check{Check::State::wrong, fmt::format("{} of {} waiting jobs are overdue", overdue, waiting),
               "all of them reserve nodes, so that short jobs no longer pass them: the queue is longer than "
               "OrderMaxOffset, or bf_min_prio_reserve is too small (see below)"};
}

/// What is wrong where the status has something at `path`, and what to do about it.
struct Finding {
  const char *path, *what, *cure, *why;
};

constexpr Finding kErrors[] = {
    // texts that are empty while all is well
    {"/settings/error", "foreshape.conf is not in force",
     "correct it, check it with foreshape config check, reconfigure",
     "what was in force before stays, or nothing is done"},
    {"/profiles/snapshot_refused", "the snapshot was refused",
     "run foreshape snapshot again; the previous one stays in force",
     "what users did since then is known only as far as slurmctld has seen it"},
    {"/model/refused", "the model file was refused",
     "run foreshape model verify; until it is replaced the previous model, or the kernel, predicts",
     "a worse model than the newest predicts"},
    {"/model/blend_error", "what the blend learns is not saved",
     "free disk space or correct the permissions of StateDir", "a restart of slurmctld forgets it"},
    {"/journal/error", "the journal can't be written",
     "free disk space or correct its permissions; it is retried every few seconds",
     "what is predicted and what came of it waits in memory, and is lost once there are too many"},
};

constexpr Finding kLosses[] = {
    // counts that are 0 while all is well
    {"/journal/lost", "events were lost",
     "the journal's disk was full, slow or gone; the count starts anew with slurmctld",
     "the store does not have these predictions and outcomes"},
    {"/journal/dropped_before_ingest", "records were deleted before they were ingested",
     "run foreshape ingest journal more often, or raise JournalTotalSize",
     "the store will never have these predictions and outcomes"},
    {"/jobs/again", "calls of job_submit came for a job that had been seen",
     "JobSubmitPlugins names foreshape more than once: once, and last, is right",
     "each submission costs, and counts, twice"},
};

constexpr const char* kUnmatchedCure =
    "something replaces their admin comment: foreshape must be last in JobSubmitPlugins, and a prolog must "
    "append to the comment";

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
         journal_line(status, settings, backlog) + holds_line(status) +
         line("Faults", fmt::format("{} since the start", count(status, "/faults")));
}

std::vector<Check> status_checks(const Json& status, const Settings& settings, UnixSeconds now) {
  std::vector<Check> checks;
  const auto expect = [&checks](bool fine, Check::State otherwise, std::string found, std::string cure,
                                std::string why, bool is_grave = false) {
    if (!fine) checks.push_back({otherwise, std::move(found), std::move(cure), std::move(why), is_grave});
  };
  const auto wrong = Check::State::wrong;
  // The agent may be late by a pass; three in a row mean that it is gone.
  const std::int64_t age = now - json_number<UnixSeconds>(status, "/written");
  expect(age <= 3 * settings.agent_interval_s + 10, wrong, "the status is " + age_text(age) + " old",
         "slurmctld is down, or runs without Foreshape: see its log",
         "nothing is predicted, held or recorded", true);
  expect(!json_flag(status, "/observe_only"), wrong,
         "Foreshape has switched itself to observe after too many faults",
         "see slurmctld's log for the cause, then run scontrol reconfigure",
         "no job is changed, no node held", true);
  for (const Finding& error : kErrors) {
    const std::string text = json_text(status, error.path);
    expect(text.empty(), wrong, fmt::format("{}: {}", error.what, text), error.cure, error.why,
           error.path == std::string_view("/settings/error"));
  }
  for (const Finding& loss : kLosses) {
    const std::uint64_t times = count(status, loss.path);
    expect(times == 0, wrong, fmt::format("{} {}", times, loss.what), loss.cure, loss.why);
  }
  // Neither the passed nor the opted out bear a token.
  const std::uint64_t unmatched = count(status, "/jobs/unmatched");
  expect(unmatched <= count(status, "/jobs/passed") + count(status, "/jobs/opted_out"), wrong,
         fmt::format("{} jobs ended whose predictions could not be found", unmatched), kUnmatchedCure,
         "neither the report nor the blend knows how good these predictions were");
  if (const auto check = order_works(status, settings) ? overdue_queue(status) : lonely_threshold(status))
    checks.push_back(*check);
  expect(count(status, "/faults") == 0, Check::State::note,
         fmt::format("{} faults", count(status, "/faults")), "see slurmctld's log; jobs passed as submitted",
         "these jobs, or steps of the agent, went without Foreshape");
  expect(!json_flag(status, "/kill_switch"), Check::State::note, "the kill switch is on",
         "remove " + settings.kill_switch_file() + " to go on", "every job passes untouched and unseen");
  return checks;
}

}  // namespace foreshape
