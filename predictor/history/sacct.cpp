#include "predictor/history/sacct.h"

#include <fmt/format.h>

#include "predictor/history/sacct_line.h"

namespace foreshape {
namespace {

constexpr int kContinuedLinesMax = 64;  // a name of 64 lines is no name

}  // namespace

SacctReader::SacctReader(TextFile file, SacctOptions options, OnBad on_bad)
    : file_(std::move(file)), options_(std::move(options)), on_bad_(std::move(on_bad)) {}

Result<SacctReader> SacctReader::open(const std::string& path, SacctOptions options, OnBad on_bad) {
  auto file = TextFile::open(path);
  if (!file) return tl::make_unexpected(std::move(file.error()));
  return SacctReader{std::move(*file), std::move(options), std::move(on_bad)};
}

void SacctReader::refuse(std::string field, std::string reason) {
  ++bad_lines_;
  if (on_bad_) on_bad_(BadLine{line_number_, std::move(field), std::move(reason)});
}

Result<bool> SacctReader::next_fields() {
  while (true) {
    auto line = file_.next();
    if (!line) return tl::make_unexpected(std::move(line.error()));
    if (!*line) return false;
    line_number_ = (*line)->number;
    if ((*line)->text.empty()) continue;
    if ((*line)->cut) {
      refuse("line", "longer than any line of sacct");
      continue;
    }
    line_ = (*line)->text;
    split_fields(line_, options_.delimiter, fields_);
    if (line_ == header_ && layout_) continue;  // files put one after the other
    if (!layout_ && SacctLayout::is_header(fields_)) {
      auto layout = SacctLayout::from_header(fields_);
      if (!layout)
        return failure(layout.error().code,
                       fmt::format("{}:{}: {}", file_.path(), line_number_, layout.error().message));
      layout_ = *layout;
      header_ = line_;
      continue;
    }
    if (!layout_) layout_ = SacctLayout::without_header();
    return complete_fields();
  }
}

Result<bool> SacctReader::complete_fields() {
  const int lines_max = options_.lines_may_continue ? kContinuedLinesMax : 0;
  for (int i = 0; i < lines_max && fields_.size() < layout_->columns(); ++i) {
    auto line = file_.next();
    if (!line) return tl::make_unexpected(std::move(line.error()));
    if (!*line) break;
    if (line_.size() + (*line)->text.size() > TextFile::kMaxLineBytes) break;
    line_.append("\n").append((*line)->text);
    split_fields(line_, options_.delimiter, fields_);
  }
  return true;
}

bool SacctReader::join_surplus_fields() {
  const std::size_t wanted = layout_->columns();
  if (fields_.size() > wanted && layout_->name_is_last()) {
    const char* begin = fields_[wanted - 1].data();
    fields_[wanted - 1] = {begin, static_cast<std::size_t>(line_.data() + line_.size() - begin)};
    fields_.resize(wanted);
  }
  if (fields_.size() == wanted) return true;
  refuse("line", fmt::format("{} fields, {} expected", fields_.size(), wanted));
  return false;
}

std::optional<JobRecord> SacctReader::begin_job(SacctJob job) {
  skip_steps_ = false;
  if (job_ && job_->is_other_run(job.record())) {
    // sacct --duplicates shows every run. The newest one describes the job.
    const bool newer = job.record().request.submit_s >= job_->record().request.submit_s;
    if (newer) std::swap(*job_, job);
    job_->add_earlier_run(job.record().requeues);
    skip_steps_ = !newer;
    return std::nullopt;
  }
  std::optional<JobRecord> done;
  if (job_) done = std::move(*job_).finish();
  job_ = std::move(job);
  return done;
}

void SacctReader::add_step(const JobIdText& id) {
  if (skip_steps_) return;
  if (!job_ || job_->record().job_id != id.number)
    return refuse(std::string(sacct_column_name(SacctColumn::job_id)),
                  "a step without its job's line before it");
  auto step = read_step_line(*layout_, fields_, id.step);
  if (!step) return refuse(std::move(step.error().field), std::move(step.error().reason));
  job_->add(*step);
}

std::optional<JobRecord> SacctReader::take_line() {
  if (!join_surplus_fields()) return std::nullopt;
  const auto id = read_line_id(*layout_, fields_);
  if (id && !id->step.empty()) {
    add_step(*id);
    return std::nullopt;
  }
  auto job = id ? read_job_line(*layout_, fields_, options_, options_.utc || header_.empty())
                : LineResult<SacctJob>{tl::make_unexpected(id.error())};
  if (job) return begin_job(std::move(*job));
  refuse(std::move(job.error().field), std::move(job.error().reason));
  skip_steps_ = true;  // the steps of this job must not go to the one before it
  std::optional<JobRecord> done;
  if (job_) done = std::move(*job_).finish();
  job_.reset();
  return done;
}

Result<std::optional<JobRecord>> SacctReader::next() {
  while (true) {
    const auto more = next_fields();
    if (!more) return tl::make_unexpected(more.error());
    if (!*more) break;
    if (auto done = take_line()) return done;
  }
  std::optional<JobRecord> last;
  if (job_) last = std::move(*job_).finish();
  job_.reset();
  return last;
}

}  // namespace foreshape
