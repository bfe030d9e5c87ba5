// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Who comes in: puts waiting jobs that fit into holds of ours, takes out every other one, and tells the users
// whose jobs stayed too long.
//
// Runs in: slurmctld (agent thread).
// Threads: one at a time.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "predictor/plan/pre_allocation.h"
#include "predictor/plan/resource_pool.h"
#include "slurm-plugin/hold/admitted_job.h"
#include "slurm-plugin/hold/core_reservations.h"
#include "slurm-plugin/slurm/slurm_control.h"
#include "slurm-plugin/state/hold_admission.h"

namespace foreshape {

/// What the assigner can't see of jobs and users itself.
struct EntryRules {
  /// The user of a personal hold.
  std::function<std::optional<UserId>(const std::string&)> uid_of;
  /// The seconds that a job may run in this hold before it has overrun; nullopt: it may not enter.
  std::function<std::optional<std::int64_t>(const SeenJob&, const LiveHold&)> may_run_s;
  /// The user's jobs have overrun.
  std::function<bool(UserId)> is_barred;
  std::function<void(const SeenJob&)> overran;
};

class HoldAssigner {
 public:
  /// A job that waits in a hold for longer than this is taken out: its place is gone, and with a
  /// reservation's name it would stand before all others in the queue.
  static constexpr std::int64_t kPatienceSeconds = 15;
  /// And is not put in again for so long.
  static constexpr std::int64_t kNotAgainSeconds = AdmittedJob::kNotAgainSeconds;
  /// Jobs put in or taken out in one pass: each is a call of a millisecond.
  static constexpr std::size_t kMaxCalls = 200;

  explicit HoldAssigner(HoldAdmission& admission) : admission_(admission) {}

  /// Takes out of these reservations all jobs that wait in them: they are about to be given back. False: some
  /// are still in, because Slurm refused or they were more than kMaxCalls; the rest is for the next pass.
  [[nodiscard]] bool clear(const std::set<std::string>& reservations, const SeenSlurm& seen,
                           SlurmControl& control);

  /// After the holds have been carried out. holds: those that are live now.
  ///
  /// A personal hold takes one job of its user, the first in the queue that fits and was submitted since the
  /// hold was made: it is for the next job, not for a pile that waits. The pool takes those of everybody
  /// else. What was put in never needs more nodes than the hold has free, and none is put in for those that
  /// FLEX let start elsewhere, or could let into somebody else's cores. A waiting job with a hold's name that
  /// was not put there by us, comes back after a run or is no longer of the size it was let in with, is taken
  /// out.
  void pass(std::span<const LiveHold> holds, const SeenSlurm& seen, const ResourcePool& pool,
            const EntryRules& rules, SlurmControl& control);

  /// Nothing is held: nobody need ask.
  void close() { admission_.set(false, {}, {}); }

  /// As they were before a restart, or before holding was switched off: whoever was seen to run in a hold is
  /// still charged for staying too long. Those that only waited may have started anywhere meanwhile: they are
  /// forgotten, and taken out at the next pass if they still wait in a hold.
  void restore(AdmittedJobs admitted);
  const AdmittedJobs& admitted() const { return admitted_; }

  /// The clock was set: what is counted in its time counts from now on.
  void forget_times(UnixSeconds now_s);

  std::uint64_t entered() const { return entered_; }

 private:
  /// A hold with what is free in it.
  struct Vacancy {
    const LiveHold* hold = nullptr;
    std::optional<UserId> uid;  ///< of a personal hold
    std::uint32_t free_nodes = 0;
    std::uint32_t cpus_per_node = 0;  ///< of its smallest node; 0 = not known
    std::int64_t memory_bytes = 0;    ///< likewise
    bool is_promised = false;         ///< personal: a job is in it already
  };
  static AdmittedSize size_of(const SeenJob& job);
  bool take_out(const SeenJob& job, SlurmControl& control);
  void check_admitted(std::span<const LiveHold> holds, const SeenSlurm& seen, const CoreReservations& cores,
                      const EntryRules& rules, SlurmControl& control);
  void check_waiting(const SeenJob& job, AdmittedJob& entry, bool may_stay, UnixSeconds now_s,
                     SlurmControl& control);
  static void check_running(const SeenJob& job, AdmittedJob& entry, UnixSeconds now_s,
                            const EntryRules& rules);
  Vacancy vacancy_of(const LiveHold& hold, const SeenSlurm& seen, const ResourcePool& pool,
                     const EntryRules& rules) const;
  static bool fits(const SeenJob& job, const Vacancy& vacancy);
  static Vacancy* vacancy_for(const SeenJob& job, std::vector<Vacancy>& vacancies);
  void put_in(const SeenSlurm& seen, const CoreReservations& cores, std::vector<Vacancy>& vacancies,
              const EntryRules& rules, SlurmControl& control);
  void publish(const std::vector<Vacancy>& vacancies, const SeenSlurm& seen);

  HoldAdmission& admission_;
  AdmittedJobs admitted_;
  std::size_t calls_ = 0;
  std::uint64_t entered_ = 0;
};

}  // namespace foreshape
