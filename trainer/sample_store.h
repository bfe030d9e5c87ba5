// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// From a history to this rank's samples: features as they were known at each submission, and what came of it.
//
// Runs in: offline.
// Threads: main thread only.

#include <array>
#include <functional>
#include <memory>
#include <unordered_map>

#include "predictor/base/result.h"
#include "predictor/model/features/features.h"
#include "trainer/dataset_file.h"
#include "trainer/live_tracker.h"
#include "trainer/sample_shards.h"
#include "trainer/time_order.h"

namespace foreshape {

struct Sample {
  ModelInput input;
  Target target;
};

/// 8.3 KB a sample.
struct SampleShards : Shards<Sample> {
  std::array<bool, kResources> known{};  ///< some learnt sample, on some rank, says something of it
};

/// What a job said at now_s, before its end: it runs for at least so long. Nothing where it had not started.
Target unfinished_target(const TracedJob& job, UnixSeconds now_s);

/// Goes through the history as it happened. Every rank follows everybody's past (cheap); features are
/// computed for its own samples only.
class SampleCollector {
 public:
  SampleCollector(const HistoryWindows& windows, SamplePlan plan, std::size_t rank, std::size_t ranks);

  /// The next job, in the order of submission.
  void take(const TracedJob& job);
  /// The end: of the validation window, and of all. now_s: the submission of the first job after it; 0 =
  /// none. What has not ended by then says how long it has run.
  void finish(UnixSeconds now_s);

  SampleShards& shards() { return shards_; }

 private:
  struct Pending {
    SamplePlan::Place place;
    const TracedJob* job;
    Sample sample;
  };
  void ended(TimeOrder::Number number, const TracedJob& job);
  void keep(const Pending& waiting, const Target& target);
  /// Closes a window: its jobs that have not ended are bounds.
  void close(bool validation, UnixSeconds now_s);

  HistoryWindows windows_;
  SamplePlan plan_;
  std::size_t rank_, ranks_;
  TimeOrder order_;
  LiveTracker live_;
  Candidates candidates_;
  std::unordered_map<TimeOrder::Number, std::unique_ptr<Pending>> waiting_;
  SampleShards shards_;
};

struct SampleSettings {
  double validation = 0.1, held_back = 0;
  SampleBounds bounds;
};

/// All of it: reads the data set with the other ranks. stop: as for JobStream; then nothing useful comes
/// back. Errors: those of JobStream; invalid_input - too few jobs to learn from.
Result<SampleShards> collect_samples(DatasetReader& reader, const SampleSettings& settings, Comm& comm,
                                     const std::function<bool()>& stop,
                                     const std::function<void(std::uint64_t jobs)>& progress);

}  // namespace foreshape
