#include "tools/status_page.h"

#include <algorithm>
#include <fmt/format.h>

#include "predictor/base/text.h"
#include "predictor/journal/journal_files.h"
#include "tools/json_fields.h"
#include "tools/slurm_text.h"

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

std::string slurm_version(std::uint64_t number) {
  // SLURM_VERSION_NUM: a byte each for major, minor, micro.
  return fmt::format("{}.{:02}.{}", number >> 16U, number >> 8U & 0xFFU, number & 0xFFU);
}

std::string site_line(const Json& status, UnixSeconds now) {
  return line("Site",
              fmt::format("cluster {}, {} nodes, Slurm {}; in slurmctld (pid {}) for {}; as of {} ago",
                          json_text(status, "/slurm/cluster"), count(status, "/slurm/nodes"),
                          slurm_version(count(status, "/slurm/version")), count(status, "/pid"),
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
  constexpr const char* kHold[] = {"off", "dry-run", "on"};
  return line("Levers", fmt::format("Order {}, Hold {}", settings.policy.order.on ? "on" : "off",
                                    kHold[static_cast<std::size_t>(settings.policy.hold.mode)]));
}

std::string jobs_line(const Json& status) {
  return line("Jobs", fmt::format("{} submitted: {} predicted, {} passed through, {} opted out, {} advised, "
                                  "{} ordered, {} sent to the pool; {} modified",
                                  count(status, "/jobs/submitted"), count(status, "/jobs/predicted"),
                                  count(status, "/jobs/passed"), count(status, "/jobs/opted_out"),
                                  count(status, "/jobs/advised"), count(status, "/jobs/ordered"),
                                  count(status, "/jobs/pooled"), count(status, "/jobs/modified")));
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
    return text + line("Snapshot", "none loaded: predictions rest on what the agent has seen end");
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
      fmt::format(
          "{}, made {} from {} jobs; it had a say in {} predictions ({:.0f} us each), was busy in {}; "
          "the gate knows {} users and has learned from {} jobs",
          checksum, timestamp_text(json_number<UnixSeconds>(status, "/model/made")),
          count(status, "/model/rows"), count(status, "/jobs/by_model"),
          json_number<double>(status, "/model/predict_us"), count(status, "/jobs/model_busy"),
          count(status, "/model/gate_users"), count(status, "/model/gate_learned")));
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

}  // namespace

Result<JournalBacklog> journal_backlog(const std::string& folder, std::uint64_t next_sequence) {
  const auto files = list_journal_files(folder);
  if (!files) return tl::make_unexpected(files.error());
  JournalBacklog backlog;
  backlog.files = files->size();
  for (const JournalFile& file : *files) backlog.bytes += file.bytes;
  if (files->empty()) return backlog;
  const std::uint64_t first = std::max(files->front().first_sequence, read_ingested(folder).value_or(0) + 1);
  backlog.waiting = next_sequence > first ? next_sequence - first : 0;
  return backlog;
}

std::string status_page(const Json& status, const Settings& settings,
                        const std::optional<JournalBacklog>& backlog, UnixSeconds now) {
  return site_line(status, now) + mode_line(status) + lever_line(settings) + jobs_line(status) +
         latency_line(status) + profiles_lines(status, now) + model_line(status) +
         journal_line(status, settings, backlog) + holds_line(status) +
         line("Faults", fmt::format("{} since the start", count(status, "/faults")));
}

std::vector<Check> status_checks(const Json& status, const Settings& settings, UnixSeconds now) {
  std::vector<Check> checks;
  const auto expect = [&checks](bool fine, Check::State otherwise, std::string found, std::string advice) {
    if (!fine) checks.push_back({otherwise, std::move(found), std::move(advice)});
  };
  const auto wrong = Check::State::wrong;
  // The agent may be late by a pass; three in a row mean that it is gone.
  const std::int64_t age = now - json_number<UnixSeconds>(status, "/written");
  expect(age <= 3 * settings.agent_interval_s + 10, wrong, "the status is " + age_text(age) + " old",
         "slurmctld is down, or runs without Foreshape: see its log");
  expect(!json_flag(status, "/observe_only"), wrong,
         "Foreshape has switched itself to observe after too many faults",
         "see slurmctld's log for the cause, then run scontrol reconfigure");
  const auto says = [&](const char* path, const char* what, const char* advice) {
    const std::string text = json_text(status, path);
    expect(text.empty(), wrong, fmt::format("{}: {}", what, text), advice);
  };
  says("/settings/error", "foreshape.conf is not in force",
       "correct it, check it with foreshape config check, reconfigure");
  says("/profiles/snapshot_refused", "the snapshot was refused",
       "run foreshape snapshot again; the one before stays in force");
  says(
      "/model/refused", "the model file was refused",
      "see foreshape model verify; the model before stays in force, or the kernel; foreshape model rollback");
  says("/model/gate_error", "what the gate learns is not kept",
       "make room in StateDir or correct its rights");
  says("/journal/error", "the journal can't be written",
       "make room or correct its rights; it is tried again every few seconds");
  const auto none = [&](const char* path, const char* what, const char* advice) {
    expect(count(status, path) == 0, wrong, fmt::format("{} {}", count(status, path), what), advice);
  };
  none("/journal/lost", "events were lost",
       "the journal's disk was full, slow or gone; the count starts anew with slurmctld");
  none("/journal/dropped_before_ingest", "records were deleted before they were ingested",
       "run foreshape ingest journal more often, or raise JournalTotalSize");
  expect(count(status, "/faults") == 0, Check::State::note,
         fmt::format("{} faults", count(status, "/faults")), "see slurmctld's log; jobs passed as submitted");
  expect(!json_flag(status, "/kill_switch"), Check::State::note, "the kill switch is on",
         "remove " + settings.kill_switch_file() + " to go on");
  return checks;
}

}  // namespace foreshape
