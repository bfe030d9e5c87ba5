// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/sshape/html/report_plots.h"

#include <algorithm>
#include <fmt/format.h>

#include "replay/html/html_text.h"
#include "replay/html/svg_plot.h"
#include "tools/cli/slurm_text.h"

namespace foreshape {
namespace {

using Points = std::vector<SvgPlot::Point>;

/// Week i between i and i + 1, with at most six dates.
template <class Week>
Axis week_axis(const std::vector<Week>& weeks) {
  constexpr std::size_t kLabels = 6;
  Axis axis{0, static_cast<double>(std::max<std::size_t>(weeks.size(), 1)), false, "week that begins on", {}};
  const std::size_t step = (weeks.size() + kLabels - 1) / kLabels;
  for (std::size_t i = 0; i < weeks.size(); i += std::max<std::size_t>(step, 1))
    axis.ticks.push_back({static_cast<double>(i) + 0.5, day_of(weeks[i].week_s).substr(5)});
  return axis;
}

Axis run_time_axis(double most_s, std::string title) {
  Axis axis{1, std::max(most_s * 1.2, 60.0), true, std::move(title), {{1, "1 s"}}};
  add_duration_ticks(axis);
  return axis;
}

/// Minutes as long as the longest is below two hours.
struct WaitUnit {
  const char* name;
  double seconds;
};
WaitUnit unit_of(const std::vector<WeekWaits>& weeks) {
  double most_s = 0;
  for (const WeekWaits& week : weeks) most_s = std::max({most_s, week.mean_s, week.median_s});
  return most_s < 7'200 ? WaitUnit{"minutes", 60} : WaitUnit{"hours", 3'600};
}

double largest_of(const std::vector<MemorySavings>& weeks) {
  double most = 0;
  for (const MemorySavings& week : weeks)
    most = std::max({most, week.gib_hours_allocated, week.gib_hours_given_back, week.gib_hours_lost});
  return most;
}

}  // namespace

std::string day_of(UnixSeconds moment) { return timestamp_text(moment).substr(0, 10); }

std::string calibration_plot(const Calibration& calibration, const char* what) {
  SvgPlot plot{"calibration", fmt::format("Share of jobs whose {} was within each predicted quantile", what),
               counting_axis(1, "predicted to be enough for", true),
               counting_axis(1, "was enough for", true)};
  plot.line({{0, 0}, {1, 1}}, "yardstick", "as it should be");
  Points points;
  for (std::size_t i = 0; i < kQuantileLevels.size(); ++i)
    points.push_back({static_cast<double>(kQuantileLevels[i]), calibration.share_within(i).value_or(0)});
  plot.line(points, "s1", what);
  return plot.text();
}

std::string run_times_plot(const std::vector<RunTimesOf>& times) {
  double most_s = 0;
  for (const RunTimesOf& t : times) most_s = std::max({most_s, t.predicted_s, t.nine_tenths_s});
  SvgPlot plot{"run-times", "Run time that was used, over the run time that was predicted",
               run_time_axis(most_s, "predicted run time"), run_time_axis(most_s, "used")};
  plot.line({{1, 1}, {most_s, most_s}}, "yardstick", "as predicted");
  const auto line = [&](double RunTimesOf::*figure, const char* css, const char* name) {
    Points points;
    for (const RunTimesOf& t : times) points.push_back({t.predicted_s, std::max(t.*figure, 1.0)});
    plot.line(points, css, name);
  };
  line(&RunTimesOf::tenth_s, "s3 dashed", "a tenth of the jobs ran no longer");
  line(&RunTimesOf::half_s, "s1", "half of the jobs ran no longer");
  line(&RunTimesOf::nine_tenths_s, "s2 dashed", "nine tenths of the jobs ran no longer");
  plot.legend({{"s2 dashed", "nine tenths"}, {"s1", "half"}, {"s3 dashed", "a tenth"}});
  return plot.text();
}

std::string weekly_waits_plot(const std::vector<WeekWaits>& weeks) {
  const WaitUnit unit = unit_of(weeks);
  double most = 0;
  for (const WeekWaits& week : weeks) most = std::max({most, week.mean_s, week.median_s});
  SvgPlot plot{"waits", "Mean and median wait of jobs, by week", week_axis(weeks),
               counting_axis(most / unit.seconds, unit.name)};
  Points medians;
  for (std::size_t i = 0; i < weeks.size(); ++i) {
    const auto x = static_cast<double>(i);
    plot.bar(x + 0.2, x + 0.8, weeks[i].mean_s / unit.seconds, "same",
             fmt::format("{}: mean {}", day_of(weeks[i].week_s), duration_text(weeks[i].mean_s)));
    medians.push_back({x + 0.5, weeks[i].median_s / unit.seconds});
  }
  plot.line(medians, "s1", "median");
  return plot.text();
}

std::string savings_plot(const std::vector<MemorySavings>& weeks) {
  SvgPlot plot{"savings", "GiB-hours allocated, given back and lost, by week", week_axis(weeks),
               counting_axis(largest_of(weeks), "GiB-hours")};
  const auto bar = [&](std::size_t week, int place, double hours, const char* css, const char* what) {
    constexpr double kWidth = 0.27;
    const double x = static_cast<double>(week) + 0.1 + place * kWidth;
    plot.bar(x, x + kWidth, hours, css,
             fmt::format("{}: {} {:.1f} GiB-hours", day_of(weeks[week].week_s), what, hours));
  };
  for (std::size_t i = 0; i < weeks.size(); ++i) {
    bar(i, 0, weeks[i].gib_hours_allocated, "same", "allocated");
    bar(i, 1, weeks[i].gib_hours_given_back, "better", "given back");
    bar(i, 2, weeks[i].gib_hours_lost, "worse", "lost");
  }
  return plot.text();
}

}  // namespace foreshape
