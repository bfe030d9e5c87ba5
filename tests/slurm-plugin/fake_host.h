// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A stand-in for slurmctld: the few symbols that our plugins take from it, over malloc, so that sanitizers
// see every string that is lost or freed twice.
//
// Runs in: tests.

#include <cstdint>
#include <slurm/slurm.h>
#include <string>
#include <vector>

namespace foreshape {

/// What Slurm hands to job_submit where the user gave nothing at all.
job_desc_msg_t blank_descriptor();

/// A string as Slurm would have made it; free_descriptor() frees it.
char* slurm_text(const std::string& text);

/// Frees every string that the plugin may have set or replaced.
void free_written(job_desc_msg_t& job, char** err_msg);

/// Lines that went to Slurm's log since the last call.
std::vector<std::string> take_log();

/// How often Slurm's own xfree was given something.
int freed_by_slurm();

/// The flags of the reservations made since the last call.
std::vector<std::uint64_t> take_created_flags();

}  // namespace foreshape
