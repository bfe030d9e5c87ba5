// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Text that users chose: bounded, and made harmless before anyone sees it.
//
// Runs in: slurmctld and offline.
// Threads: plain values and pure functions.

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace foreshape {

/// At most N bytes of a text, held in place: no allocation on an RPC thread, no unbounded queue entry.
/// A longer text is cut (never inside a UTF-8 sequence).
template <std::size_t N>
class BoundedText {
 public:
  BoundedText() = default;
  explicit BoundedText(std::string_view text) { assign(text); }
  void assign(std::string_view text) {
    std::size_t n = text.size() < N ? text.size() : N;
    // 10xxxxxx continues a sequence: step back to where it starts.
    if (n < text.size())
      while (n > 0 && (static_cast<unsigned char>(text[n]) & 0xC0U) == 0x80U) --n;
    if (n > 0) std::memcpy(bytes_.data(), text.data(), n);
    size_ = static_cast<std::uint16_t>(n);
  }
  std::string_view view() const { return {bytes_.data(), size_}; }
  bool empty() const { return size_ == 0; }

 private:
  static_assert(N <= UINT16_MAX);
  std::array<char, N> bytes_{};
  std::uint16_t size_ = 0;
};

/// The text as valid UTF-8 without control characters: C0, C1, DEL, and the Unicode marks that reorder
/// or hide text (U+200B-U+200F, U+202A-U+202E, U+2060-U+2069, U+FEFF, line and paragraph separators)
/// become '?', one for each byte sequence replaced. For terminals, logs and messages to users.
std::string harmless(std::string_view text);

}  // namespace foreshape
