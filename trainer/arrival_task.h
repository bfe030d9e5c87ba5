// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The network of next submissions as a fit sees it.
//
// Runs in: offline.
// Threads: main thread only.

#include <memory>
#include <vector>

#include "trainer/arrival_samples.h"
#include "trainer/network_task.h"

namespace foreshape {

class ArrivalTask final : public NetworkTask<ArrivalSample> {
 public:
  /// shards must outlive it. products: oneDNN, or loops in tests.
  ArrivalTask(std::size_t hidden, std::size_t batch, const ArrivalShards& shards,
              std::unique_ptr<Products> products);

  std::size_t weights() const override { return state_.layout.total; }
  void initialise(std::uint64_t seed, std::span<float> weights) const override;

 private:
  double gradient_of_batch(std::span<const float> weights, std::span<float> gradient) override;
  void add_loss_of_batch(std::span<const float> weights, double& loss) override;

  ArrivalState state_;
  std::vector<float> unused_;
};

}  // namespace foreshape
