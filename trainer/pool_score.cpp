// SPDX-License-Identifier: GPL-2.0-or-later
#include "trainer/pool_score.h"

#include <algorithm>
#include <numeric>

#include "predictor/base/enum_names.h"

namespace foreshape {

std::string_view name_of(PoolForecast forecast) {
  static constexpr EnumNames<PoolForecast, PoolForecast::network> kNames{"hour_of_week", "last_hour",
                                                                         "simple", "network"};
  return kNames.of(forecast);
}

void PoolScore::expect(UnixSeconds start_s, UserId uid, double simple, double network) {
  if (!begun_) start_s_ = start_s;
  begun_ = true;
  advance(start_s);
  simple_ += simple;
  network_ += network;
  requested_.insert(uid);
}

void PoolScore::came(UserId uid, UnixSeconds at_s) {
  if (!begun_) return;
  advance((at_s - 1) / kWindow_s * kWindow_s);
  came_.insert(uid);
}

void PoolScore::advance(UnixSeconds start_s) {
  for (; start_s_ < start_s; start_s_ += kWindow_s) close();
}

std::size_t PoolScore::hour() const {
  constexpr auto kWeek = static_cast<std::int64_t>(kHours);
  return static_cast<std::size_t>((start_s_ / 3600 % kWeek + kWeek) % kWeek);
}

void PoolScore::close() {
  const auto count = static_cast<double>(came_.size());
  MeanScore& same_hour = hours_[hour()];
  if (start_s_ >= validate_from_s_) {
    const double before = all_.mean() * kHourWindows;
    const std::array<double, kPoolForecasts> foreseen = {
        (same_hour.sum + before) / static_cast<double>(same_hour.n + kHourWindows),
        std::reduce(last_.begin(), last_.end()) / kHourWindows, simple_, network_};
    for (std::size_t i = 0; i < kPoolForecasts; ++i) scores_[i].add(foreseen[i], count);
    unasked_.add(static_cast<double>(
        std::ranges::count_if(came_, [this](UserId uid) { return !requested_.contains(uid); })));
  }
  same_hour.add(count);
  all_.add(count);
  std::rotate(last_.begin(), last_.begin() + 1, last_.end());
  last_.back() = count;
  simple_ = network_ = 0;
  requested_.clear();
  came_.clear();
}

}  // namespace foreshape
