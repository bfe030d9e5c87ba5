// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Whether jobs may go on being given less memory than requested, and with how much headroom: where too many are killed
// for it, a user's jobs, or everybody's, keep their request for a while.
//
// A share a of the jobs may have too little (1 - MemoryMargin). Of n that ended, k were killed. That the true share is
// within kFactor a = p and as many are killed by chance has the probability
//
//   P(X >= k) <= exp(-n D(k/n || p)),   D(q || p) = q ln(q/p) + (1 - q) ln((1 - q)/(1 - p)),   k/n > p
//
// (Chernoff's bound; Hoeffding, J. American Statistical Association 58, 1963; exact for k = n). Where it is below
// kChance shaping is off. It is looked at after each kill only: a kill is what an end without one is not, news.
//
// Runs in: slurmctld (agent thread) and offline.
// Threads: one at a time.

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "predictor/base/job.h"
#include "predictor/plan/memory_headroom.h"

namespace foreshape {

/// Jobs with less than requested that ended by themselves or were killed, of one user or of everybody.
struct ShapedEnds {
  std::uint32_t ended = 0, killed = 0;  ///< since shaping was on again; both halved at kWindow
  std::uint32_t falls = 0;              ///< how often it was switched off, each time for twice as long
  UnixSeconds off_until_s = 0;          ///< 0 = shaping is on
  UnixSeconds back_s = 0;               ///< when it was on again last
  double headroom = kFirstHeadroom;     ///< a user's; kept through pauses (memory_headroom.h)
};

class MemorySafety {
 public:
  static constexpr double kFactor = 2;     ///< a user at the target itself stays on
  static constexpr double kChance = 2e-3;  ///< that one within kFactor of it is switched off by a kill
  static constexpr std::uint32_t kWindow = 1'000;
  static constexpr std::int64_t kDay_s = 86'400;
  static constexpr std::int64_t kMaxPause_s = 32 * kDay_s;  ///< the first is a day
  static constexpr std::int64_t kForgiven_s = 30 * kDay_s;  ///< so long without: the next is a day again
  static constexpr std::size_t kMaxUsers = 100'000;         ///< those beyond are not judged

  static constexpr std::uint32_t kUnluckyUsers = 3;  ///< who kills their own jobs ends nothing for others

  using Users = std::map<UserId, ShapedEnds>;

  /// Shaping was switched off or on again.
  struct Change {
    std::optional<UserId> user;  ///< nullopt: for everybody
    ShapedEnds ends;             ///< where it was switched off: what for
  };

  MemorySafety() = default;
  /// As it was before a restart. What reaches further ahead of now_s than kMaxPause_s was set by a clock that was
  /// ahead.
  MemorySafety(Users users, ShapedEnds everybody, UnixSeconds now_s);

  /// A job that had less than requested has ended: its user's headroom follows. target: the share that may have too
  /// little. Everybody's are
  /// those of all users whose shaping is on, and it takes kUnluckyUsers of them to end it for all. A kill while
  /// shaping is off lets the pause begin anew.
  std::vector<Change> note(UserId user, bool was_killed, double target, UnixSeconds now_s);

  /// Whose pause is over: they begin anew with nothing counted.
  std::vector<Change> come_back(UnixSeconds now_s);

  bool is_off_for_all() const { return everybody_.off_until_s > 0; }
  const Users& users() const { return users_; }
  const ShapedEnds& everybody() const { return everybody_; }

 private:
  ShapedEnds* find(UserId user);
  void judge_everybody(double target, UnixSeconds now_s, std::vector<Change>& changes);

  Users users_;
  ShapedEnds everybody_;
};

/// Whether so many kills are too many, by the bound above.
bool are_too_many(std::uint64_t killed, std::uint64_t ended, double target);

}  // namespace foreshape
