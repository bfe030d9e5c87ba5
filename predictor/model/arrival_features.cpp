#include "predictor/model/arrival_features.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numbers>

#include "predictor/model/feature_parts.h"

namespace foreshape {
namespace {

using F = ArrivalFeature;
constexpr std::int64_t kHour_s = 3600, kDay_s = 24 * kHour_s;
constexpr std::size_t kMostEvents = kRecentSubmissions + kProfileJobs;

class Writer {
 public:
  explicit Writer(ArrivalInput& in) : in_(in) { in_.x.fill(0); }
  float& operator[](F f) { return in_.x[static_cast<std::size_t>(f)]; }
  void set(F f, bool yes) { (*this)[f] = yes ? 1.0F : 0.0F; }

 private:
  ArrivalInput& in_;
};

/// One submission, wherever it is known from.
struct Event {
  std::int64_t at_s;
  ShapeKey shape;
};

/// The user's submissions, newest first: those that were seen, then those of finished jobs from before.
struct Events {
  std::array<Event, kMostEvents> all;  // NOLINT(cppcoreguidelines-pro-type-member-init): the first n are set
  std::size_t n = 0;

  explicit Events(const ArrivalMoment& moment) {
    for (const Submission& s : moment.submissions)
      if (n < kRecentSubmissions && s.submit_s <= moment.now_s) all[n++] = {s.submit_s, shape_key(s)};
    const std::int64_t oldest_seen = n > 0 ? all[n - 1].at_s : INT64_MAX;
    const std::size_t seen = n;
    for (const PastJob& job : moment.jobs) {
      if (n == all.size() || job.submit_s >= oldest_seen || job.submit_s > moment.now_s) continue;
      all[n++] = {job.submit_s,
                  {job.asked_nodes, job.asked_cpus, job.asked_limit_s, job.asked_memory_kib, job.partition}};
    }
    // Jobs come in the order of their ends, which is nearly that of their submissions.
    for (std::size_t i = seen + 1; i < n; ++i)
      for (std::size_t j = i; j > seen && all[j].at_s > all[j - 1].at_s; --j) std::swap(all[j], all[j - 1]);
  }
};

void moment_of_week(UnixSeconds now_s, Writer& w) {
  const auto angle = [&](std::int64_t period_s) {
    return static_cast<float>(now_s % period_s) / static_cast<float>(period_s) * 2 *
           std::numbers::pi_v<float>;
  };
  w[F::hour_sin] = std::sin(angle(kDay_s));
  w[F::hour_cos] = std::cos(angle(kDay_s));
  w[F::week_sin] = std::sin(angle(7 * kDay_s));
  w[F::week_cos] = std::cos(angle(7 * kDay_s));
}

float time_of(std::int64_t seconds) { return log_time(static_cast<float>(seconds)); }

std::int64_t hours_apart_s(std::int64_t a, std::int64_t b) {
  const std::int64_t apart = std::abs(a - b) % kDay_s;
  return std::min(apart, kDay_s - apart);
}

void counts(const Events& events, std::int64_t now_s, Writer& w) {
  const auto within = [&](std::int64_t window_s) {
    std::size_t n = 0;
    while (n < events.n && now_s - events.all[n].at_s <= window_s) ++n;
    return log_count(static_cast<float>(n));
  };
  w[F::within_1min] = within(60);
  w[F::within_10min] = within(600);
  w[F::within_1h] = within(kHour_s);
  w[F::within_4h] = within(4 * kHour_s);
  w[F::within_1d] = within(kDay_s);
  w[F::within_7d] = within(7 * kDay_s);
  w[F::submissions] = log_count(static_cast<float>(events.n));
}

/// What the user did at this time of day before, by days that end now.
void habits(const Events& events, std::int64_t now_s, Writer& w) {
  constexpr std::size_t kDays = 14;
  struct Day {
    bool active = false, around = false, within_1h = false, within_4h = false, within_10h = false;
  };
  std::array<Day, kDays + 1> days{};
  std::int64_t oldest_s = now_s;
  for (std::size_t i = 0;
       i < events.n && now_s - events.all[i].at_s < static_cast<std::int64_t>(kDays) * kDay_s; ++i) {
    const std::int64_t ago_s = now_s - events.all[i].at_s;
    Day& day = days[static_cast<std::size_t>(ago_s / kDay_s)];
    const std::int64_t after_s = kDay_s - ago_s % kDay_s;  // after this time of day, on the day before
    day.active = true;
    day.within_1h |= after_s <= kHour_s;
    day.within_4h |= after_s <= 4 * kHour_s;
    day.within_10h |= after_s <= 10 * kHour_s;
    if (ago_s > kHour_s) day.around |= std::min(after_s, kDay_s - after_s) <= kHour_s;
    oldest_s = events.all[i].at_s;
  }
  if (events.n > 0) oldest_s = std::min(oldest_s, events.all[events.n - 1].at_s);
  const auto known =
      static_cast<std::size_t>(std::clamp<std::int64_t>((now_s - oldest_s + kDay_s - 1) / kDay_s, 1, kDays));
  const auto share = [&](bool Day::*what) {
    const auto n = std::ranges::count_if(std::span{days}.first(known), [&](const Day& d) { return d.*what; });
    return static_cast<float>(n) / static_cast<float>(known);
  };
  w[F::days_at_this_hour] = share(&Day::around);
  w[F::days_within_1h] = share(&Day::within_1h);
  w[F::days_within_4h] = share(&Day::within_4h);
  w[F::days_within_10h] = share(&Day::within_10h);
  w[F::days_active] = share(&Day::active);
  w[F::days_known] = static_cast<float>(known) / kDays;
  w[F::weekday_active] = ((days[6].active ? 1.0F : 0.0F) + (days[13].active ? 1.0F : 0.0F)) / 2;
}

/// Work comes in sessions, between silences of hours.
void session(const Events& events, std::int64_t now_s, Writer& w) {
  constexpr std::int64_t kSilence_s = 4 * kHour_s;
  std::size_t i = 0;
  while (i + 1 < events.n && events.all[i].at_s - events.all[i + 1].at_s < kSilence_s) ++i;
  w[F::session_age] = time_of(now_s - events.all[i].at_s);
  w[F::session_count] = log_count(static_cast<float>(i + 1));
  w.set(F::session_missing, i + 1 >= events.n);
  if (i + 1 < events.n) w[F::session_pause] = time_of(events.all[i].at_s - events.all[i + 1].at_s);
}

/// Submissions that hang together by short gaps: how many so far, and how the earlier ones went on.
struct Bursts {
  float now = 0, last = 0;        // gaps in the present burst, in the one before
  float as_long = 0, longer = 0;  // earlier bursts with at least so many gaps as now, with more

  Bursts(std::span<const std::int64_t> gaps_s, std::int64_t most_s) {
    std::size_t bursts = 0;
    float length = 0;
    const auto ended = [&] {
      if (bursts == 0) now = length;
      if (bursts == 1) last = length;
      if (bursts > 0 && length >= now) as_long += 1;
      if (bursts > 0 && length > now) longer += 1;
      ++bursts;
      length = 0;
    };
    for (const std::int64_t gap : gaps_s) {
      if (gap <= most_s)
        ++length;
      else
        ended();
    }
    ended();
  }

  float goes_on() const { return (longer + 0.5F) / (as_long + 1); }
};

void gaps(std::span<const std::int64_t> gaps_s, std::int64_t silence_s, Writer& w) {
  w[F::silence] = time_of(silence_s);
  if (gaps_s.empty()) return;
  w[F::last_gap] = time_of(gaps_s[0]);
  w[F::second_gap] = time_of(gaps_s[std::min<std::size_t>(1, gaps_s.size() - 1)]);
  const auto mean = [&](std::size_t most) {
    const auto some = gaps_s.first(std::min(most, gaps_s.size()));
    float sum = 0;
    for (const std::int64_t gap : some) sum += time_of(gap);
    return sum / static_cast<float>(some.size());
  };
  w[F::gap_mean_4] = mean(4);
  w[F::gap_mean_16] = mean(16);
  float squares = 0;
  const auto some = gaps_s.first(std::min<std::size_t>(16, gaps_s.size()));
  for (const std::int64_t gap : some)
    squares += (time_of(gap) - w[F::gap_mean_16]) * (time_of(gap) - w[F::gap_mean_16]);
  w[F::gap_spread_16] = std::sqrt(squares / static_cast<float>(some.size()));
  w[F::silent_bin] = w[F::silence] - w[F::gap_mean_16];
  w[F::third_gap] = time_of(gaps_s[std::min<std::size_t>(2, gaps_s.size() - 1)]);
  const Bursts minutes{gaps_s, 120}, seconds{gaps_s, 5};
  w[F::burst] = log_count(minutes.now);
  w[F::last_burst] = log_count(minutes.last);
  w[F::burst_goes_on] = minutes.goes_on();
  w[F::burst_seen] = log_count(minutes.as_long);
  w[F::run_goes_on] = seconds.goes_on();
  w[F::run_seen] = log_count(seconds.as_long);
}

/// How long after the end of a job the user submitted again.
void thinks(const ArrivalMoment& moment, const Events& events, Writer& w) {
  constexpr std::size_t kWeighed = 8;
  float sum = 0, n = 0, soon = 0;
  std::size_t next = events.n;  // the oldest submission after the end that is looked at
  next = 0;
  for (const PastJob& job : moment.jobs) {
    if (n >= kWeighed) break;
    if (static_cast<UnixSeconds>(job.end_s) > moment.now_s) continue;
    while (next < events.n && events.all[next].at_s >= job.end_s) ++next;
    if (next == 0) continue;  // nothing was submitted since
    const std::int64_t think_s = events.all[next - 1].at_s - static_cast<std::int64_t>(job.end_s);
    if (n == 0) w[F::think_last] = time_of(think_s);
    sum += time_of(think_s);
    soon += think_s <= 600 ? 1.0F : 0.0F;
    ++n;
  }
  w.set(F::think_missing, n == 0);
  if (n == 0) return;
  w[F::think_mean] = sum / n;
  w[F::thinks_10min] = soon / n;
}

void finished(const ArrivalMoment& moment, const Events& events, Writer& w) {
  const auto first = std::ranges::find_if(
      moment.jobs, [&](const PastJob& job) { return static_cast<UnixSeconds>(job.end_s) <= moment.now_s; });
  w.set(F::since_end_missing, first == moment.jobs.end());
  if (first == moment.jobs.end()) return;
  w[F::since_end] = time_of(moment.now_s - first->end_s);
  w.set(F::ended_after, static_cast<std::int64_t>(first->end_s) >= events.all[0].at_s);
  w[F::last_run] = time_of(first->run_s);
  w.set(F::last_failed, first->state == JobState::failed);
  w.set(F::last_cancelled, first->state == JobState::cancelled);
  const auto within = [&](std::int64_t window_s) {
    const auto is_new = [&](const PastJob& job) {
      return moment.now_s - static_cast<UnixSeconds>(job.end_s) <= window_s &&
             static_cast<UnixSeconds>(job.end_s) <= moment.now_s;
    };
    return log_count(static_cast<float>(std::ranges::count_if(moment.jobs, is_new)));
  };
  w[F::ended_10min] = within(600);
  w[F::ended_1h] = within(kHour_s);
}

void live(const ArrivalMoment& moment, Writer& w) {
  float running = 0, pending = 0;
  for (const LiveJob& job : moment.live) (job.start_s > 0 ? running : pending) += 1;
  w[F::running] = log_count(running);
  w[F::pending] = log_count(pending);
  w.set(F::live_missing, moment.live.empty());
}

/// One distinct shape of the past.
struct Shape {
  std::int64_t last_s = 0;
  float share = 0, after_last = 0;
};

void shapes(const ArrivalMoment& moment, const Events& events, ArrivalInput& out) {
  constexpr float kDecay = 0.95F;
  std::array<Shape, kShapes> found{};
  out.shapes = 0;
  float weight = 1, total = 0, followed = 0;
  std::size_t newer = kShapes;  // the shape of the submission after this one
  for (std::size_t i = 0; i < events.n; ++i) {
    const auto known = std::span{out.keys}.first(out.shapes);
    auto k = static_cast<std::size_t>(std::ranges::find(known, events.all[i].shape) - known.begin());
    if (k == out.shapes && out.shapes < kShapes) {
      out.keys[out.shapes++] = events.all[i].shape;
      found[k].last_s = events.all[i].at_s;
    }
    total += weight;
    if (k < kShapes) found[k].share += weight;
    if (k == 0 && newer < kShapes) {
      found[newer].after_last += weight;
      followed += weight;
    }
    newer = k;
    weight *= kDecay;
  }
  const auto ended = std::ranges::find_if(
      moment.jobs, [&](const PastJob& job) { return static_cast<UnixSeconds>(job.end_s) <= moment.now_s; });
  for (std::size_t k = 0; k < out.shapes; ++k) {
    const ShapeKey& key = out.keys[k];
    const auto set = [&](ShapeFeature f, float value) {
      out.rows[k * kShapeFeatures + static_cast<std::size_t>(f)] = value;
    };
    set(ShapeFeature::rank, static_cast<float>(k) / kShapes);
    set(ShapeFeature::age, time_of(moment.now_s - found[k].last_s));
    set(ShapeFeature::share, found[k].share / total);
    set(ShapeFeature::after_last, followed > 0 ? found[k].after_last / followed : 0);
    const bool just_ended =
        ended != moment.jobs.end() && ended->asked_limit_s == key.limit_s && ended->asked_cpus == key.cpus;
    set(ShapeFeature::just_ended, just_ended ? 1.0F : 0.0F);
    float running = 0;
    for (const LiveJob& job : moment.live)
      running += job.limit_s == key.limit_s && job.cpus == key.cpus ? 1.0F : 0.0F;
    set(ShapeFeature::running, log_count(running));
    set(ShapeFeature::hour_distance,
        static_cast<float>(hours_apart_s(moment.now_s, found[k].last_s)) / (kDay_s / 2.0F));
    set(ShapeFeature::limit, time_of(key.limit_s));
    set(ShapeFeature::cpus, log_count(static_cast<float>(key.cpus)));
  }
}

/// A gap stands for gaps like it (predictor/baseline/arrival.cpp has the reasons and the figures).
struct Blur {
  double factor;
  float share;
};
constexpr std::array kBlur = {Blur{.8, .2F}, Blur{1, .4F}, Blur{1.25, .25F}, Blur{2, .15F}};
constexpr float kPriorWeight = 2, kPriorScale_s = 60, kPriorShape = 0.25F;
constexpr float kGapDecay = 0.9659363F;  // 2^(-1 / 20)

}  // namespace

ShapeKey shape_key(const Submission& s) { return {s.nodes, s.cpus, s.limit_s, s.memory_kib, s.partition}; }

Hazards prior_hazards(std::span<const std::int64_t> gaps_s, std::int64_t silence_s) {
  std::array<float, kArrivalBins + 1> mass{};
  float weight = 1;
  for (const std::int64_t gap : gaps_s) {
    for (const Blur& blur : kBlur) {
      const auto blurred = static_cast<std::int64_t>(static_cast<double>(gap) * blur.factor);
      if (blurred > silence_s || silence_s == 0)
        mass[arrival_bin(blurred - silence_s)] += weight * blur.share;
    }
    weight *= kGapDecay;
  }
  const float scaled = static_cast<float>(silence_s) + kPriorScale_s;
  const auto survives = [&](double seconds) {
    return fast_exp(kPriorShape * fast_log(scaled / (scaled + static_cast<float>(seconds))));
  };
  Hazards hazards;  // NOLINT(cppcoreguidelines-pro-type-member-init): all are set
  float longer = mass[kArrivalBins];
  for (std::size_t b = kArrivalBins; b-- > 0;) {
    longer += mass[b];
    const float at_start = survives(bin_start_s(b)), at_end = survives(bin_end_s(b));
    hazards[b] = (mass[b] + kPriorWeight * (at_start - at_end)) / (longer + kPriorWeight * at_start);
  }
  return hazards;
}

void compute_arrival_features(const ArrivalMoment& moment, ArrivalInput& out) {
  Writer w{out};
  out.shapes = 0;
  out.prior.fill(0);
  const Events events{moment};
  moment_of_week(moment.now_s, w);
  live(moment, w);
  if (events.n == 0) return;
  std::array<std::int64_t, kMostEvents> gaps_s;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  for (std::size_t i = 1; i < events.n; ++i) gaps_s[i - 1] = events.all[i - 1].at_s - events.all[i].at_s;
  const auto known = std::span{gaps_s}.first(events.n - 1);
  const std::int64_t silence_s = moment.now_s - events.all[0].at_s;
  counts(events, moment.now_s, w);
  habits(events, moment.now_s, w);
  session(events, moment.now_s, w);
  gaps(known, silence_s, w);
  thinks(moment, events, w);
  finished(moment, events, w);
  w[F::last_limit] = time_of(events.all[0].shape.limit_s);
  w[F::last_cpus] = log_count(static_cast<float>(events.all[0].shape.cpus));
  std::size_t same = 1;
  while (same < events.n && events.all[same].shape == events.all[0].shape) ++same;
  w[F::same_shape_run] = log_count(static_cast<float>(same));
  const Hazards prior = prior_hazards(known, silence_s);
  for (std::size_t b = 0; b < kArrivalBins; ++b) {
    const float p = std::clamp(prior[b], 1e-4F, 1 - 1e-4F);
    out.prior[b] = fast_log(p / (1 - p));
  }
  shapes(moment, events, out);
}

}  // namespace foreshape
