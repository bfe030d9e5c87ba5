// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/plan/memory_shape.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <random>

namespace foreshape {
namespace {

constexpr std::int64_t kMib = 1 << 20;
constexpr double kQuarter = 1.25;

JobRequest requesting(std::int64_t mib) {
  JobRequest job;
  job.memory_per_node_bytes = mib * kMib;
  return job;
}

/// The user's own jobs alike needed so much at most. A thousand of them: a factor of 1.0005.
Prediction peaks_of(double mib, std::uint16_t runs = 1'000) {
  Prediction prediction;
  prediction.alike_runs = runs;
  prediction.alike_peak_bytes = static_cast<float>(mib * kMib);
  return prediction;
}

TEST(ShapedMemory, IsTheLargestPeakWithHeadroomInWholeStepsAndLessThanRequested) {
  const struct {
    const char* why;
    double peak_mib;
    std::int64_t requested_mib;
    std::optional<std::int64_t> want;
  } cases[] = {
      {"a quarter more, up to the next step", 1000, 4096, 1280},
      {"a little more than a step", 1024, 4096, 1344},
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
    EXPECT_EQ(shaped_memory_mib(requesting(c.requested_mib), peaks_of(c.peak_mib), kQuarter), c.want)
        << c.why;
  EXPECT_FALSE(shaped_memory_mib({}, peaks_of(100), kQuarter)) << "the user said nothing";
}

TEST(ShapedMemory, NeedsEnoughOfTheUsersOwnJobsAlike) {
  EXPECT_TRUE(shaped_memory_mib(requesting(4096), peaks_of(100, kMinAlikeRuns), kQuarter));
  EXPECT_FALSE(shaped_memory_mib(requesting(4096), peaks_of(100, kMinAlikeRuns - 1), kQuarter));
  EXPECT_FALSE(shaped_memory_mib(requesting(4096), {}, kQuarter)) << "a cold start keeps its request";
}

TEST(ShapedMemory, IsMoreTheLessIsKnownAndTheMoreWereKilled) {
  EXPECT_EQ(shaped_memory_mib(requesting(8192), peaks_of(2000, 2), kQuarter), 3136) << "1.25 * 1.25";
  EXPECT_EQ(shaped_memory_mib(requesting(8192), peaks_of(2000, 5), kQuarter), 2752) << "1.25 * 1.1";
  EXPECT_EQ(shaped_memory_mib(requesting(8192), peaks_of(2000), 2), 4032);
  EXPECT_EQ(shaped_memory_mib(requesting(8192), peaks_of(2000), 8), std::nullopt);
}

TEST(OpenShapesMax, GrowsWithWhatIsKnownUntilItIsEnough) {
  EXPECT_EQ(open_shapes_max({}), 0U);
  EXPECT_EQ(open_shapes_max(peaks_of(100, 2)), 2 * kOpenPerRun);
  EXPECT_EQ(open_shapes_max(peaks_of(100, kProvenRuns - 1)), (kProvenRuns - 1) * kOpenPerRun);
  EXPECT_GT(open_shapes_max(peaks_of(100, kProvenRuns)), 1'000'000U);
}

TEST(FittingMemory, IsTheRequestWhereSoMuchIsNeededAndNothingWhereTooLittleIsKnown) {
  EXPECT_EQ(fitting_memory_mib(requesting(4096), peaks_of(1000), kQuarter), 1280);
  for (const double peak_mib : {4000.0, 9000.0, std::numeric_limits<double>::quiet_NaN()})
    EXPECT_EQ(fitting_memory_mib(requesting(4096), peaks_of(peak_mib), kQuarter), 4096);
  EXPECT_EQ(fitting_memory_mib(requesting(300), peaks_of(230), kQuarter), 300) << "no step above the request";
  EXPECT_FALSE(fitting_memory_mib(requesting(4096), peaks_of(1000, kMinAlikeRuns - 1), kQuarter));
  EXPECT_FALSE(fitting_memory_mib({}, peaks_of(1000), kQuarter));
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
                                           peaks_of(std::exp2(exponent(random))), kQuarter);
    if (!planned) continue;
    ASSERT_LT(*planned, requested_mib % (1LL << 42));
    ASSERT_GE(*planned, kMinMemoryMib);
    ASSERT_EQ(*planned % kMemoryStepMib, 0);
    ASSERT_GE(*planned * kMinShareOfRequest, requested_mib % (1LL << 42));
  }
}

}  // namespace
}  // namespace foreshape
