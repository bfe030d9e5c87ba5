#pragma once
// Everything that differs between the releases of Slurm that we build for (22.05 to 24.11).
//
// Runs in: slurmctld.
// Threads: pure functions and macros.

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <slurm/slurm.h>
#include <slurm/slurm_errno.h>
#include <slurm/slurm_version.h>
#include <type_traits>

#define FORESHAPE_SLURM_AT_LEAST(major, minor) (SLURM_VERSION_NUMBER >= SLURM_VERSION_NUM(major, minor, 0))

// job_modify() can answer the user from 23.02 on. For the parameter list only.
#if FORESHAPE_SLURM_AT_LEAST(23, 2)
#define FORESHAPE_JOB_MODIFY_ERR_MSG , [[maybe_unused]] char** err_msg
#else
#define FORESHAPE_JOB_MODIFY_ERR_MSG
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

/// Asks for a number of nodes in a reservation (node_cnt), or of cores (core_cnt): an array that ends in 0
/// in older releases, a plain count in newer ones. The release is told by the field's own type.
/// Must outlive the request.
class ReservedCount {
 public:
  explicit ReservedCount(std::uint32_t count) : counts_{count, 0} {}
  template <class Field>
  void put_into(Field& field) {
    if constexpr (std::is_pointer_v<Field>)
      field = counts_;
    else
      field = counts_[0];
  }

 private:
  std::uint32_t counts_[2];
};

}  // namespace foreshape
