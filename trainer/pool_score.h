// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the pool of held nodes is sized by: how many users are expected to submit a job within a quarter of an
// hour, as the sum of everybody's probabilities, against how many did.
//
// Runs in: offline.
// Threads: one object, one thread.

#include <array>
#include <cstdint>
#include <string_view>
#include <unordered_set>

#include "predictor/base/job.h"
#include "trainer/arrival_score.h"

namespace foreshape {

/// What an administrator's own statistics would say, from the numbers of users that came so far: the mean at
/// the same hour of the week (with the mean of all windows as the prior, which counts as one hour), the mean
/// of the last four windows; then the sums of the simple forecast's probabilities, and of the network's.
enum class PoolForecast : std::uint8_t { hour_of_week, last_hour, simple, network };
inline constexpr std::size_t kPoolForecasts = 4;
std::string_view name_of(PoolForecast forecast);

/// Windows follow each other without gaps from the first expect() on; the one that was not left is not
/// counted. Memory: the users of one window.
class PoolScore {
 public:
  static constexpr std::int64_t kWindow_s = 900;

  /// Windows that begin before validate_from_s teach the first two forecasts and are not scored.
  explicit PoolScore(UnixSeconds validate_from_s) : validate_from_s_(validate_from_s) {}

  /// The user's probabilities of submitting within the window that begins at start_s, a multiple of
  /// kWindow_s. start_s never goes back.
  void expect(UnixSeconds start_s, UserId uid, double simple, double network);
  /// A submission; one in the second of a window's start belongs to the window before. Never goes back.
  void came(UserId uid, UnixSeconds at_s);

  const CountScore& of(PoolForecast forecast) const { return scores_[static_cast<std::size_t>(forecast)]; }
  /// Of the users who came in a window, how many nobody had been asked about: new, or silent for a day.
  const MeanScore& unasked() const { return unasked_; }

 private:
  static constexpr std::size_t kHours = 168, kHourWindows = 4;
  void advance(UnixSeconds start_s);
  void close();
  std::size_t hour() const;

  UnixSeconds validate_from_s_;
  bool begun_ = false;
  UnixSeconds start_s_ = 0;
  double simple_ = 0, network_ = 0;  // sums over users, of this window
  std::unordered_set<UserId> requested_, came_;
  std::array<MeanScore, kHours> hours_{};
  MeanScore all_;
  std::array<double, kHourWindows> last_{};
  std::array<CountScore, kPoolForecasts> scores_{};
  MeanScore unasked_;
};

}  // namespace foreshape
