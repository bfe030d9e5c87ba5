// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/page_tables.h"

#include <algorithm>
#include <fmt/format.h>
#include <functional>

#include "replay/html/html_text.h"
#include "replay/plots.h"
#include "replay/policy_title.h"

namespace foreshape {
namespace {

using Runs = std::vector<const ReplayRun*>;

/// The title, and how the policy is spelled; a narrow column may break that behind the colon.
std::string policy_cell(const TracePicture& trace, std::size_t policy) {
  const RunPicture& run = trace.runs[policy];
  const std::string title = policy_title(run.policy, run.predictor);
  const std::string spelled = title == run.policy
                                  ? ""
                                  : fmt::format("<br><small>{}:<wbr>{}</small>", html_escaped(run.policy),
                                                html_escaped(run.predictor));
  return fmt::format(R"(<td><i class="swatch {}"></i>{}{}</td>)", series_class(policy), html_escaped(title),
                     spelled);
}

std::string figure_text(double value) {
  if (value >= 10'000) return fmt::format("{:.1f}k", value / 1'000);
  if (value >= 100) return fmt::format("{:.0f}", value);
  return fmt::format("{:.2f}", value);
}
std::string percent_text(double share) { return fmt::format("{:.1f}", 100 * share); }

enum class Best { least, most, none };

struct Column {
  const char* title;
  Best best;
  std::function<double(const Runs&)> value;
  std::function<std::string(double)> text;
};

Column metric(const char* title, Best best, double Metrics::*figure, std::string (*text)(double)) {
  return {title, best, [figure](const Runs& runs) { return mean_of(runs, figure); }, text};
}

Column share_of_users(const char* title, double Fairness::*figure) {
  return {title, Best::none,
          [figure](const Runs& runs) {
            double sum = 0;
            for (const ReplayRun* run : runs) sum += run->fairness.*figure;
            return runs.empty() ? 0 : sum / static_cast<double>(runs.size());
          },
          percent_text};
}

const std::vector<Column>& columns() {
  static const std::vector<Column> all = {
      metric("slowdown,<br>mean", Best::least, &Metrics::avebsld, figure_text),
      metric("slowdown,<br>geom. mean", Best::least, &Metrics::gmbsld, figure_text),
      metric("slowdown,<br>median", Best::least, &Metrics::medianbsld, figure_text),
      metric("slowdown,<br>95 % below", Best::least, &Metrics::p95bsld, figure_text),
      metric("slowdown,<br>root mean sq.", Best::least, &Metrics::rmsbsld, figure_text),
      metric("slowdown,<br>largest", Best::least, &Metrics::maxbsld, figure_text),
      metric("started in<br>1 min, %", Best::most, &Metrics::short_started, percent_text),
      metric("wait,<br>mean", Best::least, &Metrics::mean_wait_s, duration_text),
      metric("wait,<br>95 % below", Best::least, &Metrics::p95_wait_s, duration_text),
      metric("wait,<br>longest", Best::least, &Metrics::max_wait_s, duration_text),
      metric("processors<br>in use, %", Best::most, &Metrics::utilisation, percent_text),
      metric("predicted<br>too short, %", Best::none, &Metrics::under_predicted, percent_text),
      share_of_users("users<br>better, %", &Fairness::better),
      share_of_users("users<br>worse, %", &Fairness::worse),
  };
  return all;
}

std::string ratio_cell(const Ratio& r) {
  return fmt::format(R"(<td>{:.3f} <span class="soft">{:.2f} to {:.2f}</span></td>)", r.mean, r.least,
                     r.most);
}

std::string user_rows(const std::vector<UserChange>& changes, bool reversed) {
  constexpr std::size_t kShown = 5;
  std::string rows;
  const std::size_t count = std::min(kShown, changes.size());
  for (std::size_t i = 0; i < count; ++i) {
    const UserChange& c = changes[reversed ? changes.size() - 1 - i : i];
    if (reversed ? c.gain() >= 1 : c.gain() <= 1) continue;
    rows += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{:.2f}</td></tr>",
                        html_escaped(c.before->name), c.before->jobs, figure_text(c.before->slowdown),
                        figure_text(c.after->slowdown), c.after->slowdown / c.before->slowdown);
  }
  return rows;
}

}  // namespace

Runs runs_of(std::span<const ReplayRun> runs, std::size_t policies, std::size_t policy) {
  Runs found;
  for (std::size_t i = policy; i < runs.size(); i += policies) found.push_back(&runs[i]);
  return found;
}

double mean_of(const Runs& runs, double Metrics::*figure) {
  double sum = 0;
  for (const ReplayRun* run : runs) sum += run->metrics.*figure;
  return runs.empty() ? 0 : sum / static_cast<double>(runs.size());
}

std::string figures_table(const TracePicture& trace, std::span<const ReplayRun> runs) {
  const std::size_t policies = trace.runs.size();
  std::string html = R"(<div class="scroll"><table data-table="figures"><thead><tr><th>policy</th>)";
  for (const Column& column : columns()) html += fmt::format("<th>{}</th>", column.title);
  html += "</tr></thead><tbody>";
  std::vector<std::vector<double>> values;
  for (std::size_t p = 0; p < policies; ++p) {
    const Runs of_policy = runs_of(runs, policies, p);
    auto& row = values.emplace_back();
    for (const Column& column : columns()) row.push_back(column.value(of_policy));
  }
  for (std::size_t p = 0; p < policies; ++p) {
    html += "<tr>" + policy_cell(trace, p);
    for (std::size_t c = 0; c < columns().size(); ++c) {
      const Column& column = columns()[c];
      // Figures that read the same are the same: all of them are the best.
      const std::string text = column.text(values[p][c]);
      double best = values[0][c], worst = best;
      for (const auto& row : values) {
        best = column.best == Best::least ? std::min(best, row[c]) : std::max(best, row[c]);
        worst = column.best == Best::least ? std::max(worst, row[c]) : std::min(worst, row[c]);
      }
      const bool differ = column.text(best) != column.text(worst);
      const bool is_best = differ && column.best != Best::none && text == column.text(best);
      html += fmt::format("<td{}>{}</td>", is_best ? R"( class="best")" : "", text);
    }
    html += "</tr>";
  }
  return html + "</tbody></table></div>";
}

std::string classes_table(const TracePicture& trace, std::span<const ReplayRun> runs) {
  const std::size_t policies = trace.runs.size();
  const auto wait = [&](std::size_t policy, std::size_t job_class) {
    const Runs of_policy = runs_of(runs, policies, policy);
    double sum = 0;
    for (const ReplayRun* run : of_policy) sum += run->metrics.class_wait_s[job_class];
    return of_policy.empty() ? 0 : sum / static_cast<double>(of_policy.size());
  };
  std::string html = R"(<div class="scroll"><table data-table="classes"><thead><tr><th>policy</th>)";
  static constexpr const char* kNames[kJobClasses] = {"narrow, short", "narrow, long", "wide, short",
                                                      "wide, long"};
  for (std::size_t c = 0; c < kJobClasses; ++c)
    html +=
        fmt::format("<th>{}<br>{} jobs</th>", kNames[c], runs.empty() ? 0 : runs[0].metrics.class_jobs[c]);
  html += "</tr></thead><tbody>";
  for (std::size_t p = 0; p < policies; ++p) {
    html += "<tr>" + policy_cell(trace, p);
    for (std::size_t c = 0; c < kJobClasses; ++c) {
      double most = 1e-9;
      for (std::size_t other = 0; other < policies; ++other) most = std::max(most, wait(other, c));
      html += fmt::format(
          R"(<td>{}<span class="track"><i class="bar {}" style="width:{:.0f}px"></i></span></td>)",
          duration_text(wait(p, c)), series_class(p), 1 + 74 * wait(p, c) / most);
    }
    html += "</tr>";
  }
  return html + "</tbody></table></div>";
}

std::string ratios_table(const TracePicture& trace, std::span<const Comparison> comparisons) {
  if (trace.seeds < 2 || comparisons.empty()) return {};
  std::string html = fmt::format(
      R"(<h3>Against {}, paired by seed</h3><p class="soft">Each figure over that of the first policy with the same submissions: geometric mean over {} runs, then the least and the most. Below 1 is better.</p><div class="scroll"><table data-table="ratios"><thead><tr><th>policy</th><th>slowdown,<br>mean</th><th>slowdown,<br>geom. mean</th><th>slowdown,<br>root mean sq.</th><th>slowdown,<br>largest</th><th>wait,<br>mean</th><th>started in<br>1 min, points</th></tr></thead><tbody>)",
      html_escaped(policy_title(trace.runs[0].policy, trace.runs[0].predictor)), trace.seeds);
  for (std::size_t i = 0; i < comparisons.size(); ++i) {
    const Comparison& c = comparisons[i];
    html += "<tr>" + policy_cell(trace, i + 1) + ratio_cell(c.avebsld) + ratio_cell(c.gmbsld) +
            ratio_cell(c.rmsbsld) + ratio_cell(c.maxbsld) + ratio_cell(c.mean_wait) +
            fmt::format("<td>{:+.1f}</td></tr>", 100 * c.short_started_gain);
  }
  return html + "</tbody></table></div>";
}

std::string users_table(const TracePicture& trace, std::size_t run) {
  const auto changes = user_changes(trace, run);
  const std::string better = user_rows(changes, false), worse = user_rows(changes, true);
  if (better.empty() && worse.empty()) return {};
  std::string html =
      R"(<details><summary>users who gain and lose most</summary><div class="scroll"><table><thead><tr><th>user</th><th>jobs</th><th>slowdown before</th><th>after</th><th>ratio</th></tr></thead><tbody>)";
  return html + better + worse + "</tbody></table></div></details>";
}

}  // namespace foreshape
