// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The names that jobs have, and what the store knows of each: from what ended in the 90 days before the job
// did, and since.
//
// Runs in: offline.
// Threads: one object, one thread.

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "sql/report_queries.h"

namespace foreshape {

class JobNames {
 public:
  /// now: what stands for the end of a job that has none.
  explicit JobNames(UnixSeconds now) : now_(now) {}
  void remember(const ReportedJob& job);
  bool empty() const { return since_.empty(); }

  /// Asks the store what the jobs of each name used. Errors: unavailable - no answer from it.
  Result<void> ask(Pg& db);
  /// After ask(): every name of which the store knows an ended job.
  const std::vector<NameSummary>& summaries() const { return summaries_; }
  /// That of the job's name, or nullptr. Valid until the next ask().
  const NameSummary* of(const ReportedJob& job) const;

 private:
  /// Whose jobs of which name: one for all tasks of an array.
  using Key = std::tuple<std::string, std::int64_t, std::string>;
  static Key key_of(const ReportedJob& job) { return {job.cluster, job.uid, job.name}; }

  UnixSeconds now_;
  std::map<Key, UnixSeconds> since_;
  std::map<Key, std::size_t> places_;
  std::vector<NameSummary> summaries_;
};

}  // namespace foreshape
