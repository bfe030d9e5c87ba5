// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/plan/memory_safety.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace foreshape {
namespace {

/// x ln(x / y), which is 0 at x = 0.
double term(double x, double y) { return x > 0 ? x * std::log(x / y) : 0; }

std::int64_t pause_s(std::uint32_t falls) {
  constexpr std::uint32_t kMaxDoublings = 5;
  return std::min(MemorySafety::kDay_s << std::min(falls, kMaxDoublings), MemorySafety::kMaxPause_s);
}

void fall(ShapedEnds& ends, UnixSeconds now_s) {
  if (ends.back_s > 0 && now_s - ends.back_s > MemorySafety::kForgiven_s) ends.falls = 0;
  ends.off_until_s = now_s + pause_s(ends.falls);
  ++ends.falls;
}

/// The last fall has doubled the next pause; this one is still the same.
void begin_pause_anew(ShapedEnds& ends, UnixSeconds now_s) {
  ends.off_until_s = std::max(ends.off_until_s, now_s + pause_s(ends.falls - std::min(ends.falls, 1U)));
}

void bound(ShapedEnds& ends, UnixSeconds now_s) {
  ends.off_until_s = std::min(ends.off_until_s, now_s + MemorySafety::kMaxPause_s);
  ends.back_s = std::min(ends.back_s, now_s);
  ends.killed = std::min(ends.killed, ends.ended);
  if (!(ends.headroom >= kMinHeadroom && ends.headroom <= kMaxHeadroom)) ends.headroom = kFirstHeadroom;
}

bool is_over(const ShapedEnds& ends, UnixSeconds now_s) {
  return ends.off_until_s > 0 && now_s >= ends.off_until_s;
}

void put_back(ShapedEnds& ends, UnixSeconds now_s) {
  ends = {.falls = ends.falls, .back_s = now_s, .headroom = ends.headroom};
}

}  // namespace

bool are_too_many(std::uint64_t killed, std::uint64_t ended, double target) {
  if (ended == 0 || killed > ended) return false;
  const double p = std::clamp(MemorySafety::kFactor * target, 1e-6, 0.5);
  const double q = static_cast<double>(killed) / static_cast<double>(ended);
  if (q <= p) return false;
  const double distance = term(q, p) + term(1 - q, 1 - p);
  return std::exp(-static_cast<double>(ended) * distance) <= MemorySafety::kChance;
}

MemorySafety::MemorySafety(Users users, ShapedEnds everybody, UnixSeconds now_s)
    : users_(std::move(users)), everybody_(everybody) {
  for (auto& [user, ends] : users_) bound(ends, now_s);
  bound(everybody_, now_s);
}

ShapedEnds* MemorySafety::find(UserId user) {
  if (const auto found = users_.find(user); found != users_.end()) return &found->second;
  return users_.size() < kMaxUsers ? &users_[user] : nullptr;
}

std::vector<MemorySafety::Change> MemorySafety::note(UserId user, bool was_killed, double target,
                                                     UnixSeconds now_s) {
  std::vector<Change> changes;
  ShapedEnds* ends = find(user);
  if (ends == nullptr) return changes;
  ++ends->ended;
  ends->headroom = next_headroom(ends->headroom, was_killed, target);
  if (was_killed) ++ends->killed;
  if (ends->ended >= kWindow) {
    ends->ended /= 2;
    ends->killed /= 2;
  }
  if (!was_killed) return changes;
  if (ends->off_until_s > 0) {
    begin_pause_anew(*ends, now_s);
  } else if (are_too_many(ends->killed, ends->ended, target)) {
    fall(*ends, now_s);
    changes.push_back({user, *ends});
  }
  judge_everybody(target, now_s, changes);
  return changes;
}

void MemorySafety::judge_everybody(double target, UnixSeconds now_s, std::vector<Change>& changes) {
  if (is_off_for_all()) return begin_pause_anew(everybody_, now_s);
  everybody_.ended = everybody_.killed = 0;
  std::uint32_t unlucky_users = 0;
  for (const auto& [user, ends] : users_) {
    if (ends.off_until_s > 0) continue;
    everybody_.ended += ends.ended;
    everybody_.killed += ends.killed;
    if (ends.killed > 0) ++unlucky_users;
  }
  if (unlucky_users < kUnluckyUsers || !are_too_many(everybody_.killed, everybody_.ended, target)) return;
  fall(everybody_, now_s);
  changes.push_back({std::nullopt, everybody_});
}

std::vector<MemorySafety::Change> MemorySafety::come_back(UnixSeconds now_s) {
  std::vector<Change> changes;
  const bool all_are_back = is_over(everybody_, now_s);
  for (auto& [user, ends] : users_) {
    const bool is_back = is_over(ends, now_s);
    if (is_back) changes.push_back({user, {}});
    if (is_back) put_back(ends, now_s);
    if (all_are_back) ends.ended = ends.killed = 0;
  }
  if (!all_are_back) return changes;
  put_back(everybody_, now_s);
  changes.push_back({std::nullopt, {}});
  return changes;
}

}  // namespace foreshape
