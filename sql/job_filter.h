// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Which jobs a report is about.
//
// Runs in: offline.
// Threads: plain values.

#include <optional>
#include <string>
#include <vector>

#include "predictor/base/clock.h"

namespace foreshape {

/// Which jobs. Lists: empty = all; a job passes if it is in every list.
struct JobFilter {
  std::optional<UnixSeconds> start_s;  ///< neither ended before
  std::optional<UnixSeconds> end_s;  ///< nor was submitted after; with states: was in the state between them
  std::vector<std::string> users;    ///< names or uids
  std::vector<std::string> accounts, partitions, qos, clusters, names;
  std::vector<std::string> jobs;    ///< 123, 123_4, 123+1; 123 is also all tasks and components of it
  std::vector<std::string> states;  ///< as the store names them
};

}  // namespace foreshape
