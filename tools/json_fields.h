#pragma once
// Fields of a JSON object that somebody else wrote: each may be missing or of another kind.
//
// Runs in: offline.
// Threads: pure functions.

#include <nlohmann/json.hpp>
#include <string>

namespace foreshape {

/// The value at a path such as "/journal/bytes"; null where there is none.
inline const nlohmann::json& json_at(const nlohmann::json& object, const std::string& path) {
  static const nlohmann::json nothing;
  const nlohmann::json::json_pointer pointer(path);
  return object.contains(pointer) ? object[pointer] : nothing;
}

template <class Number>
Number json_number(const nlohmann::json& object, const std::string& path, Number otherwise = {}) {
  const nlohmann::json& value = json_at(object, path);
  return value.is_number() ? value.get<Number>() : otherwise;
}

inline bool json_flag(const nlohmann::json& object, const std::string& path, bool otherwise = false) {
  const nlohmann::json& value = json_at(object, path);
  return value.is_boolean() ? value.get<bool>() : otherwise;
}

inline std::string json_text(const nlohmann::json& object, const std::string& path) {
  const nlohmann::json& value = json_at(object, path);
  return value.is_string() ? value.get<std::string>() : "";
}

}  // namespace foreshape
