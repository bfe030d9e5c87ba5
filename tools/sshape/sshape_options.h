// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The command line of sshape, with sacct's defaults filled in.
//
// Runs in: offline.
// Threads: main thread only.

#include <optional>
#include <string>
#include <string_view>

#include "sql/job_filter.h"
#include "sql/memory_savings.h"
#include "sql/report_queries.h"
#include "tools/cli/columns.h"
#include "tools/cli/command.h"
#include "tools/cli/slurm_text.h"

namespace foreshape {

enum class View { jobs, job, summary, names, holds, savings, shadow, stage, why, prometheus, html };

struct ShapeOptions {
  View view = View::jobs;
  JobFilter filter;
  std::string database;
  std::string format;  ///< "" = the view's default
  TableStyle style;
  std::optional<Unit> unit;
  bool json = false;
  bool help_format = false;
  bool prose = true;                       ///< shadow, a job: text for people, since no table was requested
  std::string page;                        ///< html: the file to write; "" = standard output
  SavingsBy by = SavingsBy::week;          ///< savings: a line for each
  SummaryBy summary_by = SummaryBy::user;  ///< summary: a line for each
  bool sbatch = false;                     ///< names: only the lines to paste into job scripts
  bool wants_others = false;               ///< -u or -a was given: the user wants more than their own jobs
};

/// The caller, as far as defaults depend on it.
struct Caller {
  std::string user;      ///< their jobs are shown by default
  bool is_root = false;  ///< root sees all by default, as in sacct
  UnixSeconds now = 0;
  bool has_terminal = false;  ///< standard output is one
};

/// The options, or the exit code to end with: help was shown, or a usage error reported.
tl::expected<ShapeOptions, ExitCode> parse_shape_options(const Args& args, const Caller& caller);

}  // namespace foreshape
