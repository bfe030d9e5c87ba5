// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/history/requeue.h"

#include <algorithm>

#include "predictor/base/job_state.h"

namespace foreshape {
namespace {

/// Where a dump does not say when the run ended, the latest moment that it names.
UnixSeconds known_end_s(const JobRecord& job) {
  return std::max({job.usage.end_s, job.usage.start_s, job.request.submit_s});
}

}  // namespace

bool is_requeued_run(const JobRecord& earlier, const JobRecord& later) {
  if (earlier.job_id != later.job_id || earlier.request.uid != later.request.uid ||
      earlier.cluster != later.cluster || earlier.request.submit_s >= later.request.submit_s)
    return false;
  const JobState state = earlier.usage.state;
  if (earlier.token != 0 && later.token != 0)
    return earlier.token == later.token && (is_cut_off(state) || is_open(state));
  return earlier.name == later.name && is_cut_off(state) &&
         later.request.submit_s - known_end_s(earlier) <= kRequeueGap_s;
}

}  // namespace foreshape
