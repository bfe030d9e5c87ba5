// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// How far the upper quantiles are moved up for jobs that have hardly any precedent: by what such jobs missed.
//
// Runs in: slurmctld and offline.
// Threads: plain values, pure functions.

#include <array>
#include <cstddef>
#include <cstdint>

namespace foreshape {

/// What a prediction can rest on: how many of the user's finished jobs are the same work (precedents_of).
enum class Precedent : std::uint8_t { none, few, enough };  ///< none; one or two; three or more
Precedent precedent_of(float precedents);

/// Kinds of Precedent that are too thin to trust a tail.
inline constexpr std::size_t kThinPrecedents = 2;
inline bool is_thin(Precedent precedent) { return precedent != Precedent::enough; }

/// Of the jobs of one thin Precedent, everybody's.
struct TailWidening {
  float by = 0;      ///< of logarithms: 0 to kMaxTailWidening
  float slopes = 0;  ///< sum of the squared slopes of the loss
  friend bool operator==(const TailWidening&, const TailWidening&) = default;
};
inline constexpr float kMaxTailWidening = 3;  // twenty times

using TailWidenings = std::array<TailWidening, kThinPrecedents>;

/// An upper quantile of such a job, in logarithms: the larger of both, since nothing tells which of the two is wrong,
/// and moved up; no further than to the bound, if that is not below both.
float widened(const TailWidening& widening, float kernel, float network, float bound);

/// One job of that kind has ended: `slope` is that of its pinball losses by the quantile's logarithm, times how much it
/// counts as evidence.
void learn(TailWidening& widening, float slope);

/// Whether learning can have led there.
bool is_sane(const TailWidening& widening);

}  // namespace foreshape
