// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/slurm/tres_text.h"

#include <algorithm>
#include <charconv>

namespace foreshape {
namespace {

std::optional<std::uint32_t> number(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Cuts the text at the first of the separators: returns what is before it, leaves what is after it.
std::string_view take_until(std::string_view& text, std::string_view separators) {
  const auto at = text.find_first_of(separators);
  const std::string_view head = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
  return head;
}

/// Tasks of "7", "0-15" or "0-15:4".
std::uint64_t range_tasks(std::string_view range) {
  const auto first = number(take_until(range, "-"));
  if (!first) return 0;
  if (range.empty()) return 1;
  const auto last = number(take_until(range, ":"));
  const auto step = range.empty() ? std::optional{1U} : number(range);
  if (!last || *last < *first || !step || *step == 0) return 0;
  return (std::uint64_t{*last} - *first) / *step + 1;
}

/// Gpus of one resource: "gres:gpu:2", "gres/gpu:tesla:2", "gpu=2", "gpu".
std::optional<std::uint32_t> gpus_of(std::string_view resource) {
  for (const std::string_view prefix : {"gres:", "gres/"})
    if (resource.substr(0, prefix.size()) == prefix) resource.remove_prefix(prefix.size());
  if (take_until(resource, ":=") != "gpu") return std::nullopt;
  if (resource.empty()) return 1;
  const auto last = resource.find_last_of(":=");
  const auto count = number(last == std::string_view::npos ? resource : resource.substr(last + 1));
  return count.value_or(1);  // "gpu:tesla": a type and no count
}

}  // namespace

std::uint32_t array_tasks(std::string_view spec) {
  spec = spec.substr(0, spec.find('%'));  // the rest says how many run at once
  std::uint64_t tasks = 0;
  while (!spec.empty() && tasks < kMaxArrayTasks) tasks += range_tasks(take_until(spec, ","));
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(tasks, kMaxArrayTasks));
}

std::optional<std::uint32_t> gpu_count(std::string_view tres) {
  std::optional<std::uint64_t> gpus;
  while (!tres.empty())
    if (const auto more = gpus_of(take_until(tres, ",;"))) gpus = gpus.value_or(0) + *more;
  if (!gpus) return std::nullopt;
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(*gpus, UINT32_MAX));
}

std::optional<std::uint32_t> per_gpu(std::string_view tres) {
  // Without a figure the text would say one gpu, not one of anything for each.
  const auto each = gpu_count(tres);
  return tres.find_first_of("0123456789") != std::string_view::npos ? each : std::nullopt;
}

std::optional<std::uint32_t> cpu_count(std::string_view tres) {
  while (!tres.empty()) {
    std::string_view resource = take_until(tres, ",;");
    if (take_until(resource, ":=") != "cpu") continue;
    if (const auto cpus = number(resource)) return cpus;
  }
  return std::nullopt;
}

bool names_gres(std::string_view tres) {
  bool any = false;
  for_each_gres(tres, [&any](std::string_view) { any = true; });
  return any;
}

}  // namespace foreshape
