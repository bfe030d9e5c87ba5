// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the beginning of an sacct dump tells: its header, what stands between its fields, and what the file is
// if it is no such dump.
//
// Runs in: offline.
// Threads: pure functions.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "predictor/base/result.h"
#include "predictor/history/sacct_columns.h"

namespace foreshape {

/// The command whose output no job's text can break or forge: its delimiter is made anew each time, its times
/// are of no time zone, and each row ends with its job's id.
std::string safe_sacct_command();

/// True if nobody could know the delimiter when a job's text was written: ours, and that of
/// safe_sacct_command().
bool is_secret(std::string_view delimiter);

/// True for a job's line of a trace in the Standard Workload Format, or of one that is like it.
bool looks_like_swf(std::string_view line);

/// What a file is that holds neither sacct's rows nor a trace, by its first line, with the cure; "" where
/// nothing is known against it.
std::string other_kind_of_file(std::string_view head);

/// What stands between the columns' names of a header line; nullopt where the line is no header of sacct.
std::optional<std::string> delimiter_of_header(std::string_view line);

struct SacctDump {
  std::string delimiter;
  SacctLayout layout;
  std::string header;             ///< "" = none: XDMoD's columns, and times in UTC
  std::uint64_t header_line = 0;  ///< 0 = none
};

/// head: the file's first bytes. delimiter: "" = as the header says, '|' without one.
/// nullopt: nothing but empty lines. Errors: invalid_input - no dump that is read; the message says what it
/// is and the cure.
Result<std::optional<SacctDump>> dump_of(std::string_view head, std::string_view delimiter);

}  // namespace foreshape
