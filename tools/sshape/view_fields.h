// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The fields of each view, and which of them it shows unless --format says so.
//
// Runs in: offline.
// Threads: pure functions.

#include <span>
#include <string>

#include "tools/cli/columns.h"
#include "tools/sshape/sshape_options.h"

namespace foreshape {

/// What --format may ask for in that view; of a view that is no table, the fields of jobs.
std::span<const FieldName> field_names(View view);

/// As --format takes it. For people it fits 80 columns; for programs (-p, -P) it is of any width; is_long: all
/// that the view has, or of jobs most.
std::string default_format(const ShapeOptions& options, bool is_long);

}  // namespace foreshape
