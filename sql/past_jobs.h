// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The past jobs that a profile snapshot and a data set are made of.
//
// Runs in: offline.
// Threads: as the connection.

#include <functional>
#include <string>

#include "predictor/history/job_record.h"
#include "predictor/profile/past_job.h"
#include "sql/pg.h"

namespace foreshape {

/// Calls job for the newest `newest` ended jobs of each user in each account of that cluster: the newest of
/// every user, of every account and of the cluster are among them. Streams: memory doesn't grow with the
/// number of jobs. What the plugin saw at submission (script hash, what was requested) is taken from the
/// journal where it is known; usage is accounting's. Errors: those of Pg.
Result<void> for_each_past_job(Pg& db, const std::string& cluster, std::int64_t newest,
                               const std::function<void(const PastJob&)>& job);

/// Calls job for every job of that cluster submitted in [from_s, to_s), in the order of submission, with what
/// is known of it: ended, running or waiting. False from it ends the reading. Streams, and takes each figure
/// from where for_each_past_job takes it. Errors: those of Pg.
Result<void> for_each_submitted_job(Pg& db, const std::string& cluster, UnixSeconds from_s, UnixSeconds to_s,
                                    const std::function<bool(const JobRequest&, const JobUsage&)>& job);

/// The same with the job's id, user, partition and allocation; other names are left empty.
Result<void> for_each_submitted_record(Pg& db, const std::string& cluster, UnixSeconds from_s,
                                       UnixSeconds to_s, const std::function<bool(const JobRecord&)>& job);

/// How many jobs of that cluster were submitted since from_s and have ended; counted up to `most`. Errors:
/// those of Pg.
Result<std::uint64_t> count_ended_jobs(Pg& db, const std::string& cluster, UnixSeconds from_s,
                                       std::uint64_t most);

}  // namespace foreshape
