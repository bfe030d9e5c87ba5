#pragma once
// Which field of an sacct line is what: by the header's names in any order, or by the layout of a dump
// without one.
//
// Runs in: offline.
// Threads: plain values.

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "predictor/base/result.h"

namespace foreshape {

/// The columns that are read, in the order of --format; others in a file are passed over.
enum class SacctColumn : std::uint8_t {
  job_id,
  job_id_raw,
  cluster,
  user,
  uid,
  account,
  partition,
  qos,
  state,
  submit,
  start,
  end,
  elapsed,
  elapsed_raw,
  time_limit,
  time_limit_raw,
  asked_cpus,
  asked_memory,
  asked_tres,
  cpus,
  nodes,
  allocated_tres,
  tasks,
  max_rss,
  average_read,
  average_written,
  cpu_time,
  usage_in_total,
  usage_out_total,
  folder,
  admin_comment,
  submit_line,
  job_name,
};
inline constexpr std::size_t kSacctColumns = 33;

/// What `sacct --format=` is asked for by foreshape ingest; the column that may hold anything stands last.
std::string_view sacct_format();

/// The name that sacct prints above a column.
std::string_view sacct_column_name(SacctColumn column);

/// The fields of one line, cut at each delimiter; as views into it.
void split_fields(std::string_view line, std::string_view delimiter, std::vector<std::string_view>& fields);

class SacctLayout {
 public:
  /// The 26 columns in which XDMoD keeps sacct's output (`sacct --parsable2 --noheader --format
  /// jobid,jobidraw,cluster,...,nodelist,jobname`).
  static SacctLayout without_header();

  /// True if a file's first line is a header: it names the column of job ids.
  static bool is_header(const std::vector<std::string_view>& fields);

  /// Errors: invalid_input - a column without which no job can be told is missing; the message names it.
  static Result<SacctLayout> from_header(const std::vector<std::string_view>& fields);

  /// True where the file has that column.
  bool has(SacctColumn column) const { return position(column) >= 0; }
  /// The field, "" where the file has no such column.
  std::string_view field(const std::vector<std::string_view>& fields, SacctColumn column) const {
    return has(column) ? fields[static_cast<std::size_t>(position(column))] : std::string_view{};
  }
  std::size_t columns() const { return columns_; }
  /// True if the last column is the job's name: then a delimiter in the name can be told from one between
  /// columns.
  bool name_is_last() const { return position(SacctColumn::job_name) + 1 == static_cast<int>(columns_); }

 private:
  SacctLayout() { positions_.fill(-1); }
  int position(SacctColumn column) const { return positions_[static_cast<std::size_t>(column)]; }

  std::array<int, kSacctColumns> positions_{};
  std::size_t columns_ = 0;
};

}  // namespace foreshape
