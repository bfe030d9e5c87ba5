// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Jobs of a Torque cluster from a table of its accounting's end records (tab-separated; the public IU-Mason
// data).
//
// Runs in: offline.
// Threads: pure functions; a JobTable has one thread.

#include <string_view>
#include <vector>

#include "predictor/history/job_table.h"

namespace foreshape {

/// What the columns become:
/// - job_id (of an array's task, 526995[1], the number before the bracket), user_id, group_id (as the
/// account), jobname (hashed with digits folded), queue (as the partition)
/// - submit_epoch, start_epoch, end_epoch; used_walltime_s = run time; req_walltime_s = limit
/// - nodes; slots = requested and allocated cpus
/// - req_mem_kb, else req_vmem_kb, and used_mem_kb: of the whole job, spread evenly over its nodes; a used
///   memory of 0 was never sampled: absent
/// - used_cput_s / (slots x run time) = cpu efficiency
/// - exit_status 0 completed, 271 (256 + SIGTERM: deleted) cancelled, else failed
struct TorqueFormat {
  static constexpr char kDelimiter = '\t';
  static constexpr std::size_t kNeeded = 17;
  static const std::vector<std::string_view>& columns();
  static JobRecord read(TableFile& table);
};

using TorqueTable = JobTable<TorqueFormat>;

}  // namespace foreshape
