// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// How values of predictor/plan are called in foreshape.conf, in the store, in JSON and on the terminal.
//
// Runs in: slurmctld and offline.
// Threads: constants.

#include "predictor/base/enum_names.h"
#include "predictor/plan/policy.h"
#include "predictor/plan/pre_allocation.h"

namespace foreshape {

inline constexpr EnumNames<Mode, Mode::enforce> kModeNames{"off", "observe", "dry-run", "advise", "enforce"};
inline constexpr EnumNames<Lever, Lever::io> kLeverNames{"run_time", "memory", "cpus", "io"};
inline constexpr EnumNames<OrderForm, OrderForm::log_squared> kOrderFormNames{"log", "log-squared"};
inline constexpr EnumNames<OrderMode, OrderMode::on> kOrderModeNames{"off", "dry-run", "on"};
inline constexpr EnumNames<TrialMode, TrialMode::on> kTrialModeNames{"off", "opt-in", "on"};
inline constexpr EnumNames<HoldMode, HoldMode::on> kHoldModeNames{"off", "dry-run", "on"};
inline constexpr EnumNames<HoldKind, HoldKind::personal> kHoldKindNames{"pool", "personal"};
inline constexpr EnumNames<HoldAction, HoldAction::extend> kHoldActionNames{
    "none", "create", "grow", "shrink", "move", "release", "extend"};

}  // namespace foreshape
