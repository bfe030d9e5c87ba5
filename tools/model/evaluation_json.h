// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What `foreshape evaluate` found, as JSON (docs/evaluate-json.md).
//
// Runs in: offline.
// Threads: pure functions.

#include <nlohmann/json.hpp>
#include <span>
#include <string>

#include "trainer/evaluation.h"

namespace foreshape {

/// Whether the model was compared and was one: before the first training it is the kernel.
bool model_ran(const Evaluation& evaluation, std::span<const Evaluated> predictors);

/// Whether it says more than one figure of a job.
bool has_quantiles(Evaluated predictor);

/// What was measured on no job is null.
nlohmann::json evaluation_json(const std::string& trace, const Evaluation& evaluation,
                               std::span<const Evaluated> predictors);

}  // namespace foreshape
