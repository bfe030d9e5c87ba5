#include "tools/promotion_decision.h"

#include <cstdio>
#include <fmt/format.h>
#include <utility>
#include <vector>

#include "predictor/base/text.h"
#include "predictor/model/model_file.h"
#include "tools/progress.h"
#include "trainer/arrival_scores.h"
#include "trainer/promotion_gate.h"
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
  // A champion that cannot be read does not serve either: the kernel is what is to be beaten.
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
  fmt::print("{}: run time of the newest jobs, which decide\n", program);
  say("candidate", scores.models[0].model[0]);
  if (scores.models.size() > 1) say("champion", scores.models[1].model[0]);
  say("kernel", scores.kernel[0]);
  say("last2", scores.last2);
  say("requested", scores.requested);
}

void say(const char* who, const ArrivalScores::OfOne& one) {
  fmt::print("  {:<10} {:>8} submissions  nats {:.3f}  Brier of 15 minutes {:.4f}\n", who,
             with_commas(one.nats.n), one.nats.mean(), one.windows.brier());
}

void say(const char* program, const ArrivalScores& scores) {
  fmt::print("{}: next submissions among the newest jobs\n", program);
  say("candidate", scores.models[0]);
  if (scores.models.size() > 1) say("champion", scores.models[1]);
  say("simple", scores.simple);
}

/// Takes the candidate's network of next submissions out where it may not serve, and says so.
Result<void> judge_arrivals(const PromotionCase& promotion, DatasetReader& reader, std::uint64_t first,
                            std::vector<Model>& models, const char* program) {
  if (!models[0].arrivals) return {};
  std::vector<const ArrivalModel*> contestants;
  for (const Model& model : models)
    if (model.arrivals) contestants.push_back(&*model.arrivals);
  const auto scores = score_arrivals(reader, first, reader.jobs(), contestants);
  if (!scores) return tl::make_unexpected(scores.error());
  say(program, *scores);
  const auto reasons = reasons_to_leave_out(*scores, 0);
  if (reasons.empty()) return {};
  for (const std::string& reason : reasons)
    fmt::print("{}: next submissions: left out of the model: {}\n", program, reason);
  models[0].arrivals.reset();
  return write_model(promotion.candidate, models[0]);
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
  const auto scores =
      score_window(*reader, windows.judge_end, reader->jobs(), contestants, shown(progress, reader->jobs()));
  if (!scores) return tl::make_unexpected(scores.error());
  progress.wipe();
  say(program, *scores);
  if (auto judged = judge_arrivals(promotion, *reader, windows.judge_end, *models, program); !judged)
    return tl::make_unexpected(judged.error());
  const auto reasons = reasons_to_keep(*scores);
  for (const std::string& reason : reasons) fmt::print("{}: not promoted: {}\n", program, reason);
  std::fflush(stdout);
  return reasons.empty();
}

}  // namespace foreshape
