// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A trace as a predictor may see it: at each submission only what had finished before.
//
// Runs in: offline.
// Threads: one object, one thread.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "predictor/base/result.h"
#include "predictor/history/bad_rows.h"
#include "predictor/history/swf.h"
#include "predictor/profile/profile_store.h"
#include "trainer/traced_job.h"

namespace foreshape {

/// A row of an SWF trace under the conventions of the published replays: rows without run time or request, or
/// wider than the machine, are dropped (nullopt); processors are the requested ones, else the allocated; a
/// run time above the request is the request.
std::optional<TracedJob> counted_job(const JobRecord& record, const SwfHeader& header);

/// Why a row does not count so, of a short list ("no run time"); nullptr where it does.
const char* why_not_counted(const JobRecord& record, const SwfHeader& header);

/// The counted jobs of a trace, in the order of submission: SWF as above; of the other kinds of job files
/// (predictor/history/job_file.h) those that ended and ran, a request or none, no longer than the request.
/// bad: told of what was not understood, and why rows do not count. is_strict: what is not understood is an
/// error. Errors: those of the kind's reader; invalid_input - no job is left; the message says why.
Result<std::vector<TracedJob>> load_trace(const std::string& path, BadRows& bad, bool is_strict = false);

/// All submissions of a job file, in their order: also jobs that ran for 0 s, were cancelled before they started, or
/// requested nothing, as slurmctld sees them. bad, is_strict and errors: as load_trace().
Result<std::vector<TracedJob>> load_submissions(const std::string& path, BadRows& bad,
                                                bool is_strict = false);

/// Calls visit for each job, in order of submission, with a store that has exactly the jobs that ended in a
/// second before its submission's: not those of the same second, nor the job's neighbours in a burst. Before
/// that, ended (where given) for each job that the store has come to know meanwhile, in the order of their
/// ends.
void visit_in_time(const std::vector<TracedJob>& jobs,
                   const std::function<void(const TracedJob&, const ProfileStore&)>& visit,
                   const std::function<void(const TracedJob&)>& ended = {});

}  // namespace foreshape
