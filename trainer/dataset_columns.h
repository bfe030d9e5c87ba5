// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The columns of a data set: which field of a job each holds, as what kind of number, and how "not said" is
// written.
//
// Runs in: offline.
// Threads: constants.

#include <cstddef>
#include <cstdint>
#include <span>

#include "trainer/traced_job.h"

namespace foreshape {

/// Goes up when a column is added, dropped or means something else (docs/dataset.md).
inline constexpr std::uint32_t kDatasetSchema = 2;

enum class ColumnKind : std::uint8_t { int64, uint32, uint8, float32 };
std::size_t bytes_of(ColumnKind kind);

/// Not said, or not measured: -1 of int64, 4294967295 of uint32, not-a-number of float32. Hashes,
/// array_tasks, start_s and end_s say it with 0, as JobRequest and JobUsage do.
struct DatasetColumn {
  const char* name;
  ColumnKind kind;
  const char* meaning;  ///< with its unit; stands beside the column in the file
  void (*store)(const TracedJob& job, std::byte* to);
  void (*load)(const std::byte* from, TracedJob& job);
};

std::span<const DatasetColumn> dataset_columns();

}  // namespace foreshape
