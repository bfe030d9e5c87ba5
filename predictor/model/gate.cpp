#include "predictor/model/gate.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <functional>

#include "predictor/model/fast_math.h"

namespace foreshape {
namespace {

// A user's last five hundred jobs decide; everybody's last thousand stand for users of whom little is known.
constexpr float kKeepUser = 0.998F, kKeepAll = 0.999F;
// Everybody counts as so many jobs of the user: one job's loss says little (fewer cost .002 of accuracy on
// KTH).
constexpr float kPriorJobs = 100;
// How sharply the weight turns with the lead per job. Losses are about 0.2 to 0.5 a job.
constexpr float kSharpness = 60;
// For the point prediction: where both do as well the network counts more, as the kernel is in it already.
constexpr float kPointBias = 1;

float sigmoid(float x) { return 1 / (1 + fast_exp(-x)); }

float log_mix(float a, float b, float weight_of_b) {
  return fast_exp((1 - weight_of_b) * fast_log(std::max(a, 1e-6F)) +
                  weight_of_b * fast_log(std::max(b, 1e-6F)));
}

void add(GateLead& lead, const ForecastLoss& kernel, const ForecastLoss& network, float keep,
         float evidence) {
  const float kept = 1 - (1 - keep) * evidence;
  lead.quantiles = kept * lead.quantiles + evidence * (kernel.quantiles - network.quantiles);
  lead.typical = kept * lead.typical + evidence * (kernel.typical - network.typical);
  lead.jobs = kept * lead.jobs + evidence;
}

/// P(network) for both kinds, from the user's lead and everybody's.
struct Weights {
  float quantiles, typical;
};
Weights weights_of(const GateLead& user, const GateLead& everybody) {
  const float all = std::max(everybody.jobs, 1.0F);
  const float jobs = kPriorJobs + user.jobs;
  const float quantiles = kPriorJobs * everybody.quantiles / all + user.quantiles;
  const float typical = kPriorJobs * everybody.typical / all + user.typical;
  return {sigmoid(kSharpness * quantiles / jobs), sigmoid(kSharpness * typical / jobs + kPointBias)};
}

bool is_sane(const GateLead& lead) {
  constexpr float kMost = 1e6F;
  const auto within = [](float x) { return std::isfinite(x) && std::abs(x) <= kMost; };
  return within(lead.quantiles) && within(lead.typical) && within(lead.jobs) && lead.jobs >= 0;
}

}  // namespace

ForecastLoss forecast_loss(const Forecast& forecast, float used) {
  ForecastLoss loss;
  const float y = fast_log(std::max(used, 1e-6F));
  for (const std::size_t i : {1U, 3U, 4U, 5U, 7U, 8U}) {  // .05 .25 .5 .75 .9 .95
    const float miss = y - fast_log(std::max(forecast.quantiles[i], 1e-6F));
    loss.quantiles += std::max(kQuantileLevels[i] * miss, (kQuantileLevels[i] - 1) * miss) / 6;
  }
  const float typical = std::max(forecast.typical, 1e-6F);
  loss.typical = 1 - std::min(typical, used) / std::max(typical, used);
  return loss;
}

GateLead GateTable::of(UserId uid) const {
  const auto found = std::ranges::lower_bound(users, uid, {}, &Entry::uid);
  return found != users.end() && found->uid == uid ? found->lead : GateLead{};
}

Forecast mix(const GateLead& user, const GateLead& everybody, const Forecast& kernel, const Forecast& network,
             const PointChoices& choices) {
  if (!kernel.known()) return network;
  if (!network.known()) return kernel;
  const Weights weights = weights_of(user, everybody);
  Forecast mixed = weights.typical >= 0.5F ? network : kernel;
  mixed.typical = choices.best(weights.typical);
  for (std::size_t i = 0; i < mixed.quantiles.size(); ++i)
    mixed.quantiles[i] = log_mix(kernel.quantiles[i], network.quantiles[i], weights.quantiles);
  return mixed;
}

Result<void> check_gate(const GateTable& gate) {
  if (gate.users.size() > kMaxGateUsers)
    return failure(ErrorCode::invalid_input,
                   fmt::format("gates: {} users, at most {} are kept", gate.users.size(), kMaxGateUsers));
  if (std::ranges::adjacent_find(gate.users, std::greater_equal{}, &GateTable::Entry::uid) !=
      gate.users.end())
    return failure(ErrorCode::invalid_input, "gates: users are out of order");
  if (!is_sane(gate.everybody) || !std::ranges::all_of(gate.users, is_sane, &GateTable::Entry::lead))
    return failure(ErrorCode::invalid_input, "gates: a lead is no usable number");
  return {};
}

Gate::Gate(const GateTable& table) : everybody_(table.everybody) {
  for (const GateTable::Entry& entry : table.users) users_.emplace(entry.uid, entry.lead);
}

Forecast Gate::mix(UserId uid, const Forecast& kernel, const Forecast& network,
                   const PointChoices& choices) const {
  const auto found = users_.find(uid);
  return foreshape::mix(found != users_.end() ? found->second : GateLead{}, everybody_, kernel, network,
                        choices);
}

void Gate::learn(UserId uid, const ForecastLoss& kernel, const ForecastLoss& network, float evidence) {
  add(everybody_, kernel, network, kKeepAll, evidence);
  auto found = users_.find(uid);
  if (found == users_.end()) {
    if (users_.size() >= kMaxGateUsers) return;
    found = users_.emplace(uid, GateLead{}).first;
  }
  add(found->second, kernel, network, kKeepUser, evidence);
}

GateTable Gate::table() const {
  GateTable table{everybody_, {}};
  table.users.reserve(users_.size());
  for (const auto& [uid, lead] : users_) table.users.push_back({uid, lead});
  std::ranges::sort(table.users, {}, &GateTable::Entry::uid);
  return table;
}

}  // namespace foreshape
