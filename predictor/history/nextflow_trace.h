// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Tasks of a workflow from Nextflow's trace file: between tabs or commas, with raw figures (trace.raw = true;
// the public Sizey data) or as Nextflow prints them for people. Source: nextflow.io/docs/latest/reports.html,
// "Trace file".
//
// Runs in: offline.
// Threads: pure functions; a JobTable has one thread.

#include <optional>
#include <string_view>
#include <vector>

#include "predictor/history/job_table.h"

namespace foreshape {

/// What the columns become (times are milliseconds, sizes bytes, "-" is absent; or "5m 3s", "1.2 GB" in
/// powers of 1024, "98.5%", and moments without a zone, which are taken as UTC). All but the first three may
/// be missing.
/// - task_id = the job's number; process, else name without its tag, = the name (digits folded in its hash);
/// no
///   user: kUnknownUser
/// - submit, start, complete; realtime = run time, rounded up to seconds; time = limit. Without a start or an end
///   (Nextflow's own choice of columns has neither) they follow from submit, duration and realtime
/// - cpus, memory = requested, on one node; peak_rss, read_bytes, write_bytes
/// - %cpu of one core / cpus = cpu efficiency
/// - status COMPLETED and CACHED completed, ABORTED cancelled, else failed
struct NextflowFormat {
  static constexpr char kDelimiter = TableFile::kCommaOrTab;
  static constexpr std::size_t kNeeded = 3;
  static const std::vector<std::string_view>& columns();
  static JobRecord read(TableFile& table);
};

/// "4m 59s", "1.2 GB", "98,5%", "2025-03-03 10:00:00.123" -> milliseconds, bytes, per cent; nullopt where it
/// is none of these.
std::optional<double> nextflow_number(std::string_view text);

using NextflowTrace = JobTable<NextflowFormat>;

}  // namespace foreshape
