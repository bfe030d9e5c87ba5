#include <cstring>

#include "predictor/base/target_clones.h"
#include "predictor/model/products.h"

namespace foreshape {
namespace {

constexpr std::size_t kLanes = 16;
using Lanes __attribute__((vector_size(kLanes * sizeof(float)), aligned(4), may_alias)) = float;

/// c[i][j] += sum over l of a(i, l) b[l][j], where a(i, l) is at a + i * row + l * column.
struct Operands {
  const float* a;
  std::size_t a_row, a_column;
  const float* b;
  float* c;
  std::size_t ld;  // of b and c
  std::size_t depth;
};

/// A block of Rows x (Vectors * 16), kept in registers. Source: the usual register blocking (Goto & van de
/// Geijn, "Anatomy of high-performance matrix multiplication", TOMS 34(3), 2008).
template <std::size_t Rows, std::size_t Vectors>
[[gnu::always_inline]] inline void block(const Operands& o, std::size_t i, std::size_t j) {
  Lanes sums[Rows][Vectors];  // NOLINT(*-avoid-c-arrays): registers
  for (std::size_t r = 0; r < Rows; ++r)
    for (std::size_t v = 0; v < Vectors; ++v)
      std::memcpy(&sums[r][v], o.c + (i + r) * o.ld + j + v * kLanes, sizeof(Lanes));
  for (std::size_t l = 0; l < o.depth; ++l) {
    Lanes b[Vectors];  // NOLINT(*-avoid-c-arrays)
    for (std::size_t v = 0; v < Vectors; ++v)
      std::memcpy(&b[v], o.b + l * o.ld + j + v * kLanes, sizeof(Lanes));
    for (std::size_t r = 0; r < Rows; ++r) {
      const float a = o.a[(i + r) * o.a_row + l * o.a_column];
      for (std::size_t v = 0; v < Vectors; ++v) sums[r][v] += a * b[v];
    }
  }
  for (std::size_t r = 0; r < Rows; ++r)
    for (std::size_t v = 0; v < Vectors; ++v)
      std::memcpy(o.c + (i + r) * o.ld + j + v * kLanes, &sums[r][v], sizeof(Lanes));
}

/// The columns that fill no vector.
[[gnu::always_inline]] inline void rest(const Operands& o, std::size_t i, std::size_t j,
                                        std::size_t columns) {
  for (std::size_t l = 0; l < o.depth; ++l) {
    const float a = o.a[i * o.a_row + l * o.a_column];
    for (; j < columns; ++j) o.c[i * o.ld + j] += a * o.b[l * o.ld + j];
    j = columns / kLanes * kLanes;
  }
}

template <std::size_t Rows>
[[gnu::always_inline]] inline void rows(const Operands& o, std::size_t i, std::size_t columns) {
  std::size_t j = 0;
  // A row alone has registers for more columns: with two sums it would wait for each addition.
  if constexpr (Rows == 1)
    for (; j + 8 * kLanes <= columns; j += 8 * kLanes) block<Rows, 8>(o, i, j);
  if constexpr (Rows == 1)
    for (; j + 4 * kLanes <= columns; j += 4 * kLanes) block<Rows, 4>(o, i, j);
  for (; j + 2 * kLanes <= columns; j += 2 * kLanes) block<Rows, 2>(o, i, j);
  for (; j + kLanes <= columns; j += kLanes) block<Rows, 1>(o, i, j);
  if (j < columns)
    for (std::size_t r = 0; r < Rows; ++r) rest(o, i + r, j, columns);
}

FORESHAPE_TARGET_CLONES
void add_product(const Operands& o, std::size_t row_count, std::size_t columns) {
  std::size_t i = 0;
  for (; i + 6 <= row_count; i += 6) rows<6>(o, i, columns);
  for (; i < row_count; ++i) rows<1>(o, i, columns);
}

}  // namespace

void LoopProducts::multiply(const float* a, const float* b, float* c, const ProductShape& shape) {
  const auto [M, K, N] = shape;
  std::memset(c, 0, M * N * sizeof(float));
  add_product({a, K, 1, b, c, N, K}, M, N);
}

void LoopProducts::multiply_back(const float* c, const float* b, float* a, const ProductShape& shape) {
  const auto [M, K, N] = shape;
  transposed_.resize(N * K);
  for (std::size_t k = 0; k < K; ++k)
    for (std::size_t n = 0; n < N; ++n) transposed_[n * K + k] = b[k * N + n];
  multiply(c, transposed_.data(), a, {M, N, K});
}

void LoopProducts::add_weight_gradient(const float* a, const float* c, float* b, const ProductShape& shape) {
  const auto [M, K, N] = shape;
  add_product({a, 1, K, c, b, N, M}, K, N);
}

}  // namespace foreshape
