// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// How well each predictor did on the jobs of one trace: by groups of jobs, by resource, by user.
//
// Runs in: offline.
// Threads: one object, one thread.

#include <array>
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "predictor/base/prediction.h"
#include "predictor/baseline/candidates.h"
#include "predictor/model/model.h"
#include "predictor/profile/profile_store.h"
#include "trainer/score.h"
#include "trainer/traced_job.h"
#include "trainer/user_margins.h"

namespace foreshape {

/// network is the trained one alone; model is what serves: the network and the kernel, mixed by the blend.
enum class Evaluated : std::uint8_t { requested, last2, kernel, network, model };
inline constexpr std::size_t kEvaluated = 5;
std::string_view name_of(Evaluated predictor);

/// Whose jobs: everybody's; users with fewer than 10 finished jobs at submission; users with a twentieth
/// of the trace's jobs or more; jobs with fewer than 3 finished ones of the same user, limit and cpus; jobs
/// with no finished one of the same user that is the same work (precedents_of).
enum class JobGroup : std::uint8_t { all, new_users, heavy_users, rare_jobs, unprecedented };
inline constexpr std::size_t kJobGroups = 5;
std::string_view name_of(JobGroup group);

/// Everybody's forecasts of one job.
struct JudgedForecasts {
  Forecasts kernel, network, model;
};

struct Scores {
  std::array<std::array<Score, kJobGroups>, kEvaluated> run_time;  ///< of each predictor and group
  /// Of the other resources where they were measured (last2 has none). Memory: where it was requested too,
  /// and no more than that; only memory has a request.
  std::array<std::array<Score, kResources>, kEvaluated> used;
  std::array<std::array<Score, kResources>, kEvaluated> unprecedented_used;  ///< of that group's jobs
  /// Users with 100 jobs or more, and those of them on whose jobs the model's accuracy is more than two
  /// standard errors (paired) below the kernel's.
  std::size_t users = 0, users_worse = 0;
  std::array<MarginCounts, kEvaluated> margins;  ///< run time; of kernel, network and model

  const Score& of(Evaluated predictor, JobGroup group = JobGroup::all) const {
    return run_time[static_cast<std::size_t>(predictor)][static_cast<std::size_t>(group)];
  }
  const Score& used_of(Evaluated predictor, Resource resource) const {
    return used[static_cast<std::size_t>(predictor)][static_cast<std::size_t>(resource)];
  }
};

/// The figures for a model's card: of all jobs, for each predictor, run_time.* and (where there is any)
/// memory.*, cpu_efficiency.*, read.*, written.*
std::vector<ModelMetric> metrics_of(const Scores& scores);

class Scoreboard {
 public:
  /// jobs: the whole trace, to know who is a heavy user. with_network: `network` and `model` take part.
  Scoreboard(const std::vector<TracedJob>& jobs, bool with_network);

  /// One job, scored at its submission by what came of it later.
  ///
  /// store, candidates  as they were at the submission
  void add(const TracedJob& job, const ProfileStore& store, const Candidates& candidates,
           const JudgedForecasts& forecasts);

  Scores scores() const;
  std::size_t all_users() const { return of_user_.size(); }

 private:
  /// Sums of a user's accuracies, the model's over the kernel's.
  struct UserLead {
    double sum = 0, squares = 0;
    std::size_t jobs = 0;
    void add(double lead);
    bool is_worse() const;
  };

  std::vector<JobGroup> groups_of(const JobRequest& job, const Candidates& candidates) const;
  void add_run_time(const TracedJob& job, const ProfileStore& store, const Candidates& candidates,
                    const JudgedForecasts& forecasts);
  void add_used(const TracedJob& job, const Candidates& candidates, const JudgedForecasts& forecasts);

  bool with_network_;
  std::size_t heavy_;
  std::unordered_map<UserId, std::size_t> of_user_;
  std::unordered_map<UserId, UserLead> leads_;
  std::array<UserMargins, kEvaluated> margins_;
  Scores scores_;
};

}  // namespace foreshape
