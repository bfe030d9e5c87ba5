// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/report_sentences.h"

#include <fmt/format.h>

namespace foreshape {
namespace {

/// Where the slowdown comes from, in words: what better predictions could still bring.
std::string misjudged_text(const std::vector<RunGroup>& groups) {
  std::string text;
  for (const RunGroup& g : groups) {
    const double jobs = mean(g, [](const ReplayRun& r) { return r.metrics.misjudged_jobs; });
    const double slowdown = mean(g, [](const ReplayRun& r) { return r.metrics.misjudged_slowdown; });
    text += fmt::format(
        "{}: {:.1f} % of the jobs ran at most a tenth of what was predicted of them, and have {:.0f} % of "
        "the "
        "whole slowdown.\n",
        label(g[0]->policy, g[0]->predictor), 100 * jobs, 100 * slowdown);
  }
  return "\nNo predictor can gain much more than what jobs that are predicted ten times too long have of the "
         "slowdown (run times\nbelow 10 s count as 10 s):\n" +
         text;
}

/// What trial starts did, for the policies that have them.
std::string trials_text(const std::vector<RunGroup>& groups) {
  std::string text;
  for (const RunGroup& g : groups) {
    const auto of = [&](auto TrialMetrics::*figure) {
      return mean(g, [&](const ReplayRun& r) { return static_cast<double>(r.metrics.trials.*figure); });
    };
    const double started = of(&TrialMetrics::started);
    if (started == 0) continue;
    text += fmt::format(
        "{}: {:.0f} trial starts, of which {:.0f} % ended within the trial, {:.0f} % ran on and {:.0f} % "
        "were "
        "requeued;\nthese cost {:.0f} core-hours, {:.3f} % of what the jobs ran.\n",
        label(g[0]->policy, g[0]->predictor), started, 100 * of(&TrialMetrics::ended) / started,
        100 * of(&TrialMetrics::ran_on) / started, 100 * of(&TrialMetrics::requeued) / started,
        of(&TrialMetrics::lost_s) / 3'600, 100 * of(&TrialMetrics::lost_share));
  }
  return text.empty() ? text : "\n" + text;
}

/// What holding processors did, for the policies that hold some.
std::string holds_text(const std::vector<RunGroup>& groups) {
  std::string text;
  for (const RunGroup& g : groups) {
    const auto of = [&](const auto& figure) { return mean(g, figure); };
    const double hits = of([](const ReplayRun& r) { return static_cast<double>(r.metrics.holds.hits); });
    if (hits == 0) continue;
    text += fmt::format(
        "{}: holds let in {:.0f} jobs, {:.0f} of them through {:.0f} holds for single users ({:.0f} missed); "
        "{:.2f} % of the machine was kept idle.\nMean wait of these jobs {} -> {} h, of all others {} -> {} "
        "h.\n",
        label(g[0]->policy, g[0]->predictor), hits,
        of([](const ReplayRun& r) { return static_cast<double>(r.metrics.holds.personal_hits); }),
        of([](const ReplayRun& r) { return static_cast<double>(r.metrics.holds.personal); }),
        of([](const ReplayRun& r) { return static_cast<double>(r.metrics.holds.misses); }),
        100 * of([](const ReplayRun& r) { return r.metrics.holds.idle_share; }),
        hours_text(of([](const ReplayRun& r) { return r.before.hit_s; })),
        hours_text(of([](const ReplayRun& r) { return r.metrics.holds.hit_wait_s; })),
        hours_text(of([](const ReplayRun& r) { return r.before.other_s; })),
        hours_text(of([](const ReplayRun& r) { return r.metrics.holds.other_wait_s; })));
  }
  return text.empty() ? text : "\n" + text;
}

}  // namespace

std::string column_words() {
  return R"(
Bounded slowdown: how many times longer a job took than it ran; RMS: its root mean square.
1min %: jobs that run under 10 minutes and started within a minute. used %: processors.
over %: jobs that ran longer than predicted at submission.
right: mean of the smaller of predicted and real run time over the larger.
better%, worse%: users whose mean slowdown is at least 5 % lower, higher than under the first policy.
took: seconds of this computer. narrow: under a tenth of the machine; short: under an hour;
quarter: a quarter of the machine or more. longest: of all waits. span: first submission to last end.
killed: at their predicted run time (--kill-on-prediction).
)";
}

std::string report_sentences(const std::vector<RunGroup>& groups) {
  return misjudged_text(groups) + trials_text(groups) + holds_text(groups);
}

}  // namespace foreshape
