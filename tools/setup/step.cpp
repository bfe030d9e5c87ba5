// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/setup/step.h"

#include <fmt/format.h>

namespace foreshape {
namespace {

const char* word_of(StepState state, bool dry_run) {
  if (state == StepState::done) return "nothing to do";
  if (state == StepState::left_over) return "for you";
  return dry_run ? "would" : "done";
}

Result<void> take_step(const SetupStep& step, Direction direction, bool dry_run, StepCounts& counts,
                       const std::function<void(const std::string&)>& told) {
  const bool makes = direction == Direction::make;
  const auto found = makes ? step.check() : step.check_removal();
  if (!found) return tl::make_unexpected(found.error());
  if (found->state == StepState::open) {
    if (!dry_run)
      if (auto done = makes ? step.make() : step.remove(); !done) return done;
    ++counts.changed;
  }
  if (found->state == StepState::left_over) ++counts.left_over;
  told(fmt::format("{:<16} {}: {}", step.name, word_of(found->state, dry_run), found->say));
  return {};
}

}  // namespace

Result<StepCounts> take_steps(const std::vector<SetupStep>& steps, Direction direction, bool dry_run,
                              const std::function<void(const std::string&)>& told) {
  StepCounts counts;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const SetupStep& step = direction == Direction::make ? steps[i] : steps[steps.size() - 1 - i];
    if (auto done = take_step(step, direction, dry_run, counts, told); !done)
      return tl::make_unexpected(about(step.name, done.error()));
  }
  return counts;
}

}  // namespace foreshape
