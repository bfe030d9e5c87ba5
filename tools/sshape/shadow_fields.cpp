// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/sshape/shadow_fields.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "tools/cli/slurm_text.h"

namespace foreshape {
namespace {

std::string plain(std::int64_t n) { return fmt::format("{}", n); }
std::string one_digit(double value) { return fmt::format("{:.1f}", value); }

/// "" where there is nothing to take a mean of.
std::string mean_text(std::int64_t sum, std::int64_t n) {
  return n > 0 ? one_digit(static_cast<double>(sum) / static_cast<double>(n)) : "";
}
std::string mean_time(std::int64_t sum_s, std::int64_t n) { return n > 0 ? elapsed_text(sum_s / n) : ""; }

std::string day_text(UnixSeconds moment) { return timestamp_text(moment).substr(0, 10); }
std::string node_hours(std::int64_t node_s) { return one_digit(static_cast<double>(node_s) / 3'600); }

struct ShadowField {
  const char* name;
  int width;
  std::string (*text)(const ShadowWeek&);
};

constexpr auto kShadowFields = std::to_array<ShadowField>({
    {"Week", -10, [](const ShadowWeek& w) { return day_text(w.monday_s); }},
    {"OrderJobs", 9, [](const ShadowWeek& w) { return plain(w.order.jobs); }},
    {"Waited", 7, [](const ShadowWeek& w) { return plain(w.order.waited); }},
    {"Moved", 7, [](const ShadowWeek& w) { return plain(w.order.moved); }},
    {"Ahead", 7, [](const ShadowWeek& w) { return plain(w.order.ahead); }},
    {"AheadOf", 8, [](const ShadowWeek& w) { return mean_text(w.order.ahead_of, w.order.ahead); }},
    {"AheadWait", 10, [](const ShadowWeek& w) { return mean_time(w.order.ahead_wait_s, w.order.ahead); }},
    {"Passed", 7, [](const ShadowWeek& w) { return plain(w.order.passed); }},
    {"PassedBy", 8, [](const ShadowWeek& w) { return mean_text(w.order.passed_by, w.order.passed); }},
    {"PassedWait", 10, [](const ShadowWeek& w) { return mean_time(w.order.passed_wait_s, w.order.passed); }},
    {"MemJobs", 7, [](const ShadowWeek& w) { return plain(w.memory.jobs); }},
    {"MemEnded", 8, [](const ShadowWeek& w) { return plain(w.memory.ended); }},
    {"MemMeasured", 11, [](const ShadowWeek& w) { return plain(w.memory.measured); }},
    {"GiBhReq", 9, [](const ShadowWeek& w) { return one_digit(w.memory.gib_hours_requested); }},
    {"GiBhBack", 9, [](const ShadowWeek& w) { return one_digit(w.memory.gib_hours_given_back); }},
    {"Kills", 6, [](const ShadowWeek& w) { return plain(w.memory.killed); }},
    {"CPUhAgain", 9, [](const ShadowWeek& w) { return one_digit(w.memory.core_hours_again); }},
    {"Holds", 6, [](const ShadowWeek& w) { return plain(w.holds.holds); }},
    {"HoldsHit", 8, [](const ShadowWeek& w) { return plain(w.holds.hit); }},
    {"HoldsUnused", 11, [](const ShadowWeek& w) { return plain(w.holds.unused); }},
    {"IdleNodeH", 9, [](const ShadowWeek& w) { return node_hours(w.holds.idle_node_s); }},
});

std::string order_lines(const OrderShadow& o) {
  if (o.jobs == 0) return "";
  std::string text = fmt::format(
      "  Order   {} jobs, {} of them waited a minute or more:\n"
      "          {} would have stood elsewhere in the queue\n",
      o.jobs, o.waited, o.moved);
  if (o.ahead > 0)
    text += fmt::format("          {} ahead of {} others on average; they waited {}\n", o.ahead,
                        mean_text(o.ahead_of, o.ahead), mean_time(o.ahead_wait_s, o.ahead));
  if (o.passed > 0)
    text += fmt::format("          {} passed by {} others on average; they waited {}\n", o.passed,
                        mean_text(o.passed_by, o.passed), mean_time(o.passed_wait_s, o.passed));
  return text;
}

std::string memory_lines(const MemoryShadow& m) {
  if (m.jobs == 0) return "";
  return fmt::format(
      "  Memory  {} jobs would have been given less, {} of them have ended:\n"
      "          {:.1f} of {:.1f} GiB-hours given back\n"
      "          {} of the {} that were measured killed and run again ({:.1f} core-hours)\n",
      m.jobs, m.ended, m.gib_hours_given_back, m.gib_hours_requested, m.killed, m.measured,
      m.core_hours_again);
}

std::string hold_lines(const HoldShadow& h) {
  if (h.holds == 0) return "";
  return fmt::format(
      "  Hold    {} holds: {} would have been hit, {} expired unused, {} are open\n"
      "          {} node-hours idle\n",
      h.holds, h.hit, h.unused, h.holds - h.hit - h.unused, node_hours(h.idle_node_s));
}

std::string week_lines(const ShadowWeek& week) {
  const std::string lines = order_lines(week.order) + memory_lines(week.memory) + hold_lines(week.holds);
  return fmt::format("\nWeek of {}\n{}", day_text(week.monday_s),
                     lines.empty() ? "  nothing was decided in a dry run\n" : lines);
}

/// For a dry run that decided nothing in all of the weeks.
std::string missing_lines(std::span<const ShadowWeek> weeks) {
  const auto never = [weeks](auto count) {
    return std::ranges::all_of(weeks, [&](const auto& w) { return count(w) == 0; });
  };
  std::string text;
  if (never([](const ShadowWeek& w) { return w.order.jobs; })) text += " Order=dry-run";
  if (never([](const ShadowWeek& w) { return w.memory.jobs; })) text += " Memory=dry-run";
  if (never([](const ShadowWeek& w) { return w.holds.holds; })) text += " Hold=dry-run";
  if (text.empty()) return text;
  return fmt::format("\nNothing recorded of{}:\nset in foreshape.conf, and ingested?\n", text);
}

}  // namespace

std::span<const FieldName> shadow_field_names() {
  static constexpr auto kNames = names_of(kShadowFields);
  return kNames;
}

std::vector<std::string> shadow_texts(const std::vector<Column>& columns, const ShadowWeek& week) {
  return texts_of(kShadowFields, columns, week);
}

std::string shadow_mail(std::span<const ShadowWeek> weeks) {
  std::string text = "What Foreshape would have done, by its dry runs; Slurm was told nothing of it.\n";
  for (const ShadowWeek& week : weeks) text += week_lines(week);
  return text + missing_lines(weeks);
}

}  // namespace foreshape
