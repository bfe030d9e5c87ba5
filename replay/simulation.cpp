#include "replay/simulation.h"

#include "replay/passes.h"

namespace foreshape {
namespace {

constexpr std::int64_t kNever = INT64_MAX;
constexpr std::uint64_t kEventsBetweenReports = 4096;

std::int64_t next_time(const SimulationState::Events& events) {
  return events.empty() ? kNever : events.top().time_s;
}

JobIndex pop(SimulationState::Events& events) {
  const JobIndex job = events.top().job;
  events.pop();
  return job;
}

/// Handles one event; false when there is none left.
bool step(SimulationState& state, JobIndex& next) {
  const auto jobs = static_cast<JobIndex>(state.load.jobs.size());
  const std::int64_t overrun = next_time(state.overruns);
  const std::int64_t submission = next < jobs ? state.load.jobs[next].submit_s : kNever;
  const std::int64_t end = next_time(state.ends);
  state.now = std::min({overrun, submission, end});
  if (state.now == kNever) return false;
  if (overrun == state.now) {
    state.correct(pop(state.overruns));
    return true;
  }
  if (submission == state.now)
    state.submit(next++);
  else
    state.end(pop(state.ends));
  easy_pass(state);
  return true;
}

}  // namespace

Schedule simulate(const Workload& load, const SchedulingPolicy& policy, const Progress& progress) {
  SimulationState state{load, policy};
  Schedule schedule;
  JobIndex next = 0;
  while (step(state, next)) {
    if (++schedule.events % kEventsBetweenReports == 0 && progress) progress(next - state.queue.size());
  }
  schedule.corrections = state.corrections;
  schedule.start_s.reserve(state.jobs.size());
  schedule.end_s.reserve(state.jobs.size());
  schedule.plan_s.reserve(state.jobs.size());
  for (const JobStatus& job : state.jobs) {
    schedule.start_s.push_back(job.start_s);
    schedule.end_s.push_back(job.end_s);
    schedule.plan_s.push_back(job.first_plan_s);
  }
  return schedule;
}

}  // namespace foreshape
