#pragma once
// The usage network as a fit sees it.
//
// Runs in: offline.
// Threads: main thread only.

#include <memory>
#include <vector>

#include "predictor/model/network.h"
#include "trainer/fit.h"
#include "trainer/sample_store.h"

namespace foreshape {

class UsageTask final : public FitTask {
 public:
  /// lanes must outlive it. products: oneDNN, or loops in tests.
  UsageTask(const FitSettings& settings, const SampleLanes& lanes, std::unique_ptr<Products> products);

  std::size_t weights() const override { return network_.layout.total; }
  void initialise(std::uint64_t seed, std::span<float> weights) const override;
  const std::array<std::uint64_t, kLanes>& lane_sizes() const override { return lanes_.learn_sizes; }
  double gradient(std::span<const float> weights, std::span<const BatchRow> rows,
                  std::span<float> gradient) override;
  LossSum judge(std::span<const float> weights) override;

 private:
  double loss_of(const Sample& sample, std::size_t row);

  const SampleLanes& lanes_;
  std::array<float, kResources> resource_weights_;
  std::unique_ptr<Products> products_;
  NetworkState network_;
  std::vector<const ModelInput*> inputs_;
  std::vector<const Target*> targets_;
};

}  // namespace foreshape
