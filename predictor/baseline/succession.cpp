// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/baseline/succession.h"

#include <algorithm>
#include <vector>

#include "predictor/baseline/arrival.h"

namespace foreshape {
namespace {

constexpr double kEndDecay = 0.9;
constexpr double kPriorEnds = 2;
constexpr std::uint32_t kMaxEnds = 40;        // later ones weigh next to nothing
constexpr std::int64_t kMinWaitSeconds = 10;  // a pass of ours may be late by so much

bool is_of(TextHash name, const PastJob& job) { return name == 0 || job.name == name; }

/// All that is known of the user's submissions, oldest first.
std::vector<Submission> by_time(std::span<const Submission> submissions, std::span<const PastJob> jobs,
                                UnixSeconds now_s) {
  std::vector<Submission> all(submissions.begin(), submissions.end());
  for (const PastJob& job : jobs) all.push_back(submission_of(job));
  std::erase_if(all, [=](const Submission& s) { return s.submit_s == 0 || s.submit_s > now_s; });
  std::ranges::stable_sort(all, {}, &Submission::submit_s);
  return all;
}

}  // namespace

Succession succession(TextHash name, std::span<const Submission> submissions, std::span<const PastJob> jobs,
                      UnixSeconds now_s) {
  const std::vector<Submission> all = by_time(submissions, jobs, now_s);
  Succession next;
  double weight = 1, followed = 0, weights = kPriorEnds;
  bool has_shape = false;
  std::int64_t longest_s = 0;
  for (const PastJob& job : jobs) {
    if (next.ends == kMaxEnds) break;
    if (!is_of(name, job) || job.end_s == 0 || job.end_s > now_s) continue;
    const auto first = std::ranges::lower_bound(all, job.end_s, {}, &Submission::submit_s);
    const bool came = first != all.end() && first->submit_s <= job.end_s + kSuccessionSeconds;
    if (!came && job.end_s + kSuccessionSeconds > now_s) continue;  // somebody may come yet
    ++next.ends;
    weights += weight;
    if (came) {
      followed += weight;
      longest_s = std::max(longest_s, std::int64_t{first->submit_s} - job.end_s);
      if (!has_shape) next.shape = *first;
      has_shape = true;
    }
    weight *= kEndDecay;
  }
  if (!has_shape) return next;
  next.probability = followed / weights;
  next.wait_s = std::min(longest_s + kMinWaitSeconds, kSuccessionSeconds);
  next.shape = completed_shape(next.shape, jobs);
  return next;
}

double success_share(TextHash name, std::span<const PastJob> jobs) {
  double ended = 0, well = 0;
  for (const PastJob& job : jobs) {
    if (ended >= kMaxEnds) break;
    if (!is_of(name, job)) continue;
    ++ended;
    well += job.state == JobState::completed ? 1 : 0;
  }
  return (well + 1) / (ended + 1);
}

}  // namespace foreshape
