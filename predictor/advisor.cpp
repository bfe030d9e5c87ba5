#include "predictor/advisor.h"

#include "predictor/baseline/candidates.h"
#include "predictor/baseline/kernel.h"
#include "predictor/plan/resource_planner.h"

namespace foreshape {

Advice advise(const JobRequest& job, const ProfileStore& profiles, const Policy& policy,
              std::uint32_t cluster_cpus, const Serving& serving) {
  Candidates candidates;
  gather(job, profiles, candidates);
  Advice advice;
  KernelVotes votes;
  advice.prediction = predict_kernel(job, candidates, votes);
  if (serving.model != nullptr) {
    const Prediction kernel = advice.prediction;
    advice.model_word = improve(*serving.model, {job, candidates, kernel, serving.live}, votes,
                                advice.prediction, advice.lesson);
  }
  advice.plan = plan_job(job, advice.prediction, policy, cluster_cpus);
  return advice;
}

}  // namespace foreshape
