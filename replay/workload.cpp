// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/workload.h"

#include <algorithm>
#include <fmt/format.h>
#include <random>

#include "predictor/history/job_file.h"
#include "replay/admission.h"

namespace foreshape {
namespace {

std::int64_t machine_procs(const LoadOptions& options, std::optional<std::int64_t> of_header) {
  if (options.sharing != Sharing::pool)
    return std::int64_t{options.cluster.nodes} * options.cluster.cores_per_node;
  return options.procs > 0 ? options.procs : of_header.value_or(0);
}

std::int64_t cores_per_node(const MachineHint& machine) {
  if (!machine.procs || !machine.nodes) return INT32_MAX;
  return std::max<std::int64_t>(1, *machine.procs / *machine.nodes);
}

std::string file_name(const std::string& path) {
  const std::size_t slash = path.find_last_of('/');
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

/// Why no job is left, with the cure where there is one.
tl::unexpected<Error> nothing_left(const std::string& path, const LoadReport& report) {
  std::string why = fmt::format("{}: none of {} rows can be replayed", path, report.rows);
  for (const DroppedJobs& d : report.dropped) why += fmt::format(", {} dropped ({})", d.jobs, d.reason);
  why += fmt::format(", {}", report.bad.summary());
  if (!report.bad.empty()) why += "; the first: " + report.bad.first().front();
  const bool want_limits = std::any_of(report.dropped.begin(), report.dropped.end(),
                                       [](const DroppedJobs& d) { return d.reason == kNoRequestedTime; });
  if (want_limits) why += "; --default-limit TIME gives jobs without a requested time one";
  return failure(ErrorCode::invalid_input, why);
}

}  // namespace

void sort_by_submission(std::vector<ReplayJob>& jobs) {
  std::stable_sort(jobs.begin(), jobs.end(),
                   [](const ReplayJob& a, const ReplayJob& b) { return a.submit_s < b.submit_s; });
}

Result<LoadedWorkload> load_workload(const std::string& path, const LoadOptions& options) {
  Admission admission{options};
  LoadReport& report = admission.report;
  auto opened = open_job_file(path, [&](const BadLine& bad) { report.bad.note(bad, path); });
  if (!opened) return tl::make_unexpected(opened.error());
  JobFile& reader = **opened;
  std::int64_t machine = 0;
  while (true) {
    const auto record = reader.next();
    if (!record) return tl::make_unexpected(record.error());
    if (options.strict)
      if (auto fine = report.bad.check_strict(); !fine) return tl::make_unexpected(fine.error());
    if (!*record) break;
    machine = machine_procs(options, reader.machine().procs);
    if (machine <= 0)
      return failure(
          ErrorCode::invalid_input,
          path + ": does not say how large the machine is; use --procs or --nodes and --cores-per-node");
    admission.offer(**record, machine, cores_per_node(reader.machine()));
  }
  if (admission.jobs.empty()) return nothing_left(path, report);
  return std::move(admission).workload(file_name(path), machine);
}

Workload jittered(const Workload& workload, std::int64_t seconds_max, std::uint64_t seed) {
  Workload shifted = workload;
  // Our own reduction: std::uniform_int_distribution differs between libraries, figures must not.
  std::mt19937_64 random{seed};
  const auto range = static_cast<std::uint64_t>(seconds_max) + 1;
  for (ReplayJob& job : shifted.jobs) {
    job.submit_s += static_cast<std::int64_t>(random() % range);
    job.request.submit_s = job.submit_s;
  }
  sort_by_submission(shifted.jobs);
  return shifted;
}

}  // namespace foreshape
