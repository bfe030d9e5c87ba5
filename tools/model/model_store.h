// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The models of a site: the one in force, and those that were before it.
//
//   <ModelFile>                                        in force: what lies here is served within
//   AgentInterval <StateDir>/models/<UTC>-<checksum>.fsm             was in force until then
//   <StateDir>/models/<UTC>-<checksum>.undone.fsm      was taken back then: rollback never returns to it
//
// Runs in: offline.
// Threads: pure functions over the file system; a lock on the directory keeps two programs apart.

#include <cstdint>
#include <string>
#include <vector>

#include "predictor/base/clock.h"
#include "predictor/base/result.h"
#include "predictor/model/model.h"

namespace foreshape {

/// How many former models are kept; the oldest goes first.
inline constexpr std::size_t kKeptModels = 10;

struct ModelPlaces {
  std::string in_force;  ///< ModelFile
  std::string former;    ///< the directory
  std::string owner;     ///< of what is written; "" as for replace_owned_file
};

enum class ModelPlace : std::uint8_t { in_force, former, undone };

struct StoredModel {
  ModelPlace place = ModelPlace::in_force;
  std::string path;
  std::uint64_t checksum = 0;  ///< 0: it can't be read
  ModelCard card;
  std::string error;  ///< why it can't be read
};

/// The one in force first, then the others, newest first. Errors: unavailable.
Result<std::vector<StoredModel>> list_models(const ModelPlaces& places);

/// The path that a word stands for: a file, or the beginning (4 digits or more) of the checksum of one of
/// ours. Errors: not_found; invalid_input - several begin so.
Result<std::string> find_model(const ModelPlaces& places, const std::string& word);

/// The file's bytes, parsed and verified. Errors: those of read_model and verify, with the file's name.
Result<Model> read_verified(const std::string& path, std::string& bytes);

/// What was done, for a person.
struct ModelChange {
  std::uint64_t now = 0;     ///< checksum; 0: the kernel
  std::uint64_t before = 0;  ///< 0: there was none, or it could not be read
  bool changed = false;      ///< false: it was in force already, or nothing was to be done in earnest
};

/// Verifies the file and puts it in force; the former one is kept. dry_run: all but that.
Result<ModelChange> promote_model(const ModelPlaces& places, const std::string& file, bool dry_run);

/// Puts the newest former model that still verifies in force, or the kernel where there is none: then nothing
/// lies at in_force. The one in force becomes undone. Errors: not_found - there is none in force.
Result<ModelChange> rollback_model(const ModelPlaces& places, bool dry_run);

}  // namespace foreshape
