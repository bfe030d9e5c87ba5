// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// One record in a journal file: a length and a checksum around the bytes.
//
//   offset  bytes
//        0      4  magic "FSJ1"
//        4      4  payload length n, 1 to kMaxPayloadBytes
//        8      8  XXH3-64 of all that follows
//       16      8  sequence number
//       24      n  payload
//
// Numbers are little-endian. Sequence numbers within a file rise by exactly one.
//
// Runs in: slurmctld (journal thread) and offline.
// Threads: pure functions.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace foreshape {

inline constexpr std::string_view kFrameMagic = "FSJ1";
inline constexpr std::size_t kFrameHeaderBytes = 24;
inline constexpr std::size_t kMaxPayloadBytes = 16U << 10;

/// Replaces out by the frame. payload: 1 to kMaxPayloadBytes bytes.
void make_frame(std::uint64_t sequence, std::string_view payload, std::string& out);

struct Frame {
  enum class State {
    whole,    ///< length and checksum hold
    cut,      ///< could be the beginning of a frame: more bytes are needed to tell
    damaged,  ///< no frame begins here
  } state = State::damaged;
  std::uint64_t sequence = 0;
  std::string_view payload;  ///< into the bytes given
  std::size_t bytes() const { return kFrameHeaderBytes + payload.size(); }
};

/// What begins at the start of these bytes.
Frame parse_frame(std::string_view bytes);

}  // namespace foreshape
