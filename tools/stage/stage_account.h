// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The account of the buffer: who has how much of it, made of nothing but what lies in it.
//
// Runs in: offline.
// Threads: plain values and pure functions.

#include <array>
#include <cstdint>
#include <string>
#include <sys/types.h>
#include <vector>

namespace foreshape {

/// One user's. Plain memory: it comes through a pipe from the process that had the user's rights. Bytes are those on
/// the disk, whatever manifests say; those of drafts are what they promise to hold.
struct StageAccount {
  uid_t uid = 0;
  std::uint32_t copies = 0;       ///< that a job may use
  std::int64_t staged_bytes = 0;  ///< of them
  std::uint32_t used_copies = 0;  ///< of them, those that a job was told of
  std::int64_t used_bytes = 0;
  std::uint32_t drafts = 0;  ///< being made now
  std::int64_t promised_bytes = 0;
  std::uint32_t expired = 0;  ///< copies whose time was over, or that were broken: removed
  std::int64_t expired_bytes = 0;
  std::uint32_t unused = 0;         ///< of them, those that no job was told of
  std::uint32_t orphans = 0;        ///< drafts of the dead, and what is no copy: removed
  std::uint32_t evicted = 0;        ///< copies beyond UserBytes: removed
  std::uint32_t failures = 0;       ///< what could not be removed
  std::array<char, 200> failure{};  ///< why, of the first of them
};

StageAccount sum_of(const std::vector<StageAccount>& accounts);

/// A table in sacct's manner, a line for each user and one for all.
std::string account_table(const std::vector<StageAccount>& accounts);

/// The same for programs: {"users": [...], "all": {...}}.
std::string account_json(const std::vector<StageAccount>& accounts);

}  // namespace foreshape
