// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/base/token_tag.h"

#include <algorithm>
#include <charconv>

namespace foreshape {
namespace {

constexpr std::string_view kPrefix = "foreshape=";
constexpr std::size_t kDigits = 16;
static_assert(kPrefix.size() + kDigits + 1 == std::tuple_size_v<TokenTag>);

}  // namespace

TokenTag token_tag(std::uint64_t token) {
  TokenTag tag{};
  std::copy(kPrefix.begin(), kPrefix.end(), tag.begin());
  for (std::size_t i = 0; i < kDigits; ++i)
    tag[kPrefix.size() + i] = "0123456789abcdef"[token >> (4 * (kDigits - 1 - i)) & 0xFU];
  return tag;
}

std::uint64_t tagged_token(std::string_view admin_comment) {
  const auto at = admin_comment.rfind(kPrefix);
  if (at == std::string_view::npos) return 0;
  const std::string_view digits = admin_comment.substr(at + kPrefix.size(), kDigits);
  std::uint64_t token = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), token, 16);
  return error == std::errc{} && end == digits.data() + kDigits ? token : 0;
}

std::string_view behind_tag(std::string_view admin_comment) {
  if (tagged_token(admin_comment) == 0) return {};
  return admin_comment.substr(admin_comment.rfind(kPrefix) + kPrefix.size() + kDigits);
}

}  // namespace foreshape
