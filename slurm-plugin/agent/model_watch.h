// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Loads the trained model when its file has changed, and lets the blend learn from outcomes; a bad file
// leaves the model before in force.
//
// Runs in: slurmctld (agent thread).
// Threads: one thread; state() from any.

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "predictor/model/blend.h"
#include "predictor/model/served_model.h"
#include "slurm-plugin/agent/file_version.h"
#include "slurm-plugin/agent/outcome_watch.h"
#include "slurm-plugin/state/runtime_state.h"

namespace foreshape {

struct ModelState {
  std::uint64_t checksum = 0;  ///< of the model in force; 0 = none, the kernel serves
  UnixSeconds made_s = 0, loaded_s = 0;
  std::uint64_t rows = 0;
  double predict_us = 0;  ///< a network's run when it was warmed up
  bool arrivals = false;  ///< it forecasts next submissions too
  std::string refused;    ///< why the newest file is not the one in force; empty if it is, or there is none
  std::size_t blend_users = 0;
  BlendLead blend_everybody;  ///< of run time
  std::uint64_t learned = 0;  ///< outcomes since the start
  std::string blend_error;    ///< why the blend's state can't be kept on disk
};

class ModelWatch {
 public:
  explicit ModelWatch(RuntimeState& state) : state_(state) {}

  /// Looks at the file and at Model=. Reads the file only if it is new; no file, or Model=off: the kernel.
  void pass();

  /// A job has ended. Only run times are learned from: Slurm's job list has no other figures, and the blends
  /// of other resources stay as the model file has them.
  void learn(SubmissionToken token, const PastJob& job);

  /// Puts what was learned since the last call into force, and on disk.
  void settle();

  ModelState state() const;

 private:
  Result<void> load(const std::string& path);
  void serve_kernel(const char* why);
  void serve();
  std::array<BlendTable, kResources> first_blends(const Model& model);
  void keep_blend();
  std::string state_dir() const { return state_.settings.get()->state_dir; }
  std::string blend_file() const { return state_dir() + "/model.blend"; }

  RuntimeState& state_;
  FileVersion seen_;
  std::shared_ptr<const ServingNetwork> network_;
  std::array<BlendTable, kResources> blends_;
  Blend run_time_;
  std::size_t learned_now_ = 0;
  // What was in force before: freed here a pass later, not by the last RPC thread that looked at it.
  std::shared_ptr<const ServedModel> retired_;
  mutable std::mutex mutex_;  // guards now_
  ModelState now_;
};

}  // namespace foreshape
