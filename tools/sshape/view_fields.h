// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The fields of each view.
//
// Runs in: offline.
// Threads: pure functions.

#include <span>

#include "tools/cli/columns.h"
#include "tools/sshape/sshape_options.h"

namespace foreshape {

/// What --format may ask for in that view; of a view that is no table, the fields of jobs.
std::span<const FieldName> field_names(View view);

}  // namespace foreshape
