// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/history/sacct.h"

#include <algorithm>
#include <fmt/format.h>

#include "predictor/history/cpu_time.h"
#include "predictor/history/sacct_line.h"

namespace foreshape {
namespace {

/// Accounting keeps so much of a name.
constexpr std::uint64_t kNameBytesMax = 255;

/// Jobs that are held back where rows may be forged: a name is 4 rows at most.
constexpr std::size_t kHeldMax = 8;

}  // namespace

SacctReader::SacctReader(TextFile file, SacctOptions options, OnBad on_bad)
    : options_(std::move(options)), on_bad_(std::move(on_bad)) {
  // The reader may be moved: what is counted while rows are read must not be.
  rows_ = std::make_unique<SacctRows>(std::move(file), options_.delimiter,
                                      [counts = counts_, tell = on_bad_](const BadLine& bad) {
                                        ++(bad.kept ? counts->fields : counts->lines);
                                        if (tell) tell(bad);
                                      });
}

Result<SacctReader> SacctReader::open(const std::string& path, SacctOptions options, OnBad on_bad) {
  auto file = TextFile::open(path);
  if (!file) return tl::make_unexpected(std::move(file.error()));
  return SacctReader{std::move(*file), std::move(options), std::move(on_bad)};
}

void SacctReader::note(const BadLine& bad) {
  ++(bad.kept ? counts_->fields : counts_->lines);
  if (on_bad_) on_bad_(bad);
}

void SacctReader::refuse(std::string field, std::string reason) {
  note({rows_->line(), std::move(field), std::move(reason)});
}

void SacctReader::tell(const std::vector<BadLine>& left_out) {
  for (BadLine bad : left_out) {
    bad.line = rows_->line();
    note(bad);
  }
}

JobRecord SacctReader::release() {
  Held done = std::move(held_.front());
  held_.pop_front();
  if (done.job.is_cpu_time_impossible())
    note({done.line, std::string(sacct_column_name(SacctColumn::cpu_time)),
          std::string(kImpossibleCpuTime) + " (a fault of Slurm's accounting)", true});
  return std::move(done.job).finish();
}

std::deque<SacctReader::Held>::iterator SacctReader::held(JobId id, std::optional<UnixSeconds> submit_s) {
  // The newest: ids are given anew.
  const auto found = std::find_if(held_.rbegin(), held_.rend(), [&](const Held& h) {
    return h.job.record().job_id == id && (!submit_s || h.job.record().request.submit_s == *submit_s);
  });
  return found == held_.rend() ? held_.end() : std::prev(found.base());
}

void SacctReader::extend(Held& job) {
  job.end_byte = rows_->end_byte();
  job.is_whole = rows_->is_whole();
}

bool SacctReader::may_reach(const Held& job, bool is_step) const {
  const auto& layout = rows_->layout();
  const auto texts = layout.texts();
  if (texts.size() == 0) return false;
  // Behind a name stand the columns right of it and then the steps; a row that is repeated stands within.
  const bool is_bounded = layout.column_at(texts.end - 1) == SacctColumn::job_name &&
                          (!is_step || (texts.size() == 1 && texts.end == layout.columns()));
  return !is_bounded || !job.is_whole || rows_->begin_byte() <= job.end_byte + kNameBytesMax + 1;
}

void SacctReader::refuse_behind(const std::deque<Held>::iterator& job) {
  for (auto behind = std::next(job); behind != held_.end(); ++behind)
    note({behind->line, "line",
          fmt::format("stands among the rows of job {}: may be a part of that job's text; foreshape ingest "
                      "--help has the command whose output is safe",
                      job->job.record().job_id)});
  held_.erase(std::next(job), held_.end());
}

void SacctReader::begin_job(SacctJob job) {
  skipped_.reset();
  skip_unknown_ = false;
  const JobId id = job.record().job_id;
  if (!held_.empty() && held_.back().job.is_other_run(job.record())) {
    // sacct --duplicates shows every run. The newest one describes the job.
    Held& last = held_.back();
    const bool newer = job.record().request.submit_s >= last.job.record().request.submit_s;
    if (newer) {
      std::swap(last.job, job);
      last.line = rows_->line();
    } else {
      skipped_ = id;
    }
    last.job.add_requeued_run(std::move(job));
    extend(last);
    return;
  }
  if (rows_->can_be_forged()) {
    const auto same = held(id, job.record().request.submit_s);
    // Farther off it is an ordinary repeat: daily dumps put together have a job that ran over midnight twice.
    if (same != held_.end() && std::next(same) != held_.end() && may_reach(*same, false)) {
      refuse_behind(same);
      extend(*same);
      if (same->has_steps) skipped_ = id;
      return;
    }
  }
  held_.push_back({.job = std::move(job), .line = rows_->line()});
  extend(held_.back());
}

void SacctReader::add_step(const JobIdText& id) {
  if (skipped_ == id.number) return;
  const auto job = held(id.number);
  if (job == held_.end()) {
    if (!skip_unknown_)
      refuse(std::string(sacct_column_name(SacctColumn::job_id)), "a step without its job's line before it");
    return;
  }
  if (std::next(job) != held_.end() && !may_reach(*job, true))
    return refuse(std::string(sacct_column_name(SacctColumn::job_id)),
                  "a step among the rows of other jobs: may be a part of another job's text");
  refuse_behind(job);
  extend(*job);
  LeftOut left_out;
  job->has_steps = true;
  job->job.add(read_step_line(rows_->layout(), rows_->fields(), id.step, left_out));
  tell(left_out);
}

void SacctReader::take_row() {
  const auto id = read_line_id(rows_->layout(), rows_->fields());
  if (id && !id->step.empty()) return add_step(*id);
  LeftOut left_out;
  auto job = id ? read_job_line(rows_->layout(), rows_->fields(), options_,
                                options_.utc || !rows_->has_header(), left_out)
                : LineResult<SacctJob>{tl::make_unexpected(id.error())};
  tell(left_out);
  if (job) return begin_job(std::move(*job));
  refuse(std::move(job.error().field), std::move(job.error().reason));
  skip_unknown_ = !id;  // the steps of this job must not go to the one before it
  skipped_ = id ? std::optional{id->number} : std::nullopt;
}

Result<std::optional<JobRecord>> SacctReader::next() {
  while (true) {
    if (held_.size() > (rows_->can_be_forged() ? kHeldMax : 1)) return release();
    const auto more = rows_->next();
    if (!more) return tl::make_unexpected(more.error());
    if (!*more) break;
    take_row();
  }
  if (held_.empty()) return std::nullopt;
  return release();
}

}  // namespace foreshape
