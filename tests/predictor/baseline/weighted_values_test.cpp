// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/baseline/weighted_values.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <random>
#include <vector>

namespace foreshape {
namespace {

struct Sample {
  const char* why;
  std::vector<WeightedValues::One> ones;
};

std::vector<Sample> samples() {
  std::vector<Sample> all = {{"one", {{5, 1}}},
                             {"equal ones", {{5, 1}, {5, 2}, {5, 3}}},
                             {"descending", {{8, 1}, {4, 1}, {2, 1}, {1, 1}}},
                             {"far apart", {{4e12F, 1}, {1e-4F, 1}, {1024, 3}}},
                             {"next to each other", {{std::nextafter(1000.F, 2000.F), 1}, {1000, 1}}}};
  std::mt19937 random(3);  // NOLINT(cert-msc51-cpp): the same samples each time
  std::lognormal_distribution<float> values(6, 3);
  std::exponential_distribution<float> weights(0.1F);
  for (int i = 0; i < 200; ++i) {
    Sample sample{"random", {}};
    for (std::size_t n = 1 + random() % WeightedValues::kMax; n > 0; --n)
      sample.ones.push_back({values(random), weights(random) + 1e-6F});
    all.push_back(sample);
  }
  return all;
}

WeightedValues sorted(const std::vector<WeightedValues::One>& ones) {
  WeightedValues values;
  for (const auto& one : ones) values.add(one.value, one.weight);
  values.sort();
  return values;
}

double likeness_of_all(const std::vector<WeightedValues::One>& ones, double x) {
  double sum = 0;
  for (const auto& one : ones)
    sum += one.weight * std::exp(-std::abs(std::log(x) - std::log(double{one.value})));
  return sum;
}

TEST(WeightedValues, SortsLikeTheLibrary) {
  for (const Sample& sample : samples()) {
    SCOPED_TRACE(sample.why);
    auto want = sample.ones;
    std::ranges::stable_sort(want, {}, &WeightedValues::One::value);
    const auto values = sorted(sample.ones);
    ASSERT_EQ(values.size(), want.size());
    for (std::size_t i = 0; i < want.size(); ++i) {
      EXPECT_EQ(values.ones()[i].value, want[i].value);
      EXPECT_EQ(values.ones()[i].weight, want[i].weight);
    }
  }
}

TEST(WeightedValues, NoOtherValueIsMoreTypical) {
  for (const Sample& sample : samples()) {
    SCOPED_TRACE(sample.why);
    const double found = likeness_of_all(sample.ones, sorted(sample.ones).summary().typical);
    for (const auto& one : sample.ones) {
      EXPECT_GE(found * (1 + 1e-6), likeness_of_all(sample.ones, one.value));
      EXPECT_GE(found * (1 + 1e-6), likeness_of_all(sample.ones, one.value * 1.01)) << "between the values";
    }
  }
}

TEST(WeightedValues, LikenessOfAnyPlaceIsTheSumByDefinition) {
  for (const Sample& sample : samples()) {
    SCOPED_TRACE(sample.why);
    std::vector<float> x = {1e-5F, 1, 777, 1e13F};
    for (const auto& one : sample.ones) x.push_back(one.value);
    std::vector<float> said(x.size());
    sorted(sample.ones).likeness_at(x, said);
    double total = 0;
    for (const auto& one : sample.ones) total += one.weight;
    for (std::size_t i = 0; i < x.size(); ++i)
      EXPECT_NEAR(said[i], likeness_of_all(sample.ones, x[i]) / total, 1e-5);
  }
}

TEST(WeightedValues, SoMuchWeightLiesUpToAQuantile) {
  for (const Sample& sample : samples()) {
    SCOPED_TRACE(sample.why);
    const auto quantiles = sorted(sample.ones).summary().quantiles;
    EXPECT_TRUE(std::ranges::is_sorted(quantiles));
    double total = 0;
    for (const auto& one : sample.ones) total += one.weight;
    for (std::size_t i = 0; i < quantiles.size(); ++i) {
      double below = 0, up_to = 0;
      for (const auto& one : sample.ones) {
        if (one.value < quantiles[i]) below += one.weight;
        if (one.value <= quantiles[i]) up_to += one.weight;
      }
      EXPECT_GE(up_to, (kQuantileLevels[i] - 1e-4) * total);
      EXPECT_LE(below, (kQuantileLevels[i] + 1e-4) * total);
    }
  }
}

TEST(WeightedValues, LeavesOutWhatDoesNotFit) {
  WeightedValues values;
  for (std::size_t i = 0; i < 2 * WeightedValues::kMax; ++i) values.add(1, 1);
  EXPECT_EQ(values.size(), WeightedValues::kMax);
}

TEST(WeightedValues, OfNothingAreNothing) {
  WeightedValues values;
  values.sort();
  EXPECT_EQ(values.summary().typical, 0);
  const std::array<float, 1> x = {5};
  std::array<float, 1> likeness = {7};
  values.likeness_at(x, likeness);
  EXPECT_EQ(likeness[0], 0);
  EXPECT_EQ(values.mean(), 0);
  EXPECT_EQ(values.summary().quantiles.back(), 0);
}

}  // namespace
}  // namespace foreshape
