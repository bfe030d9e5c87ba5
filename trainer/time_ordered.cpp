// SPDX-License-Identifier: GPL-2.0-or-later
#include "trainer/time_ordered.h"

#include <algorithm>

#include "predictor/history/job_file.h"
#include "trainer/time_order.h"

namespace foreshape {

namespace {

std::uint32_t processors_of(const JobRecord& record) {
  const std::uint32_t requested = record.request.cpus.value_or(0);
  return requested > 0 ? requested : record.allocated_cpus;
}

/// Why a record of another kind of job file does not count; nullptr if it does.
const char* objection(const JobRecord& record) {
  if (record.request.submit_s <= 0) return "no submission";
  if (record.usage.run_s <= 0) return "no run time";
  if (record.usage.start_s < record.request.submit_s) return "no start, or one before the submission";
  return nullptr;
}

/// A row of another kind of job file that counts.
TracedJob ended_job(const JobRecord& record) {
  TracedJob job{record.request, record.usage};
  if (const std::int64_t limit = job.request.limit_s.value_or(0); limit > 0)
    job.usage.run_s = std::min(job.usage.run_s, limit);
  job.usage.end_s = std::max(job.usage.end_s, job.usage.start_s + job.usage.run_s);
  return job;
}

Result<std::vector<TracedJob>> load_swf(const std::string& path, BadRows& bad, bool is_strict) {
  auto reader = open_swf(path, [&](const BadLine& line) { bad.note(line, path); });
  if (!reader) return tl::make_unexpected(reader.error());
  std::vector<TracedJob> jobs;
  for (;;) {
    const auto record = reader->next();
    if (!record) return tl::make_unexpected(record.error());
    if (auto fine = is_strict ? bad.check_strict() : Result<void>{}; !fine)
      return tl::make_unexpected(fine.error());
    if (!*record) return jobs;
    if (const auto job = counted_job(**record, reader->header()))
      jobs.push_back(*job);
    else
      bad.leave_out(why_not_counted(**record, reader->header()));
  }
}

/// objection_to: of a record that does not count, why; job_of: the job of one that does.
template <class Objection, class Job>
Result<std::vector<TracedJob>> load_job_file(const std::string& path, BadRows& bad, bool is_strict,
                                             Objection&& objection_to, Job&& job_of) {
  auto file = open_job_file(path, [&](const BadLine& line) { bad.note(line, path); });
  if (!file) return tl::make_unexpected(file.error());
  std::vector<TracedJob> jobs;
  for (;;) {
    const auto record = (*file)->next();
    if (!record) return tl::make_unexpected(record.error());
    if (auto fine = is_strict ? bad.check_strict() : Result<void>{}; !fine)
      return tl::make_unexpected(fine.error());
    if (!*record) return jobs;
    if (const char* why = objection_to(**record))
      bad.leave_out(why);
    else
      jobs.push_back(job_of(**record));
  }
}

/// Errors: invalid_input - there are none.
Result<std::vector<TracedJob>> in_order(const std::string& path, Result<std::vector<TracedJob>> jobs,
                                        const BadRows& bad) {
  if (!jobs) return jobs;
  if (jobs->empty())
    return failure(ErrorCode::invalid_input,
                   path + ": no job that can be used, " + bad.summary() +
                       (bad.first().empty() ? "" : "; the first: " + bad.first().front()));
  std::ranges::stable_sort(*jobs, {}, [](const TracedJob& job) { return job.request.submit_s; });
  return jobs;
}

/// A submission, whatever came of it.
TracedJob submitted_job(const JobRecord& record) {
  TracedJob job = ended_job(record);
  job.request.cpus = processors_of(record);
  job.usage.run_s = std::max(job.usage.run_s, std::int64_t{0});  // a trace's -1: it never ran
  job.usage.end_s = std::max(job.usage.end_s, job.usage.start_s);
  return job;
}

}  // namespace

const char* why_not_counted(const JobRecord& record, const SwfHeader& header) {
  if (record.request.limit_s.value_or(0) <= 0) return "no requested time";
  if (record.usage.run_s <= 0) return "no run time";
  if (processors_of(record) == 0) return "no processors";
  const auto most = header.max_procs.value_or(UINT32_MAX);
  if (processors_of(record) > most || record.allocated_cpus > most)
    return "more processors than the machine has";
  return nullptr;
}

std::optional<TracedJob> counted_job(const JobRecord& record, const SwfHeader& header) {
  if (why_not_counted(record, header) != nullptr) return std::nullopt;
  TracedJob job{record.request, record.usage};
  job.request.cpus = processors_of(record);
  job.usage.run_s = std::min(job.usage.run_s, *job.request.limit_s);
  // Where a trace has no waits, everything starts at once.
  if (job.usage.start_s == 0) job.usage.start_s = job.request.submit_s;
  job.usage.end_s = job.usage.start_s + job.usage.run_s;
  return job;
}

Result<std::vector<TracedJob>> load_trace(const std::string& path, BadRows& bad, bool is_strict) {
  const auto kind = kind_of_job_file(path);
  if (!kind) return tl::make_unexpected(kind.error());
  return in_order(path,
                  *kind == JobFileKind::swf
                      ? load_swf(path, bad, is_strict)
                      : load_job_file(
                            path, bad, is_strict, [](const JobRecord& r) { return objection(r); }, ended_job),
                  bad);
}

Result<std::vector<TracedJob>> load_submissions(const std::string& path, BadRows& bad, bool is_strict) {
  const auto kind = kind_of_job_file(path);
  if (!kind) return tl::make_unexpected(kind.error());
  const UnixSeconds least_s = *kind == JobFileKind::swf ? 0 : 1;  // a trace's first job comes at its second 0
  const auto objection_to = [least_s](const JobRecord& record) {
    return record.request.submit_s < least_s ? "no submission" : nullptr;
  };
  return in_order(path, load_job_file(path, bad, is_strict, objection_to, submitted_job), bad);
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
