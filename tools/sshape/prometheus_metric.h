// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// One metric with all its series, in Prometheus' text format.
//
// Runs in: offline.
// Threads: one object, one thread.
// Source: Prometheus, "Text-based format", version 0.0.4.

#include <string>
#include <utility>
#include <vector>

namespace foreshape {

/// Names, which are ours, with values, which may be any text.
using MetricLabels = std::vector<std::pair<std::string, std::string>>;

class Metric {
 public:
  /// A gauge. Both are kept.
  Metric(const char* name, const char* help);
  /// A value that is no number, as a mean of nothing, is left away.
  void add(const MetricLabels& labels, double value);
  const std::string& text() const { return text_; }

 private:
  const char* name_;
  std::string text_;
};

}  // namespace foreshape
