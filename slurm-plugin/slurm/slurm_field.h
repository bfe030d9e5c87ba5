// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Single fields of Slurm's structs: texts up to a bound, and figures that may not have been set.
//
// Runs in: slurmctld (RPC threads too: no allocation).
// Threads: pure functions; the caller owns the struct.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <slurm/slurm.h>
#include <string_view>

namespace foreshape {

/// No more than these bytes of a text are looked at; what is beyond is as if it were not there. They bound
/// the time inside job_submit: 64 KiB are hashed in about 10 us, Slurm's largest script of 4 MiB in 600.
inline constexpr std::size_t kMaxScriptBytes = 64U << 10;
inline constexpr std::size_t kMaxTextBytes = 4096;

/// The text up to max_bytes; empty for NULL.
inline std::string_view bounded(const char* text, std::size_t max_bytes = kMaxTextBytes) {
  if (text == nullptr) return {};
  return {text, strnlen(text, max_bytes)};
}

/// The figure, or nullopt for 0 and for Slurm's NO_VAL and INFINITE.
inline std::optional<std::uint32_t> if_set(std::uint32_t value) {
  if (value == 0 || value == NO_VAL || value == INFINITE) return std::nullopt;
  return value;
}
inline std::optional<std::uint32_t> if_set(std::uint16_t value) {
  if (value == 0 || value == NO_VAL16 || value == INFINITE16) return std::nullopt;
  return value;
}

/// A job's site factor as Slurm keeps it, of points that may be negative (it wraps as meant), and the points in one;
/// 0 where there is none.
constexpr std::uint32_t site_factor_of(std::int32_t points) {
  return NICE_OFFSET + static_cast<std::uint32_t>(points);
}
constexpr std::int32_t points_in(std::uint32_t site_factor) {
  return site_factor == 0 || site_factor == NO_VAL ? 0 : static_cast<std::int32_t>(site_factor - NICE_OFFSET);
}

}  // namespace foreshape
