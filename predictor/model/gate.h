#pragma once
// How far the network is believed, and how far the kernel: by what each way of mixing them would have cost on
// the jobs that have ended, everybody's and the user's own.
//
// Runs in: slurmctld and offline.
// Threads: a GateTable is immutable once made: mix() from any, no allocation. A Gate: one object, one thread.

#include <array>
#include <cstddef>
#include <unordered_map>
#include <vector>

#include "predictor/base/job.h"
#include "predictor/base/prediction.h"
#include "predictor/base/result.h"
#include "predictor/model/mixture.h"

namespace foreshape {

/// Quantiles are mixed by three shares: one below the median, one about it, one above.
inline constexpr std::size_t kGateParts = 3;
/// Trusts in the network's point that are compared: 0, 1/4 ... 1.
inline constexpr std::size_t kTrusts = 5;

/// What both said of one resource of a job, until it ends and the gate learns from it.
struct GateLesson {
  Forecast kernel, network;
  std::array<float, kTrusts> points{};  ///< the point prediction by each trust
  float evidence = 0;                   ///< evidence_of() the job
};

/// choices  made with the network's forecast
GateLesson lesson_of(const Forecast& kernel, const Forecast& network, const PointChoices& choices,
                     float evidence);

/// What one user's jobs, or everybody's, have taught; nothing where all is 0.
struct GateLead {
  std::array<float, kGateParts> share{};   ///< of the network, more than without this: -1 to 1
  std::array<float, kGateParts> slopes{};  ///< sums of the squared slopes of the loss by the share
  std::array<float, kTrusts> lost{};       ///< decayed sums of 1 - min / max by each trust
  float jobs = 0;                          ///< decayed number of jobs
  friend bool operator==(const GateLead&, const GateLead&) = default;
};

/// Both, mixed: quantiles by their logarithms' weighted means, never crossing; typical the best choice for
/// both distributions by their weights; mean from whoever has the greater one. An unknown forecast counts for
/// nothing. Without leads quantiles count the same and the point is the network's by six tenths.
///
/// choices  made with the network's forecast; not read where one of the two is unknown
Forecast mix(const GateLead& user, const GateLead& everybody, const Forecast& kernel, const Forecast& network,
             const PointChoices& choices);

/// The leads as they stood at one moment.
struct GateTable {
  struct Entry {
    UserId uid;
    GateLead lead;
    friend bool operator==(const Entry&, const Entry&) = default;
  };
  GateLead everybody;
  std::vector<Entry> users;  ///< by uid, ascending, each once

  /// The user's lead; none for a user who is not in it.
  GateLead of(UserId uid) const;
  friend bool operator==(const GateTable&, const GateTable&) = default;
};

/// Users whose lead is kept apart, at most; who comes later is mixed by everybody's. 3.4 MB.
inline constexpr std::size_t kMaxGateUsers = 65'536;

/// Errors: invalid_input - too many users, out of order, or a lead that no learning can have made.
Result<void> check_gate(const GateTable& gate);

/// Learns the leads, one ended job after the other.
class Gate {
 public:
  Gate() = default;
  /// Goes on where a table stood.
  explicit Gate(const GateTable& table);

  Forecast mix(UserId uid, const Forecast& kernel, const Forecast& network,
               const PointChoices& choices) const;

  /// A job of the user has ended. Nothing is learned where one of the two said nothing.
  ///
  /// used  seconds, bytes or share, > 0, no more than the request
  void learn(UserId uid, const GateLesson& lesson, float used);

  GateTable table() const;

 private:
  std::unordered_map<UserId, GateLead> users_;
  GateLead everybody_;
};

}  // namespace foreshape
