#include "predictor/model/gate.h"

#include <algorithm>
#include <cmath>

#include "predictor/model/fast_math.h"

namespace foreshape {
namespace {

// A user's last hundred jobs decide; everybody's last thousand stand for users of whom little is known.
constexpr float kKeepUser = 0.99F, kKeepAll = 0.999F;
// Everybody counts as so many jobs of the user: one job's loss says little (fewer cost .002 of accuracy on
// KTH).
constexpr float kPriorJobs = 100;
// How sharply the weight turns with the lead per job. Losses are about 0.2 to 0.5 a job.
constexpr float kSharpness = 60;

float sigmoid(float x) { return 1 / (1 + fast_exp(-x)); }

float log_mix(float a, float b, float weight_of_b) {
  return fast_exp((1 - weight_of_b) * fast_log(std::max(a, 1e-6F)) +
                  weight_of_b * fast_log(std::max(b, 1e-6F)));
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

void Gate::Lead::add(const ForecastLoss& kernel, const ForecastLoss& network, float keep) {
  quantiles = keep * quantiles + kernel.quantiles - network.quantiles;
  typical = keep * typical + kernel.typical - network.typical;
  jobs = keep * jobs + 1;
}

Gate::Weights Gate::weights_of(UserId uid) const {
  const float all = std::max(everybody_.jobs, 1.0F);
  Lead lead{kPriorJobs * everybody_.quantiles / all, kPriorJobs * everybody_.typical / all, kPriorJobs};
  if (const auto found = users_.find(uid); found != users_.end()) {
    lead.quantiles += found->second.quantiles;
    lead.typical += found->second.typical;
    lead.jobs += found->second.jobs;
  }
  return {sigmoid(kSharpness * lead.quantiles / lead.jobs), sigmoid(kSharpness * lead.typical / lead.jobs)};
}

Forecast Gate::mix(UserId uid, const Forecast& kernel, const Forecast& network) const {
  if (!kernel.known()) return network;
  if (!network.known()) return kernel;
  const Weights weights = weights_of(uid);
  Forecast mixed = weights.typical >= 0.5F ? network : kernel;
  for (std::size_t i = 0; i < mixed.quantiles.size(); ++i)
    mixed.quantiles[i] = log_mix(kernel.quantiles[i], network.quantiles[i], weights.quantiles);
  return mixed;
}

void Gate::learn(UserId uid, const ForecastLoss& kernel, const ForecastLoss& network) {
  users_[uid].add(kernel, network, kKeepUser);
  everybody_.add(kernel, network, kKeepAll);
}

}  // namespace foreshape
