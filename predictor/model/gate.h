#pragma once
// Who is believed for a user: the network or the kernel, by how they did on that user's own recent jobs.
//
// Runs in: slurmctld and offline. Allocates when a user is first seen.
// Threads: one object, one thread.

#include <cstddef>
#include <unordered_map>

#include "predictor/base/job.h"
#include "predictor/base/prediction.h"

namespace foreshape {

/// How wrong a forecast was: pinball loss over some levels (ln), and 1 - min / max of the typical value.
struct ForecastLoss {
  float quantiles = 0;
  float typical = 0;
};
ForecastLoss forecast_loss(const Forecast& forecast, float used);

class Gate {
 public:
  /// Both, mixed for this user: quantiles by their logarithms' weighted mean, typical and mean from whoever
  /// has the greater weight. An unknown forecast counts for nothing.
  Forecast mix(UserId uid, const Forecast& kernel, const Forecast& network) const;

  /// A job of the user has ended.
  void learn(UserId uid, const ForecastLoss& kernel, const ForecastLoss& network);

 private:
  /// Decayed sums of (kernel's loss - network's loss): > 0 where the network does better.
  struct Lead {
    float quantiles = 0, typical = 0;
    float jobs = 0;  // decayed count
    void add(const ForecastLoss& kernel, const ForecastLoss& network, float keep);
  };
  /// P(network) for both kinds, from the user's lead and everybody's.
  struct Weights {
    float quantiles, typical;
  };
  Weights weights_of(UserId uid) const;

  std::unordered_map<UserId, Lead> users_;
  Lead everybody_;
};

}  // namespace foreshape
