// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// `sshape html`: its figures, asked of the store, and where the page goes.
//
// Runs in: offline.
// Threads: as the connection.

#include <span>
#include <string>

#include "predictor/base/result.h"
#include "tools/sshape/html/weekly_report.h"

namespace foreshape {

class Pg;

/// weeks: the beginnings of those of the filter's window, ascending, not empty.
/// Errors: those of Pg.
Result<WeeklyReport> ask_report(Pg& db, const JobFilter& filter, const Viewer& viewer,
                                std::span<const UnixSeconds> weeks);

/// To the file in one step, or to standard output where `path` is empty. A new file's rights are those that the umask leaves.
/// Errors: those of replace_owned_file.
Result<void> write_page(const std::string& path, const std::string& page);

}  // namespace foreshape
