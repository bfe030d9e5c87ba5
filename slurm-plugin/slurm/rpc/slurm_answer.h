// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What Slurm's calls answer, each made in a quiet moment, as ours: an object that owns it, or the reason.
//
// Runs in: slurmctld (agent thread).

#include <memory>
#include <slurm/slurm.h>
#include <slurm/slurm_errno.h>
#include <string>

#include "predictor/base/result.h"
#include "slurm-plugin/slurm/rpc/quiet_moment.h"
#include "slurm-plugin/slurm/slurm_release.h"

namespace foreshape {

struct FreeJobs {
  void operator()(job_info_msg_t* jobs) const noexcept { slurm_free_job_info_msg(jobs); }
};
struct FreeNodeInfo {
  void operator()(node_info_msg_t* nodes) const noexcept { slurm_free_node_info_msg(nodes); }
};
struct FreePartitionInfo {
  void operator()(partition_info_msg_t* partitions) const noexcept {
    slurm_free_partition_info_msg(partitions);
  }
};

/// Older releases answer -1 and set errno, newer ones answer the reason itself.
inline int reason_of(int answer) { return answer == SLURM_ERROR ? last_slurm_error() : answer; }

/// call: the function's name.
inline tl::unexpected<Error> refusal(const char* call, int answer) {
  return failure(ErrorCode::unavailable, std::string(call) + ": " + slurm_strerror(reason_of(answer)));
}

/// tell: answers what Slurm's call of that name does.
template <class Tell>
Result<void> told(const char* call, Tell tell) {
  if (auto quiet = await_quiet_moment(); !quiet) return quiet;
  const int answer = tell();
  if (answer == SLURM_SUCCESS) return {};
  return refusal(call, answer);
}

/// load: is given where the message goes. Free: how Slurm wants it back.
template <class Message, class Free, class Load>
Result<std::unique_ptr<Message, Free>> loaded(const char* call, Load load) {
  if (auto quiet = await_quiet_moment(); !quiet) return tl::make_unexpected(quiet.error());
  Message* raw = nullptr;
  const int answer = load(&raw);
  std::unique_ptr<Message, Free> owned(raw);
  if (answer != SLURM_SUCCESS || raw == nullptr) return refusal(call, answer);
  return owned;
}

inline auto load_nodes() {
  return loaded<node_info_msg_t, FreeNodeInfo>("slurm_load_node",
                                               [](auto** out) { return slurm_load_node(0, out, SHOW_ALL); });
}

inline auto load_partitions() {
  return loaded<partition_info_msg_t, FreePartitionInfo>(
      "slurm_load_partitions", [](auto** out) { return slurm_load_partitions(0, out, SHOW_ALL); });
}

}  // namespace foreshape
