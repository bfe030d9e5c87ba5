#include "predictor/advisor.h"

#include "predictor/plan/resource_planner.h"

namespace foreshape {

Advice advise(const JobRequest& job, const ProfileStore& profiles, const Policy& policy,
              std::uint32_t cluster_cpus, const Serving& serving, AdviceRoom& room) {
  gather(job, profiles, room.candidates);
  Advice advice;
  advice.prediction = predict_kernel(job, room.candidates, room.votes);
  if (serving.model != nullptr) {
    const Prediction kernel = advice.prediction;
    advice.model_word = improve(*serving.model, {job, room.candidates, kernel, serving.live}, room.votes,
                                advice.prediction, advice.lesson);
  }
  advice.plan = plan_job(job, advice.prediction, policy, cluster_cpus);
  return advice;
}

Advice advise(const JobRequest& job, const ProfileStore& profiles, const Policy& policy,
              std::uint32_t cluster_cpus, const Serving& serving) {
  AdviceRoom room;
  return advise(job, profiles, policy, cluster_cpus, serving, room);
}

}  // namespace foreshape
