// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/slurm_parameters.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <functional>

#include "predictor/base/text.h"

namespace foreshape {
namespace {

struct Parameter {
  std::string_view name;
  std::int64_t least, most;
  std::function<void(SlurmParameters&, std::int64_t)> set;
};

constexpr std::int64_t kYearMinutes = 366LL * 1'440;

const std::array<Parameter, 8>& parameters() {
  static const std::array<Parameter, 8> all = {{
      {"bf_interval", 1, 10'800, [](SlurmParameters& s, std::int64_t v) { s.loop.interval_s = v; }},
      {"bf_window", 1, kYearMinutes, [](SlurmParameters& s, std::int64_t v) { s.loop.window_s = v * 60; }},
      {"bf_resolution", 1, 3'600, [](SlurmParameters& s, std::int64_t v) { s.loop.resolution_s = v; }},
      {"bf_max_job_test", 1, 1'000'000,
       [](SlurmParameters& s, std::int64_t v) { s.loop.jobs_max = static_cast<std::uint32_t>(v); }},
      {"bf_min_age_reserve", 0, 2'592'000,
       [](SlurmParameters& s, std::int64_t v) { s.loop.min_age_reserve_s = v; }},
      {"bf_window_linear", 0, INT32_MAX,
       [](SlurmParameters& s, std::int64_t v) { s.loop.window_linear_s = v; }},
      {"default_queue_depth", 1, 1'000'000,
       [](SlurmParameters& s, std::int64_t v) { s.loop.main_depth = static_cast<std::uint32_t>(v); }},
      {"bf_min_prio_reserve", 0, UINT32_MAX,
       [](SlurmParameters& s, std::int64_t v) { s.min_prio_reserve = v; }},
  }};
  return all;
}

std::string lower(std::string_view text) {
  std::string all{text};
  for (char& c : all)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return all;
}

Result<void> apply(std::string_view word, SlurmParameters& into) {
  const std::size_t equals = word.find('=');
  const std::string name = lower(word.substr(0, equals));
  const auto known = std::find_if(parameters().begin(), parameters().end(),
                                  [&](const Parameter& p) { return p.name == name; });
  if (known == parameters().end()) {
    into.ignored.emplace_back(word);
    return {};
  }
  const std::string_view value =
      equals == std::string_view::npos ? std::string_view{} : word.substr(equals + 1);
  std::int64_t number = 0;
  const auto [stop, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc{} || stop != value.data() + value.size() || number < known->least ||
      number > known->most)
    return failure(ErrorCode::invalid_input, fmt::format("{}: '{}' is not a number from {} to {}", name,
                                                         harmless(value), known->least, known->most));
  known->set(into, number);
  return {};
}

}  // namespace

Result<SlurmParameters> parse_scheduler_parameters(std::string_view text, const SlurmLoop& base) {
  SlurmParameters parsed{base, std::nullopt, {}};
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    const std::string_view word = text.substr(0, comma);
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
    if (word.empty()) continue;
    if (const auto done = apply(word, parsed); !done) return tl::make_unexpected(done.error());
  }
  return parsed;
}

void follow_priorities(SchedulingPolicy& policy, std::optional<std::int64_t> min_prio_reserve,
                       const AgeFactor& age) {
  policy.slurm.max_age_s = age.max_age_s;
  if (!min_prio_reserve) return;
  policy.slurm.reserve_overdue_only = *min_prio_reserve > 0;
  const auto waited_s = static_cast<std::int64_t>(
      std::ceil(static_cast<double>(*min_prio_reserve) * 60 / age.points_per_minute));
  if (policy.order == Order::static_key)
    policy.static_key.max_offset_s = std::min(policy.static_key.max_offset_s, waited_s);
  else
    policy.slurm.reserve_after_s = waited_s;
}

}  // namespace foreshape
