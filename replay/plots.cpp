// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/plots.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>

#include "replay/html/svg_plot.h"
#include "replay/policy_title.h"
#include "replay/run_group.h"

namespace foreshape {
namespace {

using Point = SvgPlot::Point;

/// Colours and dashes that the page has: after eight policies they begin again, dashed.
constexpr std::size_t kColours = 8;

/// Where the last of the policies has all jobs, and a little room.
double end_of(const TracePicture& trace, Distribution RunPicture::*what) {
  double end = 10;
  for (const RunPicture& run : trace.runs) {
    const Distribution& d = run.*what;
    std::size_t point = 0;
    while (point + 1 < d.shares.size() && d.shares[point] < 0.9999) ++point;
    end = std::max(end, d.at(point) * 1.2);
  }
  return end;
}

/// From the lowest tenth that all lines are above.
Axis share_axis(const TracePicture& trace, Distribution RunPicture::*what) {
  double least = 1;
  for (const RunPicture& run : trace.runs) least = std::min(least, (run.*what).shares.front());
  Axis axis = counting_axis(1, "share of jobs", true);
  axis.ticks.clear();
  axis.least = least > 0.5 ? 0.5 : 0;
  const int step = axis.least > 0 ? 10 : 20;
  for (int percent = axis.least > 0 ? 50 : 0; percent <= 100; percent += step)
    axis.ticks.push_back({percent / 100.0, fmt::format("{} %", percent)});
  return axis;
}

void add_lines(SvgPlot& plot, const TracePicture& trace, Distribution RunPicture::*what) {
  std::vector<SvgPlot::Entry> entries;
  for (std::size_t i = 0; i < trace.runs.size(); ++i) {
    const Distribution& d = trace.runs[i].*what;
    std::vector<Point> points;
    for (std::size_t p = 0; p < d.shares.size(); ++p) points.push_back({d.at(p), d.shares[p]});
    plot.line(points, series_class(i), series_name(trace.runs[i]));
    entries.push_back({series_class(i), series_name(trace.runs[i])});
  }
  plot.legend(entries);
}

Axis days_of(const TracePicture& trace) { return time_axis(trace.from_s, trace.to_s, "time of the trace"); }

std::vector<Point> course_of(const TracePicture& trace, const std::vector<double>& values) {
  std::vector<Point> points;
  const double part_s = static_cast<double>(trace.to_s - trace.from_s) / static_cast<double>(values.size());
  for (std::size_t i = 0; i < values.size(); ++i)
    points.push_back(
        {static_cast<double>(trace.from_s) + (static_cast<double>(i) + 0.5) * part_s, values[i]});
  return points;
}

std::string course_plot(const TracePicture& trace, std::size_t run, const char* kind, Axis y,
                        std::vector<double> RunPicture::*what) {
  const std::string name = series_name(trace.runs[run]), first = series_name(trace.runs[0]);
  const std::string title = fmt::format("{} over time under {}, beside {}", y.title, name, first);
  SvgPlot plot{kind, title, days_of(trace), std::move(y)};
  plot.area(course_of(trace, trace.runs[run].*what), series_class(run), name);
  if (run != 0) plot.line(course_of(trace, trace.runs[0].*what), "yardstick", first);
  return plot.text();
}

/// Half octaves: -8 to 8, 0 for no noticeable change.
int gain_bar(double gain) {
  if (std::abs(1 / gain - 1) <= kNoticeableChange) return 0;
  const double halves = 2 * std::log2(gain);
  const int away = static_cast<int>(std::clamp(std::ceil(std::abs(halves)), 1.0, 8.0));
  return halves > 0 ? away : -away;
}

}  // namespace

std::string series_class(std::size_t run) {
  if (run == 0) return "s0";
  return fmt::format("s{}{}", (run - 1) % kColours + 1, (run - 1) / kColours % 2 == 1 ? " dashed" : "");
}

std::string series_name(const RunPicture& run) {
  return policy_title(run.policy, run.predictor) == run.policy ? run.policy
                                                               : label(run.policy, run.predictor);
}

std::string waits_plot(const TracePicture& trace) {
  Axis x{1, end_of(trace, &RunPicture::waits), true, "wait until the start", {}};
  if (x.most >= 1) x.ticks.push_back({1, "none"});
  add_duration_ticks(x, 1);
  SvgPlot plot{"waits", "Share of jobs that started within a time, for each policy", x,
               share_axis(trace, &RunPicture::waits)};
  add_lines(plot, trace, &RunPicture::waits);
  return plot.text();
}

std::string slowdowns_plot(const TracePicture& trace) {
  Axis x{1, end_of(trace, &RunPicture::slowdowns), true, "bounded slowdown, (wait + run) / run", {}};
  double at = 1;
  while (at <= x.most) {
    x.ticks.push_back({at, at >= 1'000 ? fmt::format("{:g}k", at / 1'000) : fmt::format("{:g}", at)});
    at *= 10;
  }
  SvgPlot plot{"slowdowns", "Share of jobs with at most a bounded slowdown, for each policy", x,
               share_axis(trace, &RunPicture::slowdowns)};
  add_lines(plot, trace, &RunPicture::slowdowns);
  return plot.text();
}

std::string queue_plot(const TracePicture& trace, std::size_t run) {
  double most = 1;
  for (const RunPicture& r : trace.runs)
    most = std::max(most, *std::max_element(r.waiting_jobs.begin(), r.waiting_jobs.end()));
  return course_plot(trace, run, "queue", counting_axis(most, "waiting jobs"), &RunPicture::waiting_jobs);
}

std::string utilisation_plot(const TracePicture& trace, std::size_t run) {
  return course_plot(trace, run, "utilisation", counting_axis(1, "processors in use", true),
                     &RunPicture::utilisation);
}

std::vector<UserChange> user_changes(const TracePicture& trace, std::size_t run) {
  std::vector<UserChange> changes;
  const auto& before = trace.runs[0].users;
  const auto& after = trace.runs[run].users;
  for (std::size_t u = 0; u < std::min(before.size(), after.size()); ++u)
    if (before[u].slowdown > 0 && after[u].slowdown > 0) changes.push_back({&before[u], &after[u]});
  std::stable_sort(changes.begin(), changes.end(),
                   [](const UserChange& a, const UserChange& b) { return a.gain() > b.gain(); });
  return changes;
}

std::string gain_plot(const TracePicture& trace, std::size_t run) {
  constexpr int kSide = static_cast<int>(kGainBars / 2);
  std::array<int, kGainBars> users{};
  const auto users_of = [&users](int bar) -> int& {
    const int place = bar + kSide;
    return users[static_cast<std::size_t>(place)];
  };
  for (const UserChange& c : user_changes(trace, run)) ++users_of(gain_bar(c.gain()));
  Axis x{-kSide - 0.5, kSide + 0.5, false, "slowdown of the user", {}};
  x.ticks = {{-8, "16\xC3\x97 more"}, {-4, "4\xC3\x97"}, {0, "same"}, {4, "1/4"}, {8, "1/16"}};
  const int most = *std::max_element(users.begin(), users.end());
  SvgPlot plot{"gain",
               fmt::format("Users by the change of their mean slowdown from {} to {}",
                           series_name(trace.runs[0]), series_name(trace.runs[run])),
               x, counting_axis(most, "users")};
  for (int bar = -kSide; bar <= kSide; ++bar) {
    const int count = users_of(bar);
    const double factor = std::exp2(std::abs(bar) / 2.0);
    const std::string change =
        bar == 0 ? std::string{"about the same slowdown"}
                 : fmt::format("{}{:.1f} times {} slowdown", std::abs(bar) == kSide ? "more than " : "up to ",
                               std::abs(bar) == kSide ? factor / std::exp2(0.5) : factor,
                               bar > 0 ? "less" : "more");
    plot.bar(bar - 0.5, bar + 0.5, count, bar == 0 ? "same" : (bar > 0 ? "better" : "worse"),
             fmt::format("{} users: {}", count, change));
  }
  return plot.text();
}

}  // namespace foreshape
