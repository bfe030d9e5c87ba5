// SPDX-License-Identifier: GPL-2.0-or-later
#include "trainer/arrival_scores.h"

#include <algorithm>
#include <map>

#include "predictor/baseline/gap_constants.h"
#include "trainer/arrival_timeline.h"
#include "trainer/gap_counts.h"

namespace foreshape {
namespace {

constexpr std::int64_t kQuarter_s = 900;

class Judge final : public ArrivalWatcher {
 public:
  explicit Judge(std::span<const ArrivalModel* const> models) : models_(models) {
    scores.all.models.resize(models.size());
    for (const ArrivalModel* model : models) states_.emplace_back(model->hidden, 1, false);
  }

  bool wants(const ArrivalTime& moment) override {
    return in_window && (moment.kind == MomentKind::submission || moment.kind == MomentKind::quarter);
  }

  void made(const ArrivalTime& moment, const ArrivalInput& input) override {
    OpenForecast& forecast = open_[moment.number];
    forecast.moment = moment;
    forecast.simple = hazards_of(input.prior);
    if (moment.kind == MomentKind::submission) forecast.decayed = gaps_.hazards(moment.uid);
    const ArrivalInput* one = &input;
    for (std::size_t m = 0; m < models_.size(); ++m) {
      forward(models_[m]->weights, std::span{&one, 1}, loops_, states_[m]);
      forecast.models.push_back(states_[m].forecasts[0].hazards);
    }
  }

  void came(const NextSubmission& next, std::span<const ArrivalTime> moments) override {
    if (next.last_s > 0) gaps_.add(next.uid, arrival_bin(next.at_s - next.last_s));
    for (const ArrivalTime& moment : moments)
      if (const auto found = open_.find(moment.number); found != open_.end()) {
        score(found->second, next.at_s - moment.at_s);
        open_.erase(found);
      }
  }

  void finish(UnixSeconds now_s) {
    for (const auto& [number, forecast] : open_)
      if (forecast.moment.kind == MomentKind::quarter && now_s - forecast.moment.at_s >= kQuarter_s)
        score(forecast, INT64_MAX);
  }

  bool in_window = false;
  ArrivalScores scores;

 private:
  struct OpenForecast {
    ArrivalTime moment;
    Hazards simple, decayed;
    std::vector<Hazards> models;
  };

  void score(const OpenForecast& forecast, std::int64_t after_s) {
    const bool is_quarter = forecast.moment.kind == MomentKind::quarter;
    const auto add = [&](const Hazards& hazards, ArrivalScores::OfOne& one) {
      if (is_quarter)
        one.windows.add(probability_within(hazards, static_cast<double>(kQuarter_s)), after_s < kQuarter_s);
      else
        one.nats.add(nats(hazards, arrival_bin(after_s)));
    };
    ArrivalScores::SideBySide& user = scores.users[forecast.moment.uid];
    user.models.resize(models_.size());
    for (ArrivalScores::SideBySide* contest : {&scores.all, &user}) {
      add(forecast.simple, contest->simple);
      for (std::size_t m = 0; m < forecast.models.size(); ++m) add(forecast.models[m], contest->models[m]);
    }
    if (!is_quarter) scores.decayed.add(nats(forecast.decayed, arrival_bin(after_s)));
  }

  std::span<const ArrivalModel* const> models_;
  std::vector<ArrivalState> states_;
  LoopProducts loops_;
  GapCounts gaps_{kGapDecay};
  std::map<std::uint64_t, OpenForecast> open_;
};

}  // namespace

Result<ArrivalScores> score_arrivals(DatasetReader& reader, std::uint64_t first, std::uint64_t end,
                                     std::span<const ArrivalModel* const> models,
                                     const std::function<void(std::uint64_t)>& progress) {
  Judge judge{models};
  ArrivalTimeline timeline{judge};
  std::vector<TracedJob> block(kDatasetChunk);
  UnixSeconds last_s = 0;
  for (std::uint64_t at = 0; at < end;) {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(block.size(), end - at));
    if (auto read = reader.read(at, std::span{block}.first(count)); !read)
      return tl::make_unexpected(read.error());
    for (const TracedJob& job : std::span{block}.first(count)) {
      judge.in_window = at++ >= first;
      if (!judge.in_window) ++judge.scores.submissions_before[job.request.uid];
      timeline.submitted(job);
      last_s = job.request.submit_s;
    }
    if (progress) progress(at);
  }
  judge.finish(last_s);
  return std::move(judge.scores);
}

std::vector<ModelMetric> metrics_of(const ArrivalScores& scores, std::size_t model) {
  const auto& own = scores.all.models.at(model);
  const auto& simple = scores.all.simple;
  return {{"model", "arrivals.nats", own.nats.mean()},
          {"simple", "arrivals.nats", simple.nats.mean()},
          {"decayed", "arrivals.nats", scores.decayed.mean()},
          {"model", "arrivals.brier15", own.windows.brier()},
          {"simple", "arrivals.brier15", simple.windows.brier()},
          {"model", "arrivals.submissions", static_cast<double>(own.nats.n)}};
}

}  // namespace foreshape
