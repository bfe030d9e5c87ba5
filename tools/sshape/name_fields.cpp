// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/sshape/name_fields.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>

#include "tools/cli/slurm_text.h"
#include "tools/sshape/next_request.h"

namespace foreshape {
namespace {

std::string number_text(std::int64_t n) { return fmt::format("{}", n); }
std::string limit_text(std::optional<std::int64_t> seconds) { return seconds ? elapsed_text(*seconds) : ""; }
std::string requested_text(std::optional<std::int64_t> bytes) {
  return bytes ? exact_size_text(*bytes, std::nullopt) : "";
}
std::string used_text(std::optional<std::int64_t> bytes) {
  return bytes ? rough_size_text(*bytes, std::nullopt) : "";
}

struct NameField {
  const char* name;
  int width;
  std::string (*text)(const NameSummary&);
};

constexpr auto kNameFields = std::to_array<NameField>({
    {"User", 9, [](const NameSummary& n) { return n.user; }},
    {"JobName", -12, [](const NameSummary& n) { return n.name; }},
    {"Jobs", 5, [](const NameSummary& n) { return number_text(n.jobs); }},
    {"ReqTime", 10, [](const NameSummary& n) { return limit_text(n.requested_limit_s); }},
    {"MaxTime", 10, [](const NameSummary& n) { return limit_text(n.longest_run_s); }},
    {"ReqMem", 6, [](const NameSummary& n) { return requested_text(n.requested_memory_bytes); }},
    {"MaxMem", 6, [](const NameSummary& n) { return used_text(n.largest_memory_bytes); }},
    {"ReqGPUS", 7,
     [](const NameSummary& n) { return n.requested_gpus ? number_text(*n.requested_gpus) : ""; }},
    {"Timeouts", 8, [](const NameSummary& n) { return number_text(n.timeouts); }},
    {"OOMs", 5, [](const NameSummary& n) { return number_text(n.out_of_memory); }},
    {"CPUEff", 6,
     [](const NameSummary& n) { return n.cpu_efficiency ? percent_text(*n.cpu_efficiency) : ""; }},
    {"CPUhUsed", 8, [](const NameSummary& n) { return fmt::format("{:.1f}", n.core_hours); }},
    {"AvgWait", 10,
     [](const NameSummary& n) { return n.mean_wait_s ? elapsed_text(std::llround(*n.mean_wait_s)) : ""; }},
    {"NextRequest", -29, [](const NameSummary& n) { return sbatch_text(next_request(n)); }},
});

}  // namespace

std::span<const FieldName> name_field_names() {
  static constexpr auto kNames = names_of(kNameFields);
  return kNames;
}

std::vector<std::string> name_texts(const std::vector<Column>& columns, const NameSummary& jobs) {
  return texts_of(kNameFields, columns, jobs);
}

}  // namespace foreshape
