// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/baseline/alike_peak.h"

#include <gtest/gtest.h>
#include <vector>

namespace foreshape {
namespace {

constexpr float kMibBytes = 1 << 20;

JobRequest training(std::int64_t requested_mib = 4096) {
  JobRequest job;
  job.name = folded_name_hash("train_7");
  job.memory_per_node_bytes = requested_mib << 20U;
  return job;
}

PastJob trained(std::uint32_t peak_mib, JobState state = JobState::completed,
                std::uint32_t requested_mib = 4096) {
  PastJob past;
  past.name = folded_name_hash("train_12");
  past.used_memory_kib = peak_mib << 10U;
  past.requested_memory_kib = requested_mib << 10U;
  past.state = state;
  return past;
}

float mib(const AlikePeak& alike) { return alike.bytes / kMibBytes; }

TEST(AlikePeak, IsTheLargestOfTheNewestRunsOfThatNameAndNoOther) {
  PastJob other = trained(3000);
  other.name = folded_name_hash("evaluate");
  std::vector<PastJob> own(kMaxAlikeRuns, trained(500));
  own[3] = trained(700);
  own.insert(own.begin(), other);
  own.push_back(trained(2000));
  const AlikePeak alike = alike_peak(training(), own);
  EXPECT_EQ(mib(alike), 700) << "2000 MiB was too long ago, and of no other name";
  EXPECT_EQ(alike.runs, kMaxAlikeRuns);
  EXPECT_EQ(alike_peak(training(), {}).runs, 0);
}

TEST(AlikePeak, GrowsWithTheRequestAndNeverShrinksWithIt) {
  const std::vector<PastJob> own = {trained(500, JobState::completed, 1024)};
  EXPECT_EQ(mib(alike_peak(training(4096), own)), 2000) << "who requests four times as much needs it perhaps";
  EXPECT_EQ(mib(alike_peak(training(512), own)), 500);
  EXPECT_EQ(mib(alike_peak(training(4096), std::vector{trained(500, JobState::completed, 0)})), 500)
      << "that run said nothing";
}

TEST(AlikePeak, TakesAKillForWantOfMemoryAsAllOfTheRequest) {
  const AlikePeak alike =
      alike_peak(training(), std::vector{trained(500), trained(10, JobState::out_of_memory)});
  EXPECT_EQ(mib(alike), 4096);
  EXPECT_EQ(alike.runs, 1);
}

TEST(AlikePeak, HoldsNoRunForProofThatMayHaveEndedEarly) {
  const AlikePeak failed =
      alike_peak(training(), std::vector{trained(50, JobState::failed), trained(90, JobState::failed)});
  EXPECT_EQ(mib(failed), 90) << "it needed that much";
  EXPECT_EQ(failed.runs, 0);
  PastJob unmeasured = trained(0);
  unmeasured.used_memory_kib = PastJob::kNotMeasured;
  for (const PastJob& silent : {trained(0), unmeasured, trained(500, JobState::cancelled),
                                trained(500, JobState::node_fail), trained(500, JobState::timeout)}) {
    const AlikePeak alike = alike_peak(training(), std::vector{silent});
    EXPECT_EQ(alike.bytes, 0);
    EXPECT_EQ(alike.runs, 0);
  }
}

}  // namespace
}  // namespace foreshape
