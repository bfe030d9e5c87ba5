// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the tasks of both networks have in common: rows of shards become a batch of inputs and targets.
//
// Runs in: offline.
// Threads: main thread only.

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "predictor/model/network/products.h"
#include "trainer/fit_task.h"
#include "trainer/sample_shards.h"

namespace foreshape {

/// Sample: has input and target.
template <class Sample>
class NetworkTask : public FitTask {
 public:
  const std::array<std::uint64_t, kShards>& shard_sizes() const final { return shards_.learn_sizes; }

  double gradient(std::span<const float> weights, std::span<const BatchRow> rows,
                  std::span<float> gradient) final {
    clear();
    for (const BatchRow& row : rows) add(shards_.learn[row.shard][row.sample]);
    return gradient_of_batch(weights, gradient);
  }

  LossSum validate(std::span<const float> weights) final {
    LossSum sum;
    for (const auto& samples : shards_.validate)
      for (std::size_t first = 0; first < samples.size(); first += batch_) {
        const std::size_t end = std::min(first + batch_, samples.size());
        clear();
        for (std::size_t i = first; i < end; ++i) add(samples[i]);
        add_loss_of_batch(weights, sum.loss);
        sum.samples += static_cast<double>(end - first);
      }
    return sum;
  }

 protected:
  using Input = decltype(Sample::input);
  using Target = decltype(Sample::target);

  NetworkTask(const Shards<Sample>& shards, std::size_t batch, std::unique_ptr<Products> products)
      : products_(std::move(products)), shards_(shards), batch_(batch) {}

  /// FitTask::gradient() of inputs_ and targets_.
  virtual double gradient_of_batch(std::span<const float> weights, std::span<float> gradient) = 0;
  /// Adds the losses, not their mean, of inputs_ and targets_.
  virtual void add_loss_of_batch(std::span<const float> weights, double& loss) = 0;

  std::unique_ptr<Products> products_;
  std::vector<const Input*> inputs_;
  std::vector<const Target*> targets_;

 private:
  void clear() {
    inputs_.clear();
    targets_.clear();
  }
  void add(const Sample& sample) {
    inputs_.push_back(&sample.input);
    targets_.push_back(&sample.target);
  }

  const Shards<Sample>& shards_;
  std::size_t batch_;
};

}  // namespace foreshape
