// SPDX-License-Identifier: GPL-2.0-or-later
#include "trainer/arrival_evaluation.h"

#include <algorithm>
#include <ctime>
#include <map>
#include <optional>

#include "predictor/base/enum_names.h"
#include "predictor/baseline/gap_constants.h"
#include "trainer/arrival_timeline.h"
#include "trainer/gap_counts.h"

namespace foreshape {
namespace {

constexpr auto kGaps = static_cast<std::size_t>(ArrivalPredictor::gaps);
constexpr auto kDecayed = static_cast<std::size_t>(ArrivalPredictor::decayed_gaps);
constexpr auto kSimple = static_cast<std::size_t>(ArrivalPredictor::simple);
constexpr auto kNetwork = static_cast<std::size_t>(ArrivalPredictor::network);

constexpr std::int64_t kQuarter_s = PoolScore::kWindow_s, kSixHours_s = 21'600, kThink_s = 600;

double processor_s() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

/// A forecast whose next submission has not come.
struct OpenForecast {
  ArrivalTime moment;
  ArrivalInput input;
  std::array<Hazards, kArrivalPredictors> hazards;
  ArrivalForecast network;
  bool teaches;
};

class Run final : public ArrivalWatcher {
 public:
  Run(const ArrivalSettings& settings, std::unique_ptr<Products> products,
      const OnArrivalForecast& on_forecast)
      : settings_(settings),
        state_(settings.standing ? settings.standing->hidden : settings.training.hidden, 1, false),
        on_forecast_(on_forecast) {
    if (!settings.standing) trainer_.emplace(settings.training, std::move(products));
    out_.pool = PoolScore{settings.validate_from_s};
  }

  ArrivalEvaluation go(const std::vector<TracedJob>& jobs);

  bool wants(const ArrivalTime& /*moment*/) override {
    begun_s_ = processor_s();
    return true;
  }
  void made(const ArrivalTime& moment, const ArrivalInput& input) override;
  void came(const NextSubmission& next, std::span<const ArrivalTime> moments) override;

 private:
  std::span<const float> weights() const {
    return settings_.standing ? settings_.standing->weights : trainer_->weights();
  }
  bool is_judged(const ArrivalTime& moment) const { return moment.at_s >= settings_.validate_from_s; }
  void score(const OpenForecast& forecast, std::int64_t after_s);
  void score_shape(const OpenForecast& newest, const NextSubmission& next);
  void score_latency(const OpenForecast& newest, LatencyClass truth);
  void close_silent(UnixSeconds now_s);
  void refit(UnixSeconds now_s);

  const ArrivalSettings& settings_;
  std::optional<ArrivalTrainer> trainer_;  // none where a network is judged as it is
  ArrivalState state_;
  LoopProducts loops_;
  GapCounts gaps_{1}, decayed_{kGapDecay};
  std::map<std::uint64_t, OpenForecast> open_;  // by moment, i.e. in the order of time
  std::size_t next_refit_ = 250, quarters_ = 0;
  std::array<std::size_t, kLatencyClasses> latency_counts_{};
  double begun_s_ = 0;
  const OnArrivalForecast& on_forecast_;
  ArrivalEvaluation out_;
};

void Run::made(const ArrivalTime& moment, const ArrivalInput& input) {
  OpenForecast& forecast = open_[moment.number];
  forecast.moment = moment;
  forecast.input = input;
  forecast.teaches = trainer_ && (moment.kind != MomentKind::quarter || ++quarters_ % 4 == 0);
  const ArrivalInput* one = &input;
  forward(weights(), std::span{&one, 1}, loops_, state_);
  forecast.network = state_.forecasts[0];
  forecast.hazards[kNetwork] = forecast.network.hazards;
  out_.forecast_s += processor_s() - begun_s_;
  ++out_.forecasts;
  forecast.hazards[kSimple] = hazards_of(input.prior);
  if (moment.kind == MomentKind::submission) {
    forecast.hazards[kGaps] = gaps_.hazards(moment.uid);
    forecast.hazards[kDecayed] = decayed_.hazards(moment.uid);
  }
  if (moment.kind == MomentKind::quarter) {
    const auto within = [&](std::size_t p) { return probability_within(forecast.hazards[p], kQuarter_s); };
    out_.pool.expect(moment.at_s, moment.uid, within(kSimple), within(kNetwork));
  }
  if (on_forecast_) on_forecast_(moment.uid, moment.at_s, forecast.network);
}

/// after_s: until the next submission, or INT64_MAX if none has come.
void Run::score(const OpenForecast& forecast, std::int64_t after_s) {
  if (!is_judged(forecast.moment)) return;
  const MomentKind kind = forecast.moment.kind;
  if (kind == MomentKind::submission && after_s != INT64_MAX)
    for (std::size_t p = 0; p < kArrivalPredictors; ++p)
      out_.nats[p].add(nats(forecast.hazards[p], arrival_bin(after_s)));
  for (const std::size_t p : {kSimple, kNetwork}) {
    const auto within = [&](std::array<YesNoScore, kArrivalPredictors>& scores, std::int64_t window_s) {
      scores[p].add(probability_within(forecast.hazards[p], static_cast<double>(window_s)),
                    after_s < window_s);
    };
    if (kind == MomentKind::quarter) within(out_.windows, kQuarter_s);
    if (kind == MomentKind::pause) within(out_.six_hours, kSixHours_s);
    if (kind == MomentKind::end) within(out_.after_end, kThink_s);
  }
}

void Run::score_shape(const OpenForecast& newest, const NextSubmission& next) {
  if (!is_judged(newest.moment)) return;
  const auto keys = std::span{newest.input.keys}.first(newest.input.shapes);
  const auto at = static_cast<std::size_t>(std::ranges::find(keys, next.shape) - keys.begin());
  const bool known = at < keys.size();
  std::size_t better = 0;
  for (std::size_t k = 0; known && k < keys.size(); ++k)
    if (newest.network.shapes[k] > newest.network.shapes[at]) ++better;
  const auto add = [&](ArrivalEvaluation::Shapes& shapes) {
    shapes.last.add(known && at == 0 ? 1 : 0);
    shapes.last_five.add(known && at < 5 ? 1 : 0);
    shapes.top.add(known && better == 0 ? 1 : 0);
    shapes.top_five.add(known && better < 5 ? 1 : 0);
  };
  add(out_.shapes);
  if (next.at_s - next.last_s > kThink_s) add(out_.shapes_after_10min);
}

void Run::score_latency(const OpenForecast& newest, LatencyClass truth) {
  const auto index = static_cast<std::size_t>(truth);
  const auto likeliest = static_cast<std::size_t>(std::ranges::max_element(newest.network.latency) -
                                                  newest.network.latency.begin());
  const auto common =
      static_cast<std::size_t>(std::ranges::max_element(latency_counts_) - latency_counts_.begin());
  ++latency_counts_[index];
  if (!is_judged(newest.moment)) return;
  out_.latency.add(likeliest == index ? 1 : 0);
  out_.latency_commonest.add(common == index ? 1 : 0);
}

void Run::came(const NextSubmission& next, std::span<const ArrivalTime> moments) {
  out_.pool.came(next.uid, next.at_s);
  if (!moments.empty()) {
    const OpenForecast& newest = open_.at(moments.back().number);
    score_shape(newest, next);
    score_latency(newest, next.latency);
    const std::size_t bin = arrival_bin(next.at_s - next.last_s);
    gaps_.add(next.uid, bin);
    decayed_.add(next.uid, bin);
  }
  for (const ArrivalTime& moment : moments) {
    const auto forecast = open_.find(moment.number);
    score(forecast->second, next.at_s - moment.at_s);
    if (forecast->second.teaches)
      trainer_->add(forecast->second.input, target_of(moment, forecast->second.input, next));
    open_.erase(forecast);
  }
  if (trainer_ && out_.submissions >= next_refit_) refit(next.at_s);
  ++out_.submissions;
}

/// Who has been silent for longer than the last bin will come later, whenever that is.
void Run::close_silent(UnixSeconds now_s) {
  for (auto& [number, forecast] : open_) {
    if (now_s - forecast.moment.at_s <= kLater_s) return;
    if (!forecast.teaches) continue;
    trainer_->add(forecast.input, silent_target(forecast.moment, now_s));
    forecast.teaches = false;
  }
}

void Run::refit(UnixSeconds now_s) {
  next_refit_ = out_.submissions + std::clamp(out_.submissions / 10, settings_.refit_every / 4 + 1,
                                              std::max(settings_.refit_every, std::size_t{1}));
  close_silent(now_s);
  const double start = processor_s();
  trainer_->refit();
  out_.train_s += processor_s() - start;
  ++out_.refits;
}

ArrivalEvaluation Run::go(const std::vector<TracedJob>& jobs) {
  ArrivalTimeline timeline{*this};
  for (const TracedJob& job : jobs) timeline.submitted(job);
  for (const auto& [number, forecast] : open_)
    if (jobs.back().request.submit_s - forecast.moment.at_s >= kSixHours_s) score(forecast, INT64_MAX);
  return out_;
}

}  // namespace

std::string_view name_of(ArrivalPredictor predictor) {
  static constexpr EnumNames<ArrivalPredictor, ArrivalPredictor::network> kNames{"gaps", "decayed", "simple",
                                                                                 "network"};
  return kNames.of(predictor);
}

ArrivalEvaluation evaluate_arrivals(const std::vector<TracedJob>& jobs, const ArrivalSettings& settings,
                                    std::unique_ptr<Products> products,
                                    const OnArrivalForecast& on_forecast) {
  return Run{settings, std::move(products), on_forecast}.go(jobs);
}

}  // namespace foreshape
