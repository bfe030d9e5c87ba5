// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/html/svg_plot.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <ctime>
#include <fmt/format.h>
#include <utility>

#include "replay/html/html_text.h"

namespace foreshape {
namespace {

// Of the drawing, in its own units: about pixels where three plots stand beside each other.
constexpr double kWidth = 420, kHeight = 264;
constexpr double kLeft = 44, kRight = 408, kTop = 26, kBottom = 222;
constexpr double kLegendLine = 15;

double share_of(const Axis& axis, double value) {
  const double clamped = std::clamp(value, axis.least, axis.most);
  return axis.logarithmic ? std::log(clamped / axis.least) / std::log(axis.most / axis.least)
                          : (clamped - axis.least) / (axis.most - axis.least);
}

/// 1, 2 or 5 times a power of ten, so that about four of them reach `most`.
double round_step(double most) {
  const double rough = std::max(most, 1e-9) / 4;
  const double power = std::pow(10.0, std::floor(std::log10(rough)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (factor * power >= rough * 0.999) return factor * power;
  return 10 * power;
}

std::string count_text(double value) {
  if (value >= 10'000) return fmt::format("{:g}k", value / 1'000);
  return fmt::format("{:g}", value);
}

std::string date_text(std::int64_t time_s, const char* format) {
  const auto time = static_cast<std::time_t>(time_s);
  std::tm parts{};
  ::gmtime_r(&time, &parts);
  std::array<char, 40> text{};
  return {text.data(), std::strftime(text.data(), text.size(), format, &parts)};
}

/// The first of a month `months` after the one that time_s lies in.
std::int64_t month_start(std::int64_t time_s, int months) {
  const auto time = static_cast<std::time_t>(time_s);
  std::tm parts{};
  ::gmtime_r(&time, &parts);
  std::tm first{};
  first.tm_year = parts.tm_year;
  first.tm_mon = parts.tm_mon + months;
  first.tm_mday = 1;
  return static_cast<std::int64_t>(::timegm(&first));
}

constexpr std::int64_t kDay = 86'400;

void add_months(Axis& axis, std::int64_t from_s, std::int64_t to_s) {
  const auto months = static_cast<int>((to_s - from_s) / (30 * kDay));
  int step = 1;
  for (const int wanted : {2, 3, 6, 12, 24, 60, 120})
    if (months / step > 5) step = wanted;
  for (int month = 1;; month += step) {
    const std::int64_t at = month_start(from_s, month);
    if (at > to_s) return;
    axis.ticks.push_back({static_cast<double>(at), date_text(at, "%b %Y")});
  }
}

}  // namespace

Axis counting_axis(double most, std::string title, bool percent) {
  const double step = round_step(most);
  Axis axis{0, std::max(step, std::ceil(most / step - 1e-9) * step), false, std::move(title), {}};
  for (int i = 0; i * step <= axis.most * 1.0001; ++i)
    axis.ticks.push_back({i * step, percent ? fmt::format("{:g} %", 100 * i * step) : count_text(i * step)});
  return axis;
}

void add_duration_ticks(Axis& axis, double shift) {
  static constexpr std::array<std::pair<double, const char*>, 7> kDurations = {{{10, "10 s"},
                                                                                {60, "1 min"},
                                                                                {600, "10 min"},
                                                                                {3'600, "1 h"},
                                                                                {6 * 3'600, "6 h"},
                                                                                {86'400, "1 d"},
                                                                                {7 * 86'400, "7 d"}}};
  for (const auto& [seconds, label] : kDurations)
    if (seconds + shift <= axis.most) axis.ticks.push_back({seconds + shift, label});
}

Axis time_axis(std::int64_t from_s, std::int64_t to_s, std::string title) {
  to_s = std::max(to_s, from_s + 1);
  Axis axis{static_cast<double>(from_s), static_cast<double>(to_s), false, std::move(title), {}};
  const bool dated = from_s >= 2LL * 365 * kDay;
  if (dated && to_s - from_s > 150 * kDay) {
    add_months(axis, from_s, to_s);
    return axis;
  }
  std::int64_t step = 60;
  for (const std::int64_t wanted :
       {std::int64_t{300}, std::int64_t{3'600}, 4 * 3'600L, 12 * 3'600L, kDay, 2 * kDay, 5 * kDay, 10 * kDay,
        20 * kDay, 30 * kDay, 100 * kDay, 365 * kDay, 1'000 * kDay, 3'650 * kDay})
    if ((to_s - from_s) / step > 5) step = wanted;
  const std::int64_t origin = dated ? 0 : from_s;
  for (std::int64_t at = origin + (from_s - origin + step - 1) / step * step; at <= to_s; at += step)
    axis.ticks.push_back({static_cast<double>(at),
                          dated
                              ? date_text(at, step < kDay ? "%d %b %H:%M" : "%d %b")
                              : (step < kDay ? fmt::format("{:g} h", static_cast<double>(at - from_s) / 3'600)
                                             : fmt::format("day {}", (at - from_s) / kDay))});
  return axis;
}

SvgPlot::SvgPlot(std::string_view kind, std::string_view label, Axis x, Axis y)
    : kind_(html_escaped(kind)), label_(html_escaped(label)), x_(std::move(x)), y_(std::move(y)) {
  add_axes();
}

double SvgPlot::x_of(double x) const { return kLeft + share_of(x_, x) * (kRight - kLeft); }
double SvgPlot::y_of(double y) const { return kBottom - share_of(y_, y) * (kBottom - kTop); }

void SvgPlot::add_axes() {
  for (const Tick& tick : y_.ticks) {
    const double y = y_of(tick.at);
    axes_ += fmt::format(R"(<line class="grid" x1="{:.1f}" x2="{:.1f}" y1="{:.1f}" y2="{:.1f}"/>)"
                         R"(<text class="tick" x="{:.1f}" y="{:.1f}" text-anchor="end">{}</text>)",
                         kLeft, kRight, y, y, kLeft - 6, y + 4, html_escaped(tick.label));
  }
  for (const Tick& tick : x_.ticks) {
    const double x = x_of(tick.at);
    // Labels at the ends stay inside the drawing.
    const char* anchor = x > kRight - 18 ? "end" : "middle";
    axes_ += fmt::format(R"(<line class="grid" x1="{:.1f}" x2="{:.1f}" y1="{:.1f}" y2="{:.1f}"/>)"
                         R"(<text class="tick" x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>)",
                         x, x, kTop, kBottom, x, kBottom + 16, anchor, html_escaped(tick.label));
  }
  axes_ += fmt::format(R"(<line class="axis" x1="{:.1f}" x2="{:.1f}" y1="{:.1f}" y2="{:.1f}"/>)", kLeft,
                       kRight, kBottom, kBottom);
  axes_ += fmt::format(R"(<text class="axis-title" x="{:.1f}" y="{:.1f}" text-anchor="middle">{}</text>)",
                       (kLeft + kRight) / 2, kHeight - 8, html_escaped(x_.title));
}

std::string SvgPlot::path_of(const std::vector<Point>& points) const {
  std::string path;
  for (const Point& p : points)
    path += fmt::format("{}{:.1f} {:.1f}", path.empty() ? 'M' : 'L', x_of(p.x), y_of(p.y));
  return path;
}

void SvgPlot::line(const std::vector<Point>& points, std::string_view css, std::string_view tip) {
  marks_ += fmt::format(R"(<path class="mark line {}" d="{}"><title>{}</title></path>)", html_escaped(css),
                        path_of(points), html_escaped(tip));
}

void SvgPlot::area(const std::vector<Point>& points, std::string_view css, std::string_view tip) {
  if (points.empty()) return;
  marks_ += fmt::format(
      R"(<path class="mark area {}" d="{}L{:.1f} {:.1f}L{:.1f} {:.1f}Z"><title>{}</title></path>)",
      html_escaped(css), path_of(points), x_of(points.back().x), kBottom, x_of(points.front().x), kBottom,
      html_escaped(tip));
}

void SvgPlot::bar(double from_x, double to_x, double y, std::string_view css, std::string_view tip) {
  const double left = x_of(from_x) + 1, right = x_of(to_x) - 1, top = y_of(y);
  marks_ += fmt::format(
      R"(<rect class="mark bar {}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="1.5"><title>{}</title></rect>)",
      html_escaped(css), left, top, std::max(0.5, right - left), kBottom - top, html_escaped(tip));
}

void SvgPlot::legend(const std::vector<Entry>& entries) {
  std::size_t longest = 0;
  for (const Entry& e : entries) longest = std::max(longest, e.text.size());
  // A proportional letter of 11.5 units is about 6 wide.
  const double width = std::min(34.0 + 6.2 * static_cast<double>(longest), kRight - kLeft);
  const double height = kLegendLine * static_cast<double>(entries.size()) + 8;
  const double left = kRight - width - 4, top = kBottom - height - 5;
  marks_ +=
      fmt::format(R"(<rect class="legend" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="3"/>)",
                  left, top, width, height);
  double y = top + kLegendLine;
  for (const Entry& e : entries) {
    marks_ += fmt::format(
        R"(<path class="line {}" d="M{:.1f} {:.1f}H{:.1f}"/><text class="key" x="{:.1f}" y="{:.1f}">{}</text>)",
        html_escaped(e.css), left + 6, y - 4, left + 24, left + 29, y, html_escaped(e.text));
    y += kLegendLine;
  }
}

std::string SvgPlot::text() const {
  return fmt::format(
      R"(<svg data-plot="{}" viewBox="0 0 {:.0f} {:.0f}" role="img" aria-label="{}"><text class="axis-title" x="4" y="11">{}</text>{}{}</svg>)",
      kind_, kWidth, kHeight, label_, html_escaped(y_.title), axes_, marks_);
}

}  // namespace foreshape
