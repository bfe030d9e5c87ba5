// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The account and QOS that Slurm gives to a job which says none: it does so after job_submit, from its
// associations, so that a submission has to find them itself.
//
// Runs in: slurmctld (made on the agent thread, read anywhere).
// Threads: immutable once made: from any. No allocation in fill().

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "predictor/base/job.h"
#include "slurm-plugin/slurm/job_request.h"

namespace foreshape {

/// What is read from Slurm's association manager. Users that the system does not know have no number, and no
/// job either: they are not in it.
struct AssociationRows {
  struct User {
    UserId uid = 0;
    std::string account;  ///< the default one
  };
  struct Row {
    UserId uid = 0;
    std::string account, partition;  ///< no partition: all of them
    std::string qos;                 ///< its default, or the only one that it may use; empty: neither
  };
  std::vector<User> users;
  std::vector<Row> associations;
  std::string qos;  ///< of everybody else: root's default, or "normal"; empty: Slurm has no accounting
};

class UserDefaults {
 public:
  /// Rows of either kind beyond these are left out: 16 MB, and more users than any site has.
  static constexpr std::size_t kMaxRows = 500'000;

  UserDefaults() = default;  ///< nothing is known yet, or Slurm has no accounting
  explicit UserDefaults(AssociationRows rows);

  /// Gives the job the account and QOS that Slurm will give it, as far as it says none. After
  /// fill_defaults(), since an association may be one for a partition. False: its user is not known.
  ///
  /// Source of the order of choice: Slurm's manual, sacctmgr(1), DefaultAccount and DefaultQOS; where an
  /// association has no default QOS but may use a single one, Slurm takes that.
  bool fill(SubmittedJob& job) const;

  std::size_t users() const { return accounts_.size(); }
  bool operator==(const UserDefaults&) const = default;

 private:
  struct Qos {
    UserId uid = 0;
    TextHash account = 0, partition = 0;
    std::uint32_t name = 0;
    auto key() const { return std::tuple{uid, account, partition}; }
    bool operator==(const Qos&) const = default;
  };
  std::uint32_t name_index(std::string_view name);
  const std::string* account_of(UserId uid) const;
  const std::string* qos_of(UserId uid, TextHash account, TextHash partition) const;

  std::vector<std::string> names_;                          // sorted; of accounts and QOS
  std::vector<std::pair<UserId, std::uint32_t>> accounts_;  // by uid; into names_
  std::vector<Qos> qoses_;                                  // by uid, account, partition
  std::string qos_;
};

}  // namespace foreshape
