// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The fields of `sshape savings`.
//
// Runs in: offline.
// Threads: pure functions.

#include <span>
#include <string>
#include <vector>

#include "sql/memory_savings.h"
#include "tools/cli/columns.h"

namespace foreshape {

std::span<const FieldName> savings_field_names();

/// The default columns, 80 characters wide at most; long: all of them.
std::string savings_format(SavingsBy by, bool is_long);

std::vector<std::string> savings_texts(const std::vector<Column>& columns, const MemorySavings& savings);

/// One line with its newline for runs that are in no figure, and how to get them in; "" where there are none.
std::string unknown_runs_text(const MemorySavings& total);

}  // namespace foreshape
