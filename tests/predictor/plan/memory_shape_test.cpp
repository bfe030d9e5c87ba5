// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/plan/memory_shape.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <random>

namespace foreshape {
namespace {

constexpr std::int64_t kMib = 1 << 20;
constexpr float kMargin = .99F;

JobRequest requesting(std::int64_t mib) {
  JobRequest job;
  job.memory_per_node_bytes = mib * kMib;
  return job;
}

/// Of the user's own jobs, all with this peak.
Prediction peaks_of(double mib, std::uint16_t alike = 20) {
  Prediction prediction;
  prediction.evidence = Evidence::user;
  prediction.similar_jobs = prediction.similar_memory = alike;
  Forecast& peak = prediction.of(Resource::peak_memory);
  peak.jobs = alike;
  peak.quantiles.fill(static_cast<float>(mib * kMib));
  return prediction;
}

TEST(ShapedMemory, IsThePredictedPeakWithHeadroomInWholeStepsAndLessThanRequested) {
  const struct {
    const char* why;
    double peak_mib;
    std::int64_t requested_mib;
    std::optional<std::int64_t> want;
  } cases[] = {
      {"a quarter more, up to the next step", 1000, 4096, 1280},
      {"exactly a step", 1024, 4096, 1280},
      {"never less than a quarter of the request", 100, 4096, 1024},
      {"never less than an interpreter needs", 1, 512, 256},
      {"nothing to save", 900, 1100, std::nullopt},
      {"the step would be the request", 150, 256, std::nullopt},
      {"as much as requested", 4096, 4096, std::nullopt},
      {"more than requested", 9000, 4096, std::nullopt},
      {"a request of less than a step", 1, 10, std::nullopt},
      {"no figure requested", 100, 0, std::nullopt},
      {"not a number", std::numeric_limits<double>::quiet_NaN(), 4096, std::nullopt},
      {"no end", std::numeric_limits<double>::infinity(), 4096, std::nullopt},
  };
  for (const auto& c : cases)
    EXPECT_EQ(shaped_memory_mib(requesting(c.requested_mib), peaks_of(c.peak_mib), kMargin), c.want) << c.why;
  EXPECT_FALSE(shaped_memory_mib({}, peaks_of(100), kMargin)) << "the user said nothing";
}

TEST(ShapedMemory, NeedsEnoughOfTheUsersOwnJobsAlike) {
  EXPECT_TRUE(shaped_memory_mib(requesting(4096), peaks_of(100, kAlikeRuns), kMargin));
  EXPECT_FALSE(shaped_memory_mib(requesting(4096), peaks_of(100, kAlikeRuns - 1), kMargin));
  EXPECT_FALSE(shaped_memory_mib(requesting(4096), {}, kMargin)) << "a cold start keeps its request";
  for (const Evidence others : {Evidence::none, Evidence::account, Evidence::cluster}) {
    Prediction prediction = peaks_of(100);
    prediction.evidence = others;
    EXPECT_FALSE(shaped_memory_mib(requesting(4096), prediction, kMargin));
  }
}

TEST(FittingMemory, IsTheRequestWhereSoMuchIsNeededAndNothingWhereTooLittleIsKnown) {
  EXPECT_EQ(fitting_memory_mib(requesting(4096), peaks_of(1000), kMargin), 1280);
  for (const double peak_mib : {4000.0, 9000.0, std::numeric_limits<double>::quiet_NaN()})
    EXPECT_EQ(fitting_memory_mib(requesting(4096), peaks_of(peak_mib), kMargin), 4096);
  EXPECT_EQ(fitting_memory_mib(requesting(300), peaks_of(230), kMargin), 300) << "no step above the request";
  EXPECT_FALSE(fitting_memory_mib(requesting(4096), peaks_of(1000, kAlikeRuns - 1), kMargin));
  EXPECT_FALSE(fitting_memory_mib({}, peaks_of(1000), kMargin));
}

TEST(ResizedMemory, IsWorthItByAnEighthOrBackToTheRequest) {
  EXPECT_TRUE(is_worth_resizing(4096, 1024, 4096));
  EXPECT_TRUE(is_worth_resizing(1024, 896, 4096));
  EXPECT_TRUE(is_worth_resizing(1024, 1152, 4096));
  EXPECT_FALSE(is_worth_resizing(1024, 960, 4096));
  EXPECT_FALSE(is_worth_resizing(1024, 1088, 4096));
  EXPECT_FALSE(is_worth_resizing(1024, 1024, 4096));
  EXPECT_TRUE(is_worth_resizing(4032, 4096, 4096)) << "somebody was killed, or nobody may touch it any more";
  EXPECT_FALSE(is_worth_resizing(4096, 4096, 4096));
}

TEST(ShapedMemory, IsNeverMoreThanRequestedWhateverIsPredicted) {
  std::mt19937_64 random(20261128);
  std::uniform_real_distribution<double> exponent(-3, 45);
  for (int i = 0; i < 100'000; ++i) {
    const auto requested_mib = static_cast<std::int64_t>(std::exp2(exponent(random)));
    const auto planned = shaped_memory_mib(requesting(requested_mib % (1LL << 42)),
                                           peaks_of(std::exp2(exponent(random))), kMargin);
    if (!planned) continue;
    ASSERT_LT(*planned, requested_mib % (1LL << 42));
    ASSERT_GE(*planned, kMinMemoryMib);
    ASSERT_EQ(*planned % kMemoryStepMib, 0);
    ASSERT_GE(*planned * kMinShareOfRequest, requested_mib % (1LL << 42));
  }
}

}  // namespace
}  // namespace foreshape
