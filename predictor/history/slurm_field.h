// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What reading any field of Slurm's tools begins and ends with.
//
// Runs in: offline.
// Threads: pure functions.

#include <charconv>
#include <fmt/format.h>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <system_error>

#include "predictor/base/result.h"
#include "predictor/history/bad_line.h"

namespace foreshape {

/// A field that can't be read. wanted: "a count".
inline tl::unexpected<Error> unreadable(std::string_view field, const char* wanted) {
  return failure(ErrorCode::invalid_input, fmt::format("'{}' is not {}", excerpt(field), wanted));
}

/// The whole text as a number that is not negative.
template <class T>
std::optional<T> number_in(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty() || text.front() == '-')
    return std::nullopt;
  return value;
}

/// For the words that stand for absence.
inline bool is_one_of(std::string_view field, std::initializer_list<std::string_view> words) {
  for (const auto word : words)
    if (field == word) return true;
  return false;
}

}  // namespace foreshape
