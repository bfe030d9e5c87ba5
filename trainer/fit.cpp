// SPDX-License-Identifier: GPL-2.0-or-later
#include "trainer/fit.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "predictor/base/hash.h"
#include "trainer/random_numbers.h"
#include "trainer/served_weights.h"

namespace foreshape {

BatchRow batch_row(const FitSettings& settings, const std::array<std::uint64_t, kShards>& shard_sizes,
                   std::uint64_t step, std::size_t row) {
  std::size_t shard = (step * settings.batch + row) % kShards;
  while (shard_sizes[shard] == 0) shard = (shard + 1) % kShards;
  return {shard, random_of(settings.seed, step, row) % shard_sizes[shard]};
}

Fit::Fit(const FitSettings& settings, FitTask& task, Comm& comm)
    : settings_(settings), task_(task), comm_(comm), gradient_(task.weights() + kFlags) {}

void Fit::begin(std::span<const float> weights) {
  state_ = {};
  state_.weights.resize(task_.weights());
  if (weights.empty())
    task_.initialise(settings_.seed, state_.weights);
  else
    std::ranges::copy(weights, state_.weights.begin());
  state_.served = state_.best = state_.weights;
  state_.adam = Adam{task_.weights(), settings_.adam}.state();
}

/// The gradient of this rank's rows, as their part of the batch's mean.
void Fit::fill_gradient() {
  rows_.clear();
  for (std::size_t b = 0; b < settings_.batch; ++b) {
    const BatchRow row = batch_row(settings_, task_.shard_sizes(), state_.step, b);
    if (rank_of_shard(row.shard, comm_.ranks()) == comm_.rank()) rows_.push_back(row);
  }
  std::ranges::fill(gradient_, 0.0F);
  if (rows_.empty()) return;
  const auto gradient = std::span{gradient_}.first(task_.weights());
  const double loss = task_.gradient(state_.weights, rows_, gradient);
  const float part = static_cast<float>(rows_.size()) / static_cast<float>(settings_.batch);
  for (float& g : gradient) g *= part;
  gradient_[task_.weights() + kLoss] = static_cast<float>(loss) * part;
}

Result<void> Fit::step(const FitWatch& watch) {
  fill_gradient();
  const auto flags = std::span{gradient_}.subspan(task_.weights());
  flags[kStop] = watch.stop && watch.stop() ? 1.0F : 0.0F;
  flags[kSave] = comm_.rank() == 0 && watch.save_due && watch.save_due() ? 1.0F : 0.0F;
  comm_.sum(std::span{gradient_});
  // state_.adam is the one copy of the moments: a checkpoint is the state as it is.
  constexpr std::uint64_t kMaxRefused = 100;
  const bool took =
      adam_step(settings_.adam, state_.adam, state_.weights, std::span{gradient_}.first(task_.weights()),
                cosine_rate_share(static_cast<float>(state_.step) / static_cast<float>(settings_.steps)));
  refused_ = took ? 0 : refused_ + 1;
  if (refused_ == kMaxRefused)
    return failure(ErrorCode::internal, "the gradient stopped being finite at step " +
                                            std::to_string(state_.step) + ": try a lower --rate");
  follow(state_.weights, settings_.average, state_.served);
  const double loss = flags[kLoss];
  mean_loss_ = mean_loss_ == 0 ? loss : mean_loss_ + 0.02 * (loss - mean_loss_);
  ++state_.step;
  return {};
}

double Fit::validate(std::span<const float> weights) {
  const LossSum mine = task_.validate(weights);
  std::array<double, 2> sums = {mine.loss, mine.samples};
  comm_.sum(std::span<double>{sums});
  return sums[1] > 0 ? sums[0] / sums[1] : 0;
}

bool Fit::same_on_all_ranks() {
  const std::uint64_t mine = checksum(state_.weights.data(), state_.weights.size() * sizeof(float));
  std::uint64_t first = mine;
  comm_.broadcast(std::as_writable_bytes(std::span{&first, 1}));
  return all_agree(comm_, first == mine);
}

Result<void> Fit::validate_served() {
  if (!same_on_all_ranks())
    return failure(ErrorCode::internal,
                   "the ranks' weights differ: MPI does not give the same sums on all of them");
  validated_ = validate(state_.served);
  if (!std::isfinite(validated_))
    return failure(ErrorCode::internal, "the loss is not finite: try a lower --rate");
  ++state_.validations_since_best;
  if (state_.step == 0 || validated_ < state_.best_loss) {
    state_.best = state_.served;
    state_.best_loss = validated_;
    state_.best_step = state_.step;
    state_.validations_since_best = 0;
  }
  return {};
}

Result<void> Fit::save(const FitWatch& watch) {
  if (!watch.save) return {};
  auto saved = comm_.rank() == 0 ? watch.save(state_) : Result<void>{};
  if (!all_agree(comm_, saved.has_value()) && saved)
    return failure(ErrorCode::unavailable, "rank 0 could not write the checkpoint");
  return saved;
}

Result<FitEnd> Fit::run(const FitWatch& watch) {
  if (state_.step == 0)
    if (auto judged = validate_served(); !judged) return tl::make_unexpected(judged.error());
  validated_ = validated_ == 0 ? state_.best_loss : validated_;
  while (!state_.finished) {
    if (auto stepped = step(watch); !stepped) return tl::make_unexpected(stepped.error());
    const bool stop = gradient_[task_.weights() + kStop] > 0;
    const bool save_due = gradient_[task_.weights() + kSave] > 0;
    if (state_.step % settings_.validate_every == 0 || state_.step == settings_.steps)
      if (auto judged = validate_served(); !judged) return tl::make_unexpected(judged.error());
    state_.finished = state_.step >= settings_.steps || state_.validations_since_best >= settings_.patience;
    if (comm_.rank() == 0 && watch.progress)
      watch.progress({state_.step, settings_.steps, mean_loss_, validated_, state_.best_loss});
    if (stop || save_due || state_.finished)
      if (auto saved = save(watch); !saved) return tl::make_unexpected(saved.error());
    if (stop && !state_.finished) return FitEnd::stopped;
  }
  return FitEnd::done;
}

}  // namespace foreshape
