#include "predictor/model/arrival_features.h"
#include "predictor/model/fast_math.h"

namespace foreshape {
namespace {

/// A gap stands for gaps like it (predictor/baseline/arrival.cpp has the reasons and the figures).
struct Blur {
  double factor;
  float share;
};
constexpr std::array kBlur = {Blur{.8, .2F}, Blur{1, .4F}, Blur{1.25, .25F}, Blur{2, .15F}};
constexpr float kPriorWeight = 2, kPriorScale_s = 60, kPriorShape = 0.25F;
constexpr float kGapDecay = 0.9659363F;  // 2^(-1 / 20)

}  // namespace

Hazards prior_hazards(std::span<const std::int64_t> gaps_s, std::int64_t silence_s) {
  std::array<float, kArrivalBins + 1> mass{};
  float weight = 1;
  for (const std::int64_t gap : gaps_s) {
    for (const Blur& blur : kBlur) {
      const auto blurred = static_cast<std::int64_t>(static_cast<double>(gap) * blur.factor);
      if (blurred > silence_s || silence_s == 0)
        mass[arrival_bin(blurred - silence_s)] += weight * blur.share;
    }
    weight *= kGapDecay;
  }
  const float scaled = static_cast<float>(silence_s) + kPriorScale_s;
  const auto survives = [&](double seconds) {
    return fast_exp(kPriorShape * fast_log(scaled / (scaled + static_cast<float>(seconds))));
  };
  Hazards hazards;  // NOLINT(cppcoreguidelines-pro-type-member-init): all are set
  float longer = mass[kArrivalBins];
  for (std::size_t b = kArrivalBins; b-- > 0;) {
    longer += mass[b];
    const float at_start = survives(bin_start_s(b)), at_end = survives(bin_end_s(b));
    hazards[b] = (mass[b] + kPriorWeight * (at_start - at_end)) / (longer + kPriorWeight * at_start);
  }
  return hazards;
}

}  // namespace foreshape
