// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Everything that differs between the releases of Slurm that we build for (22.05 to 26.05).
//
// Runs in: slurmctld.
// Threads: pure functions and macros.

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <slurm/slurm.h>
#include <slurm/slurm_errno.h>
#include <slurm/slurm_version.h>

#include "slurm-plugin/slurm/slurm_abi.h"

#define FORESHAPE_SLURM_AT_LEAST(major, minor) (SLURM_VERSION_NUMBER >= SLURM_VERSION_NUM(major, minor, 0))

// job_modify() can answer the user from 23.02 on. For the parameter list only.
#if FORESHAPE_SLURM_AT_LEAST(23, 2)
#define FORESHAPE_JOB_MODIFY_ERR_MSG , char** err_msg
#define FORESHAPE_JOB_MODIFY_ANSWER err_msg
#else
#define FORESHAPE_JOB_MODIFY_ERR_MSG
#define FORESHAPE_JOB_MODIFY_ANSWER nullptr
#endif

namespace foreshape {

/// Why the last call into Slurm on this thread answered SLURM_ERROR or null.
inline int last_slurm_error() {
#if FORESHAPE_SLURM_AT_LEAST(23, 11)
  return errno;  // slurm_get_errno() is gone
#else
  return slurm_get_errno();
#endif
}

/// Whether this slurmctld takes over from one that was told to reconfigure: from 23.11 on that is a new
/// process. Call from init().
inline bool started_by_reconfigure() {
#if FORESHAPE_SLURM_AT_LEAST(23, 11)
  return std::getenv("SLURMCTLD_RECONF") !=
         nullptr;  // NOLINT(concurrency-mt-unsafe): nobody sets it meanwhile
#else
  return false;
#endif
}

/// States of nodes that older releases don't know and on which nothing starts: BLOCKED by a topology (from
/// 24.05 on), EXTERNAL to this cluster (from 25.05 on).
constexpr std::uint32_t unusable_in_newer_releases() {
  std::uint32_t flags = 0;
#ifdef NODE_STATE_BLOCKED
  flags |= static_cast<std::uint32_t>(NODE_STATE_BLOCKED);
#endif
#ifdef NODE_STATE_EXTERNAL
  flags |= static_cast<std::uint32_t>(NODE_STATE_EXTERNAL);
#endif
  return flags;
}

/// A job of a FLEX reservation may start on cores that somebody else has reserved (22.05 tried; mended
/// in 25.11.4).
constexpr bool kFlexEntersCores = SLURM_VERSION_NUMBER < SLURM_VERSION_NUM(25, 11, 4);

/// The number of the job that a descriptor or a record of Slurm's list is about: a field of its own, or of
/// its step_id in newer releases (descriptors from 25.11 on). The release is told by the type itself.
template <class Job>
constexpr auto& job_id_of(Job& job) {
  if constexpr (requires { job.job_id; })
    return job.job_id;
  else
    return job.step_id.job_id;
}

/// Its SLUID, by which users may name it as well in newer releases; 0 where there is none.
template <class Job>
constexpr std::uint64_t sluid_of(const Job& job) {
  if constexpr (requires { job.step_id.sluid; })
    return job.step_id.sluid;
  else
    return 0;
}

/// A job's number as Slurm's calls take it: up to 25.05 the number itself, in newer releases a step_id that
/// says nothing but the number. What the call declares decides, so a release that is in between is no matter.
struct CallJobId {
  std::uint32_t number = 0;

  operator std::uint32_t() const { return number; }  // NOLINT(google-explicit-constructor): an argument
  template <class StepId>
  requires requires(StepId id) { id.job_id, id.step_het_comp, id.step_id; }
  operator StepId() const {  // NOLINT(google-explicit-constructor): an argument
    StepId id{};
    id.job_id = number;
    id.step_het_comp = NO_VAL;
    id.step_id = NO_VAL;
    return id;
  }
};

/// Gives back what slurm_load_ctl_conf() answered. From 26.05 on the function that does has another name;
/// which of them there is for its type, the compiler finds.
template <class Conf>
void free_loaded_conf(Conf* conf) {
  if constexpr (requires { slurm_free_ctl_conf(conf); })
    slurm_free_ctl_conf(conf);
  else
    slurm_free_conf(conf);
}

/// Whose memory slurm_create_reservation() answers: from 26.05 on Slurm's own, which free() does not know (it
/// aborts slurmctld), before that the C library's. No type tells it.
enum class NameMemory { c_library, slurm };
inline constexpr NameMemory kNameMemory =
    FORESHAPE_SLURM_AT_LEAST(26, 5) ? NameMemory::slurm : NameMemory::c_library;

template <NameMemory memory = kNameMemory>
void free_created_name(char* name) {
  if constexpr (memory == NameMemory::slurm) {
    void* own = name;
    slurm_xfree(&own);
  } else {
    std::free(name);
  }
}

}  // namespace foreshape
