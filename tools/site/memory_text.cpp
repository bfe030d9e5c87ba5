// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/site/memory_text.h"

#include <cstdint>
#include <fmt/format.h>

#include "predictor/plan/memory_headroom.h"
#include "tools/site/json_fields.h"

namespace foreshape {
namespace {

std::uint64_t memory_count(const nlohmann::json& status, const char* name) {
  return json_number<std::uint64_t>(status, std::string("/memory/") + name);
}

/// Too many were killed.
std::string fallback_text(const nlohmann::json& status) {
  if (json_flag(status, "/memory/fallback_for_all")) return "; it has fallen back to observe for ALL users";
  const auto users = memory_count(status, "fallback_users");
  return users > 0 ? fmt::format("; it has fallen back to observe for {} users", users) : "";
}

/// Only where some user's was raised by kills: everybody begins with a quarter.
std::string headroom_text(const nlohmann::json& status) {
  const auto largest = json_number<double>(status, "/memory/largest_headroom");
  return largest > kFirstHeadroom
             ? fmt::format("; up to {:.1f} times the largest peak known is given", largest)
             : "";
}

bool has_something(const nlohmann::json& status) {
  std::uint64_t sum = 0;
  for (const char* name : {"shaped", "would_shape", "resized", "kills", "returns"})
    sum += memory_count(status, name);
  return sum > 0 || !fallback_text(status).empty();
}

}  // namespace

std::string memory_text(const nlohmann::json& status) {
  if (!has_something(status)) return {};
  const auto number = [&](const char* name) { return memory_count(status, name); };
  return fmt::format(
      "{} jobs submitted with less than requested, {:.1f} GiB saved; {} more would have been; "
      "{} given another figure while they waited; {} killed for want of it, {} queued again, {} "
      "got their request back{}{}",
      number("shaped"), json_number<double>(status, "/memory/saved_gib"), number("would_shape"),
      number("resized"), number("kills"), number("requeues"), number("returns"), headroom_text(status),
      fallback_text(status));
}

}  // namespace foreshape
