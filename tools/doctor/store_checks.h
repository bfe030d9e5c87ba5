// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The store and what flows into and out of it: reachable, of this program's schema, fed lately.
//
// Runs in: offline.
// Threads: pure functions, but look_at_store, which connects, runs sacct and changes the effective user
// meanwhile: main thread only.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "predictor/base/clock.h"
#include "tools/doctor/finding.h"
#include "tools/doctor/settings_checks.h"
#include "tools/doctor/slurm_facts.h"

namespace foreshape {

struct StoreFacts {
  std::string user;            ///< as whom the store was asked: who ingests
  std::string database;        ///< how it was looked for; empty: libpq's own defaults
  std::string problem;         ///< why it can't be reached; empty where it can
  std::string schema_problem;  ///< why its schema is not this program's; empty where it is
  int pending = 0;             ///< steps of the schema that are still to be applied
  std::vector<std::string> missing_roles;
  bool may_write = true;
  std::optional<std::int64_t> clock_ahead_s;  ///< the server's against ours
  std::optional<UnixSeconds> sacct_up_to_s;   ///< absent: never ingested
  std::string journal_dir;
  std::optional<UnixSeconds> journal_read_s;  ///< when the journal was ingested last; absent: never
  std::optional<UnixSeconds> snapshot_s;      ///< when the snapshot file was written; absent: there is none
  std::string sacct_problem;                  ///< why sacct gives that user no jobs; empty where it does
};

/// conninfo: "" = libpq's own defaults. Root asks as SlurmUser, who ingests.
StoreFacts look_at_store(const std::string& conninfo, const SettingsFacts& settings, const SlurmFacts& slurm);

Findings store_findings(const StoreFacts& store, UnixSeconds now);

/// Whether what comes from sacct is fresh, so that something must be running ingest.
bool is_fed(const StoreFacts& store, UnixSeconds now);

}  // namespace foreshape
