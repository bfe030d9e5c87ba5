// SPDX-License-Identifier: GPL-2.0-or-later
// How fast the network learns and predicts: samples a second on one thread, with loops of each width that this
// processor has (so those of one without AVX-512, or without AVX2, too) and with oneDNN, taken in turns; and their share
// of the processor's peak, which is oneDNN's own product of two large matrices.
//
//   train_speed [BATCH] [HIDDEN] [PAIR_HIDDEN]

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <fmt/format.h>
#include <iterator>
#include <memory>
#include <vector>

#include "predictor/model/network/dnnl_products.h"
#include "predictor/model/network/network.h"
#include "tests/bench/processor.h"
#include "tests/predictor/model/made_inputs.h"
#include "trainer/adam.h"

namespace foreshape {
namespace {

double processor_s() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

/// Median of five rounds, each of about so many calls.
template <class Work>
double seconds_a_call(int calls, Work&& work) {
  std::vector<double> rounds;
  for (int round = 0; round < 5; ++round) {
    const double start = processor_s();
    for (int i = 0; i < calls; ++i) work();
    rounds.push_back((processor_s() - start) / calls);
  }
  std::ranges::sort(rounds);
  return rounds[2];
}

/// Floating-point operations of the products of one sample, forward.
double operations(const NetworkState& s) {
  const double H = s.sizes.hidden, D = s.sizes.pair_hidden;
  const double job = static_cast<double>(s.layout.inputs) * H + H * H + H * kBinOutputs + H * D;
  const double pair = kPairFeatures * D + D * D + D * kPairOutputs;
  return 2 * (job + kPointed * pair);
}

double peak() {
  constexpr std::size_t kSide = 1024;
  std::vector<float> a(kSide * kSide, 1.0F), b(a), c(a);
  DnnlProducts products;
  const double s = seconds_a_call(4, [&] {
    products.multiply(a.data(), b.data(), c.data(), {kSide, kSide, kSide});
  });
  return 2.0 * kSide * kSide * kSide / s;
}

void measure(std::size_t batch, const NetworkSizes& sizes) {
  test::Dice dice{1};
  std::vector<ModelInput> inputs;
  std::vector<Target> targets;
  for (std::size_t b = 0; b < batch; ++b) {
    inputs.push_back(test::made_input(dice, kPointed));
    targets.push_back(test::made_target(dice));
  }
  std::vector<const ModelInput*> in;
  std::vector<const Target*> out;
  for (const ModelInput& input : inputs) in.push_back(&input);
  for (const Target& target : targets) out.push_back(&target);
  NetworkState state{sizes, batch, true};
  std::vector<float> weights(state.layout.total), gradient(state.layout.total);
  initialise_weights(state.layout, 1, weights);
  Adam adam{state.layout.total, {.rate = 1e-6F}};
  const std::array<float, kResources> run_time_only = {1, 0, 0, 0, 0};
  const double most = peak();
  fmt::print("{}\nbatch {}, hidden {}, pair hidden {}: {} weights, peak {:.0f} GFLOP/s\n",
             processor_and_loops(), batch, sizes.hidden, sizes.pair_hidden, state.layout.total, most * 1e-9);
  const int calls = static_cast<int>(2000 / batch) + 1;
  LoopProducts avx512{LoopCode::avx512}, avx2{LoopCode::avx2}, plain{LoopCode::plain};
  DnnlProducts dnnl;
  std::vector<std::pair<const char*, Products*>> all = {{"plain", &plain}, {"oneDNN", &dnnl}};
  if (fastest_loop_code() >= LoopCode::avx2) all.emplace_back("avx2", &avx2);
  if (fastest_loop_code() >= LoopCode::avx512) all.emplace_back("avx512", &avx512);
  std::ranges::copy(std::vector(all), std::back_inserter(all));  // each twice
  for (const auto& [name, products] : all) {
    const double one = seconds_a_call(calls, [&] { forward(weights, in, *products, state); });
    const double step = seconds_a_call(calls, [&] {
      forward(weights, in, *products, state);
      backward(weights, in, out, run_time_only, *products, state, gradient);
      adam.step(weights, gradient, 1);
    });
    const double n = static_cast<double>(batch), forward_flops = n * operations(state);
    fmt::print(
        "  {:<6}  forward {:>8.0f} jobs/s ({:.0f} % of peak)   training {:>8.0f} samples/s ({:.0f} %)\n",
        name, n / one, 100 * forward_flops / one / most, n / step, 100 * 3 * forward_flops / step / most);
  }
}

}  // namespace
}  // namespace foreshape

int main(int argc, char** argv) {
  const auto number = [&](int i, unsigned otherwise) {
    return argc > i ? static_cast<unsigned>(std::strtoul(argv[i], nullptr, 10)) : otherwise;
  };
  foreshape::NetworkSizes sizes;
  sizes.hidden = number(2, sizes.hidden);
  sizes.pair_hidden = number(3, sizes.pair_hidden);
  foreshape::measure(std::max(1U, number(1, 128)), sizes);
  return 0;
}
