#include "trainer/time_ordered.h"

#include <algorithm>

#include "predictor/history/job_file.h"
#include "trainer/time_order.h"

namespace foreshape {

std::optional<TracedJob> counted_job(const JobRecord& record, const SwfHeader& header) {
  TracedJob job{record.request, record.usage};
  const std::uint32_t asked = record.request.cpus.value_or(0);
  job.request.cpus = asked > 0 ? asked : record.allocated_cpus;
  const std::int64_t limit = job.request.limit_s.value_or(0);
  if (limit <= 0 || job.usage.run_s <= 0 || *job.request.cpus == 0) return std::nullopt;
  const auto most = header.max_procs.value_or(UINT32_MAX);
  if (*job.request.cpus > most || record.allocated_cpus > most) return std::nullopt;
  job.usage.run_s = std::min(job.usage.run_s, limit);
  // Where a trace has no waits, everything starts at once.
  if (job.usage.start_s == 0) job.usage.start_s = job.request.submit_s;
  job.usage.end_s = job.usage.start_s + job.usage.run_s;
  return job;
}

namespace {

/// A row of another kind of job file.
std::optional<TracedJob> ended_job(const JobRecord& record) {
  TracedJob job{record.request, record.usage};
  if (job.request.submit_s <= 0 || job.usage.run_s <= 0 || job.usage.start_s < job.request.submit_s)
    return std::nullopt;
  if (const std::int64_t limit = job.request.limit_s.value_or(0); limit > 0)
    job.usage.run_s = std::min(job.usage.run_s, limit);
  job.usage.end_s = std::max(job.usage.end_s, job.usage.start_s + job.usage.run_s);
  return job;
}

Result<std::vector<TracedJob>> load_swf(const std::string& path) {
  auto reader = SwfReader::open(path);
  if (!reader) return tl::make_unexpected(reader.error());
  std::vector<TracedJob> jobs;
  for (;;) {
    const auto record = reader->next();
    if (!record) return tl::make_unexpected(record.error());
    if (!*record) break;
    if (const auto job = counted_job(**record, reader->header())) jobs.push_back(*job);
  }
  return jobs;
}

Result<std::vector<TracedJob>> load_job_file(const std::string& path) {
  auto file = open_job_file(path);
  if (!file) return tl::make_unexpected(file.error());
  std::vector<TracedJob> jobs;
  for (;;) {
    const auto record = (*file)->next();
    if (!record) return tl::make_unexpected(record.error());
    if (!*record) break;
    if (const auto job = ended_job(**record)) jobs.push_back(*job);
  }
  return jobs;
}

}  // namespace

Result<std::vector<TracedJob>> load_trace(const std::string& path) {
  const auto kind = kind_of_job_file(path);
  if (!kind) return tl::make_unexpected(kind.error());
  auto jobs = *kind == JobFileKind::swf ? load_swf(path) : load_job_file(path);
  if (jobs) std::ranges::stable_sort(*jobs, {}, [](const TracedJob& job) { return job.request.submit_s; });
  return jobs;
}

void visit_in_time(const std::vector<TracedJob>& jobs,
                   const std::function<void(const TracedJob&, const ProfileStore&)>& visit,
                   const std::function<void(const TracedJob&)>& ended_job) {
  TimeOrder order;
  for (const TracedJob& job : jobs) {
    order.advance(job.request.submit_s, [&](TimeOrder::Number number, const TracedJob&) {
      if (ended_job) ended_job(jobs[number]);
    });
    visit(job, order.store());
    order.submit(job);
  }
}

}  // namespace foreshape
