// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The kinds of keys: how values of each kind are read and printed.
//
// Runs in: slurmctld (our own threads and init only) and offline.
// Threads: pure functions.

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "predictor/base/text.h"
#include "predictor/config/key.h"
#include "predictor/config/units.h"

namespace foreshape::key_kind {

inline constexpr std::int64_t kHour = 3'600;

/// Errors: invalid_input - "'value' is not what was expected".
inline auto refuse(std::string_view value, const std::string& expected) {
  constexpr std::size_t kShown = 80;
  return failure(ErrorCode::invalid_input,
                 fmt::format("'{}' is not {}", harmless(value.substr(0, kShown)), expected));
}

inline std::optional<double> parse_real(std::string_view text) {
  double value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc{} || end != text.data() + text.size() || !std::isfinite(value))
    return std::nullopt;
  return value;
}

/// The way from a Settings to one of its fields, for reading and for writing.
template <class... Members>
auto field(Members... members) {
  return [=](auto& settings) -> auto& { return (settings.*....*members); };
}
template <class... Members>
auto policy(Members... members) {
  return field(&Settings::policy, members...);
}

// Each maker below takes `at`, a way made by field().

template <class At, class T>
Key choice(const char* name, At at, std::vector<std::pair<const char*, T>> words,
           const std::function<void(Settings&)>& then = {}) {
  return {name,
          [at, words, then](Settings& s, std::string_view value) -> Result<void> {
            std::string expected;
            for (const auto& [word, meaning] : words) {
              if (same_word(value, word)) {
                at(s) = meaning;
                if (then) then(s);
                return {};
              }
              expected += (expected.empty() ? "" : "|") + std::string(word);
            }
            return refuse(value, expected);
          },
          [at, words](const Settings& s) -> std::string {
            for (const auto& [word, meaning] : words)
              if (at(s) == meaning) return word;
            return {};
          }};
}

template <class At>
Key yes_no(const char* name, At at) {
  return choice<At, bool>(name, at, {{"yes", true}, {"no", false}});
}

template <class At>
Key on_off(const char* name, At at) {
  return choice<At, bool>(name, at, {{"on", true}, {"off", false}});
}

template <class At>
Key path(const char* name, At at, const std::function<void(Settings&)>& then = {}) {
  return {name,
          [at, then](Settings& s, std::string_view value) -> Result<void> {
            constexpr std::size_t kLongest = 3'000;
            if (value.empty() || value.front() != '/' || value.size() > kLongest)
              return refuse(value, "an absolute path");
            while (value.size() > 1 && value.back() == '/') value.remove_suffix(1);
            at(s) = value;
            if (then) then(s);
            return {};
          },
          [at](const Settings& s) -> std::string { return at(s); }};
}

template <class At>
Key size(const char* name, At at, std::int64_t least, std::int64_t most) {
  return {name,
          [=](Settings& s, std::string_view value) -> Result<void> {
            const auto bytes = parse_size(value);
            if (!bytes || *bytes < least || *bytes > most)
              return refuse(value, fmt::format("a size from {} to {} with its unit, such as 16M",
                                               format_size(least), format_size(most)));
            at(s) = *bytes;
            return {};
          },
          [at](const Settings& s) { return format_size(at(s)); }};
}

template <class At>
Key duration(const char* name, At at, PlainNumber plain, std::int64_t least, std::int64_t most) {
  return {name,
          [=](Settings& s, std::string_view value) -> Result<void> {
            const auto seconds = parse_duration(value, plain);
            if (!seconds || *seconds < least || *seconds > most)
              return refuse(value, fmt::format("a time from {} to {} (a plain number is {})",
                                               format_duration(least), format_duration(most),
                                               plain == PlainNumber::minutes ? "minutes" : "seconds"));
            at(s) = static_cast<std::decay_t<decltype(at(s))>>(*seconds);
            return {};
          },
          [at](const Settings& s) { return format_duration(static_cast<std::int64_t>(at(s))); }};
}

template <class At>
Key real(const char* name, At at, double least, double most) {
  return {name,
          [=](Settings& s, std::string_view value) -> Result<void> {
            const auto number = parse_real(value);
            if (!number || *number < least || *number > most)
              return refuse(value, fmt::format("a number from {} to {}", least, most));
            at(s) = static_cast<std::decay_t<decltype(at(s))>>(*number);
            return {};
          },
          [at](const Settings& s) { return fmt::format("{}", at(s)); }};
}

template <class At>
Key share(const char* name, At at) {
  return {name,
          [=](Settings& s, std::string_view value) -> Result<void> {
            const bool percent = !value.empty() && value.back() == '%';
            const auto number = parse_real(percent ? value.substr(0, value.size() - 1) : value);
            const double part = number.value_or(-1) / (percent ? 100.0 : 1.0);
            if (!(part >= 0 && part <= 1)) return refuse(value, "a share from 0% to 100%, or from 0 to 1");
            at(s) = part;
            return {};
          },
          [at](const Settings& s) { return fmt::format("{}", at(s)); }};
}

template <class At>
Key count(const char* name, At at, std::uint32_t least, std::uint32_t most) {
  return {name,
          [=](Settings& s, std::string_view value) -> Result<void> {
            const auto number = parse_real(value);
            if (!number || *number < least || *number > most || std::floor(*number) != *number)
              return refuse(value, fmt::format("a whole number from {} to {}", least, most));
            at(s) = static_cast<std::uint32_t>(*number);
            return {};
          },
          [at](const Settings& s) { return fmt::format("{}", at(s)); }};
}

/// Caps on idle cost are written in node-hours a day and kept in node-seconds.
template <class At>
Key node_hours(const char* name, At at, const std::function<void(Settings&)>& then = {}) {
  return {name,
          [=](Settings& s, std::string_view value) -> Result<void> {
            constexpr double kMax = 24.0 * 1'000'000;
            const auto hours = parse_real(value);
            if (!hours || *hours < 0 || *hours > kMax)
              return refuse(value, fmt::format("a number of node-hours from 0 to {}", kMax));
            at(s) = std::llround(*hours * static_cast<double>(kHour));
            if (then) then(s);
            return {};
          },
          [at](const Settings& s) {
            return fmt::format("{}", static_cast<double>(at(s)) / static_cast<double>(kHour));
          }};
}

}  // namespace foreshape::key_kind
