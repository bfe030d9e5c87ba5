// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Which runs that accounting lists under one job id are runs of one submission.
//
// Runs in: offline.
// Threads: pure functions.
//
// Slurm queues a job again under the same id and token, but with a new submit time: the moment of the
// requeue, which is when the run before it ended. Ids are given anew: after the highest one, and at once
// after slurmctld lost its state. So, of two records of one cluster, id and user, the one submitted first is
// a run before the other's requeue if
//
// 1. Both have a token, the two are equal, and the first was cut off (REQUEUED, PREEMPTED, NODE_FAIL or
//    BOOT_FAIL) or is still open (UNKNOWN, PENDING, RUNNING): its record is older than its end.
//    Unequal tokens are two submissions whatever else agrees.
// 2. Or a token is missing (Slurm tells it only of runs that ended; a dump may lack the column), the name is
//    the same, the first was cut off, and the other was submitted at most kRequeueGap_s after its end. An
//    open record proves nothing here: a job that slurmctld forgot never ends in accounting, and its id is
//    given again within seconds.
//
// What came to an end of its own (COMPLETED, FAILED, TIMEOUT ...) stays a job by itself: whoever has a
// finished job run again has two measurements, not one.
//
// foreshape.is_requeued_run (sql/migrations/0004_states.sql, named in 0006) is the same rule where jobs are stored;
// tests/sql/requeue_test.cpp compares the two, and both with the table of cases.

#include <cstdint>

#include "predictor/history/job_record.h"

namespace foreshape {

/// Between the end of a run and its requeue lie seconds; days where slurmctld was down and found the nodes
/// dead when it came back. Ids start over after tens of millions of jobs, which no cluster runs in a week.
inline constexpr std::int64_t kRequeueGap_s = 604'800;

/// True if `earlier` is a run of the same submission as `later`, before it.
bool is_requeued_run(const JobRecord& earlier, const JobRecord& later);

}  // namespace foreshape
