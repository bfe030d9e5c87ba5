// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/config/units.h"

#include <array>
#include <charconv>
#include <cstddef>
#include <fmt/format.h>

namespace foreshape {
namespace {

constexpr std::int64_t kMaxSeconds = 10'000LL * 86'400;

struct Unit {
  char suffix;
  std::int64_t factor;
};
constexpr std::array<Unit, 4> kTimeUnits{{{'d', 86'400}, {'h', 3'600}, {'m', 60}, {'s', 1}}};
constexpr std::array<Unit, 4> kSizeUnits{
    {{'T', 1LL << 40}, {'G', 1LL << 30}, {'M', 1LL << 20}, {'K', 1LL << 10}}};

/// Digits only, at most nine of them: products with any unit fit in 64 bits.
std::optional<std::int64_t> whole_number(std::string_view text) {
  if (text.empty() || text.size() > 9) return std::nullopt;
  std::int64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

struct Fields {
  std::array<std::int64_t, 3> at{};
  std::size_t count = 0;
};

/// "1:2:3" as numbers; one to three of them.
std::optional<Fields> colon_fields(std::string_view text) {
  Fields fields;
  while (fields.count < fields.at.size()) {
    const std::size_t colon = text.find(':');
    const auto value = whole_number(text.substr(0, colon));
    if (!value) return std::nullopt;
    fields.at[fields.count++] = *value;
    if (colon == std::string_view::npos) return fields;
    text.remove_prefix(colon + 1);
  }
  return std::nullopt;
}

std::optional<std::int64_t> bounded(std::int64_t seconds) {
  return seconds <= kMaxSeconds ? std::optional{seconds} : std::nullopt;
}

}  // namespace

std::optional<std::int64_t> parse_duration(std::string_view text, PlainNumber plain) {
  if (text.empty()) return std::nullopt;
  for (const Unit& unit : kTimeUnits) {
    if (upper(text.back()) != upper(unit.suffix)) continue;
    const auto value = whole_number(text.substr(0, text.size() - 1));
    return value ? bounded(*value * unit.factor) : std::nullopt;
  }
  if (const std::size_t dash = text.find('-'); dash != std::string_view::npos) {
    const auto days = whole_number(text.substr(0, dash));
    const auto rest = colon_fields(text.substr(dash + 1));
    if (!days || !rest) return std::nullopt;
    return bounded(*days * 86'400 + rest->at[0] * 3'600 + rest->at[1] * 60 + rest->at[2]);
  }
  const auto fields = colon_fields(text);
  if (!fields) return std::nullopt;
  if (fields->count == 1) return bounded(fields->at[0] * (plain == PlainNumber::minutes ? 60 : 1));
  if (fields->count == 2) return bounded(fields->at[0] * 60 + fields->at[1]);
  return bounded(fields->at[0] * 3'600 + fields->at[1] * 60 + fields->at[2]);
}

std::optional<std::int64_t> parse_size(std::string_view text) {
  if (!text.empty() && upper(text.back()) == 'B') text.remove_suffix(1);
  if (text.empty()) return std::nullopt;
  for (const Unit& unit : kSizeUnits) {
    if (upper(text.back()) != unit.suffix) continue;
    const auto value = whole_number(text.substr(0, text.size() - 1));
    constexpr std::int64_t kMaxBytes = 1LL << 60;
    if (!value || *value > kMaxBytes / unit.factor) return std::nullopt;
    return *value * unit.factor;
  }
  return std::nullopt;
}

std::string format_duration(std::int64_t seconds) {
  for (const Unit& unit : kTimeUnits)
    if (seconds != 0 && seconds % unit.factor == 0)
      return fmt::format("{}{}", seconds / unit.factor, unit.suffix);
  return "0s";
}

std::string format_size(std::int64_t bytes) {
  for (const Unit& unit : kSizeUnits)
    if (bytes != 0 && bytes % unit.factor == 0) return fmt::format("{}{}", bytes / unit.factor, unit.suffix);
  return fmt::format("{}K", bytes / 1024);
}

}  // namespace foreshape
