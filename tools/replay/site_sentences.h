// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What a site would gain, and who would pay, in sentences for people who decide.
//
// Runs in: offline.
// Threads: pure functions (timestamps are in the process's time zone).

#include <string>
#include <vector>

#include "tools/replay/site_jobs.h"
#include "tools/replay/site_machine.h"
#include "tools/replay/site_outcome.h"

namespace foreshape {

/// All that was found, for text and JSON alike.
struct SiteReport {
  std::string cluster, partition;  ///< "" = all partitions
  std::string source;              ///< "the store", "sacct"
  SiteWindow window;
  SiteMachine machine;
  ActualWaits actual;
  std::uint64_t measured_jobs = 0, learned_jobs = 0;
  std::uint32_t measured_users = 0;
  std::int64_t jitter_s = 0;
  SiteOutcome outcome;
  std::vector<std::string> not_modelled, left_out;
};

struct LeverSentences {
  std::string policy;
  std::vector<std::string> gains, costs, unchanged;
};

struct SiteSentences {
  std::string title;
  std::vector<std::string> about, present;
  std::vector<LeverSentences> levers;
  std::string not_modelled, left_out;  ///< "" = nothing was left out
};

SiteSentences site_sentences(const SiteReport& report);

/// At most 80 columns.
std::string site_text(const SiteSentences& sentences);

/// "35 s", "17 min", "11.8 h", "3.2 days"; "not known" for what is no figure.
/// beside: a wait that stands next to it; the larger of both gives the unit.
std::string wait_words(double seconds, double beside = 0);

}  // namespace foreshape
