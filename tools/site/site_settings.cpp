// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/site/site_settings.h"

#include <algorithm>
#include <charconv>

#include "predictor/config/units.h"
#include "tools/cli/child_process.h"
#include "tools/cli/lists.h"
#include "tools/site/json_fields.h"
#include "tools/site/scontrol_lines.h"

namespace foreshape {
namespace {

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Calls take(name, value) for each line of `scontrol show config`.
template <class Take>
void for_each_setting(std::string_view config, const Take& take) {
  for_each_line(config, [&take](std::string_view line) {
    const std::size_t equals = line.find(" = ");
    if (equals != std::string_view::npos)
      take(trimmed(line.substr(0, equals)), trimmed(line.substr(equals + 3)));
  });
}

void take_weight(std::string_view name, std::string_view value, SiteSettings& site) {
  if (equal_ignoring_case(name, "PriorityWeightFairShare"))
    site.weight_fair_share = number(value).value_or(0);
  constexpr std::string_view kWeight = "PriorityWeight";
  if (name.substr(0, kWeight.size()) != kWeight) return;
  if (name == "PriorityWeightAge")
    site.weight_age = number(value).value_or(0);
  else if (name == "PriorityWeightPartition")
    site.weight_partition = number(value).value_or(0);
  else if (value != "0" && value != "(null)")
    site.other_weights.push_back(std::string(name) + "=" + std::string(value));
}

void take_priority(std::string_view name, std::string_view value, SiteSettings& site) {
  const auto time_s = [value] { return parse_duration(value, PlainNumber::minutes).value_or(0); };
  if (name == "PriorityFlags") {
    site.norms_partition_factors = value.find("NO_NORMAL_PART") == std::string_view::npos;
    site.fair_tree = value.find("NO_FAIR_TREE") == std::string_view::npos;
  }
  if (name == "PriorityMaxAge") site.max_age_s = time_s();
  if (name == "PriorityDecayHalfLife") site.decay_half_life_s = time_s();
  if (name == "PriorityCalcPeriod") site.priority_calc_period_s = time_s();
  take_weight(name, value, site);
}

void take_setting(std::string_view name, std::string_view value, SiteSettings& site) {
  if (name == "SchedulerType") site.scheduler_type = value;
  if (name == "SchedulerParameters") site.scheduler_parameters = value;
  if (name == "PriorityType") site.priority_type = value;
  if (name == "SelectType") site.select_type = value;
  if (name == "SelectTypeParameters") site.select_parameters = value;
  if (name == "PreemptType") site.preempt_type = value;
  if (name == "JobSubmitPlugins") site.job_submit_plugins = value == "(null)" ? "" : value;
  take_priority(name, value, site);
}

void take_partition(std::string_view line, SiteSettings& site) {
  const std::string_view name = pair_value(line, "PartitionName");
  if (name.empty()) return;
  const std::int64_t factor = number(pair_value(line, "PriorityJobFactor")).value_or(1);
  site.least_job_factor = site.partitions_known ? std::min(site.least_job_factor, factor) : factor;
  site.largest_job_factor = std::max(site.largest_job_factor, factor);
  site.shares_nodes = site.shares_nodes || pair_value(line, "OverSubscribe") != "EXCLUSIVE";
  site.partitions_known = true;
  const auto limit = parse_duration(pair_value(line, "MaxTime"), PlainNumber::minutes);
  if (limit)
    site.longest_limit_s = std::max(site.longest_limit_s, *limit);
  else
    site.unlimited_partitions.emplace_back(name);
}

}  // namespace

SiteSettings parse_site_settings(std::string_view config, std::string_view partitions) {
  SiteSettings site;
  site.job_submit_plugins = "";
  for_each_setting(
      config, [&site](std::string_view name, std::string_view value) { take_setting(name, value, site); });
  for_each_line(partitions, [&site](std::string_view line) { take_partition(line, site); });
  return site;
}

SiteSettings site_settings_of_status(const nlohmann::json& slurm) {
  SiteSettings site;
  site.scheduler_type = json_text(slurm, "/scheduler_type");
  site.scheduler_parameters = json_text(slurm, "/scheduler_parameters");
  site.priority_type = json_text(slurm, "/priority_type");
  site.weight_age = json_number<std::int64_t>(slurm, "/priority_weight_age");
  site.max_age_s = json_number<std::int64_t>(slurm, "/priority_max_age_s");
  site.weight_partition = json_number<std::int64_t>(slurm, "/base_points");
  return site;
}

Result<ScontrolTexts> ask_scontrol() {
  auto config = output_of({"scontrol", "show", "config"});
  if (!config) return tl::make_unexpected(config.error());
  auto partitions = output_of({"scontrol", "show", "partition", "--oneliner"});
  if (!partitions) return tl::make_unexpected(partitions.error());
  return ScontrolTexts{std::move(*config), std::move(*partitions)};
}

Result<SiteSettings> ask_slurm() {
  return ask_scontrol().map(
      [](const ScontrolTexts& texts) { return parse_site_settings(texts.config, texts.partitions); });
}

std::string config_value(std::string_view config, std::string_view name) {
  std::string found;
  for_each_setting(config, [&](std::string_view key, std::string_view value) {
    if (equal_ignoring_case(key, name)) found = value == "(null)" ? "" : value;
  });
  return found;
}

std::optional<std::int64_t> option_number(std::string_view options, std::string_view name) {
  while (!options.empty()) {
    const std::size_t end = std::min(options.find(','), options.size());
    const std::string_view option = options.substr(0, end);
    options.remove_prefix(std::min(end + 1, options.size()));
    if (option.size() > name.size() && option[name.size()] == '=' &&
        equal_ignoring_case(option.substr(0, name.size()), name))
      return number(option.substr(name.size() + 1));
  }
  return std::nullopt;
}

}  // namespace foreshape
