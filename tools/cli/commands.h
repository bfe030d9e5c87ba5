// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The subcommands of the program foreshape: one line here and one in commands.cpp for each cmd_<name>.cpp.
//
// Runs in: offline.
// Threads: main thread only.

#include <span>
#include <string_view>

#include "tools/cli/command.h"

namespace foreshape {

/// What the program is for, in --help.
inline constexpr std::string_view kPurpose =
    "Foreshape predicts the shape of jobs; this program keeps its store, snapshots and settings.";

int run_arrivals(const Args& args);
int run_config(const Args& args);
int run_dataset(const Args& args);
int run_doctor(const Args& args);
int run_evaluate(const Args& args);
int run_forget(const Args& args);
int run_help(const Args& args);
int run_ingest(const Args& args);
int run_journal(const Args& args);
int run_migrate(const Args& args);
int run_model(const Args& args);
int run_replay(const Args& args);
int run_retrain(const Args& args);
int run_roles(const Args& args);
int run_setup(const Args& args);
int run_snapshot(const Args& args);
int run_stage(const Args& args);
int run_status(const Args& args);

/// All subcommands in the order in which --help lists them.
std::span<const Command> foreshape_commands();

}  // namespace foreshape
