#pragma once
// The matrix products that the network is made of, so that plain loops and oneDNN can stand in for each
// other.
//
// Runs in: slurmctld and offline.
// Threads: one object, one thread.

#include <cstddef>
#include <vector>

namespace foreshape {

/// All matrices are row-major and dense. a (M, K), b (K, N), c (M, N).
struct ProductShape {
  std::size_t M, K, N;
  friend bool operator==(const ProductShape&, const ProductShape&) = default;
};

class Products {
 public:
  Products() = default;
  virtual ~Products() = default;
  Products(const Products&) = delete;
  Products& operator=(const Products&) = delete;

  /// c = a b
  virtual void multiply(const float* a, const float* b, float* c, const ProductShape& shape) = 0;
  /// a = c b^T: how a loss's gradient goes back through `multiply`.
  virtual void multiply_back(const float* c, const float* b, float* a, const ProductShape& shape) = 0;
  /// b += a^T c: the gradient of the weights of `multiply`.
  virtual void add_weight_gradient(const float* a, const float* c, float* b, const ProductShape& shape) = 0;
};

/// Plain loops: for one job at a time in slurmctld, and the reference for the rest.
class LoopProducts final : public Products {
 public:
  /// Never allocates.
  void multiply(const float* a, const float* b, float* c, const ProductShape& shape) override;
  void multiply_back(const float* c, const float* b, float* a, const ProductShape& shape) override;
  void add_weight_gradient(const float* a, const float* c, float* b, const ProductShape& shape) override;

 private:
  std::vector<float> transposed_;
};

}  // namespace foreshape
