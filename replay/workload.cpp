#include "replay/workload.h"

#include <algorithm>
#include <fmt/format.h>
#include <random>
#include <unordered_map>

#include "predictor/history/swf.h"

namespace foreshape {
namespace {

/// Turns records into jobs of the replay, counting what is left out.
class Admission {
 public:
  explicit Admission(const LoadOptions& options) : options_(options) {}

  void offer(const JobRecord& record, std::int64_t machine) {
    ++report.rows;
    const std::int64_t asked = record.request.cpus.value_or(0);
    const std::int64_t procs = asked > 0 ? asked : record.allocated_cpus;
    if (options_.from_s != 0 && record.request.submit_s < options_.from_s) return drop("before --from");
    if (options_.to_s != 0 && record.request.submit_s >= options_.to_s) return drop("at or after --to");
    if (procs <= 0) return drop("no processors");
    if (std::max<std::int64_t>(asked, record.allocated_cpus) > machine)
      return drop("more processors than the machine has");
    if (record.usage.run_s <= 0) return drop("no run time");
    if (record.request.limit_s.value_or(0) <= 0) return drop("no requested time");
    take(record, procs);
  }

  std::vector<ReplayJob> jobs;
  LoadReport report;
  std::uint32_t users() const { return static_cast<std::uint32_t>(users_.size()); }

 private:
  void take(const JobRecord& record, std::int64_t procs) {
    ReplayJob job;
    job.submit_s = record.request.submit_s;
    job.limit_s = *record.request.limit_s;
    job.run_s = std::min(record.usage.run_s, job.limit_s);
    if (record.usage.run_s > job.limit_s) ++report.capped_runs;
    job.procs = static_cast<std::int32_t>(procs);
    job.user =
        users_.try_emplace(record.request.uid, static_cast<std::uint32_t>(users_.size())).first->second;
    job.id = record.job_id;
    job.request = record.request;
    job.request.cpus = static_cast<std::uint32_t>(procs);
    job.state = record.usage.state;
    jobs.push_back(job);
  }

  void drop(const char* reason) {
    for (DroppedJobs& d : report.dropped) {
      if (d.reason != reason) continue;
      ++d.jobs;
      return;
    }
    report.dropped.push_back({reason, 1});
  }

  const LoadOptions& options_;
  std::unordered_map<UserId, std::uint32_t> users_;
};

void sort_by_submission(std::vector<ReplayJob>& jobs) {
  std::stable_sort(jobs.begin(), jobs.end(),
                   [](const ReplayJob& a, const ReplayJob& b) { return a.submit_s < b.submit_s; });
}

std::string file_name(const std::string& path) {
  const std::size_t slash = path.find_last_of('/');
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

}  // namespace

Result<LoadedWorkload> load_workload(const std::string& path, const LoadOptions& options) {
  Admission admission{options};
  LoadReport& report = admission.report;
  auto reader = SwfReader::open(path, [&](const BadLine& bad) {
    if (report.first_bad.size() < kBadLinesShown) report.first_bad.push_back(bad.text(path));
  });
  if (!reader) return tl::make_unexpected(reader.error());
  std::int64_t machine = 0;
  while (true) {
    const auto record = reader->next();
    if (!record) return tl::make_unexpected(record.error());
    report.bad_lines = reader->bad_lines();
    if (options.strict && report.bad_lines > 0)
      return failure(ErrorCode::invalid_input, report.first_bad.front());
    if (!*record) break;
    machine = options.procs > 0 ? options.procs : reader->header().max_procs.value_or(0);
    if (machine <= 0)
      return failure(ErrorCode::invalid_input,
                     path + ": the header names no MaxProcs; say --nodes and --cores-per-node");
    admission.offer(**record, machine);
  }
  if (admission.jobs.empty())
    return failure(ErrorCode::invalid_input,
                   fmt::format("{}: none of {} rows can be replayed", path, report.rows));
  LoadedWorkload loaded;
  loaded.workload = {file_name(path), std::move(admission.jobs), static_cast<std::int32_t>(machine),
                     admission.users()};
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
