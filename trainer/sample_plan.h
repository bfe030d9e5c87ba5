// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Which jobs of a history are learnt from, which ones validate, and which rank has which.
//
// Runs in: offline.
// Threads: one object, one thread.

#include <cstdint>
#include <optional>

namespace foreshape {

/// Samples are dealt to so many shards in turn, and a rank has every so manieth shard: what a batch consists
/// of depends on the shards only, so any number of ranks draws the same batches. Also the most ranks that
/// have work.
inline constexpr std::size_t kShards = 64;
inline std::size_t rank_of_shard(std::size_t shard, std::size_t ranks) { return shard % ranks; }

/// The history in the order of submission: learnt from | judged by | not looked at (held back).
struct HistoryWindows {
  std::uint64_t learn_end = 0;       ///< jobs before this one are learnt from
  std::uint64_t validation_end = 0;  ///< those from there to this one validate
};

/// validation, held_back: shares of all jobs, validation + held_back < 1.
HistoryWindows split_history(std::uint64_t jobs, double validation, double held_back);

/// How much of a history becomes samples, at most.
struct SampleBounds {
  std::uint64_t samples = 131'072;    ///< learnt from
  std::uint64_t validation = 16'384;  ///< jobs for validation
  std::uint64_t seed = 1;             ///< of the choice
};

/// Goes through the jobs in order and says which become samples. At most `samples` are learnt from: the
/// newest half of them is the newest jobs of the window, the other half a uniform choice of the older ones;
/// at most `validation` validate, a uniform choice. The same seed gives the same choice on every rank. Source:
/// Knuth, "The art of computer programming" vol. 2, 3.4.2, algorithm S.
class SamplePlan {
 public:
  SamplePlan(const HistoryWindows& windows, const SampleBounds& bounds);

  struct Place {
    bool validation = false;  ///< else it is learnt from
    std::size_t shard = 0;
  };
  /// The next job's place; nullopt where it is not needed.
  std::optional<Place> next();

 private:
  bool choose(std::uint64_t among, std::uint64_t& wanted);

  HistoryWindows windows_;
  std::uint64_t newest_, older_wanted_, validation_wanted_, seed_;
  std::uint64_t job_ = 0, learnt_ = 0, validating_ = 0;
};

}  // namespace foreshape
