// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/stage/stage_planner.h"

#include <algorithm>
#include <fmt/format.h>

#include "predictor/base/text.h"
#include "tools/cli/child_process.h"
#include "tools/stage/declared_paths.h"
#include "tools/stage/stage_forecast.h"

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
  Planner(const StageSettings& settings, const std::string& conf, bool dry_run, StagingJobs jobs)
      : settings_(settings), conf_(conf), dry_run_(dry_run), jobs_(std::move(jobs)) {}

  void plan(const StageForecast& forecast) {
    const auto declared = ask_declared_paths(forecast.uid);
    for (const std::string& path :
         foreseen_paths(forecast, declared.value_or(DeclaredPaths{}), settings_.plan.rules)) {
      PlannedStaging one{{forecast.uid, forecast.probability, path}, "", ""};
      decide(one);
      planned_.push_back(std::move(one));
    }
  }
  std::vector<PlannedStaging> take() { return std::move(planned_); }

 private:
  void decide(PlannedStaging& one) {
    auto against = reason_to_rest(one.candidate, jobs_, settings_.plan);
    if (!against)
      against = reason_against(
          one.candidate, look_at_source(settings_, one.candidate.uid, one.candidate.source), settings_.plan);
    if (!against && is_source_busy(settings_.plan.source_busy, one.candidate.source))
      against = "the source is over its limit (SourceBusy)";
    if (against) {
      one.reason = *against;
      return;
    }
    ++jobs_.live;
    ++jobs_.waiting_or_running[one.candidate.uid];
    if (dry_run_) {
      one.reason = "would be staged";
      return;
    }
    const auto job = submit_staging_job(staging_submission(settings_, one.candidate.uid, one.candidate.source,
                                                           own_directory() + "/foreshape", conf_));
    if (job)
      one.job = *job;
    else
      one.reason = job.error().message;
  }

  const StageSettings& settings_;
  const std::string& conf_;
  bool dry_run_;
  StagingJobs jobs_;
  std::vector<PlannedStaging> planned_;
};

}  // namespace

Result<std::vector<PlannedStaging>> plan_stagings(const StageSettings& settings, const std::string& conf,
                                                  bool dry_run, const Clock& clock) {
  const auto foreseen = foresee_submissions(settings.plan.snapshot, clock.now_s(), settings.plan.window_s,
                                            settings.plan.probability);
  if (!foreseen) return tl::make_unexpected(foreseen.error());
  auto jobs = ask_staging_jobs();
  if (!jobs) return tl::make_unexpected(jobs.error());
  Planner planner{settings, conf, dry_run, std::move(*jobs)};
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
