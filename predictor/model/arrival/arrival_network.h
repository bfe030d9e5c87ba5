// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The network of the next submission: when, what shape, and how much waiting it tolerates; and its gradient.
//
//   h1 = relu(x W_1 + b)   h2 = relu(h1 W_2 + b)   o = h2 W_out + b
//   hazard_b = sigmoid(o_b + a_b prior_b)              discrete-time hazard of bin b (Allison, 1982)
//   q_k = relu(r_k W_shape + h2 W_to_shape + b)        for each earlier shape k of the user
//   P(shape) = softmax(q_k . v, o_new)                 a pointer over the user's own shapes, and "new"
//   P(latency class) = softmax(o_class)
//
// Runs in: slurmctld (agent thread) and offline.
// Threads: the functions are pure; one ArrivalState, one thread.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "predictor/model/arrival/arrival_features.h"
#include "predictor/model/network/network_layout.h"
#include "predictor/model/network/products.h"

namespace foreshape {

/// How much waiting the next job tolerates: it is interactive; the user waits for it, i.e. submits within 10
/// minutes of the end of the last job; neither.
enum class LatencyClass : std::uint8_t { interactive, waited_for, batch };
inline constexpr std::size_t kLatencyClasses = 3;

struct ArrivalLayout {
  explicit ArrivalLayout(std::size_t hidden_width = 64);

  static constexpr std::size_t kShapeHidden = 16;
  static constexpr std::size_t kFirstClass = kArrivalBins;  ///< columns of `out`
  static constexpr std::size_t kNew = kFirstClass + kLatencyClasses;
  static constexpr std::size_t kOutputs = 32;  ///< whole vectors; the rest is unused

  std::size_t hidden;
  WeightBlock hidden1, hidden1_bias;  ///< (A, H), (1, H)
  WeightBlock hidden2, hidden2_bias;  ///< (H, H)
  WeightBlock out, out_bias;          ///< (H, kOutputs)
  WeightBlock prior_weight;           ///< (1, kArrivalBins)
  WeightBlock shape, shape_bias;      ///< (S, Q)
  WeightBlock to_shape;               ///< (H, Q)
  WeightBlock shape_out;              ///< (1, Q)
  std::size_t total;

  std::array<const WeightBlock*, 11> blocks() const;
};

/// As a new network: He's uniform, no opinion of its own, so that it begins as the prior does. The same seed
/// gives the same bits on every machine.
void initialise_weights(const ArrivalLayout& layout, std::uint64_t seed, std::span<float> weights);

/// What came. Nothing is said about a shape or class of what has not come.
struct ArrivalTarget {
  std::uint8_t bin = 0;        ///< 0 .. kArrivalBins (later)
  bool came = false;           ///< false: not before the start of `bin`, and nothing more is known
  std::uint8_t shape = kNone;  ///< index into the input's shapes; kShapes = new
  std::uint8_t latency = kNone;
  static constexpr std::uint8_t kNone = 255;
};

struct ArrivalForecast {
  Hazards hazards;
  std::array<float, kShapes + 1> shapes;  ///< P of each of the input's shapes; the last: something new
  std::array<float, kLatencyClasses> latency;
};

/// The hazards that the input's prior stands for: the simple forecast.
Hazards hazards_of(const std::array<float, kArrivalBins>& logits);

/// The caller's workspace.
struct ArrivalState {
  ArrivalState(std::size_t hidden, std::size_t most, bool trains);

  ArrivalLayout layout;
  std::size_t batch;
  std::vector<float> x, h1, h2, o;         // (B, A), (B, H), (B, H), (B, kOutputs)
  std::vector<float> rows, q, part;        // (B K, S), (B K, Q), (B, Q)
  std::vector<ArrivalForecast> forecasts;  // (B)
  std::vector<float> dh1, dh2, dh, dout, dq, dpart;
};

/// Fills state.forecasts for the inputs; inputs.size() <= state.batch. Never allocates.
void forward(std::span<const float> weights, std::span<const ArrivalInput* const> inputs, Products& products,
             ArrivalState& state);

/// After forward of the same inputs: the mean loss in nats (time, shape and class together). Overwrites
/// gradient (layout.total).
double backward(std::span<const float> weights, std::span<const ArrivalInput* const> inputs,
                std::span<const ArrivalTarget* const> targets, Products& products, ArrivalState& state,
                std::span<float> gradient);

}  // namespace foreshape
