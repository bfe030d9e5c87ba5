#include "trainer/promotion_gate.h"

#include <gtest/gtest.h>

namespace foreshape {
namespace {

/// Jobs that used 100, and somebody who said `typical` with all quantiles that factor around it.
Score said(float typical, std::size_t jobs = 200, float spread = 1.5F) {
  Score score;
  Forecast forecast;
  forecast.typical = typical;
  forecast.jobs = 5;
  for (std::size_t i = 0; i < forecast.quantiles.size(); ++i)
    forecast.quantiles[i] = typical * (i < 4 ? 1 / spread : (i == 4 ? 1 : spread));
  for (std::size_t i = 0; i < jobs; ++i) score.add(forecast, 100);
  return score;
}

WindowScores window(const Score& candidate, const Score& kernel, const Score* champion = nullptr) {
  WindowScores scores;
  scores.kernel[0] = kernel;
  scores.models.resize(champion != nullptr ? 2 : 1);
  scores.models[0].model[0] = candidate;
  if (champion != nullptr) scores.models[1].model[0] = *champion;
  scores.last2 = scores.requested = said(300);
  return scores;
}

TEST(PromotionGate, PromotesWhatIsNotWorse) {
  const Score good = said(105), same = said(105), worse = said(130);
  const struct {
    const char* why;
    WindowScores scores;
    std::size_t reasons;
  } cases[] = {
      {"better than the kernel, no champion", window(good, worse), 0},
      {"better than both", window(good, worse, &worse), 0},
      {"as good as the champion", window(good, worse, &same), 0},
      {"worse than the kernel: loss and accuracy", window(worse, good), 2},
      {"worse than the champion", window(worse, worse, &good), 2},
      {"worse than all of them", window(worse, good, &good), 4},
      {"too few jobs to decide", window(said(105, 50), said(130, 50)), 1},
      {"its quantile .95 is too small too often", window(said(100, 200, 0.99F), said(100)), 1},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    const auto reasons = reasons_to_keep(c.scores);
    EXPECT_EQ(reasons.size(), c.reasons) << (reasons.empty() ? "" : reasons[0]);
  }
}

TEST(PromotionGate, LooksAtTheSimplePredictorsAndTheOtherResources) {
  WindowScores scores = window(said(110), said(130));
  scores.last2 = said(101);
  EXPECT_EQ(reasons_to_keep(scores).size(), 1U);
  scores.last2 = said(300);
  scores.models[0].model[1] = said(150);
  scores.kernel[1] = said(101);
  const auto reasons = reasons_to_keep(scores);
  ASSERT_EQ(reasons.size(), 1U);
  EXPECT_EQ(reasons[0].rfind("memory", 0), 0U);
}

}  // namespace
}  // namespace foreshape
