// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/site/acknowledged.h"

#include <algorithm>
#include <cstdint>

#include "predictor/base/file.h"
#include "tools/cli/owned_file.h"
#include "tools/site/json_fields.h"

namespace foreshape {
namespace {

using Json = nlohmann::json;

constexpr const char* kCounts[] = {"/faults", "/journal/lost", "/journal/dropped_before_ingest",
                                   "/jobs/again", "/jobs/unmatched"};
constexpr mode_t kMode = 0644;  // numbers alone, as in status.json

std::string path_of(const std::string& state_dir) { return state_dir + "/acknowledged.json"; }

}  // namespace

Result<void> acknowledge(const std::string& state_dir, const Json& status, UnixSeconds now) {
  Json kept = {{"version", 1}, {"at", now}, {"started", json_number<UnixSeconds>(status, "/started")}};
  for (const char* count : kCounts) kept[Json::json_pointer(count)] = json_count(status, count);
  return replace_owned_file(path_of(state_dir), kept.dump(2) + "\n", kMode, "");
}

Json since_acknowledged(const std::string& state_dir, Json status) {
  constexpr std::size_t kMaxBytes = 1U << 16;
  const Json kept = Json::parse(read_file(path_of(state_dir), kMaxBytes).value_or(""), nullptr, false);
  const auto started = json_number<UnixSeconds>(status, "/started");
  if (!kept.is_object() || json_number<UnixSeconds>(kept, "/started") != started) return status;
  for (const char* count : kCounts) {
    const std::uint64_t now = json_count(status, count);
    if (now > 0) status[Json::json_pointer(count)] = now - std::min(now, json_count(kept, count));
  }
  return status;
}

}  // namespace foreshape
