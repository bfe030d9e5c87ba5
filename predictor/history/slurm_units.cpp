// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/history/slurm_units.h"

#include <cmath>
#include <limits>

#include "predictor/base/slurm_state.h"
#include "predictor/history/slurm_field.h"

namespace foreshape {
namespace {

std::optional<double> factor_of(char unit) {
  switch (unit) {
    case 'B':
      return 1.0;
    case 'K':
    case 'k':
      return 0x1p10;
    case 'M':
    case 'm':
      return 0x1p20;
    case 'G':
    case 'g':
      return 0x1p30;
    case 'T':
    case 't':
      return 0x1p40;
    case 'P':
    case 'p':
      return 0x1p50;
    case 'E':
    case 'e':
      return 0x1p60;
    default:
      return std::nullopt;
  }
}

/// "1.50G" -> bytes; nullopt where it is no such thing or does not fit.
std::optional<std::int64_t> scaled(std::string_view text, char default_unit) {
  if (text.empty()) return std::nullopt;
  const auto letter = factor_of(text.back());
  const double factor = letter ? *letter : factor_of(default_unit).value_or(1.0);
  if (letter) text.remove_suffix(1);
  if (const auto whole = number_in<std::int64_t>(text)) {
    const double bytes = static_cast<double>(*whole) * factor;
    if (bytes >= 0x1p63) return std::nullopt;
    return *whole * static_cast<std::int64_t>(factor);
  }
  const auto value = number_in<double>(text);
  if (!value || !std::isfinite(*value) || *value * factor >= 0x1p63) return std::nullopt;
  return static_cast<std::int64_t>(std::llround(*value * factor));
}

}  // namespace

Result<std::optional<std::int64_t>> slurm_count(std::string_view field) {
  if (field.empty()) return std::nullopt;
  const auto value = scaled(field, 'B');
  if (!value) return unreadable(field, "a count");
  return value;
}

Result<std::optional<std::int64_t>> slurm_bytes(std::string_view field, char default_unit) {
  if (field.empty()) return std::nullopt;
  const auto value = scaled(field, default_unit);
  if (!value) return unreadable(field, "a size such as 4000M or 1.50G");
  return value;
}

std::int64_t RequestedMemory::per_node(std::int64_t nodes, std::int64_t cpus) const {
  nodes = std::max<std::int64_t>(nodes, 1);
  if (per == Per::node) return bytes;
  if (per == Per::job) return bytes / nodes;
  const std::int64_t cpus_of_a_node = std::max<std::int64_t>((cpus + nodes - 1) / nodes, 1);
  return bytes > std::numeric_limits<std::int64_t>::max() / cpus_of_a_node ? bytes : bytes * cpus_of_a_node;
}

Result<std::optional<RequestedMemory>> slurm_requested_memory(std::string_view field) {
  constexpr std::int64_t kPerCpuFlagBytes = (std::int64_t{1} << 31) << 20;  // bit 31 of a count of MB
  if (field.empty()) return std::nullopt;
  RequestedMemory memory;
  std::string_view size = field;
  if (field.back() == 'n' || field.back() == 'c') {
    memory.per = field.back() == 'n' ? RequestedMemory::Per::node : RequestedMemory::Per::cpu;
    size.remove_suffix(1);
  }
  const auto bytes = scaled(size, 'M');
  if (!bytes) return unreadable(field, "requested memory such as 4000Mn, 2800Mc or 62.50G");
  memory.bytes = *bytes;
  // No node has 2 PiB: it is the flag.
  if (memory.per == RequestedMemory::Per::node && memory.bytes >= kPerCpuFlagBytes) {
    memory.per = RequestedMemory::Per::cpu;
    memory.bytes -= kPerCpuFlagBytes;
  }
  if (memory.bytes == 0) return std::nullopt;
  return memory;
}

Result<JobState> slurm_state(std::string_view field) {
  const std::string_view word = field.substr(0, field.find_first_of(" ,"));
  if (const auto state = job_state_of(word)) return *state;
  // sacct without --parsable cuts a state to the column's width and marks that with '+'.
  if (word.size() >= 5 && word.back() == '+')
    if (const auto state = job_state_beginning(word.substr(0, word.size() - 1))) return *state;
  return unreadable(field, "a job state");
}

}  // namespace foreshape
