// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Which part of a row is which, where what users wrote holds delimiters or line feeds.
//
// Runs in: offline.
// Threads: pure functions.
//
// Slurm prints names, directories, comments and submit lines as they are. What a row has left of these
// columns and right of them is sure; between, each way to cut is tried, and the texts themselves tell: a
// submit line begins with a program of Slurm's and names the job, an admin comment is a token of ours, JSON
// or nothing, a directory begins with '/'. A column on which the best ways differ is unknown.

#include <cstdint>
#include <string_view>
#include <vector>

#include "predictor/history/sacct_columns.h"

namespace foreshape {

struct SettledTexts {
  bool is_whole = false;       ///< there were fields enough for every column
  bool is_sure = false;        ///< each column is known
  bool name_agrees = false;    ///< the submit line says the name, or what Slurm takes without one
  bool name_is_given = false;  ///< and says it in as many words (-J, --job-name)
};

/// Makes a row's fields as many as there are columns: what belongs together is joined, what can't be told is
/// empty. row: what the fields are views into. A row that ends before its texts begin is left as it is.
SettledTexts settle_texts(const SacctLayout& layout, std::string_view row,
                          std::vector<std::string_view>& fields);

}  // namespace foreshape
