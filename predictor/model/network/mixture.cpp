// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/model/network/mixture.h"

#include <algorithm>
#include <cmath>

#include "predictor/base/fast_math.h"
#include "predictor/base/target_clones.h"

namespace foreshape {
namespace {

constexpr float kLogHalf = -0.69314718F;

float log_sum_exp(const std::array<float, kComponents>& terms) {
  const float most = *std::ranges::max_element(terms);
  float sum = 0;
  for (const float t : terms) sum += fast_exp(t - most);
  return most + fast_log(sum);
}

/// ln(w_c p_c(y)) of each component.
void log_densities(const Mixture& m, float y, std::array<float, kComponents>& out) {
  for (std::size_t c = 0; c < kComponents; ++c)
    out[c] = m.log_weight[c] + kLogHalf - fast_log(m.width[c]) - std::abs(y - m.center[c]) / m.width[c];
}

/// ln P_c(Y >= y) and p_c(y) / P_c(Y >= y) of one component.
struct Survival {
  float log_survival, hazard;
};
Survival survival(float y, float center, float width) {
  const float z = (y - center) / width;
  if (z >= 0) return {kLogHalf - z, 1 / width};
  const float tail = 0.5F * fast_exp(z);
  return {fast_log(1 - tail), tail / width / (1 - tail)};
}

double measured_loss(const Mixture& m, float y, MixtureGradient& g) {
  std::array<float, kComponents> terms;  // NOLINT(cppcoreguidelines-pro-type-member-init): set below
  log_densities(m, y, terms);
  const float total = log_sum_exp(terms);
  for (std::size_t c = 0; c < kComponents; ++c) {
    const float posterior = fast_exp(terms[c] - total);
    const float miss = y - m.center[c];
    g.logit[c] = fast_exp(m.log_weight[c]) - posterior;
    g.center[c] = -posterior * (miss >= 0 ? 1.0F : -1.0F) / m.width[c];
    g.width[c] = -posterior * (std::abs(miss) / m.width[c] - 1) / m.width[c];
  }
  return -static_cast<double>(total);
}

double at_least_loss(const Mixture& m, float y, MixtureGradient& g) {
  std::array<float, kComponents> terms, hazards;  // NOLINT(cppcoreguidelines-pro-type-member-init): set below
  for (std::size_t c = 0; c < kComponents; ++c) {
    const Survival s = survival(y, m.center[c], m.width[c]);
    terms[c] = m.log_weight[c] + s.log_survival;
    hazards[c] = s.hazard;
  }
  const float total = log_sum_exp(terms);
  for (std::size_t c = 0; c < kComponents; ++c) {
    const float posterior = fast_exp(terms[c] - total);
    g.logit[c] = fast_exp(m.log_weight[c]) - posterior;
    g.center[c] = -posterior * hazards[c];
    g.width[c] = -posterior * hazards[c] * (y - m.center[c]) / m.width[c];
  }
  return -static_cast<double>(total);
}

constexpr std::size_t kLanes = 16;

// Beyond so many widths there is nothing. Without it products become denormal numbers, each of which takes a
// processor a hundred times as long.
constexpr float kFar = 50;

/// Sums over components, so many at a time: what is added together does not depend on the processor.
struct LaneSums {
  alignas(64) std::array<float, kLanes> at{};
  /// Halves are added upon halves: a chain of sixteen additions takes as long as the sums themselves.
  float sum() const {
    static_assert(kLanes == 16);
    std::array<float, 8> eight;  // NOLINT(cppcoreguidelines-pro-type-member-init): set below
    std::array<float, 4> four;   // NOLINT(cppcoreguidelines-pro-type-member-init): set below
    for (std::size_t l = 0; l < 8; ++l) eight[l] = at[l] + at[l + 8];
    for (std::size_t l = 0; l < 4; ++l) four[l] = eight[l] + eight[l + 4];
    return (four[0] + four[2]) + (four[1] + four[3]);
  }
};

/// The components that are there, with what is needed many times; filled up to whole lanes with weight 0.
struct Parts {
  static constexpr std::size_t kMax = (kComponents + kLanes - 1) / kLanes * kLanes;
  alignas(64) std::array<float, kMax> weight, center, inverse_width;
  std::size_t size = 0, filled = 0;
};

Parts parts_of(const Mixture& m) {
  Parts parts;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled are set
  float total = 0;
  for (std::size_t c = 0; c < kComponents; ++c) {
    if (m.log_weight[c] < -12) continue;  // less than 1e-5 of the weight
    parts.weight[parts.size] = fast_exp(m.log_weight[c]);
    parts.center[parts.size] = m.center[c];
    parts.inverse_width[parts.size] = 1 / m.width[c];
    total += parts.weight[parts.size++];
  }
  for (std::size_t c = 0; c < parts.size; ++c) parts.weight[c] /= total;
  parts.filled = (parts.size + kLanes - 1) / kLanes * kLanes;
  for (std::size_t c = parts.size; c < parts.filled; ++c) {
    parts.weight[c] = parts.center[c] = 0;
    parts.inverse_width[c] = 1;
  }
  return parts;
}

struct Height {
  float cdf, density;
};

FORESHAPE_TARGET_CLONES
Height height(const Parts& parts, float y) {
  LaneSums cdf, density;
  for (std::size_t c = 0; c < parts.filled; c += kLanes)
    for (std::size_t l = 0; l < kLanes; ++l) {
      const float z = (y - parts.center[c + l]) * parts.inverse_width[c + l];
      const float tail = 0.5F * parts.weight[c + l] * fast_exp(-std::min(std::abs(z), kFar));
      cdf.at[l] += z >= 0 ? parts.weight[c + l] - tail : tail;
      density.at[l] += tail * parts.inverse_width[c + l];
    }
  return {cdf.sum(), density.sum()};
}

/// Walks from quantile to quantile.
class Quantiles {
 public:
  explicit Quantiles(const Parts& parts) : parts_(parts) {
    float mean = 0;
    for (std::size_t c = 0; c < parts.size; ++c) {
      const float reach = 12 / parts.inverse_width[c];  // e^-12 is far below 1 - .99
      least_ = std::min(least_, parts.center[c] - reach);
      most_ = std::max(most_, parts.center[c] + reach);
      mean += parts.weight[c] * parts.center[c];
    }
    look_at(mean);
  }

  /// The next higher level's: Newton's steps, the first from where the last one was found; halving where one
  /// leaves the bracket or is not at most half of the one before, as between two peaks steps go to and fro
  /// (rtsafe in Press et al., "Numerical recipes", 9.4).
  float next(float level) {
    float most = most_, before = 2 * (most_ - least_);
    constexpr int kSteps = 60;  // every other one halves, and 20 halve the widest bracket often enough
    for (int i = 0; i < kSteps && most - least_ > 5e-4F; ++i) {
      (at_.cdf < level ? least_ : most) = y_;
      float step = (level - at_.cdf) / std::max(at_.density, 1e-6F);
      // What is left after such a step is below 1e-4: no component is narrower than 3 %.
      if (std::abs(step) < 2e-3F) return least_ = std::clamp(y_ + step, least_, most);
      const bool is_good = y_ + step > least_ && y_ + step < most && 2 * std::abs(step) <= std::abs(before);
      if (!is_good) step = (least_ + most) / 2 - y_;
      before = step;
      look_at(y_ + step);
    }
    return y_;
  }

 private:
  void look_at(float y) {
    y_ = y;
    at_ = height(parts_, y);
  }

  const Parts& parts_;
  float least_ = kNoBound, most_ = -kNoBound;
  float y_ = 0;
  Height at_{};
};

void quantiles(const Parts& parts, float bound, std::array<float, kQuantileLevels.size()>& out) {
  Quantiles quantiles{parts};
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = fast_exp(std::min(quantiles.next(kQuantileLevels[i]), bound));
    if (i > 0) out[i] = std::max(out[i], out[i - 1]);
  }
}

/// What E min / max needs of each component, worked out once: it is requested at every component's center.
struct LikenessParts {
  static constexpr std::size_t kMax = Parts::kMax;
  alignas(64) std::array<float, kMax> center, width, scale;  // m' = min(m, bound), b, w / (1 - b^2)
  alignas(64) std::array<float, kMax> value, inverse_value;  // e^m', e^-m'
  std::size_t filled = 0;
};

FORESHAPE_TARGET_CLONES
void likeness_parts_of(const Parts& parts, float bound, LikenessParts& out) {
  out.filled = parts.filled;
  for (std::size_t c = 0; c < parts.filled; ++c) {
    const float width = 1 / parts.inverse_width[c];
    const float b = std::abs(width - 1) < 0.02F ? 0.98F : width;  // the formula's removable singularity
    out.center[c] = std::min(parts.center[c], bound);
    out.width[c] = b;
    out.scale[c] = parts.weight[c] / (1 - b * b);
    out.value[c] = fast_exp(out.center[c]);
    out.inverse_value[c] = 1 / out.value[c];
  }
}

/// E min / max of x against the mixture of min(Y, bound). e^-|x - m'| is the ratio of the two values.
FORESHAPE_TARGET_CLONES
float expected_likeness(const Parts& parts, const LikenessParts& likeness, float x) {
  const float value = fast_exp(x), inverse_value = 1 / value;
  LaneSums sums;
  for (std::size_t c = 0; c < likeness.filled; c += kLanes)
    for (std::size_t l = 0; l < kLanes; ++l) {
      const float d = std::abs(x - likeness.center[c + l]);
      const float ratio =
          std::min(value * likeness.inverse_value[c + l], inverse_value * likeness.value[c + l]);
      sums.at[l] +=
          likeness.scale[c + l] *
          (ratio - likeness.width[c + l] * fast_exp(-std::min(d * parts.inverse_width[c + l], kFar)));
    }
  return sums.sum();
}

/// Weighs places for the point prediction by what the mixture expects there.
class Places {
 public:
  Places(const Parts& parts, float bound, PointChoices& choices) : parts_(parts), choices_(choices) {
    likeness_parts_of(parts, bound, likeness_);
    choices.size = 0;
    for (std::size_t c = 0; c < parts.size; ++c)
      if (parts.weight[c] >= 0.004F) add(likeness_.center[c]);  // others are hardly ever the best
  }
  void add(float log_value) {
    choices_.network[choices_.size] = expected_likeness(parts_, likeness_, log_value);
    choices_.kernel[choices_.size] = 0;
    choices_.value[choices_.size++] = fast_exp(log_value);
  }

 private:
  const Parts& parts_;
  PointChoices& choices_;
  LikenessParts likeness_;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled are set
};

float mean(const Parts& parts, float bound) {
  float sum = 0;
  for (std::size_t c = 0; c < parts.size; ++c)
    sum += parts.weight[c] * fast_exp(std::min(parts.center[c], bound));
  return sum;
}

Forecast forecast_of(const Parts& parts, float bound, const PointChoices& choices) {
  Forecast forecast;
  quantiles(parts, bound, forecast.quantiles);
  forecast.typical = choices.best(1);
  forecast.mean = mean(parts, bound);
  return forecast;
}

}  // namespace

double mixture_loss(const Mixture& mixture, float y, std::uint8_t known, MixtureGradient& gradient) {
  return known == kAtLeast ? at_least_loss(mixture, y, gradient) : measured_loss(mixture, y, gradient);
}

float mixture_cdf(const Mixture& mixture, float y) { return height(parts_of(mixture), y).cdf; }

float PointChoices::best(float trust) const {
  if (size == 0) return 0;
  float most = -1, best = value[0];
  for (std::size_t i = 0; i < size; ++i) {
    const float expected = trust * network[i] + (1 - trust) * kernel[i];
    if (!(expected > most)) continue;
    most = expected;
    best = value[i];
  }
  return best;
}

Forecast mixture_forecast(const Mixture& mixture, float bound) {
  PointChoices choices;  // NOLINT(cppcoreguidelines-pro-type-member-init): size are set
  const Parts parts = parts_of(mixture);
  const Places places{parts, bound, choices};
  return forecast_of(parts, bound, choices);
}

Forecast mixture_forecast(const Mixture& mixture, float bound, const Forecast& kernel,
                          const WeightedValues& votes, PointChoices& choices) {
  const Parts parts = parts_of(mixture);
  Places places{parts, bound, choices};
  const Forecast forecast = forecast_of(parts, bound, choices);
  places.add(std::min(fast_log(std::max(kernel.typical, 1e-6F)), bound));
  votes.likeness_at(std::span{choices.value}.first(choices.size),
                    std::span{choices.kernel}.first(choices.size));
  return forecast;
}

}  // namespace foreshape
