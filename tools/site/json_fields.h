// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Fields of a JSON object that somebody else wrote: each may be missing or of another kind.
//
// Runs in: offline.
// Threads: pure functions.

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace foreshape {

/// The value at a path such as "/journal/bytes"; null where there is none.
inline const nlohmann::json& json_at(const nlohmann::json& object, std::string_view path) {
  static const nlohmann::json nothing;
  const nlohmann::json::json_pointer pointer{std::string(path)};
  return object.contains(pointer) ? object[pointer] : nothing;
}

template <class Number>
Number json_number(const nlohmann::json& object, std::string_view path, Number otherwise = {}) {
  const nlohmann::json& value = json_at(object, path);
  return value.is_number() ? value.get<Number>() : otherwise;
}

/// 0 where there is none.
inline std::uint64_t json_count(const nlohmann::json& object, std::string_view path) {
  return json_number<std::uint64_t>(object, path);
}

inline bool json_flag(const nlohmann::json& object, std::string_view path, bool otherwise = false) {
  const nlohmann::json& value = json_at(object, path);
  return value.is_boolean() ? value.get<bool>() : otherwise;
}

inline std::string json_text(const nlohmann::json& object, std::string_view path) {
  const nlohmann::json& value = json_at(object, path);
  return value.is_string() ? value.get<std::string>() : "";
}

}  // namespace foreshape
