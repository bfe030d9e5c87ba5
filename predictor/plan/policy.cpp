#include "predictor/plan/policy.h"

namespace foreshape {

Mode Policy::mode_for(Lever lever, TextHash partition, TextHash qos, TextHash account) const {
  using Kind = ScopeRule::Kind;
  const auto which = static_cast<std::size_t>(lever);
  Mode mode = modes.at(which);
  const struct {
    Kind kind;
    TextHash of_job;
  } weakest_first[] = {{Kind::partition, partition}, {Kind::qos, qos}, {Kind::account, account}};
  for (const auto& [kind, of_job] : weakest_first)
    for (const ScopeRule& rule : rules)
      if (rule.kind == kind && of_job != 0 && rule.hash == of_job)
        mode = rule.modes.modes.at(which).value_or(mode);
  return mode;
}

}  // namespace foreshape
