// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/model/network/dnnl_products.h"

#include <map>
#include <omp.h>
#include <oneapi/dnnl/dnnl.hpp>
#include <tuple>

namespace foreshape {
namespace {

using dnnl::memory;
using Tag = memory::format_tag;

enum class Kind : std::uint8_t { forward, back, weight_gradient };

memory::desc described(std::size_t rows, std::size_t columns, Tag tag) {
  return {{static_cast<memory::dim>(rows), static_cast<memory::dim>(columns)}, memory::data_type::f32, tag};
}

/// dst = src weights, or += with `adds`.
dnnl::matmul::primitive_desc describe(const dnnl::engine& engine, const memory::desc& src,
                                      const memory::desc& weights, const memory::desc& dst, bool adds) {
  dnnl::primitive_attr attr;
  // The library's own scratchpad belongs to the thread that made the primitive.
  attr.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  if (adds) {
    dnnl::post_ops ops;
    ops.append_sum(1.0F);
    attr.set_post_ops(ops);
  }
#if DNNL_VERSION_MAJOR >= 3
  return {engine, src, weights, dst, attr};
#else
  return {dnnl::matmul::desc(src, weights, dst), attr, engine};
#endif
}

/// A primitive with its memory objects; the data is set at each use.
struct Ready {
  Ready(const dnnl::engine& engine, const dnnl::matmul::primitive_desc& d)
      : product(d),
        src(d.src_desc(), engine, nullptr),
        weights(d.weights_desc(), engine, nullptr),
        dst(d.dst_desc(), engine, nullptr),
        scratch(d.scratchpad_desc(), engine) {}
  dnnl::matmul product;
  memory src, weights, dst, scratch;
};

}  // namespace

struct DnnlProducts::Primitives {
  // Training meets two dozen shapes; a run over odd batches is not to grow without end.
  static constexpr std::size_t kMax = 256;

  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};
  std::map<std::tuple<Kind, std::size_t, std::size_t, std::size_t>, Ready> made;

  Ready& of(Kind kind, const ProductShape& s) {
    const auto key = std::make_tuple(kind, s.M, s.K, s.N);
    if (const auto found = made.find(key); found != made.end()) return found->second;
    if (made.size() >= kMax) made.clear();
    const auto description = described_by(kind, s);
    // Its reference implementation is far slower than our loops.
    if (std::string_view{description.impl_info_str()}.starts_with("ref"))
      throw dnnl::error(dnnl_unimplemented, "only a reference implementation");
    return made.emplace(key, Ready{engine, description}).first->second;
  }

  dnnl::matmul::primitive_desc described_by(Kind kind, const ProductShape& s) const {
    const auto [M, K, N] = s;
    switch (kind) {
      case Kind::forward:
        return describe(engine, described(M, K, Tag::ab), described(K, N, Tag::ab), described(M, N, Tag::ab),
                        false);
      case Kind::back:  // b^T is b read by columns
        return describe(engine, described(M, N, Tag::ab), described(N, K, Tag::ba), described(M, K, Tag::ab),
                        false);
      default:
        return describe(engine, described(K, M, Tag::ba), described(M, N, Tag::ab), described(K, N, Tag::ab),
                        true);
    }
  }

  /// False where oneDNN refused.
  bool run(Kind kind, const ProductShape& shape, const float* src, const float* weights, float* dst) {
    try {
      Ready& ready = of(kind, shape);
      // oneDNN reads only from these two, but takes no pointer to const.
      ready.src.set_data_handle(const_cast<float*>(src));  // NOLINT(cppcoreguidelines-pro-type-const-cast)
      ready.weights.set_data_handle(
          const_cast<float*>(weights));  // NOLINT(cppcoreguidelines-pro-type-const-cast)
      ready.dst.set_data_handle(dst);
      ready.product.execute(stream, {{DNNL_ARG_SRC, ready.src},
                                     {DNNL_ARG_WEIGHTS, ready.weights},
                                     {DNNL_ARG_DST, ready.dst},
                                     {DNNL_ARG_SCRATCHPAD, ready.scratch}});
      stream.wait();
      return true;
    } catch (const dnnl::error&) {
      return false;
    }
  }
};

DnnlProducts::DnnlProducts() {
  omp_set_num_threads(1);
  try {
    primitives_ = std::make_unique<Primitives>();
  } catch (const dnnl::error&) {
    primitives_ = nullptr;
  }
}

DnnlProducts::~DnnlProducts() = default;

void DnnlProducts::multiply(const float* a, const float* b, float* c, const ProductShape& shape) {
  if (primitives_ && primitives_->run(Kind::forward, shape, a, b, c)) return;
  ++refused_;
  loops_.multiply(a, b, c, shape);
}

void DnnlProducts::multiply_back(const float* c, const float* b, float* a, const ProductShape& shape) {
  if (primitives_ && primitives_->run(Kind::back, shape, c, b, a)) return;
  ++refused_;
  loops_.multiply_back(c, b, a, shape);
}

void DnnlProducts::add_weight_gradient(const float* a, const float* c, float* b, const ProductShape& shape) {
  if (primitives_ && primitives_->run(Kind::weight_gradient, shape, a, c, b)) return;
  ++refused_;
  loops_.add_weight_gradient(a, c, b, shape);
}

}  // namespace foreshape
