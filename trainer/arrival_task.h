#pragma once
// The network of next submissions as a fit sees it.
//
// Runs in: offline.
// Threads: main thread only.

#include <memory>
#include <vector>

#include "trainer/arrival_samples.h"
#include "trainer/fit.h"

namespace foreshape {

class ArrivalTask final : public FitTask {
 public:
  /// lanes must outlive it. products: oneDNN, or loops in tests.
  ArrivalTask(std::size_t hidden, std::size_t batch, const ArrivalLanes& lanes,
              std::unique_ptr<Products> products);

  std::size_t weights() const override { return state_.layout.total; }
  void initialise(std::uint64_t seed, std::span<float> weights) const override;
  const std::array<std::uint64_t, kLanes>& lane_sizes() const override { return lanes_.learn_sizes; }
  double gradient(std::span<const float> weights, std::span<const BatchRow> rows,
                  std::span<float> gradient) override;
  LossSum judge(std::span<const float> weights) override;

 private:
  const ArrivalLanes& lanes_;
  std::unique_ptr<Products> products_;
  ArrivalState state_;
  std::vector<float> unused_;
  std::vector<const ArrivalInput*> inputs_;
  std::vector<const ArrivalTarget*> targets_;
};

}  // namespace foreshape
