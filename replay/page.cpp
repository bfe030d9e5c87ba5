// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/page.h"

#include <algorithm>
#include <fmt/format.h>

#include "replay/html/html_text.h"
#include "replay/page_tables.h"
#include "replay/plots.h"
#include "replay/policy_title.h"

namespace foreshape {
namespace {

std::string title_html(const RunPicture& run) {
  return html_escaped(policy_title(run.policy, run.predictor));
}

/// The least value of a figure among the policies, and whose it is.
struct Leader {
  std::size_t policy = 0;
  double value = 0;
};
Leader leader(std::span<const ReplayRun> runs, std::size_t policies, double Metrics::*what, bool most) {
  Leader best{0, mean_of(runs_of(runs, policies, 0), what)};
  for (std::size_t p = 1; p < policies; ++p) {
    const double value = mean_of(runs_of(runs, policies, p), what);
    if (most ? value > best.value : value < best.value) best = {p, value};
  }
  return best;
}

std::string policy_words(const TracePicture& trace, std::size_t policy) {
  return fmt::format("<i class=\"swatch {}\"></i>{}", series_class(policy), title_html(trace.runs[policy]));
}

/// What a reader wants to know first, of the policy (not the first one) with the least mean wait: gain and
/// cost.
std::string change_cards(const TracePicture& trace, std::span<const ReplayRun> runs) {
  const std::size_t policies = trace.runs.size();
  const auto wait = [&](std::size_t policy) {
    return mean_of(runs_of(runs, policies, policy), &Metrics::mean_wait_s);
  };
  std::size_t best = 1;
  for (std::size_t p = 2; p < policies; ++p)
    if (wait(p) < wait(best)) best = p;
  const auto change = [&](const char* what, double Metrics::*figure) {
    return html_card(
        fmt::format("{} \xE2\x86\x92 {}", duration_text(mean_of(runs_of(runs, policies, 0), figure)),
                    duration_text(mean_of(runs_of(runs, policies, best), figure))),
        fmt::format("{}: from {} to {}", what, policy_words(trace, 0), policy_words(trace, best)));
  };
  const auto users = runs_of(runs, policies, best);
  double better = 0, worse = 0;
  for (const ReplayRun* run : users) {
    better += run->fairness.better / static_cast<double>(users.size());
    worse += run->fairness.worse / static_cast<double>(users.size());
  }
  return change("mean wait", &Metrics::mean_wait_s) + change("longest wait", &Metrics::max_wait_s) +
         html_card(fmt::format("{:.0f} % / {:.0f} %", 100 * better, 100 * worse),
                   "of the users fare better / worse under " + policy_words(trace, best));
}

/// Who is best at what, and by how much against the first policy. with_change: gain and cost come first.
std::string leader_cards(const TracePicture& trace, std::span<const ReplayRun> runs, bool with_change) {
  const std::size_t policies = trace.runs.size();
  if (policies < 2) return {};
  struct Item {
    const char* what;
    double Metrics::*figure;
    bool most;
    std::string (*text)(double);
  };
  static constexpr Item kItems[] = {
      {"typical (geometric mean) slowdown", &Metrics::gmbsld, false,
       [](double v) { return fmt::format("{:.2f}", v); }},
      {"mean slowdown", &Metrics::avebsld, false, [](double v) { return fmt::format("{:.1f}", v); }},
      {"short jobs started within a minute", &Metrics::short_started, true,
       [](double v) { return fmt::format("{:.1f} %", 100 * v); }},
  };
  std::string html = R"(<div class="cards">)";
  if (with_change) html += change_cards(trace, runs);
  for (const Item& item : kItems) {
    const Leader best = leader(runs, policies, item.figure, item.most);
    const double first = mean_of(runs_of(runs, policies, 0), item.figure);
    html += html_card(
        item.text(best.value),
        fmt::format("{}: best under {}{}", item.what, policy_words(trace, best.policy),
                    best.policy == 0 ? std::string{}
                                     : fmt::format(" ({} under the first policy)", item.text(first))));
  }
  return html + "</div>";
}

std::string introduction(const TracePicture& trace) {
  const auto users =
      trace.runs.empty()
          ? 0
          : std::ranges::count_if(trace.runs[0].users, [](const UserPicture& user) { return user.jobs > 0; });
  std::string text =
      fmt::format("{} jobs of {} users on {} processors. The yardstick is the first policy, {}.", trace.jobs,
                  users, trace.procs, title_html(trace.runs[0]));
  if (trace.seeds > 1)
    text += fmt::format(
        " Figures are means of {} runs with shifted submissions; the plots show the first of them.",
        trace.seeds);
  return fmt::format(R"(<h2>{}</h2><p class="soft">{}</p>)", html_escaped(trace.trace), text);
}

std::string gains(const TracePicture& trace) {
  std::string html;
  for (std::size_t run = 1; run < trace.runs.size(); ++run) {
    std::size_t better = 0, worse = 0;
    const auto changes = user_changes(trace, run);
    for (const UserChange& c : changes) {
      better += c.after->slowdown < c.before->slowdown * (1 - kNoticeableChange) ? 1U : 0U;
      worse += c.after->slowdown > c.before->slowdown * (1 + kNoticeableChange) ? 1U : 0U;
    }
    const std::string note = fmt::format("{} users better off, {} worse off, {} about the same", better,
                                         worse, changes.size() - better - worse);
    html += html_figure(title_html(trace.runs[run]), note, gain_plot(trace, run) + users_table(trace, run));
  }
  return html;
}

std::string section(const TracePicture& trace, std::span<const ReplayRun> runs,
                    std::span<const Comparison> comparisons, bool with_change) {
  std::string html = "<section>" + introduction(trace) + leader_cards(trace, runs, with_change);
  html +=
      R"(<h3>Policies</h3><p class="soft">Bounded slowdown: how many times longer a job took than it ran, run times below 10 s counted as 10 s. Started in 1 min: of the jobs that run for less than 10 minutes. Users better, worse: whose mean slowdown is at least 5 % lower, higher than under the first policy. The best figure of each column is marked.</p>)" +
      figures_table(trace, runs) + ratios_table(trace, comparisons);
  html +=
      R"(<h3>Who waits</h3><p class="soft">Mean waits. Wide: at least a tenth of the machine. Long: runs for an hour or more.</p>)" +
      classes_table(trace, runs);
  html +=
      R"(<h3>Waits and slowdowns of all jobs</h3><p class="soft">The higher a line, the more jobs are served at least that well.</p><div class="plots">)" +
      html_figure("Started within", "", waits_plot(trace)) +
      html_figure("Slowdown of at most", "", slowdowns_plot(trace)) + "</div>";
  const std::string against =
      trace.runs.size() > 1 ? fmt::format(" The thin line is {}.", title_html(trace.runs[0])) : std::string{};
  html += fmt::format(
      R"(<h3>Waiting jobs over time</h3><p class="soft">Means of {} equal parts of the time of submissions.{}</p><div class="plots">)",
      kPictureParts, against);
  for (std::size_t run = 0; run < trace.runs.size(); ++run)
    html += html_figure(title_html(trace.runs[run]), "", queue_plot(trace, run));
  html += fmt::format(
      R"(</div><h3>Utilisation over time</h3><p class="soft">Processors in use.{}</p><div class="plots">)",
      against);
  for (std::size_t run = 0; run < trace.runs.size(); ++run)
    html += html_figure(title_html(trace.runs[run]), "", utilisation_plot(trace, run));
  html += "</div>";
  if (trace.runs.size() > 1)
    html +=
        R"(<h3>Gain by user</h3><p class="soft">How each user's mean slowdown changed from the first policy. Right and blue: less; left and orange: more. A change of up to 5 % counts as none.</p><div class="plots">)" +
        gains(trace) + "</div>";
  return html + "</section>";
}

}  // namespace

std::string html_text(const PageFront& front, const std::vector<TracePicture>& pictures,
                      const std::vector<ReplayRun>& runs, const std::vector<Comparison>& comparisons) {
  const std::string omissions = omissions_html(front);
  std::string html = front_html(front) + (front.findings.empty() ? "" : omissions);
  std::size_t first_run = 0, first_comparison = 0;
  for (const TracePicture& trace : pictures) {
    const std::size_t of_trace = trace.runs.size() * trace.seeds;
    const std::size_t compared = trace.runs.empty() ? 0 : trace.runs.size() - 1;
    if (trace.runs.empty() || first_run + of_trace > runs.size()) continue;
    const auto some = comparisons.size() >= first_comparison + compared
                          ? std::span{comparisons}.subspan(first_comparison, compared)
                          : std::span<const Comparison>{};
    html += section(trace, std::span{runs}.subspan(first_run, of_trace), some, front.cards.empty());
    first_run += of_trace;
    first_comparison += compared;
  }
  if (front.findings.empty()) html += omissions;
  return html_document("Foreshape replay", html + origin_html(front), "foreshape replay");
}

}  // namespace foreshape
