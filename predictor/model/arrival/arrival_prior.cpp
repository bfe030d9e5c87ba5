// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/base/fast_math.h"
#include "predictor/baseline/gap_constants.h"
#include "predictor/model/arrival/arrival_features.h"

namespace foreshape {
Hazards prior_hazards(std::span<const std::int64_t> gaps_s, std::int64_t silence_s) {
  constexpr auto kWeight = static_cast<float>(kPriorWeight);
  std::array<float, kArrivalBins + 1> mass{};
  float weight = 1;
  for (const std::int64_t gap : gaps_s) {
    for (const Blur& blur : kBlur) {
      const auto blurred = static_cast<std::int64_t>(static_cast<double>(gap) * blur.factor);
      if (blurred > silence_s || silence_s == 0)
        mass[arrival_bin(blurred - silence_s)] += weight * static_cast<float>(blur.share);
    }
    weight *= static_cast<float>(kGapDecay);
  }
  const float scaled = static_cast<float>(silence_s) + static_cast<float>(kPriorScale_s);
  const auto survives = [&](double seconds) {
    return fast_exp(static_cast<float>(kPriorShape) *
                    fast_log(scaled / (scaled + static_cast<float>(seconds))));
  };
  Hazards hazards;  // NOLINT(cppcoreguidelines-pro-type-member-init): all are set
  float longer = mass[kArrivalBins];
  for (std::size_t b = kArrivalBins; b-- > 0;) {
    longer += mass[b];
    const float at_start = survives(bin_start_s(b)), at_end = survives(bin_end_s(b));
    hazards[b] = (mass[b] + kWeight * (at_start - at_end)) / (longer + kWeight * at_start);
  }
  return hazards;
}

}  // namespace foreshape
