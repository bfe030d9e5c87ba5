// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/sshape/html/report_page.h"

#include <fmt/format.h>

#include "replay/html/html_text.h"
#include "tools/cli/command.h"
#include "tools/sshape/html/report_plots.h"
#include "tools/sshape/html/report_tables.h"

namespace foreshape {
namespace {

/// The levels that the first card speaks of, as the margins of foreshape.conf are by default.
constexpr float kRunTimeLevel = .95F, kMemoryLevel = .99F;

std::size_t place_of(float level) {
  std::size_t place = 0;
  while (place + 1 < kQuantileLevels.size() && kQuantileLevels[place] < level) ++place;
  return place;
}

std::string too_small_card(const Calibration& calibration, float level, const char* what) {
  const auto within = calibration.share_within(place_of(level));
  return html_card(share_words(within ? std::optional(1 - *within) : std::nullopt),
                   fmt::format("of predictions too small: {} beyond what was predicted to be enough for {:g} "
                               "%; the target is {:g} %",
                               what, 100 * level, 100 - 100 * level));
}

std::string given_back_card(const MemorySavings& s) {
  const double share = s.gib_hours_requested > 0 ? s.gib_hours_given_back / s.gib_hours_requested : 0;
  return html_card(fmt::format("{:.0f} GiB-hours", s.gib_hours_given_back),
                   fmt::format("of memory given back, {:.1f} % of what was requested", 100 * share));
}

std::string lost_card(const MemorySavings& s) {
  return html_card(
      fmt::format("{:.1f} GiB-hours", s.gib_hours_lost),
      fmt::format("and {:.1f} core-hours lost to {} runs that were given too little memory and killed",
                  s.core_hours_lost, s.killed));
}

std::string cards(const WeeklyReport& report) {
  const WeekWaits& waits = report.all_waits;
  const bool any = waits.started > 0;
  return R"(<div class="cards" id="first">)" + html_card(fmt::format("{}", waits.jobs), "jobs ended") +
         html_card(any ? duration_text(waits.mean_s) : "\xE2\x80\x93", "mean wait") +
         html_card(any ? duration_text(waits.median_s) : "\xE2\x80\x93",
                   "median wait: half of the jobs started sooner") +
         given_back_card(report.all_savings) + lost_card(report.all_savings) +
         too_small_card(report.calibrations.run_time, kRunTimeLevel, "run times") +
         too_small_card(report.calibrations.memory, kMemoryLevel, "memory") + "</div>";
}

std::string section(const char* id, const char* title, const std::string& words, const std::string& content) {
  return fmt::format(
      R"(<section id="{0}" aria-labelledby="{0}-title"><h2 id="{0}-title">{1}</h2><p class="soft">{2}</p>{3}</section>)",
      id, title, words, content);
}

std::string plots(const std::string& figures) { return R"(<div class="plots">)" + figures + "</div>"; }
std::string panel(const std::string& table) { return R"(<div class="panel">)" + table + "</div>"; }
std::string folded(const std::string& table) {
  return "<details><summary>The figures</summary>" + panel(table) + "</details>";
}

std::string calibration_section(const Calibrations& all) {
  const auto of = [](const Calibration& calibration, const char* what) {
    return calibration.jobs == 0 ? html_figure(what, "no job that was predicted and measured", "")
                                 : html_figure(what, fmt::format("{} jobs", calibration.jobs),
                                               calibration_plot(calibration, what));
  };
  return section(
      "calibration", "Are the predictions right?",
      "Each prediction says what is enough for so many of 100 such jobs. The nearer to the thin line, the "
      "truer; below it "
      "more jobs needed more than was said.",
      plots(of(all.run_time, "run time") + of(all.memory, "memory")) + folded(calibrations_table(all)));
}

std::string run_time_section(const std::vector<RunTimesOf>& times) {
  constexpr const char* kWords =
      "Jobs by what was predicted for them; the thin line is where both are the same.";
  return section("run-times", "Predicted and used run time", kWords,
                 times.empty() ? "<p>Fewer than five jobs were predicted alike and measured.</p>"
                               : plots(html_figure("Used run time", "", run_times_plot(times))) +
                                     folded(run_times_table(times)));
}

std::string waits_section(const WeeklyReport& report) {
  return section(
      "waits", "Waits", "Bars: the mean; line: the median.",
      (report.waits.empty() ? "" : plots(html_figure("Waits by week", "", weekly_waits_plot(report.waits)))) +
          panel(waits_table(report)));
}

std::string holds_section(const std::vector<ReportedHold>& holds) {
  return section("holds", "Holds",
                 "Nodes that were kept free for jobs about to be submitted. Hit: a job came and started in "
                 "it; missed: it was given "
                 "back unused. Of dry runs, what would have been.",
                 panel(holds_table(holds)));
}

std::string savings_section(const WeeklyReport& report) {
  const MemorySavings& all = report.all_savings;
  const std::string unknown = all.unknown > 0 ? fmt::format(
                                                    "<p>Runs that are in none of these figures: {}; the "
                                                    "store has no allocated memory of them.</p>",
                                                    all.unknown)
                                              : "";
  return section(
      "savings", "Memory",
      "Grey: allocated; blue: given back by jobs that were given less than requested; orange: held by those "
      "of them that "
      "were killed for want of memory, which ran again with their request.",
      (report.savings.empty() ? ""
                              : plots(html_figure("GiB-hours by week", "", savings_plot(report.savings)))) +
          unknown + panel(savings_table(report)));
}

std::string users_section(const WeeklyReport& report) {
  return section("users", "Users", "Those with the most core-hours, of the users that the page may show.",
                 panel(users_table(report)));
}

constexpr const char* kContents =
    R"(<nav aria-label="Contents"><a href="#calibration">Predictions</a><a href="#run-times">Run times</a><a href="#waits">Waits</a><a href="#holds">Holds</a><a href="#savings">Memory</a><a href="#users">Users</a></nav>)";

}  // namespace

std::string report_page(const WeeklyReport& report) {
  const std::string heading = fmt::format(
      R"(<h1>What Foreshape did</h1><p class="soft">Jobs of <bdi>{}</bdi> that ended from {} to {}.</p>)",
      html_escaped(report.whose), day_of(report.start_s), day_of(report.end_s));
  return html_document("Foreshape report",
                       heading + cards(report) + kContents + calibration_section(report.calibrations) +
                           run_time_section(report.run_times) + waits_section(report) +
                           holds_section(report.holds) + savings_section(report) + users_section(report),
                       html_escaped("sshape html, " + version_text()));
}

}  // namespace foreshape
