// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/history/job_file.h"

#include <utility>

#include "predictor/history/nextflow_trace.h"
#include "predictor/history/sacct.h"
#include "predictor/history/sacct_dump.h"
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
  std::uint64_t bad_fields() const override { return reader_.bad_fields(); }
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
  if (line.starts_with("task_id,") || line.starts_with("task_id\t")) return JobFileKind::nextflow;
  if (line.find('|') != std::string_view::npos || delimiter_of_header(line)) return JobFileKind::sacct;
  return std::nullopt;
}

/// Errors: invalid_input - the first line that says anything is one of a kind that is not read.
Result<void> refuse_other_kinds(const std::string& path) {
  auto file = TextFile::open(path);
  if (!file) return tl::make_unexpected(file.error());
  const auto head = file->head();
  if (!head) return tl::make_unexpected(head.error());
  const std::string kind = other_kind_of_file(*head);
  if (!kind.empty()) return failure(ErrorCode::invalid_input, path + ": " + kind);
  return {};
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
    if (looks_like_swf((*line)->text)) break;  // a '|' further on is a damaged word
    if (const auto kind = kind_of_line((*line)->text)) return *kind;
  }
  if (const auto known = refuse_other_kinds(path); !known) return tl::make_unexpected(known.error());
  return JobFileKind::swf;
}

Result<std::unique_ptr<JobFile>> open_job_file(const std::string& path, JobFile::OnBad on_bad) {
  const auto kind = kind_of_job_file(path);
  if (!kind) return tl::make_unexpected(kind.error());
  switch (*kind) {
    case JobFileKind::sacct:
      return file_of(SacctReader::open(path, {}, std::move(on_bad)));
    case JobFileKind::torque:
      return file_of(TorqueTable::open(path, on_bad));
    case JobFileKind::nextflow:
      return file_of(NextflowTrace::open(path, on_bad));
    case JobFileKind::swf:
      break;
  }
  return file_of(SwfReader::open(path, std::move(on_bad)));
}

}  // namespace foreshape
