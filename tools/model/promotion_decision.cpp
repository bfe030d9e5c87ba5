// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/model/promotion_decision.h"

#include <array>
#include <cstdio>
#include <fmt/format.h>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "predictor/base/text.h"
#include "predictor/model/model_file.h"
#include "tools/cli/progress.h"
#include "trainer/arrival_check.h"
#include "trainer/promotion_check.h"
#include "trainer/sample_plan.h"

namespace foreshape {
namespace {

/// The candidate, then the champion where there is one that can be read.
Result<std::vector<Model>> read_contestants(const PromotionCase& promotion, const char* program) {
  std::vector<Model> models;
  auto candidate = read_model(promotion.candidate);
  if (!candidate) return tl::make_unexpected(candidate.error());
  models.push_back(std::move(*candidate));
  if (promotion.champion.empty()) return models;
  // A champion that cannot be read does not serve either: the kernel is what must be beaten.
  if (auto champion = read_model(promotion.champion))
    models.push_back(std::move(*champion));
  else
    fmt::print("{}: {}\n", program, harmless(champion.error().message));
  return models;
}

std::function<void(std::uint64_t)> shown(Progress& progress, std::uint64_t jobs) {
  return [&progress, jobs](std::uint64_t done) {
    progress.show(done, static_cast<double>(done) / static_cast<double>(jobs));
  };
}

void say(const char* who, const Score& score) {
  fmt::print("  {:<10} {:>8} jobs  accuracy {:.4f}  pinball .5 {:.3f}  .95 {:.3f}  above .95 {:.3f}\n", who,
             with_commas(score.jobs()), score.accuracy(), score.pinball_loss(4), score.pinball_loss(8),
             1 - score.coverage(8));
}

void say(const char* program, const WindowScores& scores) {
  const Contest run_time = contest_of(scores);
  fmt::print("{}: run time of the newest jobs, which decide; nobody's count for more than a share\n",
             program);
  say("candidate", run_time.candidate);
  if (scores.models.size() > 1) say("champion", run_time.champion);
  say("kernel", run_time.kernel);
  say("last2", run_time.last2);
  say("requested", run_time.requested);
}

void say(const char* who, const WeighedArrivals& one) {
  fmt::print("  {:<10} nats {:.3f}  Brier of 15 minutes {:.4f}\n", who, one.nats, one.brier);
}

/// The candidate's network of next submissions and the champion's, as far as they have one.
struct ArrivalCase {
  std::vector<const char*> names;
  std::vector<const ArrivalModel*> networks;
  ArrivalScores scores;
};

Result<ArrivalCase> hold_contest(DatasetReader& reader, std::uint64_t first, const std::vector<Model>& models,
                                 const char* program) {
  ArrivalCase contest;
  constexpr std::array<const char*, 2> kNames = {"candidate", "champion"};
  for (std::size_t m = 0; m < models.size(); ++m)
    if (models[m].arrivals) {
      contest.names.push_back(kNames.at(m));
      contest.networks.push_back(&*models[m].arrivals);
    }
  if (contest.networks.empty()) return contest;
  auto scores = score_arrivals(reader, first, reader.jobs(), contest.networks);
  if (!scores) return tl::make_unexpected(scores.error());
  contest.scores = std::move(*scores);
  fmt::print("{}: {} next submissions among the newest jobs; nobody's count for more than a share\n", program,
             with_commas(contest.scores.all.simple.nats.n));
  const ArrivalContest weighed = contest_of(contest.scores);
  for (std::size_t i = 0; i < contest.names.size(); ++i) say(contest.names[i], weighed.models[i]);
  say("simple", weighed.simple);
  return contest;
}

/// Which of them is to serve. Says why one may not.
std::optional<std::size_t> winner_of(const ArrivalCase& contest, const char* program) {
  for (std::size_t i = 0; i < contest.networks.size(); ++i)
    for (const std::string& reason : reasons_to_leave_out(contest.scores, i))
      fmt::print("{}: next submissions: the {}'s network may not serve: {}\n", program, contest.names[i],
                 reason);
  return arrivals_to_serve(contest.scores);
}

/// Gives the candidate the network of next submissions that is to serve, its own or the champion's, or none,
/// and says so.
Result<void> judge_arrivals(const PromotionCase& promotion, DatasetReader& reader, std::uint64_t first,
                            std::vector<Model>& models, const char* program) {
  const auto contest = hold_contest(reader, first, models, program);
  if (!contest) return tl::make_unexpected(contest.error());
  const auto winner = winner_of(*contest, program);
  Model& candidate = models[0];
  const ArrivalModel* network = winner ? contest->networks[*winner] : nullptr;
  if (network == (candidate.arrivals ? &*candidate.arrivals : nullptr)) return {};
  fmt::print(
      "{}: next submissions: {}\n", program,
      winner ? "the champion's network is kept" : "forecast from gaps, the network is left out of the model");
  if (winner) {
    candidate.arrivals = *network;
    std::erase_if(candidate.card.metrics,
                  [](const ModelMetric& m) { return m.name.starts_with("arrivals."); });
    for (ModelMetric& m : metrics_of(contest->scores, *winner))
      candidate.card.metrics.push_back(std::move(m));
  } else {
    candidate.arrivals.reset();
  }
  return write_model(promotion.candidate, candidate);
}

}  // namespace

Result<bool> decide_promotion(const PromotionCase& promotion, const char* program) {
  auto reader = DatasetReader::open(promotion.data);
  if (!reader) return tl::make_unexpected(reader.error());
  auto models = read_contestants(promotion, program);
  if (!models) return tl::make_unexpected(models.error());
  std::vector<const Model*> contestants;
  for (const Model& model : *models) contestants.push_back(&model);
  const HistoryWindows windows = split_history(reader->jobs(), 0, promotion.window);
  Progress progress("jobs");
  const auto scores = score_window(*reader, windows.validation_end, reader->jobs(), contestants,
                                   shown(progress, reader->jobs()));
  if (!scores) return tl::make_unexpected(scores.error());
  progress.wipe();
  say(program, *scores);
  if (auto judged = judge_arrivals(promotion, *reader, windows.validation_end, *models, program); !judged)
    return tl::make_unexpected(judged.error());
  const auto reasons = reasons_to_keep(*scores);
  for (const std::string& reason : reasons) fmt::print("{}: not promoted: {}\n", program, reason);
  std::fflush(stdout);
  return reasons.empty();
}

}  // namespace foreshape
