// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Jobs from a trace in the Standard Workload Format, version 2.2 (18 columns, ';' header lines).
// Source: Chapin et al., JSSPP 1999; www.cs.huji.ac.il/labs/parallel/workload/swf.html
//
// Runs in: offline.
// Threads: one object, one thread.

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "predictor/base/result.h"
#include "predictor/history/bad_line.h"
#include "predictor/history/job_record.h"
#include "predictor/history/text_file.h"

namespace foreshape {

/// What the header lines say; absent = not said, or not a positive number.
struct SwfHeader {
  std::string computer;  ///< as found: harmless() before showing it
  std::optional<std::int64_t> max_procs, max_nodes;
  UnixSeconds unix_start_s = 0;
};

/// The user of a job whose line does not say one.
inline constexpr UserId kUnknownUser = UINT32_MAX;

/// Reads a trace job by job. What the columns become:
/// - submission = UnixStartTime + column 2; start = submission + wait (0 where unknown); end = start + run
/// - cpus = requested processors, absent if unknown; allocated_cpus = column 5
/// - memory per processor (KB) x the processors that share a node: all of them, or MaxProcs / MaxNodes
///   where the header says both
/// - user, group (as the account), executable (as the name), queue (as the partition; where unknown the
///   partition) keep their numbers as text; each hash is text_hash of that text, unfolded, since the
///   name folding would make all numbers alike
/// - status 1 completed, 0 failed, 5 cancelled, -1 unknown; lines of status 2, 3, 4 are parts of a job
///   that has a line of its own: reported as bad
/// A fraction in a number is cut off, except in the cpu time. Columns behind the 18th are left out: some sites'
/// converters add their own.
class SwfReader {
 public:
  using OnBad = std::function<void(const BadLine&)>;

  /// on_bad: told of every line that is passed over and of every field that is left out; may be empty.
  /// Errors: those of TextFile::open.
  static Result<SwfReader> open(const std::string& path, OnBad on_bad = {});
  /// The same over a file of which nothing was read yet.
  static SwfReader over(TextFile file, OnBad on_bad) { return {std::move(file), std::move(on_bad)}; }

  /// The next job, or nullopt at the end.
  /// Errors: those of TextFile::next.
  Result<std::optional<JobRecord>> next();

  /// What the header lines read so far say: all of them once next() returned.
  const SwfHeader& header() const { return header_; }
  const TextFile& file() const { return file_; }
  /// Lines that were passed over.
  std::uint64_t bad_lines() const { return bad_lines_; }
  /// Fields that were left out of lines that were read.
  std::uint64_t bad_fields() const { return bad_fields_; }

 private:
  SwfReader(TextFile file, OnBad on_bad) : file_(std::move(file)), on_bad_(std::move(on_bad)) {}
  void read_header_line(std::string_view line);
  std::int64_t processors_of_a_node(std::int64_t processors) const;
  /// nullopt and why_ filled where the line is bad.
  std::optional<JobRecord> read_job(const TextFile::Line& line);
  JobRecord job_of(const std::array<double, 18>& row) const;

  TextFile file_;
  OnBad on_bad_;
  SwfHeader header_;
  BadLine why_;
  std::uint64_t bad_lines_ = 0, bad_fields_ = 0;
};

}  // namespace foreshape
