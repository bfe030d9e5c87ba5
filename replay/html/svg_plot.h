// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A plot as inline SVG: axes, grid and marks, without script; its colours are CSS classes of the page around
// it.
//
// Runs in: offline.
// Threads: one object, one thread.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace foreshape {

struct Tick {
  double at = 0;
  std::string label;
};

struct Axis {
  double least = 0, most = 1;
  bool logarithmic = false;  ///< then least > 0
  std::string title;         ///< with its unit
  std::vector<Tick> ticks;
};

/// 0 to at least `most` with three to six round ticks. percent: labels as shares of 1.
Axis counting_axis(double most, std::string title, bool percent = false);
/// Unix seconds, labelled with at most six days or months (UTC); times before 1972 are counted in days from
/// the first.
Axis time_axis(std::int64_t from_s, std::int64_t to_s, std::string title);

/// Ticks at 10 s, 1 and 10 min, 1 and 6 h, 1 and 7 days, as far as the axis goes. shift: what 0 s is drawn at.
void add_duration_ticks(Axis& axis, double shift = 0);

class SvgPlot {
 public:
  struct Point {
    double x = 0, y = 0;
  };

  /// kind: data-plot of the element, for whoever looks for it. label: what it shows, for screen readers.
  SvgPlot(std::string_view kind, std::string_view label, Axis x, Axis y);

  /// css: classes of the mark. tip: shown where the pointer rests. Points outside the axes are moved onto
  /// them.
  void line(const std::vector<Point>& points, std::string_view css, std::string_view tip);
  /// A line and all below it.
  void area(const std::vector<Point>& points, std::string_view css, std::string_view tip);
  /// From the x axis up.
  void bar(double from_x, double to_x, double y, std::string_view css, std::string_view tip);
  struct Entry {
    std::string css, text;
  };
  /// Lines and their names in the lower right corner, where a distribution leaves room.
  void legend(const std::vector<Entry>& entries);

  /// <svg>...</svg>
  std::string text() const;

 private:
  double x_of(double x) const;
  double y_of(double y) const;
  std::string path_of(const std::vector<Point>& points) const;
  void add_axes();

  std::string kind_, label_;
  Axis x_, y_;
  std::string marks_, axes_;
};

}  // namespace foreshape
