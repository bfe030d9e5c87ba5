// SPDX-License-Identifier: GPL-2.0-or-later
#include "trainer/checkpoint.h"

#include <cmath>
#include <cstring>
#include <type_traits>

#include "predictor/base/file.h"
#include "predictor/base/sealed.h"
#include "predictor/base/text.h"

namespace foreshape {
namespace {

constexpr SealedKind kKind{"FSHPCHKP", 1, "foreshape-train"};

/// Fixed-size numbers one after the other, in the machine's order: a checkpoint goes on where it was written.
class Out {
 public:
  template <class Number>
  void number(Number value) {
    static_assert(std::is_trivially_copyable_v<Number>);
    bytes(&value, sizeof value);
  }
  void bytes(const void* from, std::size_t size) {
    const auto* first = static_cast<const std::uint8_t*>(from);
    out_.insert(out_.end(), first, first + size);
  }
  void numbers(const std::vector<float>& values) { bytes(values.data(), values.size() * sizeof(float)); }
  std::span<const std::uint8_t> all() const { return out_; }

 private:
  std::vector<std::uint8_t> out_;
};

class In {
 public:
  explicit In(std::span<const std::uint8_t> bytes) : left_(bytes) {}
  template <class Number>
  Number number() {
    Number value{};
    take(&value, sizeof value);
    return value;
  }
  std::string text(std::size_t size) {
    std::string value(std::min(size, left_.size()), '\0');
    take(value.data(), value.size());
    return value;
  }
  std::vector<float> numbers(std::size_t count) {
    std::vector<float> values(count);
    take(values.data(), count * sizeof(float));
    return values;
  }
  /// Everything was there, and nothing more.
  bool ended_well() const { return !short_ && left_.empty(); }

 private:
  void take(void* to, std::size_t size) {
    short_ = short_ || size > left_.size();
    if (short_ || size == 0) return;
    std::memcpy(to, left_.data(), size);
    left_ = left_.subspan(size);
  }
  std::span<const std::uint8_t> left_;
  bool short_ = false;
};

}  // namespace

std::string checkpoint_bytes(const std::string& training, const FitState& state) {
  Out out;
  out.number(static_cast<std::uint64_t>(training.size()));
  out.bytes(training.data(), training.size());
  for (const std::uint64_t n : {state.step, state.adam.steps, state.best_step, state.validations_since_best,
                                std::uint64_t{state.finished ? 1U : 0U}, std::uint64_t{state.weights.size()}})
    out.number(n);
  out.number(state.best_loss);
  for (const auto* values :
       {&state.weights, &state.served, &state.best, &state.adam.mean, &state.adam.square})
    out.numbers(*values);
  return seal(kKind, out.all());
}

Result<FitState> parse_checkpoint(std::string_view bytes, const std::string& training, std::size_t weights) {
  const auto payload = unseal(kKind, bytes);
  if (!payload) return tl::make_unexpected(payload.error());
  In in{*payload};
  const std::string whose = in.text(in.number<std::uint64_t>());
  if (whose != training)
    return failure(ErrorCode::invalid_input, "is of a different training (" + harmless(whose) +
                                                 "), not of this one (" + training + ")");
  FitState state;
  state.step = in.number<std::uint64_t>();
  state.adam.steps = in.number<std::uint64_t>();
  state.best_step = in.number<std::uint64_t>();
  state.validations_since_best = in.number<std::uint64_t>();
  state.finished = in.number<std::uint64_t>() != 0;
  const auto count = in.number<std::uint64_t>();
  state.best_loss = in.number<double>();
  if (count != weights) return failure(ErrorCode::corrupt, "has another number of weights");
  for (auto* values : {&state.weights, &state.served, &state.best, &state.adam.mean, &state.adam.square})
    *values = in.numbers(weights);
  if (!in.ended_well()) return failure(ErrorCode::corrupt, "is truncated");
  return state;
}

Result<void> write_checkpoint(const std::string& path, const std::string& training, const FitState& state) {
  return replace_file(path, checkpoint_bytes(training, state), 0600);
}

}  // namespace foreshape
