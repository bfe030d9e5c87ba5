#include "predictor/baseline/weighted_values.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstdint>

namespace foreshape {
namespace {

using One = WeightedValues::One;

/// The bits of a positive float are in the order of its values.
std::uint32_t key(const One& one) { return std::bit_cast<std::uint32_t>(one.value); }

/// Six bits of a key, counted from the least key.
struct Digit {
  std::uint32_t least;
  unsigned shift;
  std::size_t operator()(const One& one) const { return ((key(one) - least) >> shift) & 63U; }
};

/// One stable pass of a radix sort.
void scatter(std::span<const One> from, std::span<One> to, Digit digit) {
  std::array<std::uint16_t, 64> start{};
  for (const One& one : from) ++start[digit(one)];
  std::uint16_t sum = 0;
  for (std::uint16_t& s : start) {
    const std::uint16_t count = s;
    s = sum;
    sum = static_cast<std::uint16_t>(sum + count);
  }
  for (const One& one : from) to[start[digit(one)]++] = one;
}

void insertion_sort(std::span<One> ones) {
  for (std::size_t i = 1; i < ones.size(); ++i) {
    const One one = ones[i];
    std::size_t at = i;
    for (; at > 0 && ones[at - 1].value > one.value; --at) ones[at] = ones[at - 1];
    ones[at] = one;
  }
}

}  // namespace

// std::sort takes several times as long here: every comparison of unknown numbers is a branch that the
// processor guesses wrong half of the time. Two radix passes put the values into 4096 steps between the least
// and the largest; the insertion sort then finds little to do.
void WeightedValues::sort() {
  if (size_ < 2) return;
  std::uint32_t least = UINT32_MAX, largest = 0;
  for (const One& one : ones()) {
    least = std::min(least, key(one));
    largest = std::max(largest, key(one));
  }
  const auto bits = static_cast<unsigned>(std::bit_width(largest - least));
  const unsigned shift = bits > 12 ? bits - 12 : 0;
  std::array<One, kMost> other;  // NOLINT(cppcoreguidelines-pro-type-member-init): written before it is read
  const auto there = std::span{other}.first(size_);
  scatter(all(), there, {least, shift});
  scatter(there, all(), {least, shift + 6});
  insertion_sort(all());
}

void WeightedValues::add_to_each(float weight) {
  for (One& one : all()) one.weight += weight;
  total_ += weight * static_cast<float>(size_);
}

float WeightedValues::most_typical() const {
  double above = 0;  // sum of w / c over the values above x
  std::array<float, kMost>
      inverse;  // NOLINT(cppcoreguidelines-pro-type-member-init): the first size_ are set
  for (std::size_t i = 0; i < size_; ++i) inverse[i] = 1 / ones_[i].value;
  for (std::size_t i = 0; i < size_; ++i) above += static_cast<double>(ones_[i].weight) * inverse[i];
  double below = 0;  // sum of w c over the values up to x
  double best = -1;
  float typical = 0;
  for (std::size_t i = 0; i < size_; ++i) {
    const auto [value, weight] = ones_[i];
    below += static_cast<double>(weight) * value;
    above -= static_cast<double>(weight) * inverse[i];
    const double likeness = below * inverse[i] + above * value;
    if (likeness > best) {
      best = likeness;
      typical = value;
    }
  }
  return typical;
}

void WeightedValues::likeness_at(std::span<const float> x, std::span<float> out) const {
  assert(x.size() == out.size());
  // of w c over the first i values; of w / c over those from i on
  std::array<float, kMost + 1> below,
      above;  // NOLINT(cppcoreguidelines-pro-type-member-init): size_ + 1 are set
  below[0] = above[size_] = 0;
  for (std::size_t i = 0; i < size_; ++i) below[i + 1] = below[i] + ones_[i].weight * ones_[i].value;
  for (std::size_t i = size_; i > 0; --i) above[i - 1] = above[i] + ones_[i - 1].weight / ones_[i - 1].value;
  for (std::size_t k = 0; k < x.size(); ++k) {
    const auto at = std::ranges::upper_bound(ones(), x[k], {}, &One::value);
    const auto i = static_cast<std::size_t>(at - ones().begin());
    out[k] = total_ > 0 ? (below[i] / x[k] + above[i] * x[k]) / total_ : 0;
  }
}

void WeightedValues::quantiles(std::array<float, kQuantileLevels.size()>& out) const {
  float passed = 0;
  std::size_t level = 0;
  for (const One& one : ones()) {
    passed += one.weight;
    while (level < out.size() && passed >= kQuantileLevels[level] * total_) out[level++] = one.value;
  }
  // Rounding can leave the last levels open.
  for (; level < out.size(); ++level) out[level] = size_ > 0 ? ones().back().value : 0;
}

float WeightedValues::mean() const {
  float values = 0;
  for (const One& one : ones()) values += one.weight * one.value;
  return total_ > 0 ? values / total_ : 0;
}

}  // namespace foreshape
