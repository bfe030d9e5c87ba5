// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/journal/frame.h"

#include <algorithm>
#include <cassert>

#include "predictor/base/hash.h"

namespace foreshape {
namespace {

constexpr std::size_t kLengthAt = 4, kChecksumAt = 8, kSequenceAt = 16;

void put(std::string& into, std::size_t at, std::uint64_t value, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) into[at + i] = static_cast<char>(value >> (8 * i) & 0xFFU);
}

std::uint64_t get(std::string_view from, std::size_t at, int bytes) {
  std::uint64_t value = 0;
  for (int i = bytes - 1; i >= 0; --i)
    value = value << 8U | static_cast<unsigned char>(from[at + static_cast<std::size_t>(i)]);
  return value;
}

}  // namespace

void make_frame(std::uint64_t sequence, std::string_view payload, std::string& out) {
  assert(!payload.empty() && payload.size() <= kMaxPayloadBytes);
  out.assign(kFrameHeaderBytes, '\0');
  out += payload;
  out.replace(0, kFrameMagic.size(), kFrameMagic);
  put(out, kLengthAt, payload.size(), 4);
  put(out, kSequenceAt, sequence, 8);
  put(out, kChecksumAt, checksum(out.data() + kSequenceAt, out.size() - kSequenceAt), 8);
}

Frame parse_frame(std::string_view bytes) {
  const std::size_t visible = std::min(bytes.size(), kFrameMagic.size());
  if (bytes.substr(0, visible) != kFrameMagic.substr(0, visible)) return {};
  if (bytes.size() < kFrameHeaderBytes) return {Frame::State::cut, 0, {}};
  const std::uint64_t length = get(bytes, kLengthAt, 4);
  if (length == 0 || length > kMaxPayloadBytes) return {};
  if (bytes.size() - kFrameHeaderBytes < length) return {Frame::State::cut, 0, {}};

  const std::string_view summed = bytes.substr(kSequenceAt, kFrameHeaderBytes - kSequenceAt + length);
  if (checksum(summed.data(), summed.size()) != get(bytes, kChecksumAt, 8)) return {};
  return {Frame::State::whole, get(bytes, kSequenceAt, 8), bytes.substr(kFrameHeaderBytes, length)};
}

}  // namespace foreshape
