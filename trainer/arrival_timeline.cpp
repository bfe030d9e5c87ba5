// SPDX-License-Identifier: GPL-2.0-or-later
#include "trainer/arrival_timeline.h"

#include <algorithm>

namespace foreshape {
namespace {

constexpr std::int64_t kQuarter_s = 900, kDay_s = 86'400, kPause_s = 120, kThink_s = 600;

template <class T>
void push_newest(std::vector<T>& list, const T& one, std::size_t most) {
  if (list.size() == most) list.pop_back();
  list.insert(list.begin(), one);
}

}  // namespace

ArrivalTarget target_of(const ArrivalTime& moment, const ArrivalInput& input, const NextSubmission& next) {
  ArrivalTarget target;
  target.bin = static_cast<std::uint8_t>(arrival_bin(next.at_s - moment.at_s));
  target.came = true;
  const auto keys = std::span{input.keys}.first(input.shapes);
  const auto at = static_cast<std::size_t>(std::ranges::find(keys, next.shape) - keys.begin());
  target.shape = static_cast<std::uint8_t>(at < keys.size() ? at : kShapes);
  target.latency = static_cast<std::uint8_t>(next.latency);
  return target;
}

ArrivalTarget silent_target(const ArrivalTime& moment, UnixSeconds now_s) {
  ArrivalTarget target;
  target.bin = static_cast<std::uint8_t>(arrival_bin(now_s - moment.at_s));
  // Later than the last bin is all that there is to know of it.
  target.came = target.bin == kArrivalBins;
  return target;
}

void ArrivalTimeline::moment(UserId uid, User& user, UnixSeconds now_s, MomentKind kind) {
  if (user.submissions.empty()) return;
  const ArrivalTime moment{next_moment_++, kind, uid, now_s};
  user.open.push_back(moment);
  if (!watcher_.wants(moment)) return;
  compute_arrival_features({now_s, user.submissions, user.jobs, live_.of(uid, now_s)}, input_);
  watcher_.made(moment, input_);
}

void ArrivalTimeline::came(UserId uid, User& user, const TracedJob& job) {
  NextSubmission next{uid, job.request.submit_s, user.last_submit_s, shape_key(submission(job.request)),
                      LatencyClass::batch};
  if (job.request.interactive)
    next.latency = LatencyClass::interactive;
  else if (user.last_end_s >= user.last_submit_s && next.at_s - user.last_end_s <= kThink_s)
    next.latency = LatencyClass::waited_for;
  watcher_.came(next, user.open);
  user.open.clear();
}

void ArrivalTimeline::submitted(const TracedJob& job) {
  const UserId uid = job.request.uid;
  const UnixSeconds now_s = job.request.submit_s;
  if (next_job_ == 0) next_quarter_s_ = (now_s / kQuarter_s + 1) * kQuarter_s;
  advance(now_s);
  User& user = users_[uid];
  came(uid, user, job);
  push_newest(user.submissions, submission(job.request), kRecentSubmissions);
  user.last_submit_s = now_s;
  const Job number = next_job_++;
  if (job.usage.end_s > 0) {
    live_.submitted(jobs_.emplace(number, job).first->second);
    later_.emplace(job.usage.end_s, MomentKind::end, number, uid);
  }
  later_.emplace(now_s + kPause_s, MomentKind::pause, number, uid);
  moment(uid, user, now_s, MomentKind::submission);
}

void ArrivalTimeline::ended(Job number) {
  const auto found = jobs_.find(number);
  const TracedJob& job = found->second;
  User& user = users_[job.request.uid];
  live_.ended(job);
  // As the profile store: what never ran says nothing.
  const PastJob past = past_job(static_cast<JobId>(number), job.request, job.usage);
  if (past.run_s > 0) push_newest(user.jobs, past, kProfileJobs);
  user.last_end_s = job.usage.end_s;
  jobs_.erase(found);
}

void ArrivalTimeline::happens(const Later& later) {
  const auto [now_s, kind, number, uid] = later;
  User& user = users_[uid];
  if (kind == MomentKind::end)
    ended(number);
  else if (user.last_submit_s != now_s - kPause_s ||
           (!user.open.empty() && user.open.back().kind == MomentKind::pause))
    return;  // no silence; or one of a burst's pauses, of which one is enough
  moment(uid, user, now_s, kind);
}

void ArrivalTimeline::quarter(UnixSeconds now_s) {
  for (auto& [uid, user] : users_)
    if (user.last_submit_s > 0 && now_s - user.last_submit_s <= kDay_s)
      moment(uid, user, now_s, MomentKind::quarter);
}

void ArrivalTimeline::advance(UnixSeconds until_s) {
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

}  // namespace foreshape
