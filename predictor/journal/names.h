// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// How values of predictor/journal are called in the store, in JSON and on the terminal.
//
// Runs in: offline.
// Threads: constants.

#include "predictor/base/enum_names.h"
#include "predictor/journal/event.h"

namespace foreshape {

inline constexpr EnumNames<HoldPhase, HoldPhase::would> kHoldStepNames{
    "intend", "done", "refused", "hit", "released", "adopted", "would"};

inline constexpr EnumNames<StagePhase, StagePhase::expired> kStageStepNames{"planned", "staged", "used",
                                                                            "missed",  "failed", "expired"};

}  // namespace foreshape
