// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/slurm/rpc/quiet_moment.h"

#include <atomic>
#include <ctime>
#include <optional>
#include <thread>

#include "slurm-plugin/slurm/slurm_abi.h"

namespace foreshape {
namespace {

/// One word, read while another thread may write it: at worst it is a moment old. Slurm keeps whole seconds.
bool is_quiet() {
  const std::time_t read_s = std::atomic_ref(slurm_conf.last_update).load(std::memory_order_relaxed);
  const std::time_t age_s = std::time(nullptr) - read_s;
  return age_s < 0 || age_s > kQuietTime.count();  // below 0: the clock was set back
}

}  // namespace

Result<void> await_quiet_moment() {
  using std::chrono::steady_clock;
  static std::optional<steady_clock::time_point> in_vain;
  const auto begun = steady_clock::now();
  const bool may_wait = !in_vain || begun - *in_vain > kQuietPatience;
  while (!is_quiet()) {
    if (!may_wait || steady_clock::now() - begun > kQuietPatience) {
      if (may_wait) in_vain = steady_clock::now();
      return failure(ErrorCode::unavailable, "slurmctld is being reconfigured");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return {};
}

}  // namespace foreshape
