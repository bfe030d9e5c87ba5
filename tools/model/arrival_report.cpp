// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/model/arrival_report.h"

#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "predictor/base/text.h"

namespace foreshape {
namespace {

constexpr std::array kJudged = {ArrivalPredictor::simple, ArrivalPredictor::network};

nlohmann::json json_of(const YesNoScore& score) {
  // What was measured on no forecast is not 0, it is not known.
  const auto known = [&](double figure) { return score.n() > 0 ? nlohmann::json(figure) : nullptr; };
  nlohmann::json json = {{"forecasts", score.n()},
                         {"share", known(score.share())},
                         {"brier", known(score.brier())},
                         {"miscalibration", known(score.miscalibration())}};
  for (std::size_t i = 0; i < YesNoScore::kLevels.size(); ++i)
    json["at"].push_back(
        {{"p", YesNoScore::kLevels[i]},
         {"said", score.forecast(i)},
         {"precision", score.forecast(i) > 0 ? nlohmann::json(score.precision(i)) : nullptr},
         {"recall", score.n() > 0 && score.share() > 0 ? nlohmann::json(score.recall(i)) : nullptr}});
  return json;
}

/// The mean; null where it is of nothing.
nlohmann::json json_of(const MeanScore& score) {
  return score.n > 0 ? nlohmann::json(score.mean()) : nullptr;
}

nlohmann::json json_of(const ArrivalEvaluation::Shapes& shapes) {
  return {{"jobs", shapes.top.n},
          {"last", json_of(shapes.last)},
          {"last_five", json_of(shapes.last_five)},
          {"top", json_of(shapes.top)},
          {"top_five", json_of(shapes.top_five)}};
}

nlohmann::json json_of(const PoolScore& pool) {
  const CountScore& any = pool.of(PoolForecast::network);
  const auto known = [](const CountScore& of, double figure) {
    return of.n() > 0 ? nlohmann::json(figure) : nullptr;
  };
  nlohmann::json json = {
      {"windows", any.n()}, {"came", known(any, any.mean_came())}, {"unasked", json_of(pool.unasked())}};
  for (std::size_t i = 0; i < kPoolForecasts; ++i) {
    const auto forecast = static_cast<PoolForecast>(i);
    const CountScore& s = pool.of(forecast);
    json["of"][std::string(name_of(forecast))] = {{"said", known(s, s.mean_forecast())},
                                                  {"rmse", known(s, s.rmse())},
                                                  {"correlation", known(s, s.correlation())}};
  }
  return json;
}

void print_pool(const PoolScore& pool) {
  const CountScore& any = pool.of(PoolForecast::network);
  fmt::print(
      "  users who submit within 15 minutes, all together: {} windows, {:.3f} came in the mean, {:.3f} of "
      "them not asked about\n"
      "    forecast          said    RMSE  correlation\n",
      any.n(), any.mean_came(), pool.unasked().mean());
  for (std::size_t i = 0; i < kPoolForecasts; ++i) {
    const CountScore& s = pool.of(static_cast<PoolForecast>(i));
    fmt::print("    {:<12} {:>9.3f} {:>7.3f} {:>12.3f}\n", name_of(static_cast<PoolForecast>(i)),
               s.mean_forecast(), s.rmse(), s.correlation());
  }
}

void print_yes_no(std::string_view question, const std::array<YesNoScore, kArrivalPredictors>& scores) {
  fmt::print("  {}\n", question);
  for (const ArrivalPredictor p : kJudged) {
    const YesNoScore& s = scores[static_cast<std::size_t>(p)];
    fmt::print("    {:<9} {:>9} {:>7.3f} {:>8.4f} {:>7.3f}  ", name_of(p), s.n(), s.share(), s.brier(),
               s.miscalibration());
    for (std::size_t i = 0; i < YesNoScore::kLevels.size(); ++i)
      fmt::print(" {:>5.2f}/{:<5.3f}", s.precision(i), s.recall(i));
    fmt::print("\n");
  }
}

void print_shapes(std::string_view what, const ArrivalEvaluation::Shapes& s) {
  fmt::print("  {:<32} {:>8} jobs: first {:.3f} (last one {:.3f}), first five {:.3f} (last five {:.3f})\n",
             what, s.top.n, s.top.mean(), s.last.mean(), s.top_five.mean(), s.last_five.mean());
}

}  // namespace

void print_arrivals(const std::string& trace, const ArrivalEvaluation& e) {
  fmt::print(
      "{}: {} submissions, {} judged, {} trainings ({:.0f} s of processor time), {} forecasts of {:.1f} us\n",
      harmless(trace), e.submissions, e.nats.front().n, e.refits, e.train_s, e.forecasts,
      1e6 * e.forecast_s / static_cast<double>(std::max<std::size_t>(e.forecasts, 1)));
  fmt::print("  when the next submission comes, nats a submission:");
  for (std::size_t p = 0; p < kArrivalPredictors; ++p)
    fmt::print(" {} {:.3f}", name_of(static_cast<ArrivalPredictor>(p)), e.nats[p].mean());
  fmt::print("\n    predictor forecasts  share    Brier  miscal   precision/recall at .3, .5, .7, .9\n");
  print_yes_no("within 15 minutes, asked each quarter of an hour for a day:", e.windows);
  print_pool(e.pool);
  print_yes_no("within 6 hours, asked after 2 minutes of silence:", e.six_hours);
  print_yes_no("within 10 minutes, asked at the end of a job:", e.after_end);
  print_shapes("shape of the next job", e.shapes);
  print_shapes("the same after 10 minutes or more", e.shapes_after_10min);
  fmt::print("  latency class right: {:.3f} (the commonest: {:.3f})\n", e.latency.mean(),
             e.latency_commonest.mean());
  std::fflush(stdout);
}

nlohmann::json json_of(const std::string& trace, const ArrivalEvaluation& e) {
  nlohmann::json json = {{"trace", trace},           {"submissions", e.submissions},
                         {"refits", e.refits},       {"train_s", e.train_s},
                         {"forecasts", e.forecasts}, {"forecast_s", e.forecast_s}};
  for (std::size_t p = 0; p < kArrivalPredictors; ++p)
    json["nats"][std::string(name_of(static_cast<ArrivalPredictor>(p)))] = json_of(e.nats[p]);
  for (const ArrivalPredictor p : kJudged) {
    const auto i = static_cast<std::size_t>(p);
    json["windows"][std::string(name_of(p))] = json_of(e.windows[i]);
    json["six_hours"][std::string(name_of(p))] = json_of(e.six_hours[i]);
    json["after_end"][std::string(name_of(p))] = json_of(e.after_end[i]);
  }
  json["pool"] = json_of(e.pool);
  json["judged"] = e.nats.front().n;
  json["shapes"] = json_of(e.shapes);
  json["shapes_after_10min"] = json_of(e.shapes_after_10min);
  json["latency"] = {{"right", json_of(e.latency)}, {"commonest", json_of(e.latency_commonest)}};
  return json;
}

}  // namespace foreshape
