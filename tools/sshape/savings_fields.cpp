// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/sshape/savings_fields.h"

#include <array>
#include <fmt/format.h>

#include "tools/cli/slurm_text.h"

namespace foreshape {
namespace {

std::string plain_count(std::int64_t n) { return fmt::format("{}", n); }

/// A digit behind the point where there is room for it.
std::string savings_hours(double hours) {
  constexpr double kMany = 100'000;
  return hours < kMany ? fmt::format("{:.1f}", hours) : fmt::format("{:.0f}", hours);
}

/// "" where there is nothing to take a share of.
std::string savings_share(double part, double whole) { return whole > 0 ? percent_text(part / whole) : ""; }

std::string savings_week_text(const MemorySavings& s) {
  return s.week_s > 0 ? timestamp_text(s.week_s).substr(0, 10) : s.group;
}

struct SavingsField {
  const char* name;
  int width;
  std::string (*text)(const MemorySavings&);
};

constexpr auto kSavingsFields = std::to_array<SavingsField>({
    {"Week", 10, savings_week_text},
    {"User", 10, [](const MemorySavings& s) { return s.group; }},
    {"QOS", 10, [](const MemorySavings& s) { return s.group; }},
    {"Jobs", 7, [](const MemorySavings& s) { return plain_count(s.jobs); }},
    {"Unknown", 7, [](const MemorySavings& s) { return plain_count(s.unknown); }},
    {"Shaped", 6, [](const MemorySavings& s) { return plain_count(s.shaped); }},
    {"GiBhReq", 8, [](const MemorySavings& s) { return savings_hours(s.gib_hours_requested); }},
    {"GiBhAlloc", 9, [](const MemorySavings& s) { return savings_hours(s.gib_hours_allocated); }},
    {"GiBhBack", 8, [](const MemorySavings& s) { return savings_hours(s.gib_hours_given_back); }},
    {"Back", 6,
     [](const MemorySavings& s) { return savings_share(s.gib_hours_given_back, s.gib_hours_requested); }},
    {"Kills", 5, [](const MemorySavings& s) { return plain_count(s.killed); }},
    {"Reruns", 6, [](const MemorySavings& s) { return plain_count(s.reruns); }},
    {"GiBhLost", 8, [](const MemorySavings& s) { return savings_hours(s.gib_hours_lost); }},
    {"CPUhLost", 8, [](const MemorySavings& s) { return savings_hours(s.core_hours_lost); }},
    {"GiBhMeas", 8, [](const MemorySavings& s) { return savings_hours(s.gib_hours_measured); }},
    {"GiBhLeft", 8, [](const MemorySavings& s) { return savings_hours(s.gib_hours_unused); }},
});

const char* group_field(SavingsBy by) {
  if (by == SavingsBy::user) return "User";
  return by == SavingsBy::qos ? "QOS" : "Week";
}

}  // namespace

std::span<const FieldName> savings_field_names() {
  static constexpr auto kNames = names_of(kSavingsFields);
  return kNames;
}

std::string savings_format(SavingsBy by, bool is_long) {
  return fmt::format(
      "{},{}", group_field(by),
      is_long ? "Jobs,Unknown,Shaped,GiBhReq,GiBhAlloc,GiBhBack,Back,Kills,Reruns,GiBhLost,CPUhLost,"
                "GiBhMeas,GiBhLeft"
              : "Shaped,GiBhReq,GiBhAlloc,GiBhBack,Kills,GiBhLost,CPUhLost,GiBhLeft");
}

std::vector<std::string> savings_texts(const std::vector<Column>& columns, const MemorySavings& savings) {
  return texts_of(kSavingsFields, columns, savings);
}

std::string unknown_runs_text(const MemorySavings& total) {
  if (total.unknown == 0) return "";
  return fmt::format(
      "runs that are in no figure: {}; the store has no allocated memory of them, as of all that an older "
      "Foreshape "
      "stored (foreshape ingest sacct --starttime TIME reads them again)\n",
      total.unknown);
}

}  // namespace foreshape
