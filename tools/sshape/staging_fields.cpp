// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/sshape/staging_fields.h"

#include <array>
#include <fmt/format.h>

#include "tools/cli/slurm_text.h"

namespace foreshape {
namespace {

std::string count_text(std::int64_t n) { return fmt::format("{}", n); }
std::string bytes_text(std::int64_t bytes) { return rough_size_text(bytes, std::nullopt); }

/// "" where there is nothing to take a share of.
std::string share_text(std::int64_t part, std::int64_t whole) {
  return whole > 0 ? percent_text(static_cast<double>(part) / static_cast<double>(whole)) : "";
}

struct StagingField {
  const char* name;
  int width;
  std::string (*text)(const StagingWeek&);
};

constexpr auto kStagingFields = std::to_array<StagingField>({
    {"Week", -10, [](const StagingWeek& w) { return w.monday; }},
    {"User", 9, [](const StagingWeek& w) { return w.user; }},
    {"Hit", 6, [](const StagingWeek& w) { return count_text(w.hits); }},
    {"Miss", 6, [](const StagingWeek& w) { return count_text(w.misses); }},
    {"HitRate", 7, [](const StagingWeek& w) { return share_text(w.hits, w.hits + w.misses); }},
    {"Planned", 7, [](const StagingWeek& w) { return count_text(w.planned); }},
    {"Copies", 6, [](const StagingWeek& w) { return count_text(w.staged); }},
    {"Failed", 6, [](const StagingWeek& w) { return count_text(w.failed); }},
    {"Staged", 8, [](const StagingWeek& w) { return bytes_text(w.staged_bytes); }},
    {"Expired", 8, [](const StagingWeek& w) { return bytes_text(w.expired_bytes); }},
    {"Unused", 8, [](const StagingWeek& w) { return bytes_text(w.unused_bytes); }},
    {"UnusedRate", 10, [](const StagingWeek& w) { return share_text(w.unused_bytes, w.expired_bytes); }},
    {"ReadSaved", 11, [](const StagingWeek& w) { return elapsed_text(w.saved_s); }},
});

}  // namespace

std::span<const FieldName> staging_field_names() {
  static constexpr auto kNames = names_of(kStagingFields);
  return kNames;
}

std::vector<std::string> staging_texts(const std::vector<Column>& columns, const StagingWeek& week) {
  return texts_of(kStagingFields, columns, week);
}

}  // namespace foreshape
