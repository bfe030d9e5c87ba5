// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/replay/site_options.h"

#include <fmt/format.h>
#include <string_view>

#include "predictor/config/settings.h"

namespace foreshape {
namespace {

constexpr std::uint32_t kMaxWeeks = 520;

bool is_given(const ParsedOptions& parsed, const char* option) {
  return parsed.has(option) && !parsed.values[option].defaulted();
}

}  // namespace

void add_site_options(po::options_description& options) {
  const OptionRow rows[] = {
      {"site", flag(),
       "replay this site's own jobs on its own machine: today's settings against those of Foreshape"},
      {"weeks", number_value<std::uint32_t>("N", 4),
       "with --site: how many weeks before --endtime, which is now if not given"},
      {"warm-up", number_value<std::uint32_t>("WEEKS", 4),
       "with --site: weeks before these, to learn from; nothing is learned from what is still to come"},
      {"source", text_value("store|sacct"),
       "with --site: where jobs are read, store or sacct (default: the store; sacct if that has none)"},
      {"cluster,M", text_value("NAME"), "with --site: whose jobs (default: scontrol's ClusterName)"},
      {"partition", text_value("NAME"), "with --site: only this partition's jobs, on its nodes"},
  };
  add_options(options, rows);
  add_database_option(options);
}

std::string wrong_with_site(const ParsedOptions& parsed) {
  static constexpr const char* kOfTraces[] = {"policy",
                                              "predictor",
                                              "model",
                                              "correction",
                                              "kill-on-prediction",
                                              "scheduler-parameters",
                                              "priority-weight-age",
                                              "priority-max-age",
                                              "priority-weight-fairshare",
                                              "priority-decay-half-life",
                                              "no-fair-tree",
                                              "fairshare-accounts",
                                              "trial-length",
                                              "trial-start-cost",
                                              "trial-chance",
                                              "trial-consent",
                                              "trial-user-day",
                                              "hold-idle",
                                              "hold-fixed",
                                              "procs",
                                              "default-limit",
                                              "nodes",
                                              "cores-per-node",
                                              "memory-per-node",
                                              "shared",
                                              "whole-node",
                                              "starttime",
                                              "strict"};
  static constexpr const char* kOfSite[] = {"weeks", "warm-up", "source", "cluster", "partition", "db"};
  if (!parsed.has("site")) {
    for (const char* option : kOfSite)
      if (is_given(parsed, option)) return fmt::format("--{} needs --site", option);
    return "";
  }
  if (!parsed.operands.empty()) return "--site replays this site's own jobs: no trace";
  for (const char* option : kOfTraces)
    if (is_given(parsed, option))
      return fmt::format("--{} has no meaning with --site, which takes everything from the site{}", option,
                         std::string_view{option} == "starttime" ? "; --weeks says how far back" : "");
  return "";
}

Result<SiteRequest> site_request_of(const ParsedOptions& parsed) {
  SiteRequest site;
  site.weeks = parsed.values["weeks"].as<std::uint32_t>();
  site.warm_up_weeks = parsed.values["warm-up"].as<std::uint32_t>();
  if (site.weeks < 1 || site.weeks > kMaxWeeks || site.warm_up_weeks > kMaxWeeks)
    return failure(ErrorCode::invalid_input,
                   fmt::format("--weeks: 1 to {}, --warm-up: 0 to {}", kMaxWeeks, kMaxWeeks));
  const std::string source = parsed.text("source");
  if (!source.empty() && source != "store" && source != "sacct")
    return failure(ErrorCode::invalid_input,
                   fmt::format("--source: '{}' is neither store nor sacct", source.substr(0, 64)));
  if (source == "store") site.source = HistorySource::store;
  if (source == "sacct") site.source = HistorySource::sacct;
  site.cluster = parsed.text("cluster");
  site.partition = parsed.text("partition");
  site.database = database(parsed);
  if (!parsed.has("conf")) return site;
  const auto settings = load_settings(parsed.text("conf"));
  if (!settings) return tl::make_unexpected(settings.error());
  site.order = settings->policy.order;
  site.hold = settings->policy.hold;
  return site;
}

}  // namespace foreshape
