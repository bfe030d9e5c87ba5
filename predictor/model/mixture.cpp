#include "predictor/model/mixture.h"

#include <algorithm>
#include <cmath>

#include "predictor/model/fast_math.h"
#include "predictor/model/target_clones.h"

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

/// The components that are there, with what is needed many times.
struct Parts {
  alignas(64) std::array<float, kComponents> weight, center, inverse_width;
  std::size_t size = 0;
};

Parts parts_of(const Mixture& m) {
  Parts parts;  // NOLINT(cppcoreguidelines-pro-type-member-init): size are set
  for (std::size_t c = 0; c < kComponents; ++c) {
    if (m.log_weight[c] < -12) continue;  // less than 1e-5 of the weight
    parts.weight[parts.size] = fast_exp(m.log_weight[c]);
    parts.center[parts.size] = m.center[c];
    parts.inverse_width[parts.size++] = 1 / m.width[c];
  }
  return parts;
}

struct Height {
  float cdf, density;
};

Height height(const Parts& parts, float y) {
  float cdf = 0, density = 0, total = 0;
  for (std::size_t c = 0; c < parts.size; ++c) {
    const float z = (y - parts.center[c]) * parts.inverse_width[c];
    const float tail = 0.5F * parts.weight[c] * fast_exp(-std::abs(z));
    cdf += z >= 0 ? parts.weight[c] - tail : tail;
    density += tail * parts.inverse_width[c];
    total += parts.weight[c];
  }
  return {cdf / total, density / total};
}

/// Between least and most: Newton's steps, halving where they leave the bracket.
float inverse(const Parts& parts, float level, float least, float most, float start) {
  float y = std::clamp(start, least, most);
  constexpr int kSteps = 40;
  for (int step = 0; step < kSteps && most - least > 5e-4F; ++step) {
    const auto [cdf, density] = height(parts, y);
    (cdf < level ? least : most) = y;
    const float next = y + (level - cdf) / std::max(density, 1e-6F);
    if (std::abs(next - y) < 2e-4F) return std::clamp(next, least, most);
    y = next > least && next < most ? next : (least + most) / 2;
  }
  return y;
}

void quantiles(const Parts& parts, float bound, std::array<float, kQuantileLevels.size()>& out) {
  float least = bound, most = -kNoBound;
  for (std::size_t c = 0; c < parts.size; ++c) {
    const float reach = 12 / parts.inverse_width[c];  // e^-12 is far below 1 - .99
    least = std::min(least, parts.center[c] - reach);
    most = std::max(most, parts.center[c] + reach);
  }
  float y = (least + most) / 2;
  for (std::size_t i = 0; i < out.size(); ++i) {
    y = least = inverse(parts, kQuantileLevels[i], least, most, y);
    out[i] = fast_exp(std::min(y, bound));
    if (i > 0) out[i] = std::max(out[i], out[i - 1]);
  }
}

/// E min / max of x against the mixture of min(Y, bound).
float expected_likeness(const Parts& parts, float bound, float x) {
  float sum = 0;
  for (std::size_t c = 0; c < parts.size; ++c) {
    const float d = std::abs(x - std::min(parts.center[c], bound));
    float b = 1 / parts.inverse_width[c];
    b = std::abs(b - 1) < 0.02F ? 0.98F : b;  // the formula's removable singularity
    sum += parts.weight[c] * (fast_exp(-d) - b * fast_exp(-d / b)) / (1 - b * b);
  }
  return sum;
}

float most_typical(const Parts& parts, float bound) {
  float best = -1, typical = 0;
  for (std::size_t c = 0; c < parts.size; ++c) {
    const float x = std::min(parts.center[c], bound);
    const float likeness = expected_likeness(parts, bound, x);
    if (likeness > best) {
      best = likeness;
      typical = x;
    }
  }
  return fast_exp(typical);
}

float mean(const Parts& parts, float bound) {
  float sum = 0, total = 0;
  for (std::size_t c = 0; c < parts.size; ++c) {
    sum += parts.weight[c] * fast_exp(std::min(parts.center[c], bound));
    total += parts.weight[c];
  }
  return sum / total;
}

}  // namespace

double mixture_loss(const Mixture& mixture, float y, std::uint8_t known, MixtureGradient& gradient) {
  return known == kAtLeast ? at_least_loss(mixture, y, gradient) : measured_loss(mixture, y, gradient);
}

float mixture_cdf(const Mixture& mixture, float y) { return height(parts_of(mixture), y).cdf; }

Forecast mixture_forecast(const Mixture& mixture, float bound) {
  const Parts parts = parts_of(mixture);
  Forecast forecast;
  quantiles(parts, bound, forecast.quantiles);
  forecast.typical = most_typical(parts, bound);
  forecast.mean = mean(parts, bound);
  return forecast;
}

}  // namespace foreshape
