// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// One line of sacct as values: a job's own line, or a step's.
//
// Runs in: offline.
// Threads: pure functions.

#include <string_view>
#include <vector>

#include "predictor/base/result.h"
#include "predictor/history/bad_line.h"
#include "predictor/history/job_id_text.h"
#include "predictor/history/sacct.h"

namespace foreshape {

/// A line that is not understood: the field to blame and why.
template <class T>
using LineResult = tl::expected<T, BadLine>;

/// Fields that could not be read and were left out.
using LeftOut = std::vector<BadLine>;

/// A job's own line. utc: how its times are read. Only its id, user and submission are needed.
LineResult<SacctJob> read_job_line(const SacctLayout& layout, const std::vector<std::string_view>& fields,
                                   const SacctOptions& options, bool utc, LeftOut& left_out);

/// A step without any needed field: what can't be read is left out.
SacctStep read_step_line(const SacctLayout& layout, const std::vector<std::string_view>& fields,
                         std::string_view step, LeftOut& left_out);

/// The raw id that the line belongs to, with the step's name.
LineResult<JobIdText> read_line_id(const SacctLayout& layout, const std::vector<std::string_view>& fields);

}  // namespace foreshape
