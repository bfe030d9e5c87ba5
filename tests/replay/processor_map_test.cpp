// SPDX-License-Identifier: GPL-2.0-or-later
// Who has which processor: held ones are nobody's until their hold ends, and sums stay right.
#include "replay/processor_map.h"

#include <gtest/gtest.h>
#include <vector>

namespace foreshape {
namespace {

struct Machine {
  std::int64_t free = 4;
  RunningJobs running;
  ProcessorMap map{4, free, running};

  std::vector<std::pair<std::int64_t, std::int64_t>> planned() const {
    std::vector<std::pair<std::int64_t, std::int64_t>> all;
    running.each([&](std::int64_t end_s, std::int64_t procs) { all.emplace_back(end_s, procs); });
    return all;
  }
};

using Planned = std::vector<std::pair<std::int64_t, std::int64_t>>;

TEST(ProcessorMap, AHeldFreeProcessorIsBusyUntilItsHoldEnds) {
  Machine m;
  m.map.hold(1, 7, 100);
  EXPECT_EQ(m.free, 3);
  EXPECT_EQ(m.planned(), (Planned{{100, 1}}));
  m.map.extend(1, 160);
  EXPECT_EQ(m.planned(), (Planned{{160, 1}}));
  m.map.let_go(1, 50);
  EXPECT_EQ(m.free, 4);
  EXPECT_TRUE(m.running.empty());
}

TEST(ProcessorMap, OneOfAJobIsTheHoldsWhenTheJobHasEnded) {
  Machine m;
  m.map.start(0, {50, 1, 2}, 0);
  m.map.hold(1, 7, 30);  // one of the job's two
  EXPECT_EQ(m.free, 2);
  EXPECT_EQ(m.planned(), (Planned{{50, 1}, {50, 1}}));
  m.map.replan(0, 80);
  EXPECT_EQ(m.planned(), (Planned{{80, 1}, {80, 1}}));
  m.map.end(0, 20);
  EXPECT_EQ(m.free, 3);
  EXPECT_EQ(m.planned(), (Planned{{30, 1}}));
  EXPECT_FALSE(m.map.all()[1].job);
  EXPECT_EQ(m.map.all()[1].since_s, 20);
}

TEST(ProcessorMap, WhoEntersAHoldTakesNothingFromTheOthers) {
  Machine m;
  m.map.hold(2, 7, 100);
  m.map.hold(3, 7, 100);
  m.map.start_in(7, 5, {300, 1, 2}, 10);
  EXPECT_EQ(m.free, 2);
  EXPECT_EQ(m.planned(), (Planned{{300, 1}, {300, 1}}));
  EXPECT_EQ(m.map.all()[2].entered, 7U);
  m.map.let_go(2, 20);  // the hold goes elsewhere while the job runs
  EXPECT_EQ(m.free, 2);
  m.map.end(5, 40);
  EXPECT_EQ(m.free, 3);
  EXPECT_EQ(m.planned(), (Planned{{100, 1}}));
}

// Slurm's passes count what is planned to end now as free.
TEST(ProcessorMap, WhoStartsBeforeAnEndOfTheSameSecondGetsThoseProcessors) {
  Machine m;
  m.map.start(0, {50, 1, 3}, 0);
  m.map.start(1, {90, 2, 4}, 50);
  EXPECT_EQ(m.free, -3);
  m.map.end(0, 50);
  EXPECT_EQ(m.free, 0);
  for (const Processor& processor : m.map.all()) EXPECT_EQ(processor.job, JobIndex{1});
  m.map.end(1, 90);
  EXPECT_EQ(m.free, 4);
  EXPECT_TRUE(m.running.empty());
}

}  // namespace
}  // namespace foreshape
