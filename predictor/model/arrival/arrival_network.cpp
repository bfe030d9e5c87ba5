// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/model/arrival/arrival_network.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "predictor/base/fast_math.h"
#include "predictor/model/network/dense_layer.h"
#include "predictor/model/network/uniform_weights.h"

namespace foreshape {
namespace {

constexpr std::size_t kQ = ArrivalLayout::kShapeHidden;
constexpr std::size_t kOutputs = ArrivalLayout::kOutputs;

void gather_inputs(std::span<const ArrivalInput* const> inputs, ArrivalState& s) {
  for (std::size_t b = 0; b < inputs.size(); ++b) {
    std::ranges::copy(inputs[b]->x, s.x.begin() + static_cast<std::ptrdiff_t>(b * kArrivalFeatures));
    float* rows = s.rows.data() + b * kShapes * kShapeFeatures;
    const std::size_t used = inputs[b]->shapes * kShapeFeatures;
    std::copy_n(inputs[b]->rows.data(), used, rows);
    std::fill_n(rows + used, kShapes * kShapeFeatures - used, 0.0F);
  }
}

void softmax(std::span<float> values) {
  const float most = std::ranges::max(values);
  float sum = 0;
  for (float& v : values) sum += v = fast_exp(v - most);
  for (float& v : values) v /= sum;
}

/// From the last layers' outputs to probabilities.
void read_out(const ArrivalInput& in, const float* o, const float* q, const float* prior_weight,
              const float* shape_out, ArrivalForecast& f) {
  for (std::size_t b = 0; b < kArrivalBins; ++b)
    f.hazards[b] = 1 / (1 + fast_exp(-(o[b] + prior_weight[b] * in.prior[b])));
  std::copy_n(o + ArrivalLayout::kFirstClass, kLatencyClasses, f.latency.begin());
  softmax(f.latency);
  constexpr float kAbsent = -80;
  for (std::size_t k = 0; k < kShapes; ++k) {
    float score = 0;
    for (std::size_t j = 0; j < kQ; ++j) score += q[k * kQ + j] * shape_out[j];
    f.shapes[k] = k < in.shapes ? score : kAbsent;
  }
  f.shapes[kShapes] = o[ArrivalLayout::kNew];
  softmax(f.shapes);
  for (std::size_t k = in.shapes; k < kShapes; ++k) f.shapes[k] = 0;
}

double time_loss(const ArrivalForecast& f, const ArrivalTarget& target, const ArrivalInput& in, float scale,
                 float* d_out, float* dprior) {
  double loss = 0;
  for (std::size_t b = 0; b < kArrivalBins && b <= target.bin; ++b) {
    const bool here = b == target.bin;
    if (here && !target.came) break;
    const float h = f.hazards[b];
    loss -= static_cast<double>(fast_log(std::max(here ? h : 1 - h, 1e-9F)));
    const float d = scale * (h - (here ? 1.0F : 0.0F));
    d_out[b] = d;
    dprior[b] += d * in.prior[b];
  }
  return loss;
}

double class_loss(std::span<const float> p, std::uint8_t truth, float scale, float* d) {
  for (std::size_t i = 0; i < p.size(); ++i) d[i] = scale * (p[i] - (i == truth ? 1.0F : 0.0F));
  return -static_cast<double>(fast_log(std::max(p[truth], 1e-9F)));
}

double shape_loss(const ArrivalInput& in, const ArrivalForecast& f, std::uint8_t truth, float scale,
                  const float* q, const float* shape_out, float* d_out, float* dq, float* dshape_out) {
  std::array<float, kShapes + 1> d;  // NOLINT(cppcoreguidelines-pro-type-member-init): class_loss sets it
  const double loss = class_loss(f.shapes, truth, scale, d.data());
  d_out[ArrivalLayout::kNew] = d[kShapes];
  for (std::size_t k = 0; k < in.shapes; ++k)
    for (std::size_t j = 0; j < kQ; ++j) {
      dq[k * kQ + j] = d[k] * shape_out[j];
      dshape_out[j] += d[k] * q[k * kQ + j];
    }
  return loss;
}

}  // namespace

ArrivalLayout::ArrivalLayout(std::size_t hidden_width) : hidden(hidden_width) {
  const std::size_t H = hidden;
  std::size_t at = 0;
  const auto place = [&](const char* name, std::size_t rows, std::size_t columns) {
    const WeightBlock block{name, at, rows, columns};
    at += block.size();
    return block;
  };
  hidden1 = place("arrival_hidden1", kArrivalFeatures, H);
  hidden1_bias = place("arrival_hidden1_bias", 1, H);
  hidden2 = place("arrival_hidden2", H, H);
  hidden2_bias = place("arrival_hidden2_bias", 1, H);
  out = place("arrival_out", H, kOutputs);
  out_bias = place("arrival_out_bias", 1, kOutputs);
  prior_weight = place("prior_weight", 1, kArrivalBins);
  shape = place("shape", kShapeFeatures, kShapeHidden);
  shape_bias = place("shape_bias", 1, kShapeHidden);
  to_shape = place("to_shape", H, kShapeHidden);
  shape_out = place("shape_out", 1, kShapeHidden);
  total = at;
}

std::array<const WeightBlock*, 11> ArrivalLayout::blocks() const {
  return {&hidden1,      &hidden1_bias, &hidden2,    &hidden2_bias, &out,      &out_bias,
          &prior_weight, &shape,        &shape_bias, &to_shape,     &shape_out};
}

void initialise_weights(const ArrivalLayout& layout, std::uint64_t seed, std::span<float> weights) {
  UniformWeights random{seed};
  std::ranges::fill(weights, 0.0F);
  for (const WeightBlock* block : {&layout.hidden1, &layout.hidden2, &layout.shape, &layout.to_shape})
    random.fill_he(*block, 1, weights);
  random.fill_he(layout.out, 0.1F, weights);
  random.fill(layout.shape_out, 0.1F, weights);
  for (float& w : weights.subspan(layout.prior_weight.offset, kArrivalBins)) w = 1;
}

Hazards hazards_of(const std::array<float, kArrivalBins>& logits) {
  Hazards hazards;  // NOLINT(cppcoreguidelines-pro-type-member-init): all are set
  for (std::size_t b = 0; b < kArrivalBins; ++b) hazards[b] = 1 / (1 + std::exp(-logits[b]));
  return hazards;
}

ArrivalState::ArrivalState(std::size_t hidden, std::size_t most, bool trains) : layout(hidden), batch(most) {
  const std::size_t B = most, H = layout.hidden;
  x.resize(B * kArrivalFeatures);
  h1.resize(B * H);
  h2.resize(B * H);
  o.resize(B * kOutputs);
  rows.resize(B * kShapes * kShapeFeatures);
  q.resize(B * kShapes * kQ);
  part.resize(B * kQ);
  forecasts.resize(B);
  if (!trains) return;
  dh1.resize(h1.size());
  dh2.resize(h2.size());
  dh.resize(h2.size());
  dout.resize(o.size());
  dq.resize(q.size());
  dpart.resize(part.size());
}

void forward(std::span<const float> weights, std::span<const ArrivalInput* const> inputs, Products& products,
             ArrivalState& s) {
  assert(inputs.size() <= s.batch && weights.size() == s.layout.total);
  const ArrivalLayout& l = s.layout;
  const std::size_t B = inputs.size(), H = l.hidden, BK = B * kShapes;
  gather_inputs(inputs, s);
  products.multiply(s.x.data(), at(weights, l.hidden1), s.h1.data(), {B, kArrivalFeatures, H});
  add_and_rectify(s.h1.data(), at(weights, l.hidden1_bias), nullptr, B, H, 1);
  products.multiply(s.h1.data(), at(weights, l.hidden2), s.h2.data(), {B, H, H});
  add_and_rectify(s.h2.data(), at(weights, l.hidden2_bias), nullptr, B, H, 1);
  products.multiply(s.h2.data(), at(weights, l.out), s.o.data(), {B, H, kOutputs});
  add_bias(s.o.data(), at(weights, l.out_bias), B, kOutputs);
  products.multiply(s.h2.data(), at(weights, l.to_shape), s.part.data(), {B, H, kQ});
  products.multiply(s.rows.data(), at(weights, l.shape), s.q.data(), {BK, kShapeFeatures, kQ});
  add_and_rectify(s.q.data(), at(weights, l.shape_bias), s.part.data(), BK, kQ, kShapes);
  for (std::size_t b = 0; b < B; ++b)
    read_out(*inputs[b], s.o.data() + b * kOutputs, s.q.data() + b * kShapes * kQ,
             at(weights, l.prior_weight), at(weights, l.shape_out), s.forecasts[b]);
}

double backward(std::span<const float> weights, std::span<const ArrivalInput* const> inputs,
                std::span<const ArrivalTarget* const> targets, Products& products, ArrivalState& s,
                std::span<float> gradient) {
  const ArrivalLayout& l = s.layout;
  const std::size_t B = inputs.size(), H = l.hidden, BK = B * kShapes;
  std::ranges::fill(gradient, 0.0F);
  std::ranges::fill(s.dout, 0.0F);
  std::ranges::fill(s.dq, 0.0F);
  const float scale = 1 / static_cast<float>(B);
  double loss = 0;
  for (std::size_t b = 0; b < B; ++b) {
    const ArrivalForecast& f = s.forecasts[b];
    const ArrivalTarget& target = *targets[b];
    float* d_out = s.dout.data() + b * kOutputs;
    loss += time_loss(f, target, *inputs[b], scale, d_out, at(gradient, l.prior_weight));
    if (target.latency != ArrivalTarget::kNone)
      loss += class_loss(f.latency, target.latency, scale, d_out + ArrivalLayout::kFirstClass);
    if (target.shape != ArrivalTarget::kNone)
      loss += shape_loss(*inputs[b], f, target.shape, scale, s.q.data() + b * kShapes * kQ,
                         at(weights, l.shape_out), d_out, s.dq.data() + b * kShapes * kQ,
                         at(gradient, l.shape_out));
  }
  const auto back = [&](const WeightBlock& block, const WeightBlock* bias, const std::vector<float>& in,
                        const std::vector<float>& dout, float* din, std::size_t rows) {
    layer_back(weights, gradient, block, bias, in, dout, din, rows, products);
  };
  back(l.out, &l.out_bias, s.h2, s.dout, s.dh2.data(), B);
  rectify_back(s.q.data(), s.dq.data(), BK * kQ);
  back(l.shape, &l.shape_bias, s.rows, s.dq, nullptr, BK);
  sum_rows(s.dq, s.dpart, BK, kQ, kShapes);
  back(l.to_shape, nullptr, s.h2, s.dpart, s.dh.data(), B);
  for (std::size_t i = 0; i < B * H; ++i) s.dh2[i] += s.dh[i];
  rectify_back(s.h2.data(), s.dh2.data(), B * H);
  back(l.hidden2, &l.hidden2_bias, s.h1, s.dh2, s.dh1.data(), B);
  rectify_back(s.h1.data(), s.dh1.data(), B * H);
  back(l.hidden1, &l.hidden1_bias, s.x, s.dh1, nullptr, B);
  return loss / static_cast<double>(B);
}

}  // namespace foreshape
