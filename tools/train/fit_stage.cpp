// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/train/fit_stage.h"

#include <fmt/format.h>
#include <span>
#include <unistd.h>
#include <utility>

#include "predictor/base/clock.h"
#include "predictor/base/file.h"
#include "trainer/checkpoint.h"

namespace foreshape {
namespace {

/// Rank 0 reads the checkpoint and gives it to all: it needs no shared file system.
bool begin_or_resume(const FitStage& stage, Fit& fit, const std::vector<float>& weights, Comm& comm,
                     TrainProgress& talk) {
  fit.begin(weights);
  if (!stage.resume) return true;
  Result<std::string> bytes = std::string{};
  if (comm.rank() == 0 && ::access(stage.checkpoint.c_str(), F_OK) == 0)
    bytes = read_file(stage.checkpoint, kMaxCheckpointBytes);
  if (!all_have(comm, bytes)) return false;
  std::uint64_t size = bytes->size();
  comm.broadcast(std::as_writable_bytes(std::span{&size, 1}));
  if (size == 0) {
    talk.say("no checkpoint yet: starting from the beginning");
    return true;
  }
  bytes->resize(size);
  comm.broadcast(std::as_writable_bytes(std::span{bytes->data(), bytes->size()}));
  auto state = parse_checkpoint(*bytes, stage.identity, fit.state().weights.size());
  if (!state) state = tl::make_unexpected(about(stage.checkpoint, state.error()));
  if (!all_have(comm, state)) return false;
  talk.say(fmt::format("continuing after step {}", state->step));
  fit.resume(std::move(*state));
  return true;
}

}  // namespace

std::optional<FitEnd> run_stage(const FitStage& stage, Fit& fit, const std::vector<float>& weights,
                                Comm& comm, TrainProgress& talk, const std::function<bool()>& stop) {
  if (!begin_or_resume(stage, fit, weights, comm, talk)) return std::nullopt;
  talk.begins(stage.settings, fit.state().weights.size(), comm.ranks(), fit.state().step);
  const SystemClock clock;
  const bool saves = !stage.checkpoint.empty();
  std::int64_t saved_ns = clock.monotonic_ns();
  FitWatch watch;
  watch.stop = stop;
  watch.save_due = [&] {
    return saves && static_cast<double>(clock.monotonic_ns() - saved_ns) >= stage.checkpoint_every_s * 1e9;
  };
  if (saves)
    watch.save = [&](const FitState& state) {
      saved_ns = clock.monotonic_ns();
      return write_checkpoint(stage.checkpoint, stage.identity, state);
    };
  std::string curve = "step,loss,validation\n";
  watch.progress = [&](const FitProgress& progress) {
    talk.step(progress, stage.settings.batch);
    if (progress.step % stage.settings.validate_every == 0)
      curve += fmt::format("{},{:.9g},{:.9g}\n", progress.step, progress.loss, progress.judged);
  };
  auto end = fit.run(watch);
  if (comm.rank() == 0 && end && !stage.curve.empty())
    if (const auto written = replace_file(stage.curve, curve, 0644); !written)
      end = tl::make_unexpected(written.error());
  if (!all_have(comm, end)) return std::nullopt;
  return *end;
}

}  // namespace foreshape
