#pragma once
// Counts in the texts that users write for arrays and generic resources.
//
// Runs in: slurmctld (RPC threads: bounded, no allocation).
// Threads: pure functions.

#include <cstdint>
#include <optional>
#include <string_view>

namespace foreshape {

/// A job array with more tasks counts as this many.
inline constexpr std::uint32_t kMaxArrayTasks = 10'000'000;

/// The number of tasks in Slurm's --array notation, "0-15:4,20%2" = 5. A part that is not in that notation
/// counts as nothing: Slurm itself refuses such a job.
std::uint32_t array_tasks(std::string_view spec);

/// The number of gpus in a TRES text such as "gres:gpu:tesla:2,gres/gpu=1": a plain "gpu" is one.
/// nullopt if it names none.
std::optional<std::uint32_t> gpu_count(std::string_view tres);

}  // namespace foreshape
