// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/site/status_checks.h"

#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tools/cli/slurm_text.h"
#include "tools/site/json_fields.h"

namespace foreshape {
namespace {

using Json = nlohmann::json;

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
  const std::uint64_t waiting = json_count(status, "/queue/waiting"),
                      overdue = json_count(status, "/queue/overdue");
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
    const std::uint64_t times = json_count(status, loss.path);
    expect(times == 0, wrong, fmt::format("{} {}", times, loss.what), loss.cure, loss.why);
  }
  // Neither the passed nor the opted out bear a token.
  const std::uint64_t unmatched = json_count(status, "/jobs/unmatched");
  expect(unmatched <= json_count(status, "/jobs/passed") + json_count(status, "/jobs/opted_out"), wrong,
         fmt::format("{} jobs of {} ended whose predictions could not be found", unmatched,
                     json_count(status, "/jobs/submitted")),
         kUnmatchedCure, "neither the report nor the blend knows how good these predictions were");
  if (const auto check = order_works(status, settings) ? overdue_queue(status) : lonely_threshold(status))
    checks.push_back(*check);
  expect(json_count(status, "/faults") == 0, Check::State::note,
         fmt::format("{} faults", json_count(status, "/faults")),
         "see slurmctld's log; jobs passed as submitted",
         "these jobs, or steps of the agent, went without Foreshape");
  expect(!json_flag(status, "/kill_switch"), Check::State::note, "the kill switch is on",
         "remove " + settings.kill_switch_file() + " to go on", "every job passes untouched and unseen");
  return checks;
}

}  // namespace foreshape
