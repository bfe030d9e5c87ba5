// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/agent/memory_safety_file.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

namespace foreshape {
namespace {

using SafetyJson = nlohmann::json;

constexpr int kSafetyVersion = 1;

SafetyJson json_of(const ShapedEnds& ends) {
  return SafetyJson::array(
      {ends.ended, ends.killed, ends.falls, ends.off_until_s, ends.back_s, ends.headroom});
}

ShapedEnds ends_of(const SafetyJson& json) {
  return {json.at(0).get<std::uint32_t>(), json.at(1).get<std::uint32_t>(),
          json.at(2).get<std::uint32_t>(), json.at(3).get<UnixSeconds>(),
          json.at(4).get<UnixSeconds>(),   json.size() > 5 ? json.at(5).get<double>() : kFirstHeadroom};
}

Result<KeptSafety> kept_of(const SafetyJson& json, UnixSeconds now_s) {
  MemorySafety::Users users;
  for (const auto& [name, ends] : json.at("users").items()) {
    UserId uid = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), uid);
    if (error != std::errc{} || end != name.data() + name.size())
      return failure(ErrorCode::corrupt, "a user that is no number");
    users.emplace(uid, ends_of(ends));
  }
  return KeptSafety{MemorySafety(std::move(users), ends_of(json.at("everybody")), now_s),
                    std::min(json.at("counted_until").get<UnixSeconds>(), now_s)};
}

}  // namespace

std::string format_memory_safety(const KeptSafety& kept) {
  SafetyJson users = SafetyJson::object();
  for (const auto& [user, ends] : kept.safety.users()) users[std::to_string(user)] = json_of(ends);
  const SafetyJson json = {{"version", kSafetyVersion},
                           {"counted_until", kept.counted_until_s},
                           {"everybody", json_of(kept.safety.everybody())},
                           {"users", std::move(users)}};
  return json.dump(1) + "\n";
}

Result<KeptSafety> parse_memory_safety(std::string_view text, UnixSeconds now_s) {
  try {
    const SafetyJson json = SafetyJson::parse(text);
    if (json.at("version").get<int>() != kSafetyVersion)
      return failure(ErrorCode::corrupt, "not of version " + std::to_string(kSafetyVersion));
    return kept_of(json, now_s);
  } catch (const SafetyJson::exception& e) {
    return failure(ErrorCode::corrupt, e.what());
  }
}

}  // namespace foreshape
