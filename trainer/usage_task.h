// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The usage network as a fit sees it.
//
// Runs in: offline.
// Threads: main thread only.

#include <memory>
#include <vector>

#include "predictor/model/network/network.h"
#include "trainer/fit.h"
#include "trainer/network_task.h"
#include "trainer/sample_store.h"

namespace foreshape {

class UsageTask final : public NetworkTask<Sample> {
 public:
  /// shards must outlive it. products: oneDNN, or loops in tests.
  UsageTask(const FitSettings& settings, const SampleShards& shards, std::unique_ptr<Products> products);

  std::size_t weights() const override { return network_.layout.total; }
  void initialise(std::uint64_t seed, std::span<float> weights) const override;

 private:
  double gradient_of_batch(std::span<const float> weights, std::span<float> gradient) override;
  void add_loss_of_batch(std::span<const float> weights, double& loss) override;
  double loss_of(const Target& target, std::size_t row) const;

  std::array<float, kResources> resource_weights_;
  NetworkState network_;
};

}  // namespace foreshape
