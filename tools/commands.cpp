// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/cli/commands.h"

#include <array>

namespace foreshape {

std::span<const Command> foreshape_commands() {
  // One line for each command: builders of new ones add theirs, and a section in docs/foreshape.1.
  static const auto kCommands = std::to_array<Command>({
      {"arrivals", "compare forecasts of next submissions on past jobs", run_arrivals},
      {"config", "check a foreshape.conf", run_config},
      {"dataset", "export past jobs to train from", run_dataset},
      {"doctor", "say whether Foreshape is installed right and healthy, and what cures it", run_doctor},
      {"evaluate", "compare predictors on past jobs", run_evaluate},
      {"forget", "delete what the store has of a user, or from before a time", run_forget},
      {"help", "show what a command does", run_help},
      {"ingest", "bring jobs, predictions and outcomes into the store", run_ingest},
      {"journal", "print what the plugin recorded", run_journal},
      {"migrate", "create the store or bring it up to date", run_migrate},
      {"model", "show, verify, compare, promote and roll back trained models", run_model},
      {"replay", "replay past jobs under scheduling policies", run_replay},
      {"retrain", "train from the current model, promote the result if it is no worse", run_retrain},
      {"roles", "give users database roles to read their own rows with", run_roles},
      {"setup", "make all that a site needs, and take it back", run_setup},
      {"snapshot", "write the profiles that the plugin loads", run_snapshot},
      {"stage", "copies of input data in a fast tier, made before their job comes", run_stage},
      {"status", "show what the plugin does, and whether Slurm's settings fit", run_status},
  });
  return kCommands;
}

}  // namespace foreshape
