// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/history/job_file.h"

#include <algorithm>
#include <utility>

#include "predictor/history/nextflow_trace.h"
#include "predictor/history/sacct.h"
#include "predictor/history/sacct_dump.h"
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

/// nullopt: the first lines do not tell.
std::optional<JobFileKind> kind_of_head(std::string_view head) {
  for (int i = 0; i < kLinesLookedAt && !head.empty(); ++i) {
    std::string_view line = head.substr(0, head.find('\n'));
    head.remove_prefix(std::min(head.size(), line.size() + 1));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (looks_like_swf(line)) break;  // a '|' further on is a damaged word
    if (const auto kind = kind_of_line(line)) return kind;
  }
  return std::nullopt;
}

/// Errors: those of TextFile; invalid_input - the first line that says anything is one of a kind that is not
/// read.
Result<JobFileKind> kind_in(TextFile& file) {
  const auto head = file.head();
  if (!head) return tl::make_unexpected(head.error());
  if (const auto kind = kind_of_head(*head)) return *kind;
  const std::string other = other_kind_of_file(*head);
  if (!other.empty()) return failure(ErrorCode::invalid_input, file.path() + ": " + other);
  return JobFileKind::swf;
}

/// What a file of another kind is, and what it is good for; head: its first bytes.
std::string not_swf(JobFileKind kind, std::string_view head) {
  if (kind == JobFileKind::torque)
    return "this is a table of Torque's end records; foreshape evaluate and replay read it";
  if (kind == JobFileKind::nextflow)
    return "this is a trace of Nextflow; foreshape evaluate and replay read it";
  const auto dump = dump_of(head, "");
  return dump ? "this is what sacct prints; use foreshape ingest sacct, or dataset --sacct"
              : dump.error().message;
}

}  // namespace

Result<JobFileKind> kind_of_job_file(const std::string& path) {
  if (path == "-") return JobFileKind::swf;
  auto file = TextFile::open(path);
  if (!file) return tl::make_unexpected(file.error());
  return kind_in(*file);
}

Result<SwfReader> open_swf(const std::string& path, SwfReader::OnBad on_bad) {
  auto file = TextFile::open(path);
  if (!file) return tl::make_unexpected(file.error());
  const auto kind = kind_in(*file);
  if (!kind) return tl::make_unexpected(kind.error());
  if (*kind != JobFileKind::swf)
    return failure(ErrorCode::invalid_input, path + ": " + not_swf(*kind, file->head().value_or("")));
  return SwfReader::over(std::move(*file), std::move(on_bad));
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
  return file_of(open_swf(path, std::move(on_bad)));
}

}  // namespace foreshape
