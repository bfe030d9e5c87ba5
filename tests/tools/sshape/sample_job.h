// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A job as the report gets it, for tests.
//
// Runs in: offline.
// Threads: plain values.

#include "sql/report_queries.h"

namespace foreshape {

/// Predicted 2100 s (quantiles 1000 ... 2000 ... 3000) and 4 GiB, planned 2900 s and 5 GiB, used 2301 s
/// and 4.5 GiB.
inline ReportedJob sample_job() {
  ReportedJob job;
  job.job_id = 4711;
  job.uid = 1021;
  job.job_id_text = "4710_1";
  job.cluster = "lab";
  job.user = "alice";
  job.account = "physics";
  job.partition = "main";
  job.qos = "normal";
  job.name = "relax";
  job.state = "COMPLETED";
  job.submit_s = 1'795'300'000;
  job.start_s = 1'795'300'060;
  job.end_s = 1'795'302'361;
  job.requested_nodes = 1;
  job.requested_cpus = 8;
  job.requested_gpus = 2;
  job.requested_memory_bytes = 64LL << 30;
  job.requested_limit_s = 86'400;
  job.was_predicted = true;
  job.evidence = "user";
  job.prediction.evidence = Evidence::user;
  job.prediction.similar_jobs = 18;
  Forecast& run = job.prediction.of(Resource::run_time);
  run.jobs = 20;
  run.typical = 2'100;
  run.mean = 2'050;
  run.quantiles = {1'000, 1'200, 1'400, 1'600, 2'000, 2'200, 2'300, 2'600, 2'900, 2'950, 3'000};
  Forecast& memory = job.prediction.of(Resource::peak_memory);
  memory.jobs = 20;
  memory.typical = 4'294'967'296.F;
  memory.mean = memory.typical;
  memory.quantiles.fill(4'294'967'296.F);
  memory.quantiles.back() = 5'368'709'120.F;
  job.run_time_mode = "observe";
  job.memory_mode = "advise";
  job.planned_run_s = 2'900;
  job.planned_memory_bytes = 5LL << 30;
  job.allocated_nodes = 1;
  job.allocated_cpus = 8;
  job.run_s = 2'301;
  job.peak_memory_bytes = 9LL << 29;
  job.cpu_efficiency = .755;
  job.read_bytes = 123'456'789;
  job.written_bytes = 0;
  return job;
}

}  // namespace foreshape
