// SPDX-License-Identifier: GPL-2.0-or-later
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

/// The figure that a text such as --mem-per-gpu's or --cpus-per-gpu's "gres:gpu:1024" gives for each gpu;
/// nullopt if it gives none.
std::optional<std::uint32_t> per_gpu(std::string_view tres);

/// The cpus in a TRES text: from 23.11 on clients say --cpus-per-task as "cpu=4" in tres_per_task.
std::optional<std::uint32_t> cpu_count(std::string_view tres);

/// Calls take(part) for the parts of the text that are generic resources: all of it, but the cpus.
template <class Take>
void for_each_gres(std::string_view tres, const Take& take) {
  constexpr std::string_view kSeparators = ",;";
  while (!tres.empty()) {
    const auto at = tres.find_first_of(kSeparators);
    const std::string_view resource = tres.substr(0, at);
    if (!resource.empty() && !cpu_count(resource)) take(resource);
    tres.remove_prefix(at == std::string_view::npos ? tres.size() : at + 1);
  }
}

/// True if the text names a resource other than cpus.
bool names_gres(std::string_view tres);

}  // namespace foreshape
