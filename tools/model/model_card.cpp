// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/model/model_card.h"

#include <fmt/format.h>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "predictor/base/names.h"
#include "predictor/base/text.h"
#include "tools/cli/columns.h"
#include "tools/cli/slurm_text.h"

namespace foreshape {
namespace {

using Json = nlohmann::ordered_json;
using Facts = std::vector<std::pair<std::string, std::string>>;

std::string dumped(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string moment(UnixSeconds s) { return s == 0 ? "-" : timestamp_text(s); }

std::string served(const Model& model) {
  std::string names;
  for (std::size_t r = 0; r < kResources; ++r)
    if (model.serves[r])
      names += (names.empty() ? "" : ",") + std::string(kResourceNames.of(static_cast<Resource>(r)));
  return names;
}

std::string arrivals_of(const Model& model) {
  if (!model.arrivals) return "none: next submissions are forecast from gaps";
  const ArrivalModel& a = *model.arrivals;
  return fmt::format("{} wide, {} weights, {} golden pairs", a.hidden, a.weights.size(), a.golden.size());
}

Facts facts_of(const Model& model, const std::string& path) {
  const ModelCard& card = model.card;
  const NetworkSizes& s = model.sizes;
  return {
      {"file", path},
      {"checksum", fmt::format("{:016x}", model.checksum)},
      {"made", moment(card.made_s)},
      {"data_from", moment(card.data_from_s)},
      {"data_to", moment(card.data_to_s)},
      {"rows", fmt::format("{}", card.rows)},
      {"users", fmt::format("{}", card.users)},
      {"input", card.input},
      {"parent", card.parent == 0 ? "-" : fmt::format("{:016x}", card.parent)},
      {"seed", fmt::format("{}", card.seed)},
      {"ranks", fmt::format("{}", card.ranks)},
      {"steps", fmt::format("{}", card.steps)},
      {"revision", card.revision},
      {"features_version", fmt::format("{}", kFeaturesVersion)},
      {"network", fmt::format("{} and {} wide, {} weights", s.hidden, s.pair_hidden, model.weights.size())},
      {"serves", served(model)},
      {"arrivals", arrivals_of(model)},
      {"blend_users", fmt::format("{}", model.blends[0].users.size())},
      {"golden_pairs", fmt::format("{}", model.golden.size())},
  };
}

const ModelMetric* find(const ModelCard& card, const std::string& predictor, const std::string& name) {
  for (const ModelMetric& metric : card.metrics)
    if (metric.predictor == predictor && metric.name == name) return &metric;
  return nullptr;
}

std::vector<std::string> each_once(const ModelCard& card, std::string ModelMetric::*part) {
  std::vector<std::string> names;
  for (const ModelMetric& metric : card.metrics)
    if (std::ranges::find(names, metric.*part) == names.end()) names.push_back(metric.*part);
  return names;
}

/// A row for each metric, a column for each predictor.
std::string metrics_table(const ModelCard& card) {
  const auto predictors = each_once(card, &ModelMetric::predictor);
  std::string text = fmt::format("{:<24}", "");
  for (const std::string& p : predictors) text += fmt::format(" {:>10.10}", harmless(p));
  for (const std::string& name : each_once(card, &ModelMetric::name)) {
    text += fmt::format("\n{:<24.24}", harmless(name));
    for (const std::string& p : predictors) {
      const ModelMetric* metric = find(card, p, name);
      text += metric != nullptr ? fmt::format(" {:>10.5g}", metric->value) : fmt::format(" {:>10}", "-");
    }
  }
  return text + "\n";
}

Json metrics_json(const ModelCard& card) {
  Json json = Json::object();
  for (const ModelMetric& metric : card.metrics)
    json[harmless(metric.predictor)][harmless(metric.name)] = metric.value;
  return json;
}

const char* name_of(ModelPlace place) {
  constexpr std::array<const char*, 3> kNames = {"in force", "former", "undone"};
  return kNames.at(static_cast<std::size_t>(place));
}

/// What is not known is empty where a program reads it.
std::string number(const std::optional<double>& value, CardForm form) {
  if (!value) return form == CardForm::bars ? "" : "-";
  return fmt::format("{:.5g}", *value);
}

std::optional<double> value_of(const ModelCard& card, const std::string& predictor, const std::string& name) {
  const ModelMetric* metric = find(card, predictor, name);
  return metric != nullptr ? std::optional{metric->value} : std::nullopt;
}

/// The rows of a comparison: what either card has, in the order in which they have it.
std::vector<std::pair<std::string, std::string>> rows_of(const ModelCard& a, const ModelCard& b) {
  std::vector<std::pair<std::string, std::string>> rows;
  for (const ModelCard* card : {&a, &b})
    for (const ModelMetric& metric : card->metrics)
      if (std::pair row{metric.name, metric.predictor}; std::ranges::find(rows, row) == rows.end())
        rows.push_back(std::move(row));
  return rows;
}

Json json_of(const std::optional<double>& value) { return value ? Json(*value) : Json(); }

}  // namespace

std::string card_text(const Model& model, const std::string& path, CardForm form) {
  const Facts facts = facts_of(model, path);
  std::string text;
  Json json = Json::object();
  for (const auto& [name, value] : facts) {
    if (form == CardForm::text) text += fmt::format("{:<17} {}\n", name, harmless(value));
    if (form == CardForm::bars) text += bars_row({name, value});
    json[name] = harmless(value);
  }
  if (form == CardForm::json) {
    json["metrics"] = metrics_json(model.card);
    return dumped(json);
  }
  if (form == CardForm::text)
    return text + (model.card.metrics.empty() ? "" : "\n" + metrics_table(model.card));
  for (const ModelMetric& m : model.card.metrics)
    text += bars_row({m.predictor + "." + m.name, fmt::format("{:g}", m.value)});
  return text;
}

std::string compare_text(const Model& a, const Model& b, CardForm form) {
  const auto sum = [](const Model& m) { return fmt::format("{:016x}", m.checksum); };
  const auto line = [&](const std::string& name, const std::string& predictor, const std::string& one,
                        const std::string& other, const std::string& difference) {
    if (form == CardForm::bars) return bars_row({name, predictor, one, other, difference});
    return fmt::format("{:<24.24} {:<10.10} {:>16} {:>16} {:>10}\n", harmless(name), harmless(predictor), one,
                       other, difference);
  };
  std::string text = line("metric", "predictor", sum(a), sum(b), "difference");
  Json json = {{"a", sum(a)}, {"b", sum(b)}, {"metrics", Json::array()}};
  for (const auto& [name, predictor] : rows_of(a.card, b.card)) {
    const auto first = value_of(a.card, predictor, name), second = value_of(b.card, predictor, name);
    std::optional<double> difference;
    if (first && second) difference = *second - *first;
    json["metrics"].push_back({{"metric", harmless(name)},
                               {"predictor", harmless(predictor)},
                               {"a", json_of(first)},
                               {"b", json_of(second)},
                               {"difference", json_of(difference)}});
    text += line(name, predictor, number(first, form), number(second, form), number(difference, form));
  }
  return form == CardForm::json ? dumped(json) : text;
}

std::string list_text(const std::vector<StoredModel>& models, CardForm form) {
  const auto line = [&](const std::string& state, const std::string& sum, const std::string& made,
                        const std::string& rows, const std::string& accuracy, const std::string& file) {
    if (form == CardForm::bars) return bars_row({state, sum, made, rows, accuracy, file});
    return fmt::format("{:<9} {:<16} {:<19} {:>9} {:>8} {}\n", state, sum, made, rows, accuracy,
                       harmless(file));
  };
  std::string text = line("state", "checksum", "made", "rows", "accuracy", "file");
  Json json = Json::array();
  for (const StoredModel& model : models) {
    const auto accuracy = value_of(model.card, "model", "run_time.accuracy");
    const std::string sum = model.checksum == 0 ? "unreadable" : fmt::format("{:016x}", model.checksum);
    text += line(name_of(model.place), sum, moment(model.card.made_s), fmt::format("{}", model.card.rows),
                 number(accuracy, form), model.path);
    json.push_back({{"state", name_of(model.place)},
                    {"checksum", sum},
                    {"made_s", model.card.made_s},
                    {"rows", model.card.rows},
                    {"accuracy", json_of(accuracy)},
                    {"file", harmless(model.path)},
                    {"error", harmless(model.error)}});
  }
  return form == CardForm::json ? dumped(json) : text;
}

}  // namespace foreshape
