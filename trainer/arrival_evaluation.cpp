#include "trainer/arrival_evaluation.h"

#include <algorithm>
#include <ctime>
#include <map>
#include <optional>
#include <queue>
#include <tuple>
#include <unordered_map>

#include "trainer/gap_counts.h"
#include "trainer/live_book.h"

namespace foreshape {
namespace {

constexpr auto kGaps = static_cast<std::size_t>(ArrivalPredictor::gaps);
constexpr auto kDecayed = static_cast<std::size_t>(ArrivalPredictor::decayed_gaps);
constexpr auto kSimple = static_cast<std::size_t>(ArrivalPredictor::simple);
constexpr auto kNetwork = static_cast<std::size_t>(ArrivalPredictor::network);

constexpr std::int64_t kQuarter_s = 900, kDay_s = 86'400, kPause_s = 120, kSixHours_s = 21'600,
                       kThink_s = 600;
constexpr double kHalfLifeKeep = 0.9659363;  // 2^(-1 / 20)

double processor_s() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

/// When a forecast is made. In this order within a second: what ends in the second of a submission is not
/// known to it.
enum class Kind : std::uint8_t { submission, end, pause, quarter };

/// A forecast whose next submission has not come.
struct Open {
  Kind kind;
  UnixSeconds at_s;
  ArrivalInput input;
  std::array<Hazards, kArrivalPredictors> hazards;
  ArrivalForecast network;
  bool teaches;
};

/// What is known of a user; newest first.
struct User {
  std::vector<Submission> submissions;
  std::vector<PastJob> jobs;
  UnixSeconds last_submit_s = 0, last_end_s = 0;
  std::vector<Open> open;
};

template <class T>
void push_newest(std::vector<T>& list, const T& one, std::size_t most) {
  if (list.size() == most) list.pop_back();
  list.insert(list.begin(), one);
}

class Run {
 public:
  Run(const std::vector<TracedJob>& jobs, const ArrivalSettings& settings, std::unique_ptr<Products> products,
      const OnArrivalForecast& on_forecast)
      : jobs_(jobs),
        settings_(settings),
        trainer_(settings.training, std::move(products)),
        state_(settings.training.hidden, 1, false),
        on_forecast_(on_forecast) {}

  ArrivalEvaluation go();

 private:
  using Later = std::tuple<UnixSeconds, Kind, std::size_t>;  // when, what, the job

  void advance(UnixSeconds until_s);
  void happens(const Later& later);
  void submitted(std::size_t index);
  void quarter(UnixSeconds now_s);
  void forecast(UserId uid, User& user, UnixSeconds now_s, Kind kind, bool teaches);
  void came(UserId uid, User& user, const TracedJob& next);
  void score(const Open& open, std::int64_t after_s);
  void score_shape(const Open& newest, const ShapeKey& truth, std::int64_t gap_s);
  void score_latency(const Open& newest, LatencyClass truth);
  void learn(const Open& open, std::int64_t after_s, const ShapeKey* shape, LatencyClass latency);
  void close_silent(UnixSeconds now_s);
  void refit(UnixSeconds now_s);

  const std::vector<TracedJob>& jobs_;
  const ArrivalSettings& settings_;
  ArrivalTrainer trainer_;
  ArrivalState state_;
  LoopProducts loops_;
  GapCounts gaps_{1}, decayed_{kHalfLifeKeep};
  LiveBook live_;
  std::map<UserId, User> users_;
  std::priority_queue<Later, std::vector<Later>, std::greater<>> later_;
  UnixSeconds next_quarter_s_ = 0;
  std::size_t next_refit_ = 250, quarters_ = 0;
  std::array<std::size_t, kLatencyClasses> latency_counts_{};
  const OnArrivalForecast& on_forecast_;
  ArrivalEvaluation out_;
};

void Run::forecast(UserId uid, User& user, UnixSeconds now_s, Kind kind, bool teaches) {
  if (user.submissions.empty()) return;
  const double start = processor_s();
  Open& open = user.open.emplace_back();
  open.kind = kind;
  open.at_s = now_s;
  open.teaches = teaches;
  compute_arrival_features({now_s, user.submissions, user.jobs, live_.of(uid, now_s)}, open.input);
  const ArrivalInput* one = &open.input;
  forward(trainer_.weights(), std::span{&one, 1}, loops_, state_);
  open.network = state_.forecasts[0];
  open.hazards[kNetwork] = open.network.hazards;
  out_.forecast_s += processor_s() - start;
  ++out_.forecasts;
  for (std::size_t b = 0; b < kArrivalBins; ++b)
    open.hazards[kSimple][b] = 1 / (1 + std::exp(-open.input.prior[b]));
  if (kind == Kind::submission) {
    open.hazards[kGaps] = gaps_.hazards(uid);
    open.hazards[kDecayed] = decayed_.hazards(uid);
  }
  if (on_forecast_) on_forecast_(uid, now_s, open.network);
}

/// after_s: until the next submission, or INT64_MAX if none has come.
void Run::score(const Open& open, std::int64_t after_s) {
  if (open.kind == Kind::submission && after_s != INT64_MAX)
    for (std::size_t p = 0; p < kArrivalPredictors; ++p)
      out_.nats[p].add(nats(open.hazards[p], arrival_bin(after_s)));
  for (const std::size_t p : {kSimple, kNetwork}) {
    const auto within = [&](std::array<YesNoScore, kArrivalPredictors>& scores, std::int64_t window_s) {
      scores[p].add(probability_within(open.hazards[p], static_cast<double>(window_s)), after_s < window_s);
    };
    if (open.kind == Kind::quarter) within(out_.windows, kQuarter_s);
    if (open.kind == Kind::pause) within(out_.six_hours, kSixHours_s);
    if (open.kind == Kind::end) within(out_.after_end, kThink_s);
  }
}

void Run::score_shape(const Open& newest, const ShapeKey& truth, std::int64_t gap_s) {
  const auto keys = std::span{newest.input.keys}.first(newest.input.shapes);
  const auto at = static_cast<std::size_t>(std::ranges::find(keys, truth) - keys.begin());
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
  if (gap_s > kThink_s) add(out_.shapes_after_10min);
}

void Run::score_latency(const Open& newest, LatencyClass truth) {
  const auto index = static_cast<std::size_t>(truth);
  const auto said = static_cast<std::size_t>(std::ranges::max_element(newest.network.latency) -
                                             newest.network.latency.begin());
  const auto common =
      static_cast<std::size_t>(std::ranges::max_element(latency_counts_) - latency_counts_.begin());
  out_.latency.add(said == index ? 1 : 0);
  out_.latency_commonest.add(common == index ? 1 : 0);
  ++latency_counts_[index];
}

void Run::learn(const Open& open, std::int64_t after_s, const ShapeKey* shape, LatencyClass latency) {
  if (!open.teaches) return;
  ArrivalTarget target;
  target.bin = static_cast<std::uint8_t>(arrival_bin(after_s));
  target.came = true;
  if (shape != nullptr) {
    const auto keys = std::span{open.input.keys}.first(open.input.shapes);
    const auto at = std::ranges::find(keys, *shape) - keys.begin();
    target.shape = static_cast<std::uint8_t>(
        static_cast<std::size_t>(at) < keys.size() ? static_cast<std::size_t>(at) : kShapes);
    target.latency = static_cast<std::uint8_t>(latency);
  }
  trainer_.add(open.input, target);
}

void Run::came(UserId uid, User& user, const TracedJob& next) {
  const UnixSeconds now_s = next.request.submit_s;
  const ShapeKey truth = shape_key(submission(next.request));
  LatencyClass latency = LatencyClass::batch;
  if (next.request.interactive)
    latency = LatencyClass::interactive;
  else if (user.last_end_s >= user.last_submit_s && now_s - user.last_end_s <= kThink_s)
    latency = LatencyClass::waited_for;
  if (!user.open.empty() && user.last_submit_s > 0) {
    score_shape(user.open.back(), truth, now_s - user.last_submit_s);
    score_latency(user.open.back(), latency);
    const std::size_t bin = arrival_bin(now_s - user.last_submit_s);
    gaps_.add(uid, bin);
    decayed_.add(uid, bin);
  }
  for (const Open& open : user.open) {
    score(open, now_s - open.at_s);
    learn(open, now_s - open.at_s, &truth, latency);
  }
  user.open.clear();
}

void Run::submitted(std::size_t index) {
  const TracedJob& job = jobs_[index];
  const UserId uid = job.request.uid;
  const UnixSeconds now_s = job.request.submit_s;
  User& user = users_[uid];
  came(uid, user, job);
  if (out_.submissions >= next_refit_) refit(now_s);
  ++out_.submissions;
  push_newest(user.submissions, submission(job.request), kRecentSubmissions);
  user.last_submit_s = now_s;
  live_.submitted(job);
  later_.emplace(job.usage.end_s, Kind::end, index);
  later_.emplace(now_s + kPause_s, Kind::pause, index);
  forecast(uid, user, now_s, Kind::submission, true);
}

void Run::happens(const Later& later) {
  const auto [now_s, kind, index] = later;
  const TracedJob& job = jobs_[index];
  User& user = users_[job.request.uid];
  if (kind == Kind::end) {
    live_.ended(job);
    push_newest(user.jobs, past_job(static_cast<JobId>(index), job.request, job.usage), kProfileJobs);
    user.last_end_s = now_s;
  } else if (user.last_submit_s != job.request.submit_s ||
             (!user.open.empty() && user.open.back().kind == Kind::pause)) {
    return;  // no silence; or one of a burst's pauses, of which one is enough
  }
  forecast(job.request.uid, user, now_s, kind, true);
}

void Run::quarter(UnixSeconds now_s) {
  for (auto& [uid, user] : users_)
    if (user.last_submit_s > 0 && now_s - user.last_submit_s <= kDay_s)
      forecast(uid, user, now_s, Kind::quarter, ++quarters_ % 4 == 0);
}

void Run::advance(UnixSeconds until_s) {
  while (next_quarter_s_ < until_s || (!later_.empty() && std::get<0>(later_.top()) < until_s)) {
    if (!later_.empty() && std::get<0>(later_.top()) <= next_quarter_s_) {
      const Later later = later_.top();
      later_.pop();
      happens(later);
    } else {
      quarter(next_quarter_s_);
      next_quarter_s_ += kQuarter_s;
    }
  }
}

/// Who has been silent for longer than the last bin will come later, whenever that is.
void Run::close_silent(UnixSeconds now_s) {
  for (auto& [uid, user] : users_) {
    const auto is_over = [&](const Open& open) { return now_s - open.at_s > kLater_s; };
    for (Open& open : user.open)
      if (open.teaches && is_over(open)) {
        learn(open, kLater_s, nullptr, LatencyClass::batch);
        open.teaches = false;
      }
  }
}

void Run::refit(UnixSeconds now_s) {
  next_refit_ = out_.submissions + std::clamp(out_.submissions / 10, settings_.refit_every / 4 + 1,
                                              std::max(settings_.refit_every, std::size_t{1}));
  close_silent(now_s);
  const double start = processor_s();
  trainer_.refit();
  out_.train_s += processor_s() - start;
  ++out_.refits;
}

ArrivalEvaluation Run::go() {
  if (jobs_.empty()) return out_;
  next_quarter_s_ = (jobs_.front().request.submit_s / kQuarter_s + 1) * kQuarter_s;
  for (std::size_t i = 0; i < jobs_.size(); ++i) {
    advance(jobs_[i].request.submit_s);
    submitted(i);
  }
  const UnixSeconds end_s = jobs_.back().request.submit_s;
  for (auto& [uid, user] : users_)
    for (const Open& open : user.open)
      if (end_s - open.at_s >= kSixHours_s) score(open, INT64_MAX);
  return out_;
}

}  // namespace

std::string_view name_of(ArrivalPredictor predictor) {
  constexpr std::array<std::string_view, kArrivalPredictors> kNames = {"gaps", "decayed", "simple",
                                                                       "network"};
  return kNames[static_cast<std::size_t>(predictor)];
}

ArrivalEvaluation evaluate_arrivals(const std::vector<TracedJob>& jobs, const ArrivalSettings& settings,
                                    std::unique_ptr<Products> products,
                                    const OnArrivalForecast& on_forecast) {
  return Run{jobs, settings, std::move(products), on_forecast}.go();
}

}  // namespace foreshape
