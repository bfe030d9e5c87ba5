// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/base/hash.h"

#define XXH_INLINE_ALL
#include <algorithm>
#include <array>
#include <xxhash.h>

namespace foreshape {

std::uint64_t checksum(const void* bytes, std::size_t size) { return XXH3_64bits(bytes, size); }

TextHash text_hash(std::string_view text) {
  if (text.empty()) return 0;
  const auto low = static_cast<TextHash>(checksum(text.data(), text.size()));
  return low != 0 ? low : 1;
}

TextHash folded_name_hash(std::string_view name) {
  std::array<char, 256> folded;
  std::size_t length = 0;
  bool in_digits = false;
  for (const char c : name.substr(0, folded.size())) {
    const bool digit = c >= '0' && c <= '9';
    if (digit && in_digits) continue;
    folded[length++] = digit ? '#' : c;
    in_digits = digit;
  }
  return text_hash({folded.data(), length});
}

}  // namespace foreshape
