#pragma once
// What the tests of both fits share: lanes of made-up histories, runs to the end, and the promises that hold
// whatever is fitted.
//
// Runs in: offline.

#include <filesystem>
#include <gtest/gtest.h>
#include <memory>

#include "trainer/checkpoint.h"
#include "trainer/dataset_file.h"
#include "trainer/fit.h"
#include "trainer/sample_lanes.h"
#include "trainer/traced_job.h"

namespace foreshape::test {

/// Lets a collector go through the history; its lanes, counted as one rank's.
template <class Collector>
auto collected(Collector collector, const std::vector<TracedJob>& jobs, const HistoryWindows& windows) {
  for (std::size_t i = 0; i < windows.judge_end; ++i) collector.take(jobs[i]);
  collector.finish(windows.judge_end < jobs.size() ? jobs[windows.judge_end].request.submit_s : 0);
  auto lanes = std::move(collector.lanes());
  SoloComm solo;
  lanes.count(solo);
  return lanes;
}

template <class Sample>
void expect_same_lane(const std::deque<Sample>& a, const std::deque<Sample>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) ASSERT_TRUE(same(a[i], b[i])) << "sample " << i;
}

template <class Sample>
void expect_same_to_learn(const Lanes<Sample>& a, const Lanes<Sample>& b) {
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    SCOPED_TRACE(lane);
    expect_same_lane(a.learn[lane], b.learn[lane]);
  }
}

/// lanes_of(rank, ranks): together they have what one rank has alone, each its own lanes.
template <class LanesOf>
void expect_ranks_share_the_samples(LanesOf&& lanes_of) {
  const auto all = lanes_of(0, 1);
  const std::remove_cvref_t<decltype(all.learn[0])> none;
  for (const std::size_t ranks : {2U, 3U})
    for (std::size_t rank = 0; rank < ranks; ++rank) {
      const auto lanes = lanes_of(rank, ranks);
      for (std::size_t lane = 0; lane < kLanes; ++lane) {
        SCOPED_TRACE(testing::Message() << "lane " << lane << ", rank " << rank << " of " << ranks);
        const bool mine = rank_of_lane(lane, ranks) == rank;
        expect_same_lane(lanes.learn[lane], mine ? all.learn[lane] : none);
        expect_same_lane(lanes.judge[lane], mine ? all.judge[lane] : none);
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
    folder_ = ::mkdtemp(name.data());
  }
  ~WrittenHistory() { std::filesystem::remove_all(folder_); }
  WrittenHistory(const WrittenHistory&) = delete;
  WrittenHistory& operator=(const WrittenHistory&) = delete;

  DatasetReader reader(const std::vector<TracedJob>& jobs) const {
    auto writer = DatasetWriter::create(folder_ / "jobs.h5", {});
    for (const TracedJob& job : jobs) EXPECT_TRUE(writer->add(job));
    EXPECT_TRUE(writer->finish());
    return std::move(*DatasetReader::open(folder_ / "jobs.h5"));
  }

 private:
  std::filesystem::path folder_;
};

}  // namespace foreshape::test
