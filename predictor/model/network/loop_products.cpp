// SPDX-License-Identifier: GPL-2.0-or-later
#include <cstring>

#include "predictor/base/target_clones.h"
#include "predictor/model/network/products.h"

namespace foreshape {
namespace {

/// So many numbers as one register of the processor holds. Blocks of more than it has registers for are kept
/// in memory by the compiler, which costs ten times what is computed: hence a width for each kind of
/// processor.
template <std::size_t kLanes>
struct Lanes;
template <>
struct Lanes<4> {
  using Vector __attribute__((vector_size(16), aligned(4), may_alias)) = float;
};
template <>
struct Lanes<8> {
  using Vector __attribute__((vector_size(32), aligned(4), may_alias)) = float;
};
template <>
struct Lanes<16> {
  using Vector __attribute__((vector_size(64), aligned(4), may_alias)) = float;
};

/// Numbers in memory, read and written as one vector, wherever they begin. A type of its own, as the compilers' own
/// intrinsics have it: clang forgets that a plain vector need not be aligned. By memcpy g++ 12 moves each in two halves
/// through the stack, and keeps the sums there: half the speed.
template <std::size_t kLanes>
struct [[gnu::packed, gnu::may_alias]] InMemory {
  typename Lanes<kLanes>::Vector vector;
};
template <std::size_t kLanes>
[[gnu::always_inline]] inline void load(const float* from, typename Lanes<kLanes>::Vector& to) {
  to = reinterpret_cast<const InMemory<kLanes>*>(from)->vector;
}
template <std::size_t kLanes>
[[gnu::always_inline]] inline void store(const typename Lanes<kLanes>::Vector& from, float* to) {
  reinterpret_cast<InMemory<kLanes>*>(to)->vector = from;
}

/// c[i][j] += sum over l of a(i, l) b[l][j], where a(i, l) is at a + i * row + l * column.
struct Operands {
  const float* a;
  std::size_t a_row, a_column;
  const float* b;
  float* c;
  std::size_t ld;  // of b and c
  std::size_t depth;
};

/// A block of Rows x (Vectors * kLanes), kept in registers. Source: the usual register blocking (Goto & van
/// de Geijn, "Anatomy of high-performance matrix multiplication", TOMS 34(3), 2008).
template <std::size_t kLanes, std::size_t Rows, std::size_t Vectors>
[[gnu::always_inline]] inline void block(const Operands& o, std::size_t i, std::size_t j) {
  using Vector = typename Lanes<kLanes>::Vector;
  Vector sums[Rows][Vectors];  // NOLINT(*-avoid-c-arrays): registers
  for (std::size_t r = 0; r < Rows; ++r)
    for (std::size_t v = 0; v < Vectors; ++v) load<kLanes>(o.c + (i + r) * o.ld + j + v * kLanes, sums[r][v]);
  for (std::size_t l = 0; l < o.depth; ++l) {
    Vector b[Vectors];  // NOLINT(*-avoid-c-arrays)
    for (std::size_t v = 0; v < Vectors; ++v) load<kLanes>(o.b + l * o.ld + j + v * kLanes, b[v]);
    for (std::size_t r = 0; r < Rows; ++r) {
      const float a = o.a[(i + r) * o.a_row + l * o.a_column];
      for (std::size_t v = 0; v < Vectors; ++v) sums[r][v] += a * b[v];
    }
  }
  for (std::size_t r = 0; r < Rows; ++r)
    for (std::size_t v = 0; v < Vectors; ++v)
      store<kLanes>(sums[r][v], o.c + (i + r) * o.ld + j + v * kLanes);
}

/// The columns from `first` on, which fill no vector.
[[gnu::always_inline]] inline void rest(const Operands& o, std::size_t i, std::size_t first,
                                        std::size_t columns) {
  for (std::size_t l = 0; l < o.depth; ++l) {
    const float a = o.a[i * o.a_row + l * o.a_column];
    for (std::size_t j = first; j < columns; ++j) o.c[i * o.ld + j] += a * o.b[l * o.ld + j];
  }
}

template <std::size_t kLanes, std::size_t Rows>
[[gnu::always_inline]] inline void rows(const Operands& o, std::size_t i, std::size_t columns) {
  std::size_t j = 0;
  // A row alone has registers for more columns: with two sums it would wait for each addition.
  if constexpr (Rows == 1)
    for (; j + 8 * kLanes <= columns; j += 8 * kLanes) block<kLanes, Rows, 8>(o, i, j);
  if constexpr (Rows == 1)
    for (; j + 4 * kLanes <= columns; j += 4 * kLanes) block<kLanes, Rows, 4>(o, i, j);
  for (; j + 2 * kLanes <= columns; j += 2 * kLanes) block<kLanes, Rows, 2>(o, i, j);
  for (; j + kLanes <= columns; j += kLanes) block<kLanes, Rows, 1>(o, i, j);
  if (j < columns)
    for (std::size_t r = 0; r < Rows; ++r) rest(o, i + r, j, columns);
}

template <std::size_t kLanes>
[[gnu::always_inline]] inline void all_rows(const Operands& o, std::size_t row_count, std::size_t columns) {
  std::size_t i = 0;
  for (; i + 6 <= row_count; i += 6) rows<kLanes, 6>(o, i, columns);
  for (; i < row_count; ++i) rows<kLanes, 1>(o, i, columns);
}

void add_plain(const Operands& o, std::size_t row_count, std::size_t columns) {
  all_rows<4>(o, row_count, columns);
}

#ifdef FORESHAPE_SEVERAL_PROCESSORS
[[gnu::target("arch=x86-64-v3")]] void add_avx2(const Operands& o, std::size_t row_count,
                                                std::size_t columns) {
  all_rows<8>(o, row_count, columns);
}

[[gnu::target("arch=x86-64-v4")]] void add_avx512(const Operands& o, std::size_t row_count,
                                                  std::size_t columns) {
  all_rows<16>(o, row_count, columns);
}

void add_product(LoopCode code, const Operands& o, std::size_t row_count, std::size_t columns) {
  if (code == LoopCode::avx512) return add_avx512(o, row_count, columns);
  if (code == LoopCode::avx2) return add_avx2(o, row_count, columns);
  add_plain(o, row_count, columns);
}
#else
void add_product(LoopCode, const Operands& o, std::size_t row_count, std::size_t columns) {
  add_plain(o, row_count, columns);
}
#endif

}  // namespace

LoopCode fastest_loop_code() {
#ifdef FORESHAPE_SEVERAL_PROCESSORS
  if (__builtin_cpu_supports("x86-64-v4")) return LoopCode::avx512;
  if (__builtin_cpu_supports("x86-64-v3")) return LoopCode::avx2;
#endif
  return LoopCode::plain;
}

void LoopProducts::multiply(const float* a, const float* b, float* c, const ProductShape& shape) {
  const auto [M, K, N] = shape;
  std::memset(c, 0, M * N * sizeof(float));
  add_product(code_, {a, K, 1, b, c, N, K}, M, N);
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
  add_product(code_, {a, 1, K, c, b, N, M}, K, N);
}

}  // namespace foreshape
