#include "predictor/baseline/weighted_values.h"

#include <bit>
#include <cstdint>

namespace foreshape {
namespace {

using One = WeightedValues::One;

/// Eight bits of a positive float, whose bits are in the order of its values.
template <unsigned kShift>
std::size_t digit(const One& one) {
  return (std::bit_cast<std::uint32_t>(one.value) >> kShift) & 0xFFU;
}

/// One stable pass of a radix sort.
template <unsigned kShift>
void scatter(std::span<const One> from, std::span<One> to) {
  std::array<std::uint16_t, 256> start{};
  for (const One& one : from) ++start[digit<kShift>(one)];
  std::uint16_t sum = 0;
  for (std::uint16_t& s : start) {
    const std::uint16_t count = s;
    s = sum;
    sum = static_cast<std::uint16_t>(sum + count);
  }
  for (const One& one : from) to[start[digit<kShift>(one)]++] = one;
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

// std::sort takes five times as long here: every comparison of unknown numbers is a branch that the processor
// guesses wrong half of the time. Two radix passes order all but the last 15 of 23 mantissa bits (0.4 %); the
// insertion sort then finds little to do.
void WeightedValues::sort() {
  std::array<One, kMost> other;  // NOLINT(cppcoreguidelines-pro-type-member-init): written before it is read
  const auto there = std::span{other}.first(size_);
  scatter<15>(all(), there);
  scatter<23>(there, all());
  insertion_sort(all());
}

float WeightedValues::most_typical() const {
  double above = 0;  // sum of w / c over the values above x
  for (const One& one : ones()) above += static_cast<double>(one.weight / one.value);
  double below = 0;  // sum of w c over the values up to x
  double best = -1;
  float typical = 0;
  for (const One& one : ones()) {
    below += static_cast<double>(one.weight) * one.value;
    above -= static_cast<double>(one.weight / one.value);
    const double likeness = below / one.value + above * one.value;
    if (likeness > best) {
      best = likeness;
      typical = one.value;
    }
  }
  return typical;
}

void WeightedValues::quantiles(std::array<float, kQuantileLevels.size()>& out) const {
  float total = 0;
  for (const One& one : ones()) total += one.weight;
  float passed = 0;
  std::size_t level = 0;
  for (const One& one : ones()) {
    passed += one.weight;
    while (level < out.size() && passed >= kQuantileLevels[level] * total) out[level++] = one.value;
  }
  // Rounding can leave the last levels open.
  for (; level < out.size(); ++level) out[level] = size_ > 0 ? ones().back().value : 0;
}

float WeightedValues::mean() const {
  float weight = 0, values = 0;
  for (const One& one : ones()) {
    weight += one.weight;
    values += one.weight * one.value;
  }
  return weight > 0 ? values / weight : 0;
}

}  // namespace foreshape
