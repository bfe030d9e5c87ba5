// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A data set, block by block, for all ranks: each reads its part of a block, and everybody gets all of it.
//
// Runs in: offline.
// Threads: main thread only.

#include <functional>
#include <vector>

#include "predictor/base/result.h"
#include "trainer/comm.h"
#include "trainer/dataset_file.h"

namespace foreshape {

class JobStream {
 public:
  JobStream(DatasetReader& reader, Comm& comm);

  /// Calls take for the first `jobs` jobs, in order, on every rank; true from stop (asked once a block, on
  /// every rank; one is enough) ends it early, which is no error. Memory: two blocks, 8 MB. Errors: those of
  /// DatasetReader::read on the rank that has them; unavailable on the others - another rank could not read
  /// its part. invalid_input - the ranks read different files.
  Result<void> for_each(std::uint64_t jobs, const std::function<void(const TracedJob&)>& take,
                        const std::function<bool()>& stop = {});

  /// The same for the jobs of windows that end before job number `end`; answers the moment of that end: the
  /// submission of the first job behind it, 0 = there is none. progress: every 1,024 jobs.
  Result<UnixSeconds> for_each_before(std::uint64_t end, const std::function<void(const TracedJob&)>& take,
                                      const std::function<bool()>& stop,
                                      const std::function<void(std::uint64_t jobs)>& progress);
  bool stopped() const { return stopped_; }

 private:
  Result<void> read_block(std::uint64_t first, std::size_t jobs);
  bool same_file();

  DatasetReader& reader_;
  Comm& comm_;
  std::vector<TracedJob> mine_, block_;
  bool stopped_ = false;
};

}  // namespace foreshape
