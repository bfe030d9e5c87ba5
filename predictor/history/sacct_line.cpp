// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/history/sacct_line.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <limits>

#include "predictor/base/memory_mark.h"
#include "predictor/base/text.h"
#include "predictor/base/token_tag.h"
#include "predictor/base/trial_mark.h"
#include "predictor/history/bad_line.h"
#include "predictor/history/slurm_time.h"
#include "predictor/history/slurm_units.h"
#include "predictor/history/tres.h"

namespace foreshape {
namespace {

/// Reads fields and remembers those that could not be read: the needed one apart, the others to be left out.
class Fields {
 public:
  Fields(const SacctLayout& layout, const std::vector<std::string_view>& fields)
      : layout_(layout), fields_(fields) {}

  std::string_view text(SacctColumn column) const { return layout_.field(fields_, column); }

  bool has(SacctColumn column) const { return layout_.has(column); }

  /// parsed: of that column's field. Its value, or `otherwise` after remembering why not.
  template <class T>
  T value(SacctColumn column, Result<T> parsed, T otherwise = {}) {
    if (parsed) return std::move(*parsed);
    leave_out(column, std::move(parsed.error().message));
    return otherwise;
  }
  void leave_out(SacctColumn column, std::string reason) {
    left_out_.push_back(BadLine{0, std::string(sacct_column_name(column)), std::move(reason), true});
  }
  std::optional<std::int64_t> count(SacctColumn column) { return value(column, slurm_count(text(column))); }
  std::optional<std::int64_t> bytes(SacctColumn column) { return value(column, slurm_bytes(text(column))); }
  std::optional<std::int64_t> duration_ms(SacctColumn column) {
    return value(column, slurm_duration_ms(text(column)));
  }

  /// The line is of no use without this column.
  void blame(SacctColumn column, std::string reason) {
    if (!why_) why_ = BadLine{0, std::string(sacct_column_name(column)), std::move(reason)};
  }
  const std::optional<BadLine>& why() const { return why_; }
  /// parsed's value; the line is of no use without it.
  template <class T>
  T needed(SacctColumn column, Result<T> parsed) {
    if (parsed) return std::move(*parsed);
    blame(column, std::move(parsed.error().message));
    return {};
  }
  LeftOut& left_out() { return left_out_; }

 private:
  const SacctLayout& layout_;
  const std::vector<std::string_view>& fields_;
  std::optional<BadLine> why_;
  LeftOut left_out_;
};

using C = SacctColumn;

/// Counts beyond 32 bits are broken lines, kept at the most that fits.
std::uint32_t narrow(std::int64_t count) {
  return static_cast<std::uint32_t>(
      std::clamp<std::int64_t>(count, 0, std::numeric_limits<std::uint32_t>::max()));
}

std::optional<std::uint32_t> positive(std::optional<std::int64_t> count) {
  if (!count || *count <= 0) return std::nullopt;
  return narrow(*count);
}

/// "srun -n 4 ./a", "/usr/bin/salloc": no batch script.
bool is_interactive(std::string_view submit_line) {
  const std::string_view word = submit_line.substr(0, submit_line.find(' '));
  const std::string_view program = word.substr(word.rfind('/') + 1);
  return program == "srun" || program == "salloc";
}

void read_names(const Fields& fields, const SacctOptions& options, JobRecord& job) {
  job.cluster = fields.text(C::cluster).empty() ? options.cluster : std::string(fields.text(C::cluster));
  job.user = fields.text(C::user);
  job.account = fields.text(C::account);
  job.partition = fields.text(C::partition);
  job.qos = fields.text(C::qos);
  job.name = fields.text(C::job_name);
  job.work_dir = fields.text(C::work_dir);
  job.token = tagged_token(fields.text(C::admin_comment));
  job.memory_mark = memory_mark(fields.text(C::admin_comment));
  job.request.account = text_hash(job.account);
  job.request.partition = text_hash(job.partition);
  job.request.qos = text_hash(job.qos);
  job.request.name = folded_name_hash(job.name);
  job.request.work_dir = text_hash(job.work_dir);
  job.request.interactive = is_interactive(fields.text(C::submit_line));
}

void read_uid(Fields& fields, JobRecord& job) {
  const std::string_view text = fields.text(C::uid);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), job.request.uid);
  if (error != std::errc{} || end != text.data() + text.size()) fields.blame(C::uid, "is not a number");
  if (job.user.empty()) job.user = text;  // the name was deleted
}

/// Local times of the hour that comes twice in autumn: of the two readings those that agree with the run time
/// and with the order of submission and start.
void settle_doubled_hour(JobRecord& job, std::int64_t run_s) {
  JobUsage& used = job.usage;
  if (used.start_s == 0) return;
  if (used.end_s > 0 && used.end_s - used.start_s != run_s) {
    const auto start = same_local_time(used.start_s), end = same_local_time(used.end_s);
    if (start && used.end_s - *start == run_s)
      used.start_s = *start;
    else if (end && *end - used.start_s == run_s)
      used.end_s = *end;
  }
  if (job.request.submit_s <= used.start_s) return;
  const auto submit = same_local_time(job.request.submit_s);
  if (submit && *submit <= used.start_s) job.request.submit_s = *submit;
}

void read_times(Fields& fields, bool utc, JobRecord& job) {
  const auto time = [&](C column) {
    return fields.value(column, slurm_time_s(fields.text(column), utc)).value_or(0);
  };
  job.request.submit_s = fields.needed(C::submit, slurm_time_s(fields.text(C::submit), utc)).value_or(0);
  if (job.request.submit_s == 0) fields.blame(C::submit, "a job has a submit time");
  job.usage.start_s = time(C::start);
  job.usage.end_s = time(C::end);
  // Of a job that was cancelled while it waited, Slurm prints the end as its start as well; but it got
  // nothing.
  if (fields.has(C::allocated_tres) && fields.text(C::allocated_tres).empty()) job.usage.start_s = 0;
  const C elapsed = fields.text(C::elapsed_raw).empty() ? C::elapsed : C::elapsed_raw;
  if (const auto ms = fields.duration_ms(elapsed)) {
    job.usage.run_s = *ms / 1'000;
    if (!utc) settle_doubled_hour(job, job.usage.run_s);
  } else if (job.usage.start_s > 0)
    job.usage.run_s = std::max<std::int64_t>(job.usage.end_s - job.usage.start_s, 0);
  const C limit = fields.text(C::time_limit_raw).empty() ? C::time_limit : C::time_limit_raw;
  job.request.limit_s = fields.value(limit, slurm_limit_s(fields.text(limit)));
  // A run on trial had less: what its user requested is in the mark.
  const auto trial = trial_mark(fields.text(C::admin_comment));
  if (trial && trial->end == TrialEnd::open && job.request.limit_s)
    job.request.limit_s = std::max(*job.request.limit_s, std::int64_t{trial->limit_min} * 60);
}

void check_tres(Fields& fields, C column) {
  if (!is_tres(fields.text(column)))
    fields.leave_out(column,
                     fmt::format("'{}' is no TRES, such as cpu=4,mem=8G", excerpt(fields.text(column))));
}

/// Per node, of a job that started; a dump without AllocTRES has only what was requested then.
std::optional<std::int64_t> allocated_memory(Fields& fields, const JobRecord& job) {
  if (job.allocated_nodes == 0) return std::nullopt;
  const C column = C::allocated_tres;
  const auto total = fields.value(column, slurm_bytes(tres_value(fields.text(column), "mem"), 'M'));
  return total ? *total / job.allocated_nodes : job.request.memory_per_node_bytes;
}

void read_sizes(Fields& fields, JobRecord& job) {
  check_tres(fields, C::requested_tres);
  check_tres(fields, C::allocated_tres);
  const auto tres_count = [&](C column, std::string_view name) {
    return fields.value(column, slurm_count(tres_value(fields.text(column), name)));
  };
  JobRequest& requested = job.request;
  requested.cpus = positive(fields.count(C::requested_cpus));
  requested.nodes = positive(tres_count(C::requested_tres, "node"));
  requested.gpus = positive(fields.value(C::requested_tres, tres_gpus(fields.text(C::requested_tres))));
  const auto nodes = fields.count(C::nodes).value_or(0);
  if (job.usage.start_s > 0) {  // before, sacct prints what was requested
    job.allocated_nodes = narrow(nodes);
    job.allocated_cpus = narrow(fields.count(C::cpus).value_or(0));
  }
  const auto memory =
      fields.value(C::requested_memory, slurm_requested_memory(fields.text(C::requested_memory)));
  if (memory)
    requested.memory_per_node_bytes =
        memory->per_node(requested.nodes ? std::int64_t{*requested.nodes} : nodes,
                         requested.cpus ? std::int64_t{*requested.cpus} : 1);
  job.allocated_memory_bytes = allocated_memory(fields, job);
}

/// Bytes of fs/disk in a TRES sum, else average x tasks.
std::optional<std::int64_t> disk_bytes(Fields& fields, C total, C average, std::int64_t tasks) {
  if (const auto sum = tres_value(fields.text(total), "fs/disk"); !sum.empty())
    return fields.value(total, slurm_bytes(sum));
  const auto each = fields.bytes(average);
  if (!each) return std::nullopt;
  return *each > std::numeric_limits<std::int64_t>::max() / tasks ? *each : *each * tasks;
}

}  // namespace

LineResult<JobIdText> read_line_id(const SacctLayout& layout, const std::vector<std::string_view>& fields) {
  Fields line(layout, fields);
  JobIdText shown = line.needed(C::job_id, slurm_job_id(line.text(C::job_id)));
  if (const auto raw = line.text(C::job_id_raw); !raw.empty())
    shown.number = line.needed(C::job_id_raw, slurm_job_id(raw)).number;
  else if (!shown.is_plain() && shown.pending_tasks == 0)
    line.blame(C::job_id_raw, "a task of an array or a part of a het job is known only by its raw id");
  if (line.why()) return tl::make_unexpected(*line.why());
  return shown;
}

LineResult<SacctJob> read_job_line(const SacctLayout& layout, const std::vector<std::string_view>& fields,
                                   const SacctOptions& options, bool utc, LeftOut& left_out) {
  const auto id = read_line_id(layout, fields);
  if (!id) return tl::make_unexpected(id.error());
  Fields line(layout, fields);
  JobRecord job;
  job.job_id = id->number;
  job.job_id_text = id->job;
  job.request.array_tasks = id->pending_tasks > 0 ? id->pending_tasks : id->array ? 1 : 0;
  read_names(line, options, job);
  read_uid(line, job);
  read_times(line, utc, job);
  read_sizes(line, job);
  job.usage.state = line.value(C::state, slurm_state(line.text(C::state)));
  const auto cpu_ms = line.duration_ms(C::cpu_time);
  if (line.why()) return tl::make_unexpected(*line.why());
  left_out = std::move(line.left_out());
  return SacctJob{std::move(job), cpu_ms, !line.text(C::submit_line).empty()};
}

SacctStep read_step_line(const SacctLayout& layout, const std::vector<std::string_view>& fields,
                         std::string_view step_name, LeftOut& left_out) {
  Fields line(layout, fields);
  SacctStep step;
  step.is_batch = step_name == "batch";
  step.is_extern = step_name == "extern";
  step.state = line.value(C::state, slurm_state(line.text(C::state)));
  step.tasks = std::max<std::int64_t>(line.count(C::tasks).value_or(1), 1);
  step.nodes = std::max<std::int64_t>(line.count(C::nodes).value_or(1), 1);
  step.task_memory_bytes = line.bytes(C::max_rss);
  step.cpu_ms = line.duration_ms(C::cpu_time);
  step.read_bytes = disk_bytes(line, C::usage_in_total, C::average_read, step.tasks);
  step.written_bytes = disk_bytes(line, C::usage_out_total, C::average_written, step.tasks);
  left_out = std::move(line.left_out());
  return step;
}

}  // namespace foreshape
