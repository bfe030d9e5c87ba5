// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/model/arrival/arrival_features.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "predictor/model/arrival/arrival_parts.h"

namespace foreshape {
namespace {

using F = ArrivalFeature;

class Writer {
 public:
  explicit Writer(ArrivalInput& in) : in_(in) { in_.x.fill(0); }
  float& operator[](F f) { return in_.x[static_cast<std::size_t>(f)]; }
  void set(F f, bool yes) { (*this)[f] = yes ? 1.0F : 0.0F; }

 private:
  ArrivalInput& in_;
};

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

}  // namespace

void compute_arrival_features(const ArrivalMoment& moment, ArrivalInput& out) {
  Writer w{out};
  out.shapes = 0;
  out.prior.fill(0);
  const Events events{moment};
  const TimeOfWeek at = time_of_week(moment.now_s);
  w[F::hour_sin] = at.hour_sin;
  w[F::hour_cos] = at.hour_cos;
  w[F::week_sin] = at.week_sin;
  w[F::week_cos] = at.week_cos;
  live(moment, w);
  if (events.n == 0) return;
  std::array<std::int64_t, kMaxEvents> gaps_s;  // NOLINT(cppcoreguidelines-pro-type-member-init)
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
  compute_shape_features(moment, events, out);
}

}  // namespace foreshape
