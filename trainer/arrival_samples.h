// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// From a history to this rank's samples of next submissions: moments as they were known, and what came.
//
// Runs in: offline.
// Threads: main thread only.

#include <functional>
#include <map>

#include "predictor/base/result.h"
#include "trainer/arrival_timeline.h"
#include "trainer/dataset_file.h"
#include "trainer/sample_shards.h"

namespace foreshape {

struct ArrivalSample {
  ArrivalInput input;
  ArrivalTarget target;
};

/// 1.1 KB a sample.
using ArrivalShards = Shards<ArrivalSample>;

struct ArrivalSampleSettings {
  /// Moments at the newest half of so many jobs, and at a uniform choice of the older ones; the ends of jobs
  /// and pauses between them give moments too, a quarter of the quarters of an hour as well.
  std::uint64_t jobs = 65'536;
  SampleBounds bounds{.samples = 262'144};  ///< beyond it the oldest go
};

/// Goes through the history as it happened. Every rank follows everybody; features are computed for its own
/// samples only. What is chosen, and for which shard, depends on the seed and the jobs alone.
class ArrivalCollector final : public ArrivalWatcher {
 public:
  ArrivalCollector(const HistoryWindows& windows, const ArrivalSampleSettings& settings, std::size_t rank,
                   std::size_t ranks);

  /// The next job, in the order of submission.
  void take(const TracedJob& job);
  /// The end of the validation window, and of all. now_s: the submission of the first job after it; 0 =
  /// none. Whose next submission has not come by then was silent for so long.
  void finish(UnixSeconds now_s);
  ArrivalShards& shards() { return shards_; }

  bool wants(const ArrivalTime& moment) override;
  void made(const ArrivalTime& moment, const ArrivalInput& input) override;
  void came(const NextSubmission& next, std::span<const ArrivalTime> moments) override;

 private:
  struct Pending {
    ArrivalTime moment;
    std::size_t shard;
    ArrivalInput input;
  };
  bool is_chosen(const ArrivalTime& moment) const;
  void keep(const Pending& waiting, const ArrivalTarget& target);
  void close(UnixSeconds now_s);

  HistoryWindows windows_;
  ArrivalSampleSettings settings_;
  std::size_t rank_, ranks_;
  std::uint64_t jobs_ = 0, chosen_ = 0;
  UnixSeconds last_s_ = 0;
  bool validating_ = false;
  std::size_t shard_ = 0;                     // of the moment that is wanted
  std::map<std::uint64_t, Pending> waiting_;  // by moment
  ArrivalShards shards_;
  ArrivalTimeline timeline_{*this};
};

/// All of it: reads the data set with the other ranks. Windows as those of collect_samples(). stop: as for
/// JobStream; then nothing useful comes back. Shards without samples of either kind are no error. Errors: those of
/// JobStream.
Result<ArrivalShards> collect_arrivals(DatasetReader& reader, const HistoryWindows& windows,
                                       const ArrivalSampleSettings& settings, Comm& comm,
                                       const std::function<bool()>& stop,
                                       const std::function<void(std::uint64_t jobs)>& progress);

}  // namespace foreshape
