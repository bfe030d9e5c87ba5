// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// How far the network is believed, and how far the kernel: by what each way of mixing them would have cost on
// the jobs that have ended, everybody's and the user's own.
//
// Runs in: slurmctld and offline.
// Threads: a BlendTable is immutable once made: mix() from any, no allocation. A Blend: one object, one
// thread.

#include <array>
#include <cstddef>
#include <unordered_map>
#include <vector>

#include "predictor/base/job.h"
#include "predictor/base/prediction.h"
#include "predictor/base/result.h"
#include "predictor/model/features/features.h"
#include "predictor/model/network/mixture.h"
#include "predictor/model/tail_widening.h"

namespace foreshape {

/// Quantiles are mixed by three shares: one below the median, one about it, one above.
inline constexpr std::size_t kBlendParts = 3;
/// Trusts in the network's point that are compared: 0, 1/4 ... 1.
inline constexpr std::size_t kTrusts = 5;

/// What the mixing knows of one resource of a job.
struct BlendCase {
  Precedent precedent = Precedent::enough;
  float bound = kNoBound;  ///< logarithm of the request
  float evidence = 0;      ///< evidence_of() the job
};
BlendCase case_of(const ModelInput& input, std::size_t resource);

/// What both said of one resource of a job, until it ends and the blend learns from it.
struct BlendLesson {
  Forecast kernel, network;
  std::array<float, kTrusts> points{};  ///< the point prediction by each trust
  BlendCase job;
};

/// choices  made with the network's forecast
BlendLesson lesson_of(const Forecast& kernel, const Forecast& network, const PointChoices& choices,
                      const BlendCase& job);

/// What one user's jobs, or everybody's, have taught; nothing where all is 0.
struct BlendLead {
  std::array<float, kBlendParts> share{};   ///< of the network, more than without this: -1 to 1
  std::array<float, kBlendParts> slopes{};  ///< sums of the squared slopes of the loss by the share
  std::array<float, kTrusts> lost{};        ///< decayed sums of 1 - min / max by each trust
  float jobs = 0;                           ///< decayed number of jobs
  friend bool operator==(const BlendLead&, const BlendLead&) = default;
};

/// All that one job's mixing goes by.
struct BlendLeads {
  BlendLead user, everybody;
  TailWidenings widenings{};
};

/// Both, mixed: quantiles by their logarithms' weighted means, never crossing; typical the best choice for
/// both distributions by their weights; mean from whoever has the greater one. Quantiles above .75 of a job without
/// enough precedents: the larger of both, widened. An unknown forecast counts for nothing. Without leads
/// quantiles count the same and the point is the network's by six tenths.
///
/// choices  made with the network's forecast; not read where one of the two is unknown
Forecast mix(const BlendLeads& leads, const BlendCase& job, const Forecast& kernel, const Forecast& network,
             const PointChoices& choices);

/// The leads as they stood at one moment.
struct BlendTable {
  struct Entry {
    UserId uid;
    BlendLead lead;
    friend bool operator==(const Entry&, const Entry&) = default;
  };
  BlendLead everybody;
  std::vector<Entry> users;  ///< by uid, ascending, each once
  TailWidenings widenings{};

  /// The user's lead; none for a user who is not in it.
  BlendLead of(UserId uid) const;
  BlendLeads leads_of(UserId uid) const { return {of(uid), everybody, widenings}; }
  friend bool operator==(const BlendTable&, const BlendTable&) = default;
};

/// Users whose lead is kept apart, at most; who comes later is mixed by everybody's. 3.4 MB.
inline constexpr std::size_t kMaxBlendUsers = 65'536;

/// Errors: invalid_input - too many users, out of order, or a lead that no learning can have made.
Result<void> check_blend(const BlendTable& blend);

/// Learns the leads, one ended job after the other.
class Blend {
 public:
  Blend() = default;
  /// Goes on where a table stood.
  explicit Blend(const BlendTable& table);

  Forecast mix(UserId uid, const BlendCase& job, const Forecast& kernel, const Forecast& network,
               const PointChoices& choices) const;

  /// A job of the user has ended. Nothing is learned where one of the two said nothing.
  ///
  /// used  seconds, bytes or share, > 0, no more than the request
  void learn(UserId uid, const BlendLesson& lesson, float used);

  BlendTable table() const;

 private:
  std::unordered_map<UserId, BlendLead> users_;
  BlendLead everybody_;
  TailWidenings widenings_{};
};

}  // namespace foreshape
