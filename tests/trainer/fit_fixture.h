// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the tests of both fits share: shards of made-up histories, runs to the end, and the promises that hold
// whatever is fitted.
//
// Runs in: offline.

#include <filesystem>
#include <gtest/gtest.h>
#include <memory>

#include "trainer/checkpoint.h"
#include "trainer/dataset_file.h"
#include "trainer/fit.h"
#include "trainer/sample_shards.h"
#include "trainer/traced_job.h"

namespace foreshape::test {

/// Lets a collector go through the history; its shards, counted as one rank's.
template <class Collector>
auto collected(Collector collector, const std::vector<TracedJob>& jobs, const HistoryWindows& windows) {
  for (std::size_t i = 0; i < windows.validation_end; ++i) collector.take(jobs[i]);
  collector.finish(windows.validation_end < jobs.size() ? jobs[windows.validation_end].request.submit_s : 0);
  auto shards = std::move(collector.shards());
  SoloComm solo;
  shards.count(solo);
  return shards;
}

template <class Sample>
void expect_same_shard(const std::deque<Sample>& a, const std::deque<Sample>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) ASSERT_TRUE(same(a[i], b[i])) << "sample " << i;
}

template <class Sample>
void expect_same_to_learn(const Shards<Sample>& a, const Shards<Sample>& b) {
  for (std::size_t shard = 0; shard < kShards; ++shard) {
    SCOPED_TRACE(shard);
    expect_same_shard(a.learn[shard], b.learn[shard]);
  }
}

/// shards_of(rank, ranks): together they have what one rank has alone, each its own shards.
template <class LanesOf>
void expect_ranks_share_the_samples(LanesOf&& shards_of) {
  const auto all = shards_of(0, 1);
  const std::remove_cvref_t<decltype(all.learn[0])> none;
  for (const std::size_t ranks : {2U, 3U})
    for (std::size_t rank = 0; rank < ranks; ++rank) {
      const auto shards = shards_of(rank, ranks);
      for (std::size_t shard = 0; shard < kShards; ++shard) {
        SCOPED_TRACE(testing::Message() << "shard " << shard << ", rank " << rank << " of " << ranks);
        const bool mine = rank_of_shard(shard, ranks) == rank;
        expect_same_shard(shards.learn[shard], mine ? all.learn[shard] : none);
        expect_same_shard(shards.validate[shard], mine ? all.validate[shard] : none);
      }
    }
}

inline FitState run_to_the_end(Fit& fit, std::vector<FitState>* states = nullptr) {
  FitWatch watch;
  if (states != nullptr) {
    watch.save_due = [] { return true; };
    watch.save = [states](const FitState& state) -> Result<void> {
      states->push_back(state);
      return {};
    };
  }
  const auto end = fit.run(watch);
  EXPECT_TRUE(end) << end.error().message;
  return fit.state();
}

/// From the checkpoint of each of these steps (from 0) on, the fit ends at the same bits.
inline void expect_goes_on_from_any_step(const FitSettings& settings, FitTask& task,
                                         std::initializer_list<std::size_t> steps) {
  SoloComm solo;
  Fit whole{settings, task, solo};
  whole.begin();
  std::vector<FitState> states;
  const FitState last = run_to_the_end(whole, &states);
  ASSERT_EQ(states.size(), settings.steps);
  for (const std::size_t step : steps) {
    auto state = parse_checkpoint(checkpoint_bytes("this one", states[step]), "this one", task.weights());
    ASSERT_TRUE(state) << state.error().message;
    Fit rest{settings, task, solo};
    rest.resume(std::move(*state));
    EXPECT_EQ(checkpoint_bytes("", run_to_the_end(rest)), checkpoint_bytes("", last))
        << "after step " << step + 1;
  }
}

/// A data set on disk for as long as it lives.
class WrittenHistory {
 public:
  WrittenHistory() {
    std::string name = "/tmp/foreshape_fit_XXXXXX";
    directory_ = ::mkdtemp(name.data());
  }
  ~WrittenHistory() { std::filesystem::remove_all(directory_); }
  WrittenHistory(const WrittenHistory&) = delete;
  WrittenHistory& operator=(const WrittenHistory&) = delete;

  DatasetReader reader(const std::vector<TracedJob>& jobs) const {
    auto writer = DatasetWriter::create(directory_ / "jobs.h5", {});
    for (const TracedJob& job : jobs) EXPECT_TRUE(writer->add(job));
    EXPECT_TRUE(writer->finish());
    return std::move(*DatasetReader::open(directory_ / "jobs.h5"));
  }

 private:
  std::filesystem::path directory_;
};

}  // namespace foreshape::test
