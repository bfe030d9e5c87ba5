// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The network's matrix products on oneDNN, for training and for large batches.
//
// Runs in: offline.
// Threads: one object, one thread: the one that made it. oneDNN's own threads are switched off for it.

#include <memory>

#include "predictor/model/network/products.h"

namespace foreshape {

/// Makes each product a oneDNN matmul primitive, kept for the next of the same shape; each has its own
/// scratch memory. A product that oneDNN refuses is done by the plain loops, and counted.
class DnnlProducts final : public Products {
 public:
  /// Sets the OpenMP threads of the calling thread to one.
  DnnlProducts();
  ~DnnlProducts() override;

  void multiply(const float* a, const float* b, float* c, const ProductShape& shape) override;
  void multiply_back(const float* c, const float* b, float* a, const ProductShape& shape) override;
  void add_weight_gradient(const float* a, const float* c, float* b, const ProductShape& shape) override;

  std::size_t refused() const { return refused_; }

 private:
  struct Primitives;
  std::unique_ptr<Primitives> primitives_;  // none where oneDNN could not be started
  LoopProducts loops_;
  std::size_t refused_ = 0;
};

}  // namespace foreshape
