// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The header around the files that the offline half hands to the plugin: magic, version, size, checksum.
//
// Runs in: slurmctld (our own threads only) and offline.
// Threads: pure functions.
//
// Little-endian: 0-7 magic, 8-11 format version, 12-15 zero, 16-23 size of the payload, 24-31 XXH3 (64 bit)
// of the payload, 32- payload.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "predictor/base/result.h"

namespace foreshape {

/// A kind of file. magic: 8 bytes.
struct SealedKind {
  std::string_view magic;
  std::uint32_t version;
  const char* made_with;  ///< for the message about another version: what makes such a file
};

inline constexpr std::size_t kSealBytes = 32;

std::string seal(const SealedKind& kind, std::span<const std::uint8_t> payload);

/// The payload within bytes, which lies 32 bytes from their beginning.
/// Errors: corrupt - what of the header is wrong, or that the checksum differs; without the file's name.
Result<std::span<const std::uint8_t>> unseal(const SealedKind& kind, std::string_view bytes);

/// The payload's checksum as the header has it; bytes that unseal() has accepted.
std::uint64_t seal_checksum(std::string_view bytes);

}  // namespace foreshape
