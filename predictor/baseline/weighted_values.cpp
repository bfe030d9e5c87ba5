// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/baseline/weighted_values.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstdint>
#include <cstring>
#include <utility>

#include "predictor/base/target_clones.h"

namespace foreshape {
namespace {

using One = WeightedValues::One;

/// The bits of a positive float are in the order of its values.
std::uint32_t key(const One& one) { return std::bit_cast<std::uint32_t>(one.value); }

constexpr unsigned kDigitBits = 7;
constexpr std::size_t kDigits = std::size_t{1} << kDigitBits;

/// Two digits of each key, counted from the least key; what is below them is left to the insertion sort.
struct Digits {
  std::array<std::uint8_t, WeightedValues::kMax> low, high;
};

void find_digits(std::span<const One> ones, Digits& digits) {
  std::uint32_t least = UINT32_MAX, largest = 0;
  for (const One& one : ones) {
    least = std::min(least, key(one));
    largest = std::max(largest, key(one));
  }
  const auto bits = static_cast<unsigned>(std::bit_width(largest - least));
  const unsigned shift = bits > 2 * kDigitBits ? bits - 2 * kDigitBits : 0;
  for (std::size_t i = 0; i < ones.size(); ++i) {
    const std::uint32_t both = (key(ones[i]) - least) >> shift;
    digits.low[i] = static_cast<std::uint8_t>(both % kDigits);
    digits.high[i] = static_cast<std::uint8_t>(both / kDigits);
  }
}

/// How many there are of each digit; then, where those with a digit begin once they are sorted by it.
using Starts = std::array<std::uint8_t, kDigits>;
static_assert(WeightedValues::kMax <= UINT8_MAX);

/// From counts to starts, eight at a time: byte i of the product is the sum of the bytes up to i.
void sum_up(Starts& starts) {
  static_assert(std::endian::native == std::endian::little, "as the snapshot's structs are");
  constexpr std::uint64_t kEach = 0x0101010101010101;
  std::uint64_t before = 0;
  for (std::size_t i = 0; i < kDigits; i += sizeof(std::uint64_t)) {
    std::uint64_t counts = 0;
    std::memcpy(&counts, &starts[i], sizeof counts);
    const std::uint64_t sums = counts * kEach;
    const std::uint64_t first = before * kEach + (sums << 8U);
    std::memcpy(&starts[i], &first, sizeof first);
    before += sums >> 56U;
  }
}

void insertion_sort(std::span<const One> from, std::span<One> to) {
  for (std::size_t i = 0; i < from.size(); ++i) {
    const One one = from[i];
    std::size_t at = i;
    for (; at > 0 && to[at - 1].value > one.value; --at) to[at] = to[at - 1];
    to[at] = one;
  }
}

/// How many of the sorted ones have at most this value: a binary search without a branch to be guessed.
std::size_t count_up_to(std::span<const One> ones, float value) {
  const One* first = ones.data();
  std::size_t size = ones.size();
  while (size > 1) {
    const std::size_t half = size / 2;
    first += first[half - 1].value <= value ? half : 0;
    size -= half;
  }
  return static_cast<std::size_t>(first - ones.data()) + (size == 1 && first->value <= value ? 1 : 0);
}

/// What summary() needs of each value.
struct Sweep {
  std::array<float, WeightedValues::kMax> inverse;
  /// w c and w / c; then the sums of w c up to this value, of w / c after it
  std::array<double, WeightedValues::kMax> below, above;
  std::array<double, WeightedValues::kMax> likeness;
};

FORESHAPE_TARGET_CLONES
void multiply(std::span<const One> ones, Sweep& sweep) {
  for (std::size_t i = 0; i < ones.size(); ++i) {
    sweep.inverse[i] = 1 / ones[i].value;
    sweep.below[i] = static_cast<double>(ones[i].weight) * ones[i].value;
    sweep.above[i] = static_cast<double>(ones[i].weight) * sweep.inverse[i];
  }
}

FORESHAPE_TARGET_CLONES
void find_likeness(std::span<const One> ones, Sweep& sweep) {
  for (std::size_t i = 0; i < ones.size(); ++i)
    sweep.likeness[i] = sweep.below[i] * sweep.inverse[i] + sweep.above[i] * ones[i].value;
}

}  // namespace

// std::sort takes several times as long here: every comparison of unknown numbers is a branch that the
// processor guesses wrong half of the time. Two radix passes, each stable, put the values into 16384 steps
// between the least and the largest; the insertion sort then finds little to do.
void WeightedValues::sort() {
  if (size_ < 2) return;
  // NOLINTBEGIN(cppcoreguidelines-pro-type-member-init): written before they are read
  Digits digits;
  std::array<std::uint8_t, kMax> by_low;  // indices
  std::array<One, kMax> nearly;           // sorted
  // NOLINTEND(cppcoreguidelines-pro-type-member-init)
  find_digits(ones(), digits);
  Starts low{}, high{};
  for (std::size_t i = 0; i < size_; ++i) {
    ++low[digits.low[i]];
    ++high[digits.high[i]];
  }
  sum_up(low);
  sum_up(high);
  for (std::size_t i = 0; i < size_; ++i) by_low[low[digits.low[i]]++] = static_cast<std::uint8_t>(i);
  for (std::size_t k = 0; k < size_; ++k) {
    const std::size_t i = by_low[k];
    nearly[high[digits.high[i]]++] = ones_[i];
  }
  insertion_sort(std::span{nearly}.first(size_), all());
}

void WeightedValues::add_to_each(float weight) {
  for (One& one : all()) one.weight += weight;
  total_ += weight * static_cast<float>(size_);
}

WeightedValues::Summary WeightedValues::summary() const {
  Summary summary;
  if (size_ == 0) return summary;
  Sweep sweep;  // NOLINT(cppcoreguidelines-pro-type-member-init): the first size_ are set
  multiply(ones(), sweep);
  double below = 0, above = 0;
  float passed = 0;
  std::size_t level = 0;
  for (std::size_t i = 0, j = size_ - 1; i < size_; ++i, --j) {
    sweep.below[i] = below += sweep.below[i];
    above += std::exchange(sweep.above[j], above);
    passed += ones_[i].weight;
    while (level < kQuantileLevels.size() && passed >= kQuantileLevels[level] * total_)
      summary.quantiles[level++] = ones_[i].value;
  }
  // Rounding can leave the last levels open.
  for (; level < kQuantileLevels.size(); ++level) summary.quantiles[level] = ones().back().value;
  find_likeness(ones(), sweep);
  double best = -1;
  for (std::size_t i = 0; i < size_; ++i) {
    if (!(sweep.likeness[i] > best)) continue;
    best = sweep.likeness[i];
    summary.typical = ones_[i].value;
  }
  return summary;
}

void WeightedValues::likeness_at(std::span<const float> x, std::span<float> out) const {
  assert(x.size() == out.size());
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): size_ + 1 are set
  std::array<float, kMax + 1> below, above;  // of w c over the first i values; of w / c over those from i on
  below[0] = above[size_] = 0;
  for (std::size_t i = 0, j = size_; i < size_; ++i, --j) {
    below[i + 1] = below[i] + ones_[i].weight * ones_[i].value;
    above[j - 1] = above[j] + ones_[j - 1].weight / ones_[j - 1].value;
  }
  for (std::size_t k = 0; k < x.size(); ++k) {
    const std::size_t i = count_up_to(ones(), x[k]);
    out[k] = total_ > 0 ? (below[i] / x[k] + above[i] * x[k]) / total_ : 0;
  }
}

float WeightedValues::mean() const {
  float values = 0;
  for (const One& one : ones()) values += one.weight * one.value;
  return total_ > 0 ? values / total_ : 0;
}

}  // namespace foreshape
