// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/planned_job.h"

#include "predictor/baseline/alike_peak.h"
#include "predictor/plan/memory_shape.h"
#include "predictor/plan/resource_planner.h"

namespace foreshape {

static_assert(kProvenRuns == kMaxAlikeRuns, "as many as are looked at");

PlannedJob predict_and_plan(const JobRequest& job, const ProfileStore& profiles, const Policy& policy,
                            std::uint32_t cluster_cpus, const Serving& serving, PlanWorkspace& workspace) {
  gather(job, profiles, workspace.candidates);
  PlannedJob planned;
  planned.prediction = predict_kernel(job, workspace.candidates, workspace.votes);
  if (serving.model != nullptr) {
    const Prediction kernel = planned.prediction;
    planned.model_outcome = improve(*serving.model, {job, workspace.candidates, kernel, serving.live},
                                    workspace.votes, planned.prediction, planned.lesson);
  }
  planned.plan = plan_job(job, planned.prediction, policy, cluster_cpus, serving.modes, serving.user);
  return planned;
}

PlannedJob predict_and_plan(const JobRequest& job, const ProfileStore& profiles, const Policy& policy,
                            std::uint32_t cluster_cpus, const Serving& serving) {
  PlanWorkspace workspace;
  return predict_and_plan(job, profiles, policy, cluster_cpus, serving, workspace);
}

std::optional<std::int64_t> requested_order_offset_s(const JobRequest& job, const Policy& policy,
                                                     std::uint32_t cluster_cpus) {
  return plan_job(job, {}, policy, cluster_cpus).order_offset_s;
}

}  // namespace foreshape
