// SPDX-License-Identifier: GPL-2.0-or-later
#include "sql/memory_savings.h"

#include <array>
#include <charconv>
#include <fmt/ranges.h>
#include <utility>

#include "sql/queries.h"
#include "sql/report_params.h"
#include "sql/report_row.h"

namespace foreshape {
namespace {

// As memory_savings.sql has them.
const char* name_of(SavingsBy by) {
  if (by == SavingsBy::user) return "user";
  return by == SavingsBy::qos ? "qos" : "week";
}

/// The figures of a row, in the order of the SELECT list.
constexpr std::array kCounts = {&MemorySavings::jobs, &MemorySavings::unknown, &MemorySavings::shaped,
                                &MemorySavings::killed, &MemorySavings::reruns};
constexpr std::array kHours = {&MemorySavings::gib_hours_requested,  &MemorySavings::gib_hours_allocated,
                               &MemorySavings::gib_hours_given_back, &MemorySavings::gib_hours_lost,
                               &MemorySavings::core_hours_lost,      &MemorySavings::gib_hours_measured,
                               &MemorySavings::gib_hours_unused};

void read_week(MemorySavings& savings) {
  const std::string begins = std::exchange(savings.group, "");
  std::from_chars(begins.data(), begins.data() + begins.size(), savings.week_s);
}

}  // namespace

Result<std::vector<MemorySavings>> memory_savings(Pg& db, const JobFilter& filter, SavingsBy by,
                                                  std::span<const UnixSeconds> weeks) {
  std::vector<PgParam> params = params_of(filter);
  params.back() = name_of(by);  // instead of the states
  params.push_back(fmt::format("{{{}}}", fmt::join(weeks, ",")));
  return db.query(kMemorySavingsSql, params).map([by](const PgRows& rows) {
    return all_of<MemorySavings>(rows, [by](ReportRow& row, MemorySavings& savings) {
      savings.group = row.text();
      for (const auto count : kCounts) savings.*count = row.count();
      for (const auto hours : kHours) savings.*hours = row.sum();
      if (by == SavingsBy::week) read_week(savings);
    });
  });
}

MemorySavings total_of(std::span<const MemorySavings> savings) {
  MemorySavings total;
  total.group = kAllSavings;
  for (const MemorySavings& one : savings) {
    for (const auto count : kCounts) total.*count += one.*count;
    for (const auto hours : kHours) total.*hours += one.*hours;
  }
  return total;
}

}  // namespace foreshape
