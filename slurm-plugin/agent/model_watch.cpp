// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/agent/model_watch.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <unistd.h>
#include <utility>

#include "predictor/base/file.h"
#include "predictor/model/blend_file.h"
#include "predictor/model/model_file.h"
#include "slurm-plugin/base/fault_point.h"

namespace foreshape {
namespace {

constexpr std::size_t kRunTime = static_cast<std::size_t>(Resource::run_time);

// A submission waits for it. Networks of the default size take 10 us.
constexpr double kMaxPredict_us = 500;

/// The fastest of some runs: what the network needs when nobody disturbs it.
double microseconds_a_run(const ServingNetwork& network, const Clock& clock) {
  double best = std::numeric_limits<double>::max();
  for (int i = 0; i < 8; ++i) {
    const std::int64_t begun_ns = clock.monotonic_ns();
    network.warm_up();
    best = std::min(best, static_cast<double>(clock.monotonic_ns() - begun_ns));
  }
  return best / 1000 / static_cast<double>(ServingNetwork::kWorkspaces);
}

}  // namespace

void ModelWatch::pass() {
  const auto settings = state_.settings.get();
  if (!settings->model) {
    seen_ = {};
    return serve_kernel("Model=off");
  }
  FileVersion version = file_version(settings->model_file);
  if (version == seen_) return;
  seen_ = std::move(version);
  if (seen_.size < 0) return serve_kernel("there is no model file");
  const auto loaded = load(seen_.path);
  if (loaded) return;
  state_.log(LogLevel::error,
             fmt::format("model {}; {}", loaded.error().message,
                         network_ ? "keeping the one loaded before" : "predicting by the kernel"));
  const std::lock_guard lock(mutex_);
  now_.refused = loaded.error().message;
}

void ModelWatch::serve_kernel(const char* why) {
  if (network_) {
    state_.log(LogLevel::info, fmt::format("{}: predicting by the kernel", why));
    network_ = nullptr;
    serve();
  }
  const std::lock_guard lock(mutex_);
  ModelState none;
  none.learned = now_.learned;
  now_ = std::move(none);
}

Result<void> ModelWatch::load(const std::string& path) {
  auto model = read_verified_model(path, FileTrust{::geteuid()});
  if (!model) return tl::make_unexpected(model.error());
  FORESHAPE_FAULT("model_nan", std::ranges::fill(model->weights, std::nanf("")));
  ModelState next;
  next.checksum = model->checksum;
  next.made_s = model->card.made_s;
  next.loaded_s = state_.clock.now_s();
  next.rows = model->card.rows;
  next.arrivals = model->arrivals.has_value();
  auto blends = first_blends(*model);
  auto network = std::make_shared<const ServingNetwork>(std::move(*model));
  next.predict_us = microseconds_a_run(*network, state_.clock);
  if (next.predict_us > kMaxPredict_us)
    return failure(
        ErrorCode::invalid_input,
        fmt::format("{}: {:.0f} us a prediction, at most {:.0f} are allowed; train a smaller network", path,
                    next.predict_us, kMaxPredict_us));
  network_ = std::move(network);
  blends_ = std::move(blends);
  run_time_ = Blend(blends_[kRunTime]);
  learned_now_ = 0;
  next.blend_users = blends_[kRunTime].users.size();
  next.blend_everybody = blends_[kRunTime].everybody;
  serve();
  state_.log(LogLevel::info, fmt::format("model {}: {:016x}, trained on {} jobs, in force; {:.0f} us a run",
                                         path, next.checksum, next.rows, next.predict_us));
  const std::lock_guard lock(mutex_);
  next.learned = now_.learned;
  now_ = std::move(next);
  return {};
}

/// Where the blend stood when slurmctld ended, if it judged this very model; else as the model's maker saw
/// it.
std::array<BlendTable, kResources> ModelWatch::first_blends(const Model& model) {
  auto saved = read_blend(blend_file(), FileTrust{::geteuid()});
  if (!saved && saved.error().code == ErrorCode::not_found)  // as releases before 0.2 named it
    saved = read_blend(state_dir() + "/model.gate", FileTrust{::geteuid()});
  if (saved && saved->model == model.checksum) return std::move(saved->blends);
  if (!saved && saved.error().code != ErrorCode::not_found)
    state_.log(LogLevel::error, saved.error().message + "; the blend starts from the model file's");
  return model.blends;
}

void ModelWatch::serve() {
  retired_ = state_.model.get();
  state_.model.set({network_, network_ ? blends_ : std::array<BlendTable, kResources>{}});
}

void ModelWatch::learn(SubmissionToken token, const PastJob& job) {
  const auto kept = state_.forecasts.take(token);
  if (!kept || !network_ || kept->model != network_->model().checksum) return;
  const Target target = target_of(job);
  if (target.known[kRunTime] == kUnknown) return;
  const float used = std::min(std::exp(target.value[kRunTime]), kept->bound_s);
  run_time_.learn(job.uid, kept->lesson, used);
  ++learned_now_;
}

void ModelWatch::settle() {
  if (learned_now_ == 0 || !network_) return;
  blends_[kRunTime] = run_time_.table();
  serve();
  keep_blend();
  const std::lock_guard lock(mutex_);
  now_.learned += std::exchange(learned_now_, 0);
  now_.blend_users = blends_[kRunTime].users.size();
  now_.blend_everybody = blends_[kRunTime].everybody;
}

void ModelWatch::keep_blend() {
  const auto kept = replace_file(blend_file(), blend_bytes({network_->model().checksum, blends_}), 0600);
  const std::lock_guard lock(mutex_);
  now_.blend_error = kept ? "" : kept.error().message;
}

ModelState ModelWatch::state() const {
  const std::lock_guard lock(mutex_);
  return now_;
}

}  // namespace foreshape
