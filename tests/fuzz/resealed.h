// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Checksums guard sealed files from a fuzzer, too: with length and checksum put right, what they guard is reached.
//
// Runs in: offline.
// Threads: pure functions.

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "predictor/base/hash.h"
#include "predictor/base/sealed.h"

namespace foreshape {

/// The bytes with a header (sealed.h) that says what is behind it; as they are where they are too few for one.
inline std::string resealed(std::string_view input) {
  constexpr std::size_t kLengthAt = 16, kChecksumAt = 24;
  std::string bytes(input);
  if (bytes.size() < kSealBytes) return bytes;
  const std::uint64_t length = bytes.size() - kSealBytes;
  const std::uint64_t sum = checksum(bytes.data() + kSealBytes, length);
  std::memcpy(bytes.data() + kLengthAt, &length, sizeof length);
  std::memcpy(bytes.data() + kChecksumAt, &sum, sizeof sum);
  return bytes;
}

}  // namespace foreshape
