#include "predictor/model/gate.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace foreshape {
namespace {

Forecast says(float value) {
  Forecast forecast;
  forecast.quantiles.fill(value);
  forecast.typical = forecast.mean = value;
  forecast.jobs = 1;
  return forecast;
}

/// A network and a kernel that are both sure.
PointChoices sure(float kernel, float network) {
  PointChoices choices{};
  const float alike = std::min(kernel, network) / std::max(kernel, network);
  choices.size = 2;
  choices.value = {network, kernel};
  choices.network = {1, alike};
  choices.kernel = {alike, 1};
  return choices;
}

TEST(Gate, BelievesWhoeverDidBetterOnTheUsersOwnJobs) {
  Gate gate;
  const Forecast kernel = says(100), network = says(1000);
  for (int i = 0; i < 200; ++i) {
    gate.learn(1, forecast_loss(kernel, 100), forecast_loss(network, 100), 1);    // the kernel is right here
    gate.learn(2, forecast_loss(kernel, 1000), forecast_loss(network, 1000), 1);  // and the network here
  }
  EXPECT_NEAR(gate.mix(1, kernel, network, sure(100, 1000)).typical, 100, 1);
  EXPECT_NEAR(gate.mix(1, kernel, network, sure(100, 1000)).quantiles[4], 100, 2);
  EXPECT_NEAR(gate.mix(2, kernel, network, sure(100, 1000)).typical, 1000, 1);
  EXPECT_NEAR(gate.mix(2, kernel, network, sure(100, 1000)).quantiles[4], 1000, 20);
}

TEST(Gate, IsNotTurnedByABurst) {
  const Forecast kernel = says(100), network = says(1000);
  const auto learned = [&](float evidence) {
    Gate gate;
    for (int i = 0; i < 400; ++i) gate.learn(1, forecast_loss(kernel, 1000), forecast_loss(network, 1000), 1);
    for (int i = 0; i < 2000; ++i)
      gate.learn(1, forecast_loss(kernel, 100), forecast_loss(network, 100), evidence);
    return gate.mix(1, kernel, network, sure(100, 1000)).typical;
  };
  EXPECT_EQ(learned(1), 100);
  EXPECT_EQ(learned(4.0F / 2000), 1000) << "two thousand jobs at once say little more than one";
}

TEST(Gate, TakesTheOneThatIsThere) {
  const Gate gate;
  EXPECT_EQ(gate.mix(1, says(5), Forecast{}, {}).typical, 5);
  EXPECT_EQ(gate.mix(1, Forecast{}, says(7), {}).typical, 7);
}

TEST(Gate, NeverMakesQuantilesCross) {
  Forecast kernel = says(1), network = says(1);
  for (std::size_t i = 0; i < kQuantileLevels.size(); ++i) {
    kernel.quantiles[i] = static_cast<float>(1 + i);
    network.quantiles[i] = static_cast<float>(100 + i * i);
  }
  const Forecast mixed = Gate{}.mix(1, kernel, network, sure(6, 125));
  for (std::size_t i = 1; i < kQuantileLevels.size(); ++i)
    EXPECT_GE(mixed.quantiles[i], mixed.quantiles[i - 1]);
}

}  // namespace
}  // namespace foreshape
