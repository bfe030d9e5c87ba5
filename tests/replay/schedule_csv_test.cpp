// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/schedule_csv.h"

#include <gtest/gtest.h>

namespace foreshape {
namespace {

TEST(ScheduleCsv, HasALineForEachJobWithItsNumberInTheTrace) {
  Workload load;
  load.trace = "a,b\n.swf";
  load.procs = 1;
  load.users = 1;
  for (const JobId id : {7U, 9U}) {
    ReplayJob job;
    job.submit_s = id;
    job.run_s = job.limit_s = 10;
    job.procs = 1;
    job.id = id;
    load.jobs.push_back(job);
  }
  const SchedulingPolicy policy = *find_policy("easy");
  EXPECT_EQ(schedule_csv(load, policy, 3, simulate(load, policy)),
            "\"a,b?.swf\",easy,requested,3,7,7,7,17\n"
            "\"a,b?.swf\",easy,requested,3,9,9,17,27\n");
  EXPECT_EQ(schedule_csv_header(), "trace,policy,predictor,seed,job,submit_s,start_s,end_s\n");
}

}  // namespace
}  // namespace foreshape
