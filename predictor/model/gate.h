#pragma once
// Who is believed for a user: the network or the kernel, by how they did on that user's own recent jobs.
//
// Runs in: slurmctld and offline.
// Threads: a GateTable is immutable once made: mix() from any, no allocation. A Gate: one object, one thread.

#include <cstddef>
#include <unordered_map>
#include <vector>

#include "predictor/base/job.h"
#include "predictor/base/prediction.h"
#include "predictor/base/result.h"
#include "predictor/model/mixture.h"

namespace foreshape {

/// How wrong a forecast was: pinball loss over some levels (ln), and 1 - min / max of the typical value.
struct ForecastLoss {
  float quantiles = 0;
  float typical = 0;
};
ForecastLoss forecast_loss(const Forecast& forecast, float used);

/// Decayed sums of (kernel's loss - network's loss), each times its job's evidence: > 0 where the network
/// does better.
struct GateLead {
  float quantiles = 0, typical = 0;
  float jobs = 0;  ///< decayed sum of evidence
  friend bool operator==(const GateLead&, const GateLead&) = default;
};

/// Both, mixed: quantiles by their logarithms' weighted mean, typical the best choice for both distributions
/// by their weights, mean from whoever has the greater one. An unknown forecast counts for nothing. Without
/// leads quantiles count the same, the point is the network's by three quarters.
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

/// Users whose lead is kept apart, at most; who comes later is mixed by everybody's. 2 MB.
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

  /// A job of the user has ended. evidence: evidence_of() it, 0 to 1.
  void learn(UserId uid, const ForecastLoss& kernel, const ForecastLoss& network, float evidence);

  GateTable table() const;

 private:
  std::unordered_map<UserId, GateLead> users_;
  GateLead everybody_;
};

}  // namespace foreshape
