// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The matrix products that the network is made of, so that plain loops and oneDNN can stand in for each
// other.
//
// Runs in: slurmctld and offline.
// Threads: one object, one thread.

#include <cstddef>
#include <cstdint>
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

/// Which of its compilations the loops run: of 4, 8 or 16 numbers at a time. Each element is the same chain
/// of additions in all of them, fused in the last two: these give the same bits, plain differs in the last
/// ones.
enum class LoopCode : std::uint8_t { plain, avx2, avx512 };

/// What this processor has; plain where the build has nothing else (sanitizers, clang, other processors).
LoopCode fastest_loop_code();

/// Plain loops: for one job at a time in slurmctld, and the reference for the rest.
class LoopProducts final : public Products {
 public:
  /// code  at most fastest_loop_code(); less to measure and test what other processors do
  explicit LoopProducts(LoopCode code = fastest_loop_code()) : code_(code) {}
  /// Never allocates.
  void multiply(const float* a, const float* b, float* c, const ProductShape& shape) override;
  void multiply_back(const float* c, const float* b, float* a, const ProductShape& shape) override;
  void add_weight_gradient(const float* a, const float* c, float* b, const ProductShape& shape) override;

 private:
  LoopCode code_;
  std::vector<float> transposed_;
};

}  // namespace foreshape
