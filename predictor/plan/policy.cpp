// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/plan/policy.h"

#include <algorithm>

namespace foreshape {
namespace {

using Kind = ScopeRule::Kind;

/// What the rules say of one place; the last one that fits counts.
std::optional<Mode> ruled(const Policy& policy, std::size_t lever, Kind kind, TextHash place) {
  std::optional<Mode> mode;
  for (const ScopeRule& rule : policy.rules)
    if (const auto& said = rule.modes.modes.at(lever);
        rule.kind == kind && place != 0 && rule.hash == place && said)
      mode = said;
  return mode;
}

/// The least over the places, where `inherited` holds for those without a rule.
Mode least(const Policy& policy, std::size_t lever, Kind kind, std::span<const TextHash> places,
           Mode inherited) {
  if (places.empty()) return inherited;
  Mode mode = Mode::enforce;
  for (const TextHash place : places)
    mode = std::min(mode, ruled(policy, lever, kind, place).value_or(inherited));
  return mode;
}

}  // namespace

bool Policy::has_mode(Lever lever, Mode mode) const {
  const auto i = static_cast<std::size_t>(lever);
  return modes.at(i) == mode ||
         std::ranges::any_of(rules, [&](const ScopeRule& rule) { return rule.modes.modes.at(i) == mode; });
}

LeverModes Policy::modes_for(const JobPlaces& places) const {
  LeverModes of_job = modes;
  for (std::size_t lever = 0; lever < kLevers; ++lever) {
    Mode& mode = of_job.at(lever);
    mode = least(*this, lever, Kind::partition, places.partitions, mode);
    mode = least(*this, lever, Kind::qos, places.qoses, mode);
    mode = ruled(*this, lever, Kind::account, places.account).value_or(mode);
  }
  return of_job;
}

}  // namespace foreshape
