// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What each lever changes against the present policy, over all runs, paired by seed.
//
// Runs in: offline.
// Threads: pure functions.

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "replay/experiment.h"

namespace foreshape {

/// Over the runs that have the figure; NaN where none has.
struct Spread {
  double mean = std::numeric_limits<double>::quiet_NaN();
  double least = mean, most = mean;
};

/// A figure of Metrics by which policies are compared.
struct FigureKind {
  const char* name;  ///< as in docs/replay-json.md
  double (*of)(const Metrics&);
  std::uint64_t (*jobs)(const Metrics&);  ///< it is of so many
  bool more_is_better;
};

std::span<const FigureKind> figure_kinds();
inline constexpr std::size_t kFigureKinds = 9;
/// Places in that list.
inline constexpr std::size_t kMeanWait = 0, kP95Wait = 1, kLongestWait = 2, kShortStarted = 3;

enum class Verdict : std::uint8_t {
  better,
  worse,
  unclear,  ///< runs disagree, or it is less than a hundredth
};

struct Figure {
  Spread before, after;
  Spread change;           ///< after - before, run by run
  std::uint64_t jobs = 0;  ///< it is of so many (the first run's); 0 = there is nothing to say
  Verdict verdict = Verdict::unclear;
};

/// What holding processors did: jobs that holds let in against all others, and what it kept idle.
struct HoldsOutcome {
  Figure hits, others;  ///< mean waits of the same jobs before and after
  Spread idle_share;    ///< of the machine, kept idle while others waited
};

struct LeverOutcome {
  std::string policy;
  std::optional<HoldsOutcome> holds;  ///< absent without holds, or where nobody came into one
  std::array<Figure, kFigureKinds> figures;
  Spread users_better, users_worse;  ///< shares
};

struct SiteOutcome {
  std::string present_policy;
  std::uint32_t runs = 0;
  std::uint64_t jobs = 0;
  std::array<Spread, kFigureKinds> present;
  std::vector<LeverOutcome> levers;
};

/// runs: as run_experiment returns them, the present policy first.
SiteOutcome site_outcome(const std::vector<ReplayRun>& runs);

}  // namespace foreshape
