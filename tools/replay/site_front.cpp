// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/replay/site_front.h"

#include <cmath>
#include <fmt/format.h>
#include <sstream>

namespace foreshape {
namespace {

void add_change(const LeverOutcome& lever, std::size_t kind, const char* what, std::vector<PageCard>& cards) {
  const double before = lever.figures.at(kind).before.mean, after = lever.figures.at(kind).after.mean;
  if (!std::isfinite(before) || !std::isfinite(after)) return;
  cards.push_back({wait_words(before, after) + " \xE2\x86\x92 " + wait_words(after, before),
                   fmt::format("{}: Slurm as it is, then {}", what, lever.policy)});
}

void add_cards(const LeverOutcome& lever, std::vector<PageCard>& cards) {
  add_change(lever, kMeanWait, "mean wait", cards);
  add_change(lever, kLongestWait, "longest wait", cards);
  if (!std::isfinite(lever.users_better.mean) || !std::isfinite(lever.users_worse.mean)) return;
  cards.push_back(
      {fmt::format("{:.0f} % / {:.0f} %", 100 * lever.users_better.mean, 100 * lever.users_worse.mean),
       "of the users fare better / worse " + lever.policy});
}

}  // namespace

PageFront site_front(const SiteReport& report) {
  const SiteSentences said = site_sentences(report);
  PageFront front;
  front.title = said.title;
  front.about = said.about;
  for (const LeverOutcome& lever : report.outcome.levers) add_cards(lever, front.cards);
  front.findings.push_back({"Slurm as it is, replayed", {{"", said.present}}});
  for (const LeverSentences& lever : said.levers)
    front.findings.push_back(
        {lever.policy,
         {{"Gains", lever.gains}, {"Costs", lever.costs}, {"No clear change", lever.unchanged}}});
  front.omissions.push_back({"Not modelled", report.not_modelled});
  if (!report.left_out.empty()) front.omissions.push_back({"Not replayed", report.left_out});
  return front;
}

PageFront trace_front(const std::vector<std::string>& traces, const std::vector<std::string>& omissions) {
  PageFront front;
  front.title = "What would have happened";
  front.about = {"Past jobs, submitted again to a simulated machine under scheduling policies."};
  for (const std::string& trace : traces) {
    std::istringstream lines{trace};
    for (std::string line; std::getline(lines, line);) front.about.push_back(line);
  }
  front.omissions.push_back({"Not modelled", omissions});
  return front;
}

}  // namespace foreshape
