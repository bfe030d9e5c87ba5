#include "predictor/foresight.h"

#include <algorithm>

#include "predictor/baseline/arrival.h"

namespace foreshape {

std::vector<Foresight> foresee_jobs(const ProfileStore& profiles, UnixSeconds now_s, std::int64_t window_s,
                                    double least) {
  std::vector<Foresight> foreseen;
  profiles.for_each_active_user(now_s - kActiveSeconds, [&](const UserActivity& user) {
    const Arrival next = next_arrival(user.submissions, user.jobs, now_s, window_s);
    if (next.gaps == 0 || next.probability < least) return;
    Foresight one;
    one.partition = next.shape.partition;
    one.job.uid = user.uid;
    one.job.probability = next.probability;
    one.job.nodes = std::max(next.shape.nodes, 1U);
    one.job.cpus = std::max(next.shape.cpus, 1U);
    one.job.memory_bytes = std::int64_t{next.shape.memory_kib} * 1024;
    one.job.run_s = next.shape.predicted_run_s;
    foreseen.push_back(one);
  });
  return foreseen;
}

}  // namespace foreshape
