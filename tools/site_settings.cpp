#include "tools/site_settings.h"

#include <algorithm>
#include <charconv>

#include "predictor/config/units.h"
#include "tools/json_fields.h"
#include "tools/lists.h"
#include "tools/run_program.h"

namespace foreshape {
namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Calls take(line) for each line.
template <class Take>
void for_each_line(std::string_view text, const Take& take) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    take(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

void take_setting(std::string_view name, std::string_view value, SiteSettings& site) {
  if (name == "SchedulerType") site.scheduler_type = value;
  if (name == "SchedulerParameters") site.scheduler_parameters = value;
  if (name == "PriorityType") site.priority_type = value;
  if (name == "JobSubmitPlugins") site.job_submit_plugins = value == "(null)" ? "" : value;
  if (name == "PriorityMaxAge") site.max_age_s = parse_duration(value, PlainNumber::minutes).value_or(0);
  constexpr std::string_view kWeight = "PriorityWeight";
  if (name.substr(0, kWeight.size()) != kWeight) return;
  if (name == "PriorityWeightAge")
    site.weight_age = number(value).value_or(0);
  else if (value != "0" && value != "(null)")
    site.other_weights.push_back(std::string(name) + "=" + std::string(value));
}

/// The value behind "key=" in a line of blank-separated pairs.
std::string_view pair_value(std::string_view line, std::string_view key) {
  for (std::size_t at = line.find(key); at != std::string_view::npos; at = line.find(key, at + 1)) {
    const bool begins_a_word = at == 0 || line[at - 1] == ' ';
    const std::string_view rest = line.substr(at + key.size());
    if (begins_a_word && !rest.empty() && rest.front() == '=') return rest.substr(1, rest.find(' ') - 1);
  }
  return {};
}

void take_partition(std::string_view line, SiteSettings& site) {
  const std::string_view name = pair_value(line, "PartitionName");
  if (name.empty()) return;
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
  for_each_line(config, [&site](std::string_view line) {
    const std::size_t equals = line.find(" = ");
    if (equals != std::string_view::npos)
      take_setting(trimmed(line.substr(0, equals)), trimmed(line.substr(equals + 3)), site);
  });
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
  return site;
}

Result<SiteSettings> ask_slurm() {
  const auto config = run_program({"scontrol", "show", "config"});
  if (!config) return tl::make_unexpected(config.error());
  const auto partitions = run_program({"scontrol", "show", "partition", "--oneliner"});
  if (!partitions) return tl::make_unexpected(partitions.error());
  return parse_site_settings(*config, *partitions);
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
