// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Past jobs from a file of any kind that we read; which kind it is, the file itself tells.
//
// Runs in: offline.
// Threads: one object, one thread.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "predictor/base/result.h"
#include "predictor/history/bad_line.h"
#include "predictor/history/job_record.h"
#include "predictor/history/swf.h"

namespace foreshape {

enum class JobFileKind : std::uint8_t { swf, sacct, torque, nextflow };

/// What the file says of the machine; absent = nothing.
struct MachineHint {
  std::optional<std::int64_t> procs, nodes;
};

class JobFile {
 public:
  using OnBad = std::function<void(const BadLine&)>;

  virtual ~JobFile() = default;
  /// The next job, or nullopt at the end. Errors: those of the kind's reader.
  virtual Result<std::optional<JobRecord>> next() = 0;
  /// Lines that were passed over; fields that were left out of lines that were read.
  virtual std::uint64_t bad_lines() const = 0;
  virtual std::uint64_t bad_fields() const = 0;
  /// Complete once next() returned.
  virtual MachineHint machine() const { return {}; }
};

/// The kind, from the first lines: ';' or nothing else that is known = SWF; the column names of the Torque
/// and Nextflow tables; '|' between fields, or sacct's names between others = sacct. Standard input ("-") is
/// taken as SWF. Errors: those of TextFile; invalid_input - a kind that is not read; the message has the
/// cure.
Result<JobFileKind> kind_of_job_file(const std::string& path);

/// A trace in the Standard Workload Format, also from a pipe: where only that will do. Errors: those of
/// kind_of_job_file; invalid_input - the file is of another kind that is read; the message has the cure.
Result<SwfReader> open_swf(const std::string& path, SwfReader::OnBad on_bad = {});

/// Errors: those of the kind's reader.
Result<std::unique_ptr<JobFile>> open_job_file(const std::string& path, JobFile::OnBad on_bad = {});

}  // namespace foreshape
