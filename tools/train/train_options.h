// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The command line of foreshape-train.
//
// Runs in: offline.
// Threads: main thread only.

#include <optional>
#include <string>

#include "tools/cli/options.h"
#include "trainer/arrival_samples.h"
#include "trainer/fit.h"
#include "trainer/sample_store.h"

namespace foreshape {

inline constexpr const char* kTrainProgram = "foreshape-train";

/// Stopped by SIGTERM or SIGUSR1 with a checkpoint written: run it again with --resume.
inline constexpr int kStopped = 4;

struct TrainOptions {
  std::string dataset, output, from, checkpoint, curve;
  double checkpoint_every_s = 300;
  bool resume = false;
  std::optional<std::uint64_t> steps;  ///< absent: by the number of samples
  std::optional<float> rate;           ///< absent: 1e-3, or 3e-4 from a model
  SampleSettings samples;
  FitSettings fit;
  bool arrivals = true;  ///< also the network of next submissions
  ArrivalSampleSettings arrival_samples;
  FitSettings arrival_fit;
  std::uint32_t arrival_hidden = 64;
};

CommandLine train_command_line();

/// Errors: what is wrong with the command line, as a sentence.
tl::expected<TrainOptions, std::string> read_train_options(const ParsedOptions& parsed);

}  // namespace foreshape
