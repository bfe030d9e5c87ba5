// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What `foreshape evaluate --arrivals` says, as text and as JSON.
//
// Runs in: offline.
// Threads: pure functions.

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "trainer/arrival_evaluation.h"

namespace foreshape {

void print_arrivals(const std::string& trace, const ArrivalEvaluation& evaluation);
nlohmann::json json_of(const std::string& trace, const ArrivalEvaluation& evaluation);

}  // namespace foreshape
