#include "predictor/history/job_file.h"

#include <utility>

#include "predictor/history/nextflow_trace.h"
#include "predictor/history/sacct.h"
#include "predictor/history/swf.h"
#include "predictor/history/torque_table.h"

namespace foreshape {
namespace {

constexpr int kLinesLookedAt = 1'000;

template <class Reader>
class FileOf : public JobFile {
 public:
  explicit FileOf(Reader reader) : reader_(std::move(reader)) {}
  Result<std::optional<JobRecord>> next() override { return reader_.next(); }
  std::uint64_t bad_lines() const override { return reader_.bad_lines(); }
  MachineHint machine() const override {
    if constexpr (std::is_same_v<Reader, SwfReader>)
      return {reader_.header().max_procs, reader_.header().max_nodes};
    else
      return {};
  }

 private:
  Reader reader_;
};

template <class Reader>
Result<std::unique_ptr<JobFile>> file_of(Result<Reader> reader) {
  if (!reader) return tl::make_unexpected(reader.error());
  return std::unique_ptr<JobFile>{std::make_unique<FileOf<Reader>>(std::move(*reader))};
}

/// nullopt: the line does not tell.
std::optional<JobFileKind> kind_of_line(std::string_view line) {
  if (line.empty() || line.front() == '#') return std::nullopt;
  if (line.front() == ';') return JobFileKind::swf;
  if (line.find("\tsubmit_epoch\t") != std::string_view::npos) return JobFileKind::torque;
  if (line.starts_with("task_id,")) return JobFileKind::nextflow;
  return line.find('|') != std::string_view::npos ? JobFileKind::sacct : JobFileKind::swf;
}

}  // namespace

Result<JobFileKind> kind_of_job_file(const std::string& path) {
  if (path == "-") return JobFileKind::swf;
  auto file = TextFile::open(path);
  if (!file) return tl::make_unexpected(file.error());
  for (int i = 0; i < kLinesLookedAt; ++i) {
    const auto line = file->next();
    if (!line) return tl::make_unexpected(line.error());
    if (!*line) break;
    if (const auto kind = kind_of_line((*line)->text)) return *kind;
  }
  return JobFileKind::swf;
}

Result<std::unique_ptr<JobFile>> open_job_file(const std::string& path, JobFile::OnBad on_bad) {
  const auto kind = kind_of_job_file(path);
  if (!kind) return tl::make_unexpected(kind.error());
  switch (*kind) {
    case JobFileKind::sacct:
      return file_of(SacctReader::open(path, {}, std::move(on_bad)));
    case JobFileKind::torque:
      return file_of(TorqueTable::open(path, std::move(on_bad)));
    case JobFileKind::nextflow:
      return file_of(NextflowTrace::open(path, std::move(on_bad)));
    case JobFileKind::swf:
      break;
  }
  return file_of(SwfReader::open(path, std::move(on_bad)));
}

}  // namespace foreshape
