// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/sshape/prometheus_metric.h"

#include <cmath>
#include <fmt/format.h>

#include "predictor/base/text.h"

namespace foreshape {
namespace {

/// A user chooses the name, and the format has three characters that end it.
std::string label_value(std::string_view value) {
  std::string text;
  for (const char c : harmless(value)) {
    if (c == '\\' || c == '"') text += '\\';
    text += c;
  }
  return text;
}

}  // namespace

Metric::Metric(const char* name, const char* help)
    : name_(name), text_(fmt::format("# HELP {0} {1}\n# TYPE {0} gauge\n", name, help)) {}

void Metric::add(const MetricLabels& labels, double value) {
  if (!std::isfinite(value)) return;
  std::string inside;
  for (const auto& [label, of] : labels)
    inside += fmt::format("{}{}=\"{}\"", inside.empty() ? "" : ",", label, label_value(of));
  text_ += inside.empty() ? fmt::format("{} {}\n", name_, value)
                          : fmt::format("{}{{{}}} {}\n", name_, inside, value);
}

}  // namespace foreshape
