#include "replay/policy.h"

#include <array>

namespace foreshape {
namespace {

constexpr std::array<std::pair<std::string_view, Source>, 5> kSources = {{
    {"requested", Source::requested},
    {"last2", Source::last2},
    {"similar", Source::similar},
    {"kernel", Source::kernel},
    {"clairvoyant", Source::clairvoyant},
}};

std::vector<Policy> known_policies() {
  std::vector<Policy> all;
  const auto add = [&](const char* name) -> Policy& {
    Policy p;
    p.name = name;
    all.push_back(p);
    return all.back();
  };
  add("easy");
  add("easy-sjbf").order = Order::shortest_first;
  Policy& plus = add("easy++");
  plus.order = Order::shortest_first;
  plus.source = Source::last2;
  plus.correction = Correction::incremental;
  return all;
}

}  // namespace

std::vector<std::string_view> policy_names() {
  static const std::vector<Policy> all = known_policies();
  std::vector<std::string_view> names;
  names.reserve(all.size());
  for (const Policy& p : all) names.push_back(p.name);
  return names;
}

std::optional<Policy> find_policy(std::string_view name) {
  for (const Policy& p : known_policies())
    if (p.name == name) return p;
  return std::nullopt;
}

std::string_view source_name(Source source) {
  for (const auto& [name, value] : kSources)
    if (value == source) return name;
  return "";
}

std::optional<Source> find_source(std::string_view name) {
  for (const auto& [known, value] : kSources)
    if (known == name) return value;
  return std::nullopt;
}

}  // namespace foreshape
