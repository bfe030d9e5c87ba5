// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/base/latency_histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace foreshape {
namespace {

constexpr std::size_t kColumnBits = 4;

std::size_t bucket_of(std::uint64_t ns, std::size_t last) {
  if (ns < 16) return ns;
  const auto high = static_cast<std::size_t>(std::bit_width(ns)) - 1;
  const std::size_t row = high - kColumnBits + 1;
  return std::min<std::size_t>(row * 16 + (ns >> (high - kColumnBits) & 15U), last);
}

std::uint64_t largest_in(std::size_t bucket) {
  const std::size_t row = bucket / 16;
  if (row == 0) return bucket;
  return ((16 + bucket % 16 + 1) << (row - 1)) - 1;
}

}  // namespace

void LatencyHistogram::add(std::uint64_t ns) {
  buckets_[bucket_of(ns, buckets_.size() - 1)].fetch_add(1, std::memory_order_relaxed);
  sum_ns_.fetch_add(ns, std::memory_order_relaxed);
  std::uint64_t max = max_ns_.load(std::memory_order_relaxed);
  while (ns > max && !max_ns_.compare_exchange_weak(max, ns, std::memory_order_relaxed)) {
  }
}

LatencySummary LatencyHistogram::summary() const {
  std::array<std::uint64_t, kColumns * kRows> counts{};
  LatencySummary s;
  for (std::size_t i = 0; i < counts.size(); ++i)
    s.count += counts[i] = buckets_[i].load(std::memory_order_relaxed);
  s.max_ns = max_ns_.load(std::memory_order_relaxed);
  if (s.count == 0) return s;
  s.mean_ns = static_cast<double>(sum_ns_.load(std::memory_order_relaxed)) / static_cast<double>(s.count);

  const auto quantile = [&](double q) {
    const auto rank = static_cast<std::uint64_t>(std::ceil(q * static_cast<double>(s.count)));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < counts.size(); ++i)
      if ((seen += counts[i]) >= rank) return std::min(largest_in(i), s.max_ns);
    return s.max_ns;
  };
  s.p50_ns = quantile(0.5);
  s.p90_ns = quantile(0.9);
  s.p99_ns = quantile(0.99);
  s.p999_ns = quantile(0.999);
  return s;
}

}  // namespace foreshape
