// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A model's card as text for people and scripts. Its texts are anybody's: all are made harmless here.
//
// Runs in: offline.
// Threads: pure functions.

#include <nlohmann/json.hpp>
#include <string>

#include "predictor/model/model.h"
#include "tools/model/model_store.h"

namespace foreshape {

enum class CardForm : std::uint8_t {
  text,
  bars,  ///< name and value with a bar between, a line each
  json,
};

/// Everything that the card, the blend and the network's sizes say. path: where it was read.
std::string card_text(const Model& model, const std::string& path, CardForm form);

/// Two cards side by side: each metric of a predictor that either has, and the difference b - a.
std::string compare_text(const Model& a, const Model& b, CardForm form);

/// A line for each model.
std::string list_text(const std::vector<StoredModel>& models, CardForm form);

}  // namespace foreshape
