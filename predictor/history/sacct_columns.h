// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Which field of an sacct line is what: by the header's names in any order, or by the layout of a dump
// without one.
//
// Runs in: offline.
// Threads: plain values.

#include <array>
#include <cstdint>
#include <optional>
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
  requested_cpus,
  requested_memory,
  requested_tres,
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
  work_dir,
  admin_comment,
  submit_line,
  job_name,
};
inline constexpr std::size_t kSacctColumns = 33;

/// What `sacct --format=` is requested by foreshape ingest; the columns that users write stand last.
std::string_view sacct_format();

/// The name that sacct prints above a column.
std::string_view sacct_column_name(SacctColumn column);

/// The fields of one line, cut at each delimiter; as views into it.
void split_fields(std::string_view line, std::string_view delimiter, std::vector<std::string_view>& fields);

class SacctLayout {
 public:
  /// The columns in which XDMoD keeps sacct's output (`sacct --parsable2 --noheader --format
  /// jobid,jobidraw,cluster,...,nodelist,jobname`): 26, or the 25 of its earlier releases, which had no qos,
  /// with AllocTRES or with ReqGRES. fields: of a job's line; nullopt where it is neither.
  static std::optional<SacctLayout> without_header(const std::vector<std::string_view>& fields);

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
  /// The same of a row that may have too few fields.
  std::string_view field_within(const std::vector<std::string_view>& fields, SacctColumn column) const {
    return has(column) && static_cast<std::size_t>(position(column)) < fields.size() ? field(fields, column)
                                                                                     : std::string_view{};
  }
  std::size_t columns() const { return columns_; }
  /// The columns that hold what a user wrote, from the first to the last of them; `begin` = `end`: there is
  /// none.
  struct Texts {
    std::size_t begin = 0, end = 0;
    std::size_t size() const { return end - begin; }
  };
  Texts texts() const { return texts_; }
  /// The known column at that place.
  std::optional<SacctColumn> column_at(std::size_t place) const;
  /// True if each line begins with its job's id.
  bool id_is_first() const {
    return position(SacctColumn::job_id) == 0 || position(SacctColumn::job_id_raw) == 0;
  }

 private:
  SacctLayout() { positions_.fill(-1); }
  static SacctLayout of_names(const std::vector<std::string_view>& names);
  void widen_texts(std::size_t place);
  int position(SacctColumn column) const { return positions_[static_cast<std::size_t>(column)]; }

  std::array<int, kSacctColumns> positions_{};
  std::size_t columns_ = 0;
  Texts texts_;
};

}  // namespace foreshape
