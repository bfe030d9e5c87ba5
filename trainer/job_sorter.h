// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Jobs into the order of their submissions, however many there are: runs are sorted in memory, kept in a file
// without a name, and merged.
//
// Runs in: offline.
// Threads: one object, one thread.

#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "predictor/base/result.h"
#include "trainer/traced_job.h"

namespace foreshape {

class JobSorter {
 public:
  /// directory: where the runs go, where more than one is needed. run_jobs: jobs held in memory, 250 bytes
  /// each.
  explicit JobSorter(std::string directory, std::size_t run_jobs = 200'000);
  ~JobSorter();

  /// Errors: unavailable - the directory takes no file, or its disk is full.
  Result<void> add(const TracedJob& job);

  /// Calls take for all jobs in order; those of one second as they were added. Once, at the end.
  /// Errors: those of take; unavailable - the runs cannot be read.
  Result<void> drain(const std::function<Result<void>(const TracedJob&)>& take);

 private:
  struct Run;
  struct CloseFile {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
  };
  Result<void> spill();
  Result<void> merge(const std::function<Result<void>(const TracedJob&)>& take);

  std::string directory_;
  std::size_t run_jobs_;
  std::vector<TracedJob> jobs_;
  std::unique_ptr<std::FILE, CloseFile> file_;
  std::vector<std::size_t> runs_;  // jobs in each
};

}  // namespace foreshape
