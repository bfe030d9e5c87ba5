// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Options of foreshape replay --site: the site itself instead of a trace.
//
// Runs in: offline.
// Threads: main thread only.

#include <cstdint>
#include <optional>
#include <string>

#include "predictor/base/result.h"
#include "predictor/plan/policy.h"
#include "tools/cli/options.h"

namespace foreshape {

enum class HistorySource : std::uint8_t { store, sacct };

/// --site and what belongs to it. LoadOptions::to_s is the end of its weeks; 0 = now.
struct SiteRequest {
  std::uint32_t weeks = 0, warm_up_weeks = 0;
  std::optional<HistorySource> source;  ///< nullopt = the store, or sacct if that has nothing
  std::string cluster, partition, database;
  std::optional<OrderPolicy> order;  ///< of --conf ...
  std::optional<HoldPolicy> hold;    ///< ... as is this
};

void add_site_options(po::options_description& options);

/// "" if the options go together: with --site the site says what the policies and the machine are.
std::string wrong_with_site(const ParsedOptions& parsed);

/// Errors: invalid_input - a value that is none, with the option's name; those of --conf.
Result<SiteRequest> site_request_of(const ParsedOptions& parsed);

}  // namespace foreshape
