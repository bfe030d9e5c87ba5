// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/sshape/summary_fields.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "tools/cli/slurm_text.h"

namespace foreshape {
namespace {

std::string count(std::int64_t n) { return fmt::format("{}", n); }
std::string hours(double h) { return fmt::format("{:.1f}", h); }

/// "" where there is nothing to take a share of: 0 of 0 is not 0 %.
std::string share(double part, std::int64_t whole) {
  return whole > 0 ? percent_text(part / static_cast<double>(whole)) : "";
}

std::string fit_text(const Accuracy& a) { return share(a.ratio_sum, a.measured); }
std::string small_text(const Accuracy& a) { return share(static_cast<double>(a.too_small), a.planned); }

template <std::size_t Level>
std::string time_within(const UserSummary& s) {
  return share(static_cast<double>(s.run_time.within[Level]), s.run_time.measured);
}
template <std::size_t Level>
std::string memory_within(const UserSummary& s) {
  return share(static_cast<double>(s.memory.within[Level]), s.memory.measured);
}

struct SummaryField {
  const char* name;
  int width;
  std::string (*text)(const UserSummary&);
};

constexpr auto kSummaryFields = std::to_array<SummaryField>({
    {"User", 9, [](const UserSummary& s) { return s.user; }},
    {"Jobs", 6, [](const UserSummary& s) { return count(s.jobs); }},
    {"Predicted", 9, [](const UserSummary& s) { return count(s.predicted); }},
    {"TimeFit", 7, [](const UserSummary& s) { return fit_text(s.run_time); }},
    {"TimeSmall", 9, [](const UserSummary& s) { return small_text(s.run_time); }},
    {"TimePlans", 9, [](const UserSummary& s) { return count(s.run_time.planned); }},
    {"TimeIn50", 8, time_within<0>},
    {"TimeIn80", 8, time_within<1>},
    {"TimeIn95", 8, time_within<2>},
    {"TimeIn99", 8, time_within<3>},
    {"MemFit", 6, [](const UserSummary& s) { return fit_text(s.memory); }},
    {"MemSmall", 8, [](const UserSummary& s) { return small_text(s.memory); }},
    {"MemPlans", 8, [](const UserSummary& s) { return count(s.memory.planned); }},
    {"MemIn50", 7, memory_within<0>},
    {"MemIn80", 7, memory_within<1>},
    {"MemIn95", 7, memory_within<2>},
    {"MemIn99", 7, memory_within<3>},
    {"CPUhReq", 9, [](const UserSummary& s) { return hours(s.core_hours_requested); }},
    {"CPUhUsed", 8, [](const UserSummary& s) { return hours(s.core_hours_used); }},
    {"GiBhReq", 9, [](const UserSummary& s) { return hours(s.gib_hours_requested); }},
    {"GiBhUsed", 8, [](const UserSummary& s) { return hours(s.gib_hours_used); }},
});

/// What became of a hold.
std::string outcome(const ReportedHold& h) {
  if (h.dry_run) return "dry-run";
  if (h.closed_s == 0) return h.hits > 0 ? "hit,open" : "open";
  return h.hits > 0 ? "hit" : "miss";
}

struct HoldField {
  const char* name;
  int width;
  std::string (*text)(const ReportedHold&);
};

constexpr auto kHoldFields = std::to_array<HoldField>({
    {"Reservation", -22, [](const ReportedHold& h) { return h.reservation; }},
    {"Kind", 8, [](const ReportedHold& h) { return h.kind; }},
    {"Cluster", 10, [](const ReportedHold& h) { return h.cluster; }},
    {"Partition", 10, [](const ReportedHold& h) { return h.partition; }},
    {"User", 9, [](const ReportedHold& h) { return h.user; }},
    {"Nodes", 5, [](const ReportedHold& h) { return count(h.nodes); }},
    {"Created", 19, [](const ReportedHold& h) { return timestamp_text(h.created_s); }},
    {"Deadline", 19, [](const ReportedHold& h) { return timestamp_text(h.deadline_s); }},
    {"Closed", 19, [](const ReportedHold& h) { return timestamp_text(h.closed_s); }},
    {"Outcome", 8, [](const ReportedHold& h) { return outcome(h); }},
    {"Hits", 4, [](const ReportedHold& h) { return count(h.hits); }},
    {"IdleNodeH", 9,
     [](const ReportedHold& h) { return fmt::format("{:.2f}", static_cast<double>(h.idle_node_s) / 3600); }},
    {"IdleNodeS", 9, [](const ReportedHold& h) { return count(h.idle_node_s); }},
});

void add(Accuracy& sum, const Accuracy& a) {
  sum.measured += a.measured;
  sum.ratio_sum += a.ratio_sum;
  sum.planned += a.planned;
  sum.too_small += a.too_small;
  for (std::size_t i = 0; i < a.within.size(); ++i) sum.within[i] += a.within[i];
}

}  // namespace

std::span<const FieldName> summary_field_names() {
  static constexpr auto kNames = names_of(kSummaryFields);
  return kNames;
}

std::vector<std::string> summary_texts(const std::vector<Column>& columns, const UserSummary& summary) {
  return texts_of(kSummaryFields, columns, summary);
}

UserSummary total_of(const std::vector<UserSummary>& users) {
  UserSummary total;
  total.user = "(all)";
  for (const UserSummary& u : users) {
    total.jobs += u.jobs;
    total.predicted += u.predicted;
    add(total.run_time, u.run_time);
    add(total.memory, u.memory);
    total.core_hours_requested += u.core_hours_requested;
    total.core_hours_used += u.core_hours_used;
    total.gib_hours_requested += u.gib_hours_requested;
    total.gib_hours_used += u.gib_hours_used;
  }
  return total;
}

std::span<const FieldName> hold_field_names() {
  static constexpr auto kNames = names_of(kHoldFields);
  return kNames;
}

std::vector<std::string> hold_texts(const std::vector<Column>& columns, const ReportedHold& hold) {
  return texts_of(kHoldFields, columns, hold);
}

}  // namespace foreshape
