// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The summary and the holds of a window in Prometheus' text format, for node_exporter's textfile collector.
//
// Runs in: offline.
// Threads: pure functions.
// Source: Prometheus, "Text-based format", version 0.0.4.

#include <span>
#include <string>

#include "sql/report_queries.h"

namespace foreshape {

/// What all series are of.
struct PrometheusWindow {
  UnixSeconds start_s = 0, end_s = 0;
};

/// A series for each entry of `users`, with the label user where there is more than one or `by_user` says so;
/// a figure that is a mean of nothing is left away. All are gauges: the window moves. Ends in a newline.
std::string prometheus_text(std::span<const UserSummary> users, bool by_user,
                            std::span<const ReportedHold> holds, const PrometheusWindow& window);

}  // namespace foreshape
