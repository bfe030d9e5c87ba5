// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/plan/policy.h"

#include <algorithm>

namespace foreshape {
namespace {

using Kind = ScopeRule::Kind;

/// What the rules say of one place; the last one that fits counts. part: which part of a rule is asked for.
template <class T, class Said>
std::optional<T> ruled(const Policy& policy, Said part, Kind kind, TextHash place) {
  std::optional<T> word;
  for (const ScopeRule& rule : policy.rules)
    if (rule.kind == kind && place != 0 && rule.hash == place && part(rule.modes)) word = part(rule.modes);
  return word;
}

/// The least over the places, where `inherited` holds for those without a rule.
template <class T, class Said>
T least(const Policy& policy, Said part, Kind kind, std::span<const TextHash> places, T inherited) {
  std::optional<T> word;
  for (const TextHash place : places) {
    const T here = ruled<T>(policy, part, kind, place).value_or(inherited);
    word = std::min(word.value_or(here), here);
  }
  return word.value_or(inherited);
}

template <class T, class Said>
T of_places(const Policy& policy, Said part, const JobPlaces& places, T of_cluster) {
  const T of_partition = least(policy, part, Kind::partition, places.partitions, of_cluster);
  const T of_qos = least(policy, part, Kind::qos, places.qoses, of_partition);
  return ruled<T>(policy, part, Kind::account, places.account).value_or(of_qos);
}

}  // namespace

bool HoldPolicy::serves(std::string_view name) const {
  return !name.empty() && (serves_everybody() || std::ranges::find(users, name) != users.end());
}

bool Policy::has_mode(Lever lever, Mode mode) const {
  const auto i = static_cast<std::size_t>(lever);
  return modes.at(i) == mode ||
         std::ranges::any_of(rules, [&](const ScopeRule& rule) { return rule.modes.modes.at(i) == mode; });
}

LeverModes Policy::modes_for(const JobPlaces& places) const {
  LeverModes of_job = modes;
  for (std::size_t lever = 0; lever < kLevers; ++lever) {
    const auto part = [lever](const ScopedModes& scoped) { return scoped.modes.at(lever); };
    of_job.at(lever) = of_places(*this, part, places, modes.at(lever));
  }
  return of_job;
}

TrialMode Policy::trial_for(const JobPlaces& places) const {
  return of_places(
      *this, [](const ScopedModes& scoped) { return scoped.trial; }, places, trials.mode);
}

bool Policy::has_trials() const {
  const auto tries = [](const ScopeRule& rule) {
    return rule.modes.trial.value_or(TrialMode::off) != TrialMode::off;
  };
  return trials.mode != TrialMode::off || std::ranges::any_of(rules, tries);
}

}  // namespace foreshape
