// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/replay/site_json.h"

#include <nlohmann/json.hpp>

#include "predictor/base/text.h"
#include "replay/report.h"

namespace foreshape {
namespace {

using Json = nlohmann::ordered_json;

const char* verdict_name(Verdict verdict) {
  if (verdict == Verdict::better) return "better";
  return verdict == Verdict::worse ? "worse" : "unclear";
}

Json json_of(const Spread& spread) {
  return {{"mean", spread.mean}, {"least", spread.least}, {"most", spread.most}};
}

Json json_of(const Figure& figure) {
  return {{"jobs", figure.jobs},
          {"before", json_of(figure.before)},
          {"after", json_of(figure.after)},
          {"change", json_of(figure.change)},
          {"verdict", verdict_name(figure.verdict)}};
}

Json json_of(const HoldsOutcome& holds) {
  return {{"hit_wait_s", json_of(holds.hits)},
          {"other_wait_s", json_of(holds.others)},
          {"idle_share", json_of(holds.idle_share)}};
}

Json json_of(const LeverOutcome& lever, const LeverSentences& sentences) {
  Json figures = Json::object();
  for (std::size_t kind = 0; kind < kFigureKinds; ++kind) {
    figures[figure_kinds()[kind].name] = json_of(lever.figures.at(kind));
  }
  return {{"policy", lever.policy},
          {"figures", figures},
          {"holds", lever.holds ? json_of(*lever.holds) : Json(nullptr)},
          {"users_better", json_of(lever.users_better)},
          {"users_worse", json_of(lever.users_worse)},
          {"gains", sentences.gains},
          {"costs", sentences.costs},
          {"unchanged", sentences.unchanged}};
}

Json json_of(const SiteMachine& machine) {
  return {{"nodes", machine.nodes},
          {"cpus", machine.cpus},
          {"alike", machine.alike.has_value()},
          {"not_up", machine.not_up},
          {"islands", machine.islands}};
}

Json levers_of(const SiteReport& report, const SiteSentences& sentences) {
  Json levers = Json::array();
  for (std::size_t i = 0; i < sentences.levers.size(); ++i)
    levers.push_back(json_of(report.outcome.levers[i], sentences.levers[i]));
  return levers;
}

Json present_of(const SiteReport& report, const SiteSentences& sentences) {
  Json figures = Json::object();
  for (std::size_t kind = 0; kind < kFigureKinds; ++kind)
    figures[figure_kinds()[kind].name] = json_of(report.outcome.present.at(kind));
  return {{"policy", report.outcome.present_policy}, {"figures", figures}, {"sentences", sentences.present}};
}

Json json_of(const SiteReport& report) {
  const SiteSentences sentences = site_sentences(report);
  Json site = {{"cluster", harmless(report.cluster)},
               {"partition", harmless(report.partition)},
               {"source", report.source},
               {"learn_from_s", report.window.learn_from_s},
               {"measured_from_s", report.window.measured_from_s},
               {"to_s", report.window.to_s},
               {"jobs", report.measured_jobs},
               {"learned_jobs", report.learned_jobs},
               {"users", report.measured_users},
               {"runs", report.outcome.runs},
               {"jitter_s", report.jitter_s},
               {"machine", json_of(report.machine)}};
  site["actual"] = {{"jobs", report.actual.jobs},
                    {"mean_wait_s", report.actual.mean_s},
                    {"max_wait_s", report.actual.longest_s}};
  site["about"] = sentences.about;
  site["present"] = present_of(report, sentences);
  site["levers"] = levers_of(report, sentences);
  site["not_modelled"] = report.not_modelled;
  site["not_replayed"] = report.left_out;
  return site;
}

}  // namespace

std::string site_json_text(const SiteReport& report, const std::vector<ReplayRun>& runs,
                           const std::vector<Comparison>& comparisons) {
  Json all = Json::parse(json_text(runs, comparisons));
  all["site"] = json_of(report);
  return all.dump(1) + "\n";
}

}  // namespace foreshape
