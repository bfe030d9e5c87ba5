// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/sshape/summary_fields.h"

#include <algorithm>
#include <array>
#include <cmath>
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

constexpr const char* kWideSummary =
    "Jobs,Predicted,TimeFit,TimeSmall,TimeIn95,MemFit,MemSmall,MemIn99,CPUhReq,CPUhUsed,GiBhReq,GiBhUsed";
/// What a summary of jobs that are alike has besides.
constexpr const char* kJobsSummary = "Jobs,Failed,MaxTime,MaxMem,CPUEff,AvgWait,CPUhUsed,GPUhReq";

struct SummaryField {
  const char* name;
  int width;
  std::string (*text)(const UserSummary&);
};

constexpr auto kSummaryFields = std::to_array<SummaryField>({
    {"User", 9, [](const UserSummary& s) { return s.user; }},
    {"Account", 9, [](const UserSummary& s) { return s.account; }},
    {"JobName", -12, [](const UserSummary& s) { return s.name; }},
    {"Array", -10, [](const UserSummary& s) { return s.array; }},
    {"Cluster", 10, [](const UserSummary& s) { return s.cluster; }},
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
    {"GPUhReq", 8, [](const UserSummary& s) { return hours(s.gpu_hours_requested); }},
    {"Failed", 6, [](const UserSummary& s) { return count(s.failed); }},
    {"MaxTime", 10,
     [](const UserSummary& s) { return s.longest_run_s ? elapsed_text(*s.longest_run_s) : ""; }},
    {"MaxMem", 7,
     [](const UserSummary& s) {
       return s.largest_memory_bytes ? rough_size_text(*s.largest_memory_bytes, std::nullopt) : "";
     }},
    {"CPUEff", 6,
     [](const UserSummary& s) {
       return s.core_s_measured > 0 ? percent_text(s.core_s_busy / s.core_s_measured) : "";
     }},
    {"AvgWait", 10,
     [](const UserSummary& s) {
       return s.started > 0 ? elapsed_text(std::llround(s.wait_s / static_cast<double>(s.started))) : "";
     }},
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

std::string summary_format(SummaryBy by, bool is_long, bool is_for_programs) {
  const bool is_of_jobs = by == SummaryBy::name || by == SummaryBy::array;
  const char* of = by == SummaryBy::account ? "Account"
                   : by == SummaryBy::name  ? "User,JobName"
                   : by == SummaryBy::array ? "Array,Cluster,User,JobName"
                                            : "User";
  if (is_long) return fmt::format("{},{},Failed,MaxTime,MaxMem,CPUEff,AvgWait,GPUhReq", of, kWideSummary);
  if (is_for_programs)
    return is_of_jobs ? fmt::format("{},{}", of, kJobsSummary) : fmt::format("{},{}", of, kWideSummary);
  if (by == SummaryBy::name)
    return "User%8,JobName%-11,Jobs%5,Failed,MaxTime,MaxMem,CPUEff,AvgWait,CPUhUsed%8";
  if (by == SummaryBy::array)
    return "Array%-9,User%8,JobName%-10,Jobs%5,Failed,MaxTime,MaxMem,CPUEff,AvgWait";
  return fmt::format("{},Jobs,TimeFit,TimeIn95,MemIn99,CPUhReq,CPUhUsed,GiBhReq,GiBhUsed", of);
}

UserSummary total_of(const std::vector<UserSummary>& users, SummaryBy by) {
  UserSummary total;
  (by == SummaryBy::account ? total.account : by == SummaryBy::array ? total.array : total.user) = "(all)";
  for (const UserSummary& u : users) {
    total.jobs += u.jobs;
    total.predicted += u.predicted;
    add(total.run_time, u.run_time);
    add(total.memory, u.memory);
    total.core_hours_requested += u.core_hours_requested;
    total.core_hours_used += u.core_hours_used;
    total.gib_hours_requested += u.gib_hours_requested;
    total.gib_hours_used += u.gib_hours_used;
    total.gpu_hours_requested += u.gpu_hours_requested;
    total.failed += u.failed;
    total.longest_run_s = std::max(total.longest_run_s, u.longest_run_s);
    total.largest_memory_bytes = std::max(total.largest_memory_bytes, u.largest_memory_bytes);
    total.core_s_busy += u.core_s_busy;
    total.core_s_measured += u.core_s_measured;
    total.started += u.started;
    total.wait_s += u.wait_s;
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
