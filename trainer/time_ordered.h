#pragma once
// A trace as a predictor may see it: at each submission only what had finished before.
//
// Runs in: offline.
// Threads: one object, one thread.

#include <functional>
#include <string>
#include <vector>

#include "predictor/base/job.h"
#include "predictor/base/result.h"
#include "predictor/profile/profile_store.h"

namespace foreshape {

struct TracedJob {
  JobRequest request;
  JobUsage usage;
};

/// The jobs of an SWF trace in the order of submission, under the conventions of the published replays: rows
/// without run time or request, or wider than the machine, are dropped; processors are the requested ones,
/// else the allocated; a run time above the request is the request.
/// Errors: those of SwfReader.
Result<std::vector<TracedJob>> load_trace(const std::string& path);

/// Calls visit for each job, in order of submission, with a store that has exactly the jobs that ended in a
/// second before its submission's: not those of the same second, nor the job's neighbours in a burst. Before
/// that, ended (where given) for each job that the store has come to know meanwhile, in the order of their
/// ends.
void visit_in_time(const std::vector<TracedJob>& jobs,
                   const std::function<void(const TracedJob&, const ProfileStore&)>& visit,
                   const std::function<void(const TracedJob&)>& ended = {});

}  // namespace foreshape
