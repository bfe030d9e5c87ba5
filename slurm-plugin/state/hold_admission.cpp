// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/state/hold_admission.h"

#include <algorithm>
#include <utility>

namespace foreshape {

bool is_hold_name(std::string_view name) {
  if (!name.starts_with(kHoldPrefix)) return false;
  const auto last = name.rfind('_');
  if (last + 1 >= name.size()) return false;
  return name.find_first_not_of("0123456789", last + 1) == std::string_view::npos;
}

bool names_a_hold(std::string_view reservations) {
  reservations = reservations.substr(0, kMaxListBytes);
  while (!reservations.empty()) {
    const auto comma = reservations.find(',');
    if (is_hold_name(reservations.substr(0, comma))) return true;
    reservations.remove_prefix(comma == std::string_view::npos ? reservations.size() : comma + 1);
  }
  return false;
}

void HoldAdmission::set(bool is_open, std::vector<UserId> served, std::vector<JobKey> on_their_way) {
  if (served.size() > kMaxJobs) served.resize(kMaxJobs);
  if (on_their_way.size() > kMaxJobs) on_their_way.resize(kMaxJobs);
  is_open_ = is_open;
  const std::lock_guard lock(mutex_);
  served_.swap(served);
  on_their_way_.swap(on_their_way);
}

bool HoldAdmission::expect(JobKey job) {
  const std::lock_guard lock(mutex_);
  if (std::ranges::find(on_their_way_, job) != on_their_way_.end()) return true;
  if (on_their_way_.size() >= kMaxJobs) return false;
  on_their_way_.push_back(job);
  return true;
}

void HoldAdmission::ask_for_look(UserId uid, bool short_job) {
  if (!is_open_) return;
  if (!short_job) {
    const std::lock_guard lock(mutex_);
    if (std::ranges::find(served_, uid) == served_.end()) return;
  }
  looks_ = 2;
}

bool HoldAdmission::look_is_due() {
  int looks = looks_;
  while (looks > 0)
    if (looks_.compare_exchange_weak(looks, looks - 1)) return true;
  return false;
}

bool HoldAdmission::is_on_its_way(JobKey job) const {
  const std::lock_guard lock(mutex_);
  return std::ranges::find(on_their_way_, job) != on_their_way_.end();
}

}  // namespace foreshape
