// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/sshape/savings_metrics.h"

#include <array>

#include "tools/sshape/prometheus_metric.h"

namespace foreshape {
namespace {

struct SavingsGauge {
  const char* name;
  const char* help;
  double (*value)(const MemorySavings&);
};

double as_real(std::int64_t n) { return static_cast<double>(n); }

constexpr auto kGauges = std::to_array<SavingsGauge>({
    {"foreshape_savings_gib_hours_requested",
     "Memory requested x run time of runs whose allocation is known.",
     [](const MemorySavings& s) { return s.gib_hours_requested; }},
    {"foreshape_savings_gib_hours_allocated", "Memory allocated x run time of the same runs.",
     [](const MemorySavings& s) { return s.gib_hours_allocated; }},
    {"foreshape_savings_gib_hours_given_back", "Of shaped runs, requested less allocated.",
     [](const MemorySavings& s) { return s.gib_hours_given_back; }},
    {"foreshape_savings_gib_hours_lost", "Memory held by shaped runs that were killed for want of it.",
     [](const MemorySavings& s) { return s.gib_hours_lost; }},
    {"foreshape_savings_core_hours_lost", "CPUs held by the same runs.",
     [](const MemorySavings& s) { return s.core_hours_lost; }},
    {"foreshape_savings_gib_hours_measured", "Memory allocated to runs whose peak was measured.",
     [](const MemorySavings& s) { return s.gib_hours_measured; }},
    {"foreshape_savings_gib_hours_unused", "Of that, what was allocated above the peak.",
     [](const MemorySavings& s) { return s.gib_hours_unused; }},
    {"foreshape_savings_shaped_runs", "Runs with less memory than requested that were not killed.",
     [](const MemorySavings& s) { return as_real(s.shaped); }},
    {"foreshape_savings_killed_runs", "Runs with less memory than requested that were killed for want of it.",
     [](const MemorySavings& s) { return as_real(s.killed); }},
    {"foreshape_savings_reruns", "Of the killed runs, those that ran again.",
     [](const MemorySavings& s) { return as_real(s.reruns); }},
    {"foreshape_savings_unknown_runs", "Runs whose allocated memory is not known: in no other figure.",
     [](const MemorySavings& s) { return as_real(s.unknown); }},
});

}  // namespace

std::string savings_metrics(std::span<const MemorySavings> savings, bool by_user) {
  std::string text;
  for (const SavingsGauge& gauge : kGauges) {
    Metric metric(gauge.name, gauge.help);
    for (const MemorySavings& one : savings)
      metric.add(by_user ? MetricLabels{{"user", one.group}} : MetricLabels{}, gauge.value(one));
    text += metric.text();
  }
  return text;
}

}  // namespace foreshape
