// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/model/network/mixture_head.h"

#include <algorithm>

#include "predictor/base/fast_math.h"
#include "predictor/base/target_clones.h"
#include "predictor/model/network/network_layout.h"

namespace foreshape {
namespace {

// Narrower than 3 % no one needs to know a run time; it also bounds the likelihood.
constexpr float kMinWidth = 0.03F;
constexpr float kPairWidth = -0.8F, kBinWidth = -0.3F;  // before training: widths of 0.4 and 0.58
constexpr float kBinScore = -5.0F;                      // before training: the bins have 8 % of the weight
constexpr float kMaxShift = 0.3F;                       // 1.5 is worse by .003 of accuracy on KTH

/// Where the bins lie, in ln(used / requested): above the request as well, for what was cut off there.
constexpr std::array<float, kBins> kOffsets = {0.7F,  0.0F,  -0.35F, -0.7F, -1.2F, -1.8F,
                                               -2.5F, -3.3F, -4.2F,  -5.3F, -6.6F, -8.2F};

float sigmoid(float x) { return 1 / (1 + fast_exp(-x)); }
float softplus(float x) { return x > 15 ? x : fast_log(1 + fast_exp(x)); }
float tanh_of(float x) { return 1 - 2 / (1 + fast_exp(2 * x)); }

float kernel_log_weight(const ModelInput& input, std::size_t k) {
  return 4 * input.pair(k, PairFeature::kernel_log_weight);  // as scaled there
}

FORESHAPE_TARGET_CLONES
void normalise(std::array<float, kComponents>& logits) {
  const float most = *std::ranges::max_element(logits);
  float sum = 0;
  for (const float l : logits) sum += fast_exp(l - most);
  const float log_sum = most + fast_log(sum);
  for (float& l : logits) l = std::max(l - log_sum, kNoWeight);
}

/// A candidate's shift and width, in place: in vectors, as half of the time here is exp and log.
FORESHAPE_TARGET_CLONES
void shift_and_widen(std::array<float, kPointed>& shift, std::array<float, kPointed>& width) {
  for (float& x : shift) x = kMaxShift * tanh_of(x);
  for (float& x : width) x = kMinWidth + softplus(x + kPairWidth);
}

}  // namespace

void make_mixture(const ModelInput& input, std::size_t resource, const float* outputs, const float* bins,
                  const float* kernel_weights, Mixture& out) {
  std::array<float, kPointed> shift{}, width{};
  for (std::size_t k = 0; k < input.candidates; ++k) {
    shift[k] = outputs[k * kPairOutputs + 3 * resource + 1];
    width[k] = outputs[k * kPairOutputs + 3 * resource + 2];
  }
  shift_and_widen(shift, width);
  for (std::size_t k = 0; k < kPointed; ++k) {
    const bool is_there = k < input.candidates && input.known[k * kResources + resource] != 0;
    if (!is_there) {
      out.log_weight[k] = 2 * kNoWeight;
      out.center[k] = 0;
      out.width[k] = 1;
      continue;
    }
    out.log_weight[k] =
        outputs[k * kPairOutputs + 3 * resource] + kernel_weights[resource] * kernel_log_weight(input, k);
    out.center[k] = input.values[k * kResources + resource] + shift[k];
    out.width[k] = width[k];
  }
  const float* scores = bins + 2 * kBins * resource;
  for (std::size_t n = 0; n < kBins; ++n) {
    out.log_weight[kPointed + n] = scores[n] + kBinScore;
    out.center[kPointed + n] = input.reference[resource] + kOffsets[n];
    out.width[kPointed + n] = kMinWidth + softplus(scores[kBins + n] + kBinWidth);
  }
  normalise(out.log_weight);
}

void mixture_back(const ModelInput& input, std::size_t resource, const float* outputs, const float* bins,
                  const MixtureGradient& gradient, float scale, float* doutputs, float* dbins,
                  float* dkernel) {
  for (std::size_t k = 0; k < input.candidates; ++k) {
    const float* o = outputs + k * kPairOutputs + 3 * resource;
    float* d = doutputs + k * kPairOutputs + 3 * resource;
    if (input.known[k * kResources + resource] == 0) continue;
    const float shift = tanh_of(o[1]);
    d[0] = scale * gradient.logit[k];
    d[1] = scale * gradient.center[k] * kMaxShift * (1 - shift * shift);
    d[2] = scale * gradient.width[k] * sigmoid(o[2] + kPairWidth);
    dkernel[resource] += scale * gradient.logit[k] * kernel_log_weight(input, k);
  }
  const float* scores = bins + 2 * kBins * resource;
  float* dscores = dbins + 2 * kBins * resource;
  for (std::size_t n = 0; n < kBins; ++n) {
    dscores[n] = scale * gradient.logit[kPointed + n];
    dscores[kBins + n] = scale * gradient.width[kPointed + n] * sigmoid(scores[kBins + n] + kBinWidth);
  }
}

}  // namespace foreshape
