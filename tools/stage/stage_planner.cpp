// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/stage/stage_planner.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <optional>

#include "predictor/base/text.h"
#include "tools/cli/child_process.h"
#include "tools/stage/declared_paths.h"
#include "tools/stage/script_paths.h"
#include "tools/stage/stage_forecast.h"
#include "tools/stage/stage_journal.h"

namespace foreshape {
namespace {

/// The site's own word on the source's file system. A program that can't be run says "busy": staging can wait.
bool is_source_busy(const std::string& program, const std::string& source) {
  if (program.empty()) return false;
  auto started = ChildProcess::start({program, source});
  if (!started) return true;
  const auto end = started->finish({.time = std::chrono::seconds{10}});
  return !end || end->signal != 0 || end->exit_code == 0;
}

class Planner {
 public:
  /// A pass, and what it goes by.
  struct Pass {
    const StageSettings& settings;
    const std::string& conf;
    bool dry_run = false;
    const Clock& clock;
    StagingJobs jobs;
    StageEvidence evidence;
    bool has_scripts = false;  ///< accounting keeps them
  };

  explicit Planner(Pass pass) : pass_(std::move(pass)) {}

  void plan(const StageForecast& forecast) {
    auto declared = ask_declared_paths(forecast.uid).value_or(DeclaredPaths{});
    if (const auto jobs = declared.find(forecast.name); jobs != declared.end())
      ask_script(jobs->second, forecast.uid);
    for (const std::string& path : foreseen_paths(forecast, declared, pass_.settings.plan.rules)) {
      PlannedStaging one{{forecast.uid, forecast.probability, path, 0}, "", ""};
      decide(one, forecast);
      planned_.push_back(std::move(one));
    }
  }
  /// Errors: the account can't be written.
  Result<std::vector<PlannedStaging>> take() {
    if (unrecorded_) return tl::make_unexpected(*unrecorded_);
    return std::move(planned_);
  }

 private:
  /// The newest job's own word goes before an older one's.
  void ask_script(JobsOfName& jobs, UserId uid) const {
    if (!pass_.has_scripts || jobs.newest_declares || jobs.newest == 0) return;
    auto paths = ask_script_paths(uid, jobs.newest);
    if (paths && !paths->empty()) jobs.paths = std::move(*paths);
  }

  void decide(PlannedStaging& one, const StageForecast& forecast) {
    SourceState source;
    if (const auto against = reason_against(one.candidate, source, forecast)) {
      one.reason = *against;
      return;
    }
    ++pass_.jobs.live;
    ++pass_.jobs.waiting_or_running[one.candidate.uid];
    pass_.evidence.day_bytes += source.bytes;
    pass_.evidence.user_day_bytes[one.candidate.uid] += source.bytes;
    if (pass_.dry_run)
      one.reason = "would be staged";
    else
      submit(one, source);
  }

  /// What costs least is asked first. source: what it is found to be; candidate: completed by it.
  std::optional<std::string> reason_against(StageCandidate& candidate, SourceState& source,
                                            const StageForecast& forecast) {
    const StagePlanSettings& plan = pass_.settings.plan;
    if (unrecorded_) return "what is planned can't be recorded: " + unrecorded_->message;
    if (auto rests = reason_to_rest(candidate, pass_.jobs, plan)) return rests;
    source = look_at_source(pass_.settings, candidate.uid, candidate.source);
    if (auto against = reason_against_source(source)) return against;
    candidate.copy_s =
        copy_seconds(pass_.evidence, source.file_system.data(), source.bytes, plan.read_bytes_s);
    candidate.probability = forecast.probability_after(pass_.clock.now_s(), candidate.copy_s, plan.window_s);
    if (auto against = reason_against_now(candidate, source, plan)) return against;
    if (auto full = reason_of_day(candidate.uid, source.bytes, pass_.evidence, plan)) return full;
    if (is_source_busy(plan.source_busy, candidate.source))
      return "the source is over its limit (SourceBusy)";
    return std::nullopt;
  }

  void submit(PlannedStaging& one, const SourceState& source) {
    const auto job = submit_staging_job(staging_submission(
        pass_.settings, one.candidate.uid, one.candidate.source, own_directory() + "/foreshape", pass_.conf));
    if (!job) {
      one.reason = job.error().message;
      return;
    }
    one.job = *job;
    StageEvent event;
    event.at_s = pass_.clock.now_s();
    event.uid = one.candidate.uid;
    std::from_chars(job->data(), job->data() + job->size(), event.job_id);
    event.bytes = source.bytes;
    event.source.assign(harmless(one.candidate.source));
    event.file_system.assign(harmless(source.file_system.data()));
    // At once: a pass that is killed must not lose what it has planned, or the caps of a day would not hold.
    if (auto kept = append_to_account(pass_.settings, {event}, pass_.clock); !kept)
      unrecorded_ = kept.error();
  }

  Pass pass_;
  std::vector<PlannedStaging> planned_;
  std::optional<Error> unrecorded_;
};

/// Of an account that is there; nothing is known where none is kept yet.
Result<StageEvidence> evidence_of(const StageSettings& settings, UnixSeconds now) {
  if (settings.account.empty()) return StageEvidence{};
  const auto events = read_stage_journal(settings.account);
  if (!events && events.error().code == ErrorCode::not_found) return StageEvidence{};
  if (!events) return tl::make_unexpected(events.error());
  return stage_evidence(*events, now);
}

}  // namespace

Result<std::vector<PlannedStaging>> plan_stagings(const StageSettings& settings, const std::string& conf,
                                                  bool dry_run, const Clock& clock) {
  const StagePlanSettings& plan = settings.plan;
  // Whose copies take long must be foreseen for longer: by JobTime at most.
  const auto foreseen =
      foresee_submissions(plan.snapshot, clock.now_s(), plan.window_s + plan.job_time_s, plan.probability);
  if (!foreseen) return tl::make_unexpected(foreseen.error());
  auto jobs = ask_staging_jobs();
  if (!jobs) return tl::make_unexpected(jobs.error());
  auto evidence = evidence_of(settings, clock.now_s());
  if (!evidence) return tl::make_unexpected(evidence.error());
  // Where it can't be told they are not asked for; comments and rules still serve.
  const bool has_scripts = ask_whether_scripts_are_kept().value_or(false);
  Planner planner{{settings, conf, dry_run, clock, std::move(*jobs), std::move(*evidence), has_scripts}};
  for (std::size_t i = 0; i < std::min(foreseen->size(), kMaxPlannedUsers); ++i)
    if ((*foreseen)[i].uid != 0) planner.plan((*foreseen)[i]);
  return planner.take();
}

std::string plan_text(const std::vector<PlannedStaging>& planned) {
  std::string text;
  for (const PlannedStaging& one : planned)
    text += harmless(fmt::format("uid {} submits with {:.0f}%: {}: {}", one.candidate.uid,
                                 100 * one.candidate.probability, one.candidate.source,
                                 one.job.empty() ? one.reason : "staged by job " + one.job)) +
            "\n";
  return text;
}

}  // namespace foreshape
