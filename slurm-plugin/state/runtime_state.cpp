// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/state/runtime_state.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace foreshape {

RuntimeState::RuntimeState(Settings first_settings, SiteFacts first_facts, const Clock& wall_clock,
                           std::int64_t started_ms, LogSink log_sink, std::size_t queued_events)
    : clock(wall_clock),
      log(std::move(log_sink)),
      started_s(started_ms / 1000),
      settings(std::move(first_settings)),
      facts(std::move(first_facts)),
      events(queued_events),
      tokens(started_ms) {}

void RuntimeState::fault(std::string_view call, std::string_view why) noexcept {
  try {
    const auto current = settings.get();
    const std::string what = fmt::format("{}: {}", call, why);
    const auto verdict = faults.add(what, clock.now_s(), current->fault_limit, current->fault_window_s);
    if (verdict.log_with_repeats)
      log(LogLevel::error, *verdict.log_with_repeats == 0
                               ? what
                               : fmt::format("{} ({} more like it since)", what, *verdict.log_with_repeats));
    if (!verdict.too_many || !only_observe(current)) return;
    notice(
        LogLevel::error,
        fmt::format("more than {} faults within {} s: only observing from now on, until scontrol reconfigure",
                    current->fault_limit, current->fault_window_s));
  } catch (
      ...) {  // NOLINT(bugprone-empty-catch): out of memory while complaining; the job passes all the same
  }
}

void RuntimeState::notice(LogLevel level, const std::string& what) {
  log(level, what);
  events.push(NoticeEvent{.at_s = clock.now_s(), .text = BoundedText<200>(what)});
}

bool RuntimeState::only_observe(const std::shared_ptr<const Settings>& under) {
  const std::lock_guard lock(settings_change_);
  // Settings that came meanwhile are a new start: these faults are not theirs.
  if (observe_only || settings.get() != under) return false;
  settings.set(observing(*under));
  observe_only = true;
  return true;
}

void RuntimeState::replace_settings(Settings next) {
  const std::lock_guard lock(settings_change_);
  settings.set(std::move(next));
  faults.reset();
  observe_only = false;
}

Settings observing(Settings settings) {
  const auto at_most_observe = [](Mode mode) { return std::min(mode, Mode::observe); };
  for (Mode& mode : settings.policy.modes) mode = at_most_observe(mode);
  for (ScopeRule& rule : settings.policy.rules)
    for (std::optional<Mode>& mode : rule.modes.modes)
      if (mode) mode = at_most_observe(*mode);
  settings.policy.order.mode = OrderMode::off;
  settings.policy.hold.mode = HoldMode::off;
  return settings;
}

}  // namespace foreshape
