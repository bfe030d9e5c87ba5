// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/history/tres.h"

#include <algorithm>

#include "predictor/history/slurm_units.h"

namespace foreshape {

std::string_view tres_value(std::string_view tres, std::string_view name) {
  while (!tres.empty()) {
    const std::string_view entry = tres.substr(0, tres.find(','));
    if (entry.size() > name.size() && entry.starts_with(name) && entry[name.size()] == '=')
      return entry.substr(name.size() + 1);
    tres.remove_prefix(std::min(tres.size(), entry.size() + 1));
  }
  return {};
}

bool is_tres(std::string_view tres) {
  while (!tres.empty()) {
    const std::string_view entry = tres.substr(0, tres.find(','));
    if (entry.find('=') == entry.npos) return false;
    tres.remove_prefix(std::min(tres.size(), entry.size() + 1));
  }
  return true;
}

Result<std::optional<std::int64_t>> tres_gpus(std::string_view tres) {
  constexpr std::string_view kGpus = "gres/gpu", kKind = "gres/gpu:";
  if (const auto all = tres_value(tres, kGpus); !all.empty()) return slurm_count(all);
  std::optional<std::int64_t> sum;
  while (!tres.empty()) {
    const std::string_view entry = tres.substr(0, tres.find(','));
    tres.remove_prefix(std::min(tres.size(), entry.size() + 1));
    const auto equals = entry.rfind('=');
    if (!entry.starts_with(kKind) || equals == entry.npos) continue;
    auto some = slurm_count(entry.substr(equals + 1));
    if (!some) return some;
    // No machine has more than 2^32 of them: the sum cannot overflow.
    if (*some) sum = sum.value_or(0) + std::min(**some, std::int64_t{UINT32_MAX});
  }
  return sum;
}

}  // namespace foreshape
