// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The file that carries a trained model from the trainer to the plugin (format: README.md).
//
// Runs in: slurmctld (our own threads only) and offline.
// Threads: pure functions over the file system.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "predictor/base/file.h"
#include "predictor/base/result.h"
#include "predictor/model/model.h"

namespace foreshape {

inline constexpr std::size_t kMaxModelBytes = 128U << 20U;

/// The bytes of a model file. The same model gives the same bytes; model.checksum is not in them.
/// Errors: those of check().
Result<std::string> model_bytes(const Model& model);

/// Magic, version, checksum, structure, features and check(); golden pairs are left to verify().
/// Errors: corrupt - damaged, or made for other features; names the field.
Result<Model> parse_model(std::string_view bytes);

/// trust: as for read_file. Errors: those of read_file and parse_model; the message names the file.
Result<Model> read_model(const std::string& path, const std::optional<FileTrust>& trust = std::nullopt);

/// A model that also passes verify(): it says here what it said where it was made. Errors: those of
/// read_model() and verify(); the message names the file.
Result<Model> read_verified_model(const std::string& path,
                                  const std::optional<FileTrust>& trust = std::nullopt);

/// In one step: readers see the old file or the new one. Mode 0644; the caller keeps directories from
/// strangers. Errors: those of check() and replace_file; the message names the file.
Result<void> write_model(const std::string& path, const Model& model);

}  // namespace foreshape
