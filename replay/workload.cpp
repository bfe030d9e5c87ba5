#include "replay/workload.h"

#include <algorithm>
#include <fmt/format.h>
#include <random>

#include "predictor/history/job_file.h"
#include "replay/admission.h"

namespace foreshape {
namespace {

void sort_by_submission(std::vector<ReplayJob>& jobs) {
  std::stable_sort(jobs.begin(), jobs.end(),
                   [](const ReplayJob& a, const ReplayJob& b) { return a.submit_s < b.submit_s; });
}

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

}  // namespace

Result<LoadedWorkload> load_workload(const std::string& path, const LoadOptions& options) {
  Admission admission{options};
  LoadReport& report = admission.report;
  auto opened = open_job_file(path, [&](const BadLine& bad) {
    if (report.first_bad.size() < kBadLinesShown) report.first_bad.push_back(bad.text(path));
  });
  if (!opened) return tl::make_unexpected(opened.error());
  JobFile& reader = **opened;
  std::int64_t machine = 0;
  while (true) {
    const auto record = reader.next();
    if (!record) return tl::make_unexpected(record.error());
    report.bad_lines = reader.bad_lines();
    if (options.strict && report.bad_lines > 0)
      return failure(ErrorCode::invalid_input, report.first_bad.front());
    if (!*record) break;
    machine = machine_procs(options, reader.machine().procs);
    if (machine <= 0)
      return failure(
          ErrorCode::invalid_input,
          path + ": does not say how large the machine is; use --procs or --nodes and --cores-per-node");
    admission.offer(**record, machine, cores_per_node(reader.machine()));
  }
  if (admission.jobs.empty())
    return failure(ErrorCode::invalid_input,
                   fmt::format("{}: none of {} rows can be replayed", path, report.rows));
  LoadedWorkload loaded;
  Workload& load = loaded.workload;
  load.trace = file_name(path);
  load.jobs = std::move(admission.jobs);
  load.users = admission.users();
  load.user_names = std::move(admission.user_names);
  load.procs =
      options.sharing == Sharing::whole_nodes ? options.cluster.nodes : static_cast<std::int32_t>(machine);
  if (options.sharing == Sharing::shared) load.cluster = options.cluster;
  sort_by_submission(loaded.workload.jobs);
  loaded.report = std::move(report);
  return loaded;
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
