// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/model/network/mixture.h"

#include <cmath>
#include <functional>
#include <gtest/gtest.h>

#include "tests/predictor/model/made_inputs.h"

namespace foreshape {
namespace {

using test::Dice;

void normalise(Mixture& m) {
  double sum = 0;
  for (const float l : m.log_weight) sum += std::exp(static_cast<double>(l));
  for (float& l : m.log_weight) l = std::max(l - static_cast<float>(std::log(sum)), kNoWeight);
}

/// The components named, and nothing else.
Mixture mixture_of(std::initializer_list<std::array<float, 3>> weight_center_width) {
  Mixture m;
  m.log_weight.fill(kNoWeight);
  m.center.fill(0);
  m.width.fill(1);
  std::size_t c = 0;
  for (const auto& [weight, center, width] : weight_center_width) {
    m.log_weight[c] = std::log(weight);
    m.center[c] = center;
    m.width[c++] = width;
  }
  return m;
}

Mixture made_mixture(Dice& dice) {
  Mixture m;
  for (std::size_t c = 0; c < kComponents; ++c) {
    m.log_weight[c] = 2 * dice.real();
    m.center[c] = 6 + 3 * dice.real();
    m.width[c] = 0.6F + 0.5F * dice.real();
  }
  normalise(m);
  return m;
}

/// In doubles, from the definition.
double loss_by_definition(const Mixture& m, double y, std::uint8_t known) {
  double sum = 0, weights = 0;
  for (std::size_t c = 0; c < kComponents; ++c) {
    const double w = std::exp(static_cast<double>(m.log_weight[c])), b = m.width[c], d = y - m.center[c];
    const double half = 0.5 * std::exp(-std::abs(d) / b);
    sum += w * (known == kMeasured ? half / b : (d >= 0 ? half : 1 - half));
    weights += w;
  }
  return -std::log(sum / weights);
}

TEST(MixtureLoss, IsTheLikelihoodOfWhatWasMeasuredAndTheSurvivalOfWhatWasCutOff) {
  Dice dice{3};
  MixtureGradient g;
  for (int i = 0; i < 20; ++i) {
    const Mixture m = made_mixture(dice);
    for (const std::uint8_t known : {kMeasured, kAtLeast}) {
      const float y = 6 + 4 * dice.real();
      EXPECT_NEAR(mixture_loss(m, y, known, g), loss_by_definition(m, y, known), 2e-6);
    }
  }
}

TEST(MixtureLoss, AgreesWithFiniteDifferences) {
  Dice dice{4};
  MixtureGradient g;
  for (int i = 0; i < 5; ++i)
    for (const std::uint8_t known : {kMeasured, kAtLeast}) {
      const Mixture m = made_mixture(dice);
      const float y = 6 + 4 * dice.real();
      mixture_loss(m, y, known, g);
      constexpr float kStep = 2e-4F;
      const auto slope = [&](std::array<float, kComponents> Mixture::*of, std::size_t c) {
        Mixture up = m, down = m;
        (up.*of)[c] += kStep;
        (down.*of)[c] -= kStep;
        return (loss_by_definition(up, y, known) - loss_by_definition(down, y, known)) /
               (static_cast<double>((up.*of)[c]) - (down.*of)[c]);
      };
      for (std::size_t c = 0; c < kComponents; ++c) {
        if (std::abs(y - m.center[c]) < 2 * kStep) continue;  // the density has a kink there
        EXPECT_NEAR(g.logit[c], slope(&Mixture::log_weight, c), 2e-5);
        EXPECT_NEAR(g.center[c], slope(&Mixture::center, c), 2e-5);
        EXPECT_NEAR(g.width[c], slope(&Mixture::width, c), 2e-5);
      }
    }
}

TEST(MixtureForecast, InvertsTheDistributionAndNeverCrosses) {
  Dice dice{5};
  for (int i = 0; i < 50; ++i) {
    const Mixture m = made_mixture(dice);
    const Forecast forecast = mixture_forecast(m, kNoBound);
    for (std::size_t q = 0; q < kQuantileLevels.size(); ++q) {
      EXPECT_NEAR(mixture_cdf(m, std::log(forecast.quantiles[q])), kQuantileLevels[q], 1e-3);
      if (q > 0) {
        EXPECT_GE(forecast.quantiles[q], forecast.quantiles[q - 1]);
      }
    }
  }
}

TEST(MixtureForecast, FindsQuantilesInSharpAndFarApartPieces) {
  const Mixture m = mixture_of({{0.5F, 1.0F, 0.03F}, {0.5F, 12.0F, 0.03F}});
  const Forecast forecast = mixture_forecast(m, kNoBound);
  EXPECT_NEAR(std::log(forecast.quantile(.25F)), 1, 0.01);
  EXPECT_NEAR(std::log(forecast.quantile(.75F)), 12, 0.01);
}

TEST(MixtureForecast, FindsQuantilesHoweverSharpThePeaksAre) {
  Dice dice{8};
  constexpr int kTrials = 2'000;  // one in 500 was wrong while Newton's steps could go to and fro
  for (int trial = 0; trial < kTrials; ++trial) {
    Mixture m = made_mixture(dice);
    for (std::size_t c = 0; c < kComponents; ++c) {
      m.width[c] = 0.03F + 0.5F * std::abs(dice.real()) * static_cast<float>(dice.whole(2));
      m.log_weight[c] *= 2;
    }
    normalise(m);
    const Forecast said = mixture_forecast(m, kNoBound);
    for (std::size_t i = 0; i < kQuantileLevels.size(); ++i) {
      const float y = std::log(said.quantiles[i]);
      ASSERT_LE(mixture_cdf(m, y - 2e-3F), kQuantileLevels[i] + 1e-3F) << trial;
      ASSERT_GE(mixture_cdf(m, y + 2e-3F), kQuantileLevels[i] - 1e-3F) << trial;
    }
  }
}

TEST(MixtureForecast, StaysWithinTheRequest) {
  const Mixture m = mixture_of({{0.6F, 9.0F, 0.3F}, {0.4F, 5.0F, 0.3F}});
  const Forecast forecast = mixture_forecast(m, 8);
  for (const float q : forecast.quantiles) EXPECT_LE(q, std::exp(8.0F) * 1.00001F);
  EXPECT_NEAR(forecast.typical, std::exp(8.0F), 1);  // more of it is cut off there than lies around e^5
  EXPECT_NEAR(forecast.mean, 0.6F * std::exp(8.0F) + 0.4F * std::exp(5.0F), 20);
}

TEST(MixtureForecast, TypicalIsTheValueOfTheHighestExpectedLikeness) {
  const Mixture m = mixture_of({{0.3F, 2.0F, 0.1F}, {0.3F, 2.4F, 0.1F}, {0.4F, 9.0F, 0.1F}});
  const float typical = mixture_forecast(m, kNoBound).typical;
  EXPECT_TRUE(typical > std::exp(1.9F) && typical < std::exp(2.5F)) << typical;
}

TEST(PointChoices, AreBestForBothDistributionsByTheirWeights) {
  const Mixture m = mixture_of({{0.5F, 2.0F, 0.05F}, {0.5F, 5.0F, 0.05F}});
  WeightedValues votes;
  votes.add(std::exp(5.0F), 1);
  votes.add(std::exp(8.0F), 2);
  votes.sort();
  Forecast kernel;
  kernel.typical = votes.summary().typical;
  kernel.jobs = 3;
  PointChoices choices;
  const Forecast alone = mixture_forecast(m, kNoBound, kernel, votes, choices);
  EXPECT_EQ(alone.typical, mixture_forecast(m, kNoBound).typical) << "the kernel has no say in it";
  EXPECT_EQ(alone.quantiles, mixture_forecast(m, kNoBound).quantiles);
  const struct {
    const char* why;
    float trust, log_value;
  } cases[] = {{"the kernel's own point", 0, 8}, {"what both know of", 0.6F, 5}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    EXPECT_NEAR(std::log(choices.best(c.trust)), c.log_value, 0.01);
  }
  EXPECT_EQ(choices.best(1), alone.typical);
}

TEST(PointChoices, StayWithinTheRequest) {
  const Mixture m = mixture_of({{1.0F, 9.0F, 0.3F}});
  WeightedValues votes;
  votes.add(std::exp(8.0F), 1);
  Forecast kernel;
  kernel.typical = std::exp(8.0F);
  PointChoices choices;
  mixture_forecast(m, 8, kernel, votes, choices);
  for (const float trust : {0.0F, 0.5F, 1.0F}) EXPECT_LE(choices.best(trust), std::exp(8.0F) * 1.00001F);
}

}  // namespace
}  // namespace foreshape
