// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Uids and names in a data set replaced by numbers that nobody can turn back: a hash under a random key that
// is forgotten.
//
// Runs in: offline.
// Threads: a constant value.

#include <array>
#include <cstdint>
#include <optional>

#include "trainer/traced_job.h"

namespace foreshape {

/// SipHash-2-4 of eight bytes. Source: Aumasson & Bernstein, "SipHash: a fast short-input PRF", INDOCRYPT
/// 2012.
std::uint64_t siphash(const std::array<std::uint64_t, 2>& key, std::uint64_t message);

class Anonymizer {
 public:
  /// The key comes from the system's random numbers, and dies with the object; nullopt where there are none.
  static std::optional<Anonymizer> create();
  explicit Anonymizer(const std::array<std::uint64_t, 2>& key) : key_(key) {}

  /// The job with other numbers for uid and all hashes: the same for the same, in this run only. Not said
  /// stays not said; an unknown user stays unknown. Times, sizes and counts remain: who knows when somebody's
  /// jobs ran can still find them.
  TracedJob anonymous(TracedJob job) const;

 private:
  std::uint32_t hidden(std::uint32_t value, std::uint32_t kind) const;

  std::array<std::uint64_t, 2> key_;
};

}  // namespace foreshape
